"""What passes through, and leads to somebody who is forgotten: events, messages, forms, buttons, tasks, files.

None of it belongs to a person by a column, so it is opened and searched. Events and messages are many, so most of
them are searched before the erasure's own transaction (``look_ahead``); inside it only what came since.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, select, update
from sqlmodel import col

from bot.core.addresses import Account
from storage.attachments import StoredAttachment
from storage.batches import rows
from storage.buttons import StoredButton
from storage.database import Session
from storage.encryption import Cipher
from storage.form_steps import FormSteps, account_digest
from storage.forms import OpenedForm, person_digest
from storage.imports import ImportPerson
from storage.inbox import HandledEvent, InboxEvent, InboxState
from storage.outbox import OutboxRow, OutboxState
from storage.tasks import Task, TaskState
from storage.traces import Traces


@dataclass(frozen=True)
class Wanted:
    """Whom to look for. ``did`` tells whether one of the accounts did what a raw event of a platform tells."""

    accounts: Collection[Account]
    traces: Traces
    did: Callable[[str, bytes], bool]
    instead: str


@dataclass
class Found:
    """Rows with something of the person in them, of those up to a number in each table."""

    events: list[int] = field(default_factory=list)
    messages: list[int] = field(default_factory=list)
    last_event: int = 0
    last_message: int = 0


async def look_ahead(session: Session, wanted: Wanted, found: Found | None = None) -> Found:
    """Search events and messages, behind those that were searched before."""
    found = found or Found()
    async for number, body in rows(session, InboxEvent, "id", "body", after=found.last_event):
        found.last_event = number
        if wanted.traces.anywhere_in(_opened(body)):
            found.events.append(number)
    async for number, *parts in rows(session, OutboxRow, "id", "destination", "body", "sent", after=found.last_message):
        found.last_message = number
        if wanted.traces.anywhere_in(parts):
            found.messages.append(number)
    return found


async def clear(
    session: Session,
    cipher: Cipher,
    wanted: Wanted,
    found: Found,
    *,
    spare: Collection[str] = (),
    until: datetime | None = None,
) -> None:
    """Delete what is theirs or tells of them. What others still wait for goes on without the name.

    ``spare``: references of messages that stay for now, with the edits of them. ``until``: leave alone what came
    after this moment.
    """
    await look_ahead(session, wanted, found)
    for event in found.events:
        await _clear_event(session, wanted, event, until)
    for message in found.messages:
        await _clear_message(session, wanted, message, spare, until)
    await _clear_forms(session, cipher, wanted, until)
    await _clear_form_steps(session, cipher, wanted, until)
    await _clear_buttons(session, wanted)
    await _clear_tasks(session, wanted, until)
    await _clear_attachments(session, wanted, until)
    await _clear_archives(session, cipher, wanted)


async def delete_message(session: Session, reference: str) -> None:
    """Delete a message and its edits, as if it had never been sent, with its buttons."""
    about = (col(OutboxRow.reference) == reference) | (col(OutboxRow.target) == reference)
    await session.exec(delete(OutboxRow).where(about))
    await session.exec(delete(StoredButton).where(col(StoredButton.reference) == reference))


async def is_open(session: Session, reference: str) -> bool:
    """Whether a message, or an edit of it, is still to be sent."""
    about = (col(OutboxRow.reference) == reference) | (col(OutboxRow.target) == reference)
    waiting = col(OutboxRow.state).in_((OutboxState.WAITING.value, OutboxState.SENDING.value))
    return (await session.exec(select(OutboxRow.id).where(about, waiting).limit(1))).first() is not None  # type: ignore[call-overload]


async def _clear_event(session: Session, wanted: Wanted, number: int, until: datetime | None) -> None:
    """Their own event goes; another's is deleted once it has been handled, which the last sweep waits for."""
    event = await session.get(InboxEvent, number, populate_existing=True)
    if event is None or (until is not None and event.received_at > until):
        return
    if event.state == InboxState.WAITING.value and not wanted.did(event.platform, event.body):
        return
    await session.exec(delete(HandledEvent).where(col(HandledEvent.inbox_id) == number))
    await session.exec(delete(InboxEvent).where(col(InboxEvent.id) == number))


