"""Forgetting a person: every table is gone through, and each column says what becomes of it (``storage.columns``).

What passes through (events, messages, forms, files) is no table about people: ``storage.erasure_queues``. What others
wrote about a person is found by ``storage.mentions``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, LargeBinary, Table, and_, delete, not_, update
from sqlmodel import col, select

from bot.core.addresses import Account
from storage import accounts, erased_accounts, link_codes, private_chats, questions
from storage.columns import DECLARED, Declared, Erase, SealedBytes, SealedJson
from storage.database import Session
from storage.encryption import Cipher
from storage.members import Member, MemberAccount, Membership

FOUND_OTHERWISE = frozenset(
    {
        # What passes through, and is searched: storage/erasure_queues.py
        "inbox", "outbox", "form", "form_steps", "button", "task", "attachment", "import_person", "import_record",
        # Sealed with a key of its own: storage/questions.py
        "confidential_asker",
        # Digests that lead to nobody: storage/erased_accounts.py, storage/link_codes.py
        "erased_account", "link_tries",
        # Digests that a function deletes: storage/private_chats.py
        "private_chat",
    }
)  # fmt: skip
"""Tables with something of people in them that no column leads to; each has a function that does."""


def all_tables() -> list[Table]:
    """Every table, what others point at first."""
    from storage.tables import METADATA  # not above: that module imports every other one of this package

    return METADATA.sorted_tables


def declared(column: Column[Any]) -> Declared:
    """What a column says of itself."""
    found: Declared = column.info[DECLARED]
    return found


def pointers(table: Table) -> list[Column[Any]]:
    """The columns by which a row belongs to members."""
    if table.name == Member.__tablename__:
        return [table.c.id]
    return [one for one in table.columns if any(key.column.table.name == "member" for key in one.foreign_keys)]


def person_of(column: Column[Any]) -> Column[Any] | None:
    """The column that points at whom this one tells about; None where that can't be said."""
    whose, found = declared(column).whose, pointers(column.table)
    if whose:
        return column.table.c[whose]
    return found[0] if len(found) == 1 else None


def erased_how(column: Column[Any]) -> Erase:
    """What becomes of a column once its person is forgotten."""
    said = declared(column)
    if said.erase is not None:
        return said.erase
    if said.privacy == "personal":
        return Erase.CLEAR
    own_key = column.primary_key and column in pointers(column.table) and column.table.name != Member.__tablename__
    return Erase.ROW if own_key else Erase.KEEP


async def erase(
    session: Session, cipher: Cipher, member_id: int, name: str, now: datetime, *, keep_shared: bool
) -> None:
    """Leave of a member what figures count, and nothing that leads to the person.

    The member's row stays as somebody called ``name``, who is in no community any more, with those of who they were
    before their accounts were linked. ``keep_shared``: what others may read stays, as the words of nobody.
    """
    await session.flush()  # what follows goes past the session's objects
    own = (await session.exec(select(MemberAccount).where(MemberAccount.member_id == member_id))).all()
    await erased_accounts.add(session, [one.user_key for one in own], now)
    await private_chats.forget(session, [Account(one.platform, one.tenant, one.user) for one in own])
    await erased_accounts.was_on(session, member_id, {one.platform for one in own})
    await link_codes.forget_tries(session, [one.user_key for one in own])
    everyone = await accounts.ids_of(session, member_id)
    await questions.forget_asker(session, cipher, everyone, keep_shared=keep_shared)
    for table in reversed(all_tables()):
        for one in everyone:
            await _erase_in(session, table, one, keep_shared=keep_shared)
    staying = (col(Membership.member_id) == member_id, col(Membership.left_at).is_(None))
    await session.exec(update(Membership).where(*staying).values(left_at=now))
    tombstone = update(Member).where(col(Member.id).in_(everyone))
    await session.exec(tombstone.values(name=name, forgotten_at=now))


async def _erase_in(session: Session, table: Table, member_id: int, *, keep_shared: bool) -> None:
    connection = await session.connection()
    for pointer in pointers(table):
        mine = pointer == member_id
        if erased_how(pointer) is Erase.ROW:
            await connection.execute(delete(table).where(mine))
            continue
        for conditions, columns in _cleared(table, pointer, keep_shared=keep_shared):
            await connection.execute(update(table).where(mine, *conditions).values(columns))


def _cleared(table: Table, pointer: Column[Any], *, keep_shared: bool) -> Sequence[tuple[list[Any], dict[str, Any]]]:
    """What is emptied in the rows of one person, together with the conditions on which it is."""
    always: dict[str, Any] = {}
    unshared: list[tuple[list[Any], dict[str, Any]]] = []
    for column in table.columns:
        how = erased_how(column)
        if how not in (Erase.CLEAR, Erase.UNLESS_SHARED) or person_of(column) is not pointer:
            continue
        if how is Erase.UNLESS_SHARED and keep_shared:
            shared = declared(column).shared
            if shared:
                condition = not_(and_(*(table.c[name] == value for name, value in shared.items())))
                unshared.append(([condition], {column.name: nothing(column)}))
        else:
            always[column.name] = nothing(column)
    return [([], always), *unshared] if always else unshared


def nothing(column: Column[Any]) -> Any:
    """The value of a column that says nothing."""
    if column.nullable:
        return None
    if isinstance(column.type, JSON):
        return []
    if isinstance(column.type, SealedJson):
        return []
    if isinstance(column.type, SealedBytes | LargeBinary):
        return b""
    return False if isinstance(column.type, Boolean) else ""
