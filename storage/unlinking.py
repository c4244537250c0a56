"""Two members who were linked part again: as far as the rows tell, each has what was theirs.

What was one's before the link goes back to them. What has been done since goes by the place where it was done, if the
row has one; all else stays with who went on. What one of them has changed or taken away since is so for both.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, delete, insert, or_
from sqlalchemy import select as select_columns
from sqlmodel import col, select, update

from storage import members, opting_out
from storage.activity import Activity, ActivityKind
from storage.communities import Community, CommunityPlace
from storage.database import Session
from storage.erasure import all_tables, pointers
from storage.linked_values import Json, from_json, parted, to_json
from storage.linking import (
    HAPPENED_IN_PLACE,
    LinkedPair,
    LinkedRows,
    MemberLink,
    carry,
    hold,
    is_at,
    look_again,
    rest_of_key,
)
from storage.members import Member, MemberAccount, Presence
from storage.opting_out import OptOut


async def unlink(session: Session, link_id: int, now: datetime) -> MemberLink | None:
    """Separate who came from who went on, in this transaction. None when they have parted already."""
    await session.flush()
    row = await session.get(MemberLink, link_id, populate_existing=True, with_for_update=True)
    if row is None:
        return None
    await hold(session, row.member_id, row.came_id)
    await carry(session, row)
    out = await session.get(OptOut, row.member_id, populate_existing=True)
    tables = {table.name: table for table in all_tables()}
    await _part_pairs(session, row, tables)
    await _give_back(session, row, tables)
    await _give_back_by_place(session, row, tables)
    await session.exec(update(Member).where(col(Member.id) == row.came_id).values(linked_to_id=None))
    await _belong_where_they_are(session, row, now)
    for member_id in (row.member_id, row.came_id):
        if out is not None:  # for both, until they say otherwise on each
            await opting_out.stop_recording(session, member_id, out.since)
        await _forget_choice(session, member_id)
    await session.exec(delete(LinkedRows).where(col(LinkedRows.link_id) == row.id))
    await session.exec(delete(LinkedPair).where(col(LinkedPair.link_id) == row.id))
    await session.exec(delete(MemberLink).where(col(MemberLink.id) == row.id))
    session.expunge(row)
    await look_again(session, row.member_id, row.came_id)
    return row


async def _give_back(session: Session, row: MemberLink, tables: dict[str, Table]) -> None:
    connection = await session.connection()
    moved = (await session.exec(select(LinkedRows).where(col(LinkedRows.link_id) == row.id))).all()
    for one in moved:
        table = tables.get(one.subject)
        if table is None or one.pointer not in table.c:
            continue
        pointer, shared = table.c[one.pointer], await _merged_since(session, row, one.subject)
        rest = rest_of_key(table, pointer)
        for key in one.key:
            if key not in shared:
                mine = update(table).where(pointer == row.member_id, is_at(rest, key))
                await connection.execute(mine.values({pointer.name: row.came_id}))


async def _merged_since(session: Session, row: MemberLink, subject: str) -> list[list[Any]]:
    """The keys of rows that stand for a third account by now: they stay."""
    others = select(LinkedPair.key).where(
        col(LinkedPair.member_id) == row.member_id,
        col(LinkedPair.link_id) != row.id,
        col(LinkedPair.subject) == subject,
    )
    return [list(key) for key in (await session.exec(others)).all()]


async def _part_pairs(session: Session, row: MemberLink, tables: dict[str, Table]) -> None:
    for pair in (await session.exec(select(LinkedPair).where(col(LinkedPair.link_id) == row.id))).all():
        table = tables.get(pair.subject)
        if table is not None:
            await _part_pair(session, row, table, pair)


async def _part_pair(session: Session, row: MemberLink, table: Table, pair: LinkedPair) -> None:
    """Give each their own row again; none where the one that stood for both has been taken away."""
    is_profile = table.name == Member.__tablename__
    (pointer,) = pointers(table)
    rest = [] if is_profile else rest_of_key(table, pointer)
    mine = and_(pointer == row.member_id, is_at(rest, pair.key))
    connection = await session.connection()
    found = (await connection.execute(select_columns(table).where(mine))).one_or_none()
    if found is None:
        return
    now = to_json(table, dict(found._mapping))
    own, came = (from_json(table, parted(said, pair.made, now)) for said in (pair.own, pair.came))
    if own:
        await connection.execute(update(table).where(mine).values(own))
    if is_profile:
        await connection.execute(update(table).where(pointer == row.came_id).values(came))
    else:
        key: Json = dict(zip((column.name for column in rest), pair.key, strict=True))
        await connection.execute(insert(table).values({**key, **came, pointer.name: row.came_id}))


async def _give_back_by_place(session: Session, row: MemberLink, tables: dict[str, Table]) -> None:
    """What was done in the places of their platforms is theirs, also what was done since."""
    theirs = select(MemberAccount.platform, MemberAccount.tenant).where(col(MemberAccount.member_id) == row.came_id)
    where = [
        and_(col(CommunityPlace.platform) == platform, col(CommunityPlace.tenant) == tenant)
        for platform, tenant in (await session.exec(theirs)).all()
    ]
    places = (await session.exec(select(col(CommunityPlace.id)).where(or_(*where)))).all() if where else []
    for name in sorted(HAPPENED_IN_PLACE):
        table = tables[name]
        done = [table.c.member_id == row.member_id, table.c.place_id.in_(places)]
        if name == Activity.__tablename__:
            kinds = [*map(int, ActivityKind)]
            done += [table.c.community_id.in_(select_columns(col(Community.id))), table.c.kind.in_(kinds)]
        await (await session.connection()).execute(update(table).where(*done).values(member_id=row.came_id))


async def _belong_where_they_are(session: Session, row: MemberLink, now: datetime) -> None:
    """Who came into a place since belongs to its community by themselves."""
    statement = (
        select(col(CommunityPlace.community_id))
        .join(Presence, col(Presence.place_id) == col(CommunityPlace.id))
        .where(col(Presence.member_id) == row.came_id, col(CommunityPlace.community_id).is_not(None))
        .distinct()
    )
    for community_id in (await session.exec(statement)).all():
        if community_id is not None:
            await members.belong(session, community_id, row.came_id, now)


async def _forget_choice(session: Session, member_id: int) -> None:
    """Which account somebody is written to is open again: the newest one counts as the one used last."""
    mine = col(MemberAccount.member_id) == member_id
    newest = (await session.exec(select(MemberAccount.id).where(mine).order_by(col(MemberAccount.id).desc()))).first()
    await session.exec(update(MemberAccount).where(mine).values(preferred=False, last_used=False))
    await session.exec(update(MemberAccount).where(col(MemberAccount.id) == newest).values(last_used=True))
