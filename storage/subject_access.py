"""Everything that is held about one person, for that person: driven by what each column says of itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, or_
from sqlalchemy import select as select_columns
from sqlmodel import select

from bot.core.addresses import Account, Person, Place, Privately, conversation_of
from bot.core.events import Event
from bot.core.serialization import message_from_json
from storage import accounts, forms, members, question_exchange, questions
from storage.activity import Activity, ActivityKind
from storage.batches import rows
from storage.communities import Community, CommunityPlace
from storage.database import Session
from storage.encryption import Cipher
from storage.erasure import all_tables, declared, person_of, pointers
from storage.form_steps import FormSteps
from storage.forms import OpenedForm
from storage.inbox import InboxEvent
from storage.members import Member
from storage.outbox import OutboxRow
from storage.question_exchange import Part

Json = dict[str, Any]
Understand = Callable[[str, bytes], Sequence[Event]]
"""What a raw event of a platform means; see ``bot.core.platform.Platform.translate``."""

_REFERENCE = re.compile(r"[\w-]{22}")
"""Ids of messages and the like, which tell nobody anything."""
_KINDS = {kind.value: kind.name.lower() for kind in ActivityKind}


async def held_about(session: Session, cipher: Cipher, member_id: int, understand: Understand) -> dict[str, list[Json]]:
    """Rows by subject. Moments are UTC. Of others only what this person can see anyway is in it."""
    names, mine = await _Names.read(session), await accounts.ids_of(session, member_id)
    held = {table.name: await _rows_of(session, table, mine, names) for table in all_tables()}
    own = await members.accounts_of(session, member_id)
    held["confidential_question"] = await _confidential(session, cipher, mine, names)
    held["said_confidentially"] = await _said_confidentially(session, cipher, mine)
    held["what_you_did_lately"] = await _events(session, own, understand)
    held["what_i_wrote_to_you_lately"] = await _messages(session, cipher, own)
    held["form"] = await _forms(session, cipher, own)
    return {subject: found for subject, found in held.items() if found}


@dataclass(frozen=True, slots=True)
class _Names:
    """What stands for numbers in a file for people."""

    communities: dict[int, str]
    places: dict[int, str]

    @classmethod
    async def read(cls, session: Session) -> _Names:
        communities = (await session.exec(select(Community.id, Community.name))).all()
        places = (await session.exec(select(CommunityPlace.id, CommunityPlace.name))).all()
        return cls(dict(communities), dict(places))

    def told(self, column: Column[Any], value: Any) -> tuple[str, Any] | None:
        """A column's name and value as a person reads them; None for what tells nothing."""
        name = column.name
        if name == "community_id":
            return "community", self.communities.get(value)
        if name == "place_id":
            return "place", self.places.get(value)
        if isinstance(value, bytes) or name in ("id", "key", "thread", "source") or name.endswith("_id"):
            return None
        if declared(column).privacy == "neutral" and isinstance(value, str) and _REFERENCE.fullmatch(value):
            return None
        if column.table.name == Activity.__tablename__ and name == "kind":
            return name, _KINDS.get(value, value)
        return name, value


async def _rows_of(session: Session, table: Table, mine: Collection[int], names: _Names) -> list[Json]:
    leading = pointers(table)
    if not leading:
        return []
    order = list(table.primary_key.columns)
    statement = select_columns(table).where(or_(*(one.in_(mine) for one in leading))).order_by(*order)
    found = await (await session.connection()).execute(statement)
    return [await _row(session, table, dict(row._mapping), mine, names) for row in found]


