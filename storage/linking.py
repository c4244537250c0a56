"""Two members who are one person become one, by what each column says of itself (``storage.columns``).

The one who goes on gets every row of the one who came. That one's own row in ``member`` stays, with ``linked_to_id``,
so that a number of theirs which is sealed somewhere still leads to the person: no seal is opened. What was moved is
remembered, so that it can be undone (``storage.unlinking``).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Table, and_, delete, true
from sqlalchemy import select as select_columns
from sqlmodel import SQLModel, col, select, update

from bot.core.addresses import platform_name
from bot.core.errors import Refusal
from bot.core.messages import mark
from storage import accounts
from storage.activity import Activity, ActivityKind
from storage.columns import Erase, Moment, SealedJson, neutral, personal, pseudonymous, row_id
from storage.communities import Community
from storage.database import Session
from storage.erasure import all_tables, pointers
from storage.linked_values import Json, from_json, merged, to_json
from storage.members import Member, MemberAccount

APART = frozenset({"member", "member_link", "linked_rows", "linked_pair", "link_code"})
"""Tables that are not gone through: what is told of a person, and what this and ``storage.link_codes`` remember."""

HAPPENED_IN_PLACE = frozenset({"activity", "presence", "newcomer", "group_greeting"})
"""Tables whose rows tell, by their place, on which account something was done: they need not be remembered."""

FOUND_BY_ACCOUNT = {
    "inbox": "raw events",
    "outbox": "who gets a message is an account",
    "form": "who may fill it in is an account",
    "form_steps": "where an account stands in a form",
    "button": "pressed by whoever has it",
    "task": "a member's number leads to who they are now: members.by_id",
    "attachment": "files on their way",
    "import_person": "an archive's person is an account",
    "import_record": "a number of an archive's own",
    "confidential_asker": "the number that is sealed leads to who they are now: members.by_id",
    "erased_account": "an account that was forgotten",
    "link_tries": "counts for an account",
    "private_chat": "whether an account can be written to",
}
"""Tables with something of people in them that no column leads to, and why linking leaves them as they are."""


class MemberLink(SQLModel, table=True):
    """That ``came_id`` is the same person as ``member_id``, who goes on."""

    __tablename__ = "member_link"

    id: int = row_id()
    member_id: int = pseudonymous(foreign_key="member.id", index=True, erase=Erase.ROW)
    came_id: int = pseudonymous(foreign_key="member.id", index=True, erase=Erase.ROW)
    linked_at: datetime = neutral(sa_type=Moment)


class LinkedRows(SQLModel, table=True):
    """Rows of a table that were moved: the rest of their keys, and the column that pointed at who came."""

    __tablename__ = "linked_rows"

    id: int = row_id()
    link_id: int = neutral(foreign_key="member_link.id", index=True)
    member_id: int = pseudonymous(foreign_key="member.id", index=True, erase=Erase.ROW)
    subject: str = neutral()
    pointer: str = neutral()
    key: list[list[Any]] = pseudonymous(sa_type=JSON)


class LinkedPair(SQLModel, table=True):
    """Two rows of which one could stay: what each of them said, and what was made of them."""

    __tablename__ = "linked_pair"

    id: int = row_id()
    link_id: int = neutral(foreign_key="member_link.id", index=True)
    member_id: int = pseudonymous(foreign_key="member.id", index=True, erase=Erase.ROW)
    subject: str = neutral()
    key: list[Any] = pseudonymous(sa_type=JSON)
    own: dict[str, Any] = personal(sa_type=SealedJson)
    came: dict[str, Any] = personal(sa_type=SealedJson)
    made: dict[str, Any] = personal(sa_type=SealedJson)


async def who_goes_on(session: Session, asked: int, asking: int) -> tuple[int, int]:
    """Of two members the one who goes on, and the one who comes to them. Raises Refusal where they can't be one."""
    if asked == asking:
        raise Refusal(mark("These two accounts belong together already."))
    theirs = {(one.platform, one.tenant) for one in await accounts.rows_of(session, asking)}
    for row in await accounts.rows_of(session, asked):
        if (row.platform, row.tenant) in theirs:
            raise Refusal(
                mark("You have an account on {platform} already; I can link only one account there."),
                platform=platform_name(row.platform),
            )
    if len(await accounts.ids_of(session, asking)) == 1:
        return asked, asking
    if len(await accounts.ids_of(session, asked)) == 1:
        return asking, asked
    raise Refusal(mark("Both accounts are linked with others. Separate one of them first: /unlink"))


async def link(session: Session, member_id: int, came_id: int, now: datetime) -> MemberLink:
    """Make one member of two, in this transaction. They have been found with ``who_goes_on``."""
    await session.flush()  # what follows goes past the session's objects
    await hold(session, member_id, came_id)
    row = MemberLink(member_id=member_id, came_id=came_id, linked_at=now)
    session.add(row)
    await session.flush()
    await _one_profile(session, row)
    theirs = update(MemberAccount).where(col(MemberAccount.member_id) == came_id)
    await session.exec(theirs.values(preferred=False, last_used=False))
    await carry(session, row)
    await session.exec(update(Member).where(col(Member.id) == came_id).values(linked_to_id=member_id))
    await look_again(session, member_id, came_id)
    return row


async def carry(session: Session, row: MemberLink) -> None:
    """Move what is still found under the number of who came; repeats move what has come since."""
    for table in all_tables():
        if table.name not in APART:
            for pointer in pointers(table):
                if pointer.primary_key:
                    await _merge_pairs(session, row, table, pointer)
                await _move(session, row, table, pointer)