async def _clear_message(
    session: Session, wanted: Wanted, number: int, spare: Collection[str], until: datetime | None
) -> None:
    row = await session.get(OutboxRow, number, populate_existing=True)
    if row is None or row.reference in spare or row.target in spare:
        return
    if until is not None and row.created_at > until:
        return
    if wanted.traces.anywhere_in([row.destination, row.sent]):
        files = [one["content"] for one in row.body.get("message", {}).get("attachments", [])]
        await session.exec(delete(StoredAttachment).where(col(StoredAttachment.id).in_(files)))
        await delete_message(session, row.reference)
    elif row.state == OutboxState.WAITING.value:
        row.body = wanted.traces.taken_out(row.body, wanted.instead)
        await session.flush()
    elif row.state == OutboxState.SENT.value:
        await session.exec(update(OutboxRow).where(col(OutboxRow.id) == number).values(body={}))
    elif row.state == OutboxState.DEAD.value:
        await session.exec(delete(OutboxRow).where(col(OutboxRow.id) == number))


async def _clear_forms(session: Session, cipher: Cipher, wanted: Wanted, until: datetime | None) -> None:
    columns = ("id", "person", "opened_at", "subject", "body")
    async for form, person, opened_at, subject, body in rows(session, OpenedForm, *columns):
        if until is not None and opened_at > until:
            continue
        one = col(OpenedForm.id) == form
        if any(person_digest(cipher, form, account) == person for account in wanted.accounts):
            await session.exec(delete(OpenedForm).where(one))
        elif wanted.traces.anywhere_in([subject, body]):
            plain = wanted.traces.taken_out([subject, body], wanted.instead)
            await session.exec(update(OpenedForm).where(one).values(subject=plain[0], body=plain[1]))


async def _clear_form_steps(session: Session, cipher: Cipher, wanted: Wanted, until: datetime | None) -> None:
    own = [account_digest(cipher, account) for account in wanted.accounts]
    mine = delete(FormSteps).where(col(FormSteps.account).in_(own))
    await session.exec(mine if until is None else mine.where(col(FormSteps.touched_at) <= until))
    async for form, touched_at, answers in rows(session, FormSteps, "form_id", "touched_at", "answers"):
        if (until is None or touched_at <= until) and wanted.traces.anywhere_in(answers):
            plain = wanted.traces.taken_out(answers, wanted.instead)
            await session.exec(update(FormSteps).where(col(FormSteps.form_id) == form).values(answers=plain))


async def _clear_buttons(session: Session, wanted: Wanted) -> None:
    async for token, subject in rows(session, StoredButton, "token", "subject"):
        if wanted.traces.anywhere_in(subject):
            await session.exec(delete(StoredButton).where(col(StoredButton.token) == token))


async def _clear_tasks(session: Session, wanted: Wanted, until: datetime | None) -> None:
    async for number, created_at, state, payload in rows(session, Task, "id", "created_at", "state", "payload"):
        if (until is not None and created_at > until) or not wanted.traces.anywhere_in(payload):
            continue
        one = col(Task.id) == number
        if state == TaskState.DEAD.value:
            await session.exec(delete(Task).where(one))
        else:
            plain = wanted.traces.taken_out(payload, wanted.instead)
            await session.exec(update(Task).where(one).values(payload=plain))


async def _clear_attachments(session: Session, wanted: Wanted, until: datetime | None) -> None:
    async for file, created_at, content in rows(session, StoredAttachment, "id", "created_at", "content"):
        if (until is None or created_at <= until) and any(map(wanted.traces.anywhere_in, _texts_of(content))):
            await session.exec(delete(StoredAttachment).where(col(StoredAttachment.id) == file))


async def _clear_archives(session: Session, cipher: Cipher, wanted: Wanted) -> None:
    """In an archive that is on its way in, the person keeps their number and nothing else."""
    keys = [cipher.digest("account", one.platform, one.tenant, one.user) for one in wanted.accounts]
    rows = await session.exec(select(ImportPerson).where(col(ImportPerson.user_key).in_(keys)))  # type: ignore[call-overload]
    for person in rows.scalars().all():
        person.user, person.name = f"forgotten {person.number}", ""
    await session.flush()


def _opened(body: bytes) -> Any:
    """What a raw event says: most are JSON, which may spell letters in its own way."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "replace")


def _texts_of(content: bytes) -> list[str]:
    """The texts of a file; a spreadsheet is an archive of several."""
    parts = [content]
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
    return [html.unescape(part.decode("utf-8", "replace")) for part in parts]