async def _row(session: Session, table: Table, row: Json, mine: Collection[int], names: _Names) -> Json:
    """One row as its person may see it: what is theirs, what is nobody's, and what is shown to them of others."""
    me = {one.name for one in pointers(table) if row[one.name] in mine}
    told: Json = {}
    if len(pointers(table)) > 1:
        told["you_are"] = sorted(name.removesuffix("_id") for name in me)
    for column in table.columns:
        said, value = declared(column), row[column.name]
        if column in pointers(table):
            if column.name not in me and me & set(said.seen_by) and value is not None:
                other = await session.get(Member, value)
                told[column.name.removesuffix("_id")] = other.name if other else None
            continue
        person = person_of(column) if said.privacy == "personal" else None
        if person is not None and person.name not in me and not me & set(said.seen_by):
            continue
        if (pair := names.told(column, value)) is not None:
            told[pair[0]] = _plain(pair[1])
    return told


async def _confidential(session: Session, cipher: Cipher, mine: Collection[int], names: _Names) -> list[Json]:
    return [
        {
            "community": names.communities.get(question.community_id),
            "code": question.code,
            "state": question.state,
            "text": asker.words,
            "answer": question.answer,
            "asked_at": asker.asked_at,
        }
        for question, asker in await questions.confidential_words(session, cipher)
        if asker.member_id in mine
    ]


async def _said_confidentially(session: Session, cipher: Cipher, mine: Collection[int]) -> list[Json]:
    """What they said about confidential questions before those were answered, as an expert or as who asked."""
    asked = {one.id for one, asker in await questions.confidential_words(session, cipher) if asker.member_id in mine}
    return [
        {"code": question.code, "part": said.part, "words": content["words"]}
        for said, question, content in await question_exchange.confidential(session, cipher)
        if said.member_id in mine or (said.part == Part.REPLIED and question.id in asked)
    ]


async def _events(session: Session, accounts: Collection[Account], understand: Understand) -> list[Json]:
    """What the inbox still has of what they did themselves: their words stay for a week."""
    return [
        _event(event)
        async for _, platform, body in rows(session, InboxEvent, "id", "platform", "body")
        for event in _understood(understand, platform, body)
        if event.by.account in accounts
    ]


def _understood(understand: Understand, platform: str, body: bytes) -> Sequence[Event]:
    try:
        return understand(platform, body)
    except ValueError:
        return ()


def _event(event: Event) -> Json:
    told: Json = {"what": type(event).__name__}
    for one in fields(event):
        value = getattr(event, one.name)
        if isinstance(value, Place):
            told["place"] = value.name
        elif isinstance(value, str | bool | datetime | dict) and value and not one.name.endswith("key"):
            told[one.name] = _plain(value)
        elif isinstance(value, Person):
            told["name"] = value.name
    return told


async def _messages(session: Session, cipher: Cipher, accounts: Collection[Account]) -> list[Json]:
    """What was said to them alone, while its words are kept: a week."""
    told = []
    for account in accounts:
        where = cipher.digest("conversation", account.platform, account.tenant, conversation_of(Privately(account)))
        statement = select(OutboxRow).where(OutboxRow.conversation == where).order_by(OutboxRow.id)  # type: ignore[arg-type]
        told += [{"at": _plain(row.created_at), "text": _said(row)} for row in (await session.exec(statement)).all()]
    return [one for one in told if one["text"]]


def _said(row: OutboxRow) -> str:
    message = row.body.get("message") or row.body.get("instead")
    return message_from_json(message).text.plain() if message else ""


async def _forms(session: Session, cipher: Cipher, accounts: Collection[Account]) -> list[Json]:
    on_their_way = {one.form_id: one.answers["values"] for one in (await session.exec(select(FormSteps))).all()}
    return [
        {
            "title": form.body.get("title"),
            "opened_at": _plain(form.opened_at),
            "sent_at": _plain(form.submitted_at),
            "answers_so_far": _plain(on_their_way.get(form.id)),
        }
        for form in (await session.exec(select(OpenedForm))).all()
        if any(forms.person_digest(cipher, form.id, account) == form.person for account in accounts)
    ]


def _plain(value: Any) -> Any:
    """A value as JSON has it; a moment in ISO 8601, UTC. What no UTF-8 can hold is written as a question mark."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