async def links_of(session: Session, member_id: int) -> list[MemberLink]:
    """Who came to a member, the earliest first."""
    statement = select(MemberLink).where(col(MemberLink.member_id) == member_id).order_by(col(MemberLink.id))
    return list((await session.exec(statement)).all())


async def accounts_that_came(session: Session, row: MemberLink) -> list[int]:
    """The numbers of the accounts that came with somebody."""
    moved = select(LinkedRows.key).where(
        LinkedRows.link_id == row.id, LinkedRows.subject == MemberAccount.__tablename__
    )
    return [key[0] for keys in (await session.exec(moved)).all() for key in keys]


async def other_names(session: Session, member_ids: Collection[int]) -> dict[int, set[str]]:
    """What those of these members whose accounts are linked were called on each of them before."""
    pairs = select(LinkedPair).where(
        col(LinkedPair.member_id).in_(member_ids), LinkedPair.subject == Member.__tablename__
    )
    names: dict[int, set[str]] = {}
    for pair in (await session.exec(pairs)).all():
        names.setdefault(pair.member_id, set()).update((str(pair.own["name"]), str(pair.came["name"])))
    return names


async def names_of(session: Session, member_id: int) -> set[str]:
    """Every name that somebody goes by, or went by before their accounts were linked."""
    ids = await accounts.ids_of(session, member_id)
    names = {one.name for one in (await session.exec(select(Member).where(col(Member.id).in_(ids)))).all()}
    return (names | (await other_names(session, [member_id])).get(member_id, set())) - {""}


async def link_of(session: Session, link_id: int) -> MemberLink | None:
    """The link of this number; None where they have parted."""
    return await session.get(MemberLink, link_id, populate_existing=True)


async def hold(session: Session, *member_ids: int) -> None:
    """Until this transaction ends nothing new can point at these members."""
    ordered = select(Member.id).where(col(Member.id).in_(member_ids)).order_by(col(Member.id))
    await session.exec(ordered.with_for_update())


async def look_again(session: Session, *member_ids: int) -> None:
    """Read members anew whose rows were changed past the session."""
    for member_id in member_ids:
        await session.get(Member, member_id, populate_existing=True)


def rest_of_key(table: Table, pointer: Column[Any]) -> list[Column[Any]]:
    """What tells a row from the others of one member."""
    return [column for column in table.primary_key.columns if column is not pointer]


def is_at(columns: list[Column[Any]], key: list[Any]) -> ColumnElement[bool]:
    """That a row has this key."""
    return and_(true(), *(column == value for column, value in zip(columns, key, strict=True)))


async def _one_profile(session: Session, row: MemberLink) -> None:
    table = Member.__table__  # type: ignore[attr-defined]
    both = select_columns(table).where(table.c.id.in_((row.member_id, row.came_id)))
    rows = {one.id: dict(one._mapping) for one in (await (await session.connection()).execute(both)).all()}
    own, came = rows[row.member_id], rows[row.came_id]
    await _keep_pair(session, row, table, [], own, came, table.c.id == row.member_id)


async def _merge_pairs(session: Session, row: MemberLink, table: Table, pointer: Column[Any]) -> None:
    """Where both have a row of one key, one stays and says what the two said."""
    rest = rest_of_key(table, pointer)
    connection = await session.connection()
    both = select_columns(table).where(pointer.in_((row.member_id, row.came_id)))
    found = (await connection.execute(both)).all()
    own = {_key(one, rest): one for one in found if one._mapping[pointer.name] == row.member_id}
    for theirs in found:
        key = _key(theirs, rest)
        if theirs._mapping[pointer.name] != row.came_id or key not in own:
            continue
        where = is_at(rest, list(key))
        await connection.execute(delete(table).where(pointer == row.came_id, where))
        mine = and_(pointer == row.member_id, where)
        await _keep_pair(session, row, table, list(key), own[key]._mapping, theirs._mapping, mine)


async def _keep_pair(
    session: Session, row: MemberLink, table: Table, key: list[Any], own: Any, came: Any, mine: ColumnElement[bool]
) -> None:
    made: Json = merged(table, own, came)
    if made:
        await (await session.connection()).execute(
            update(table).where(mine).values(from_json(table, to_json(table, made)))
        )
    said = [to_json(table, values) for values in (own, came, made)]
    pair = LinkedPair(
        link_id=row.id, member_id=row.member_id, subject=table.name, key=key, own=said[0], came=said[1], made=said[2]
    )
    session.add(pair)
    await session.flush()


async def _move(session: Session, row: MemberLink, table: Table, pointer: Column[Any]) -> None:
    connection = await session.connection()
    theirs = [pointer == row.came_id]
    if table.name == Activity.__tablename__:
        # Named, so that the index over (community, kind, member) is taken.
        theirs += [
            table.c.community_id.in_(select_columns(col(Community.id))),
            table.c.kind.in_([*map(int, ActivityKind)]),
        ]
    moving = update(table).where(*theirs).values({pointer.name: row.member_id})
    if table.name in HAPPENED_IN_PLACE:
        await connection.execute(moving)
        return
    moved = (await connection.execute(moving.returning(pointer, *rest_of_key(table, pointer)))).all()
    if moved:
        keys = [list(one)[1:] for one in moved]
        session.add(
            LinkedRows(link_id=row.id, member_id=row.member_id, subject=table.name, pointer=pointer.name, key=keys)
        )
        await session.flush()


def _key(row: Any, rest: list[Column[Any]]) -> tuple[Any, ...]:
    return tuple(row._mapping[column.name] for column in rest)
