"""The local platform: carries the chat's events into the inbox, and the outbox into the chat."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from aiohttp import web

from bot.core.addresses import Destination, InPlace, MessageRef, OnlyVisibleTo
from bot.core.clock import Clock
from bot.core.events import Event
from bot.core.messages import Button, Message
from bot.core.platform import (
    Delete,
    Edit,
    Host,
    MoveClock,
    OpenForm,
    Outgoing,
    RawEvent,
    Send,
    ShowHome,
    Undeliverable,
)
from bot.platforms.local import outgoing as rendered
from bot.platforms.local.chat import BOT, Json, LocalChat, direct_place
from bot.platforms.local.incoming import PLATFORM, TENANT, message_key, translate
from bot.platforms.local.routes import Routes
from bot.platforms.local.sample import COMMUNITY
from bot.platforms.options import with_options

log = structlog.get_logger()

_BATCH = 500
_TRY_AGAIN_SECONDS = 1.0


class LocalPlatform:
    """See ``bot.core.platform.Platform``. A message is shown once for each reference, whatever happens."""

    name = PLATFORM
    shows_forms = True
    needs_first_word = False
    keeps_events_for: timedelta | None = None

    def __init__(self, path: Path, clock: Clock, time_zone: str = COMMUNITY.time_zone) -> None:
        self.chat = LocalChat(path, clock.now)
        self.move_clock: MoveClock | None = None
        self._clock = clock
        self._routes = Routes(self, self.chat, time_zone)
        self._news = asyncio.Event()
        self._accepted = asyncio.Condition()
        self._accepted_up_to = 0
        self._host: Host | None = None
        self._feeding: asyncio.Task[None] | None = None

    @property
    def host(self) -> Host:
        """The frame. Known from ``start`` on."""
        assert self._host is not None, "the platform has not been started"  # noqa: S101 - a programmer's mistake
        return self._host

    async def open_chat(self) -> LocalChat:
        """The chat, opened; ``start`` does it too. Opening it twice is fine."""
        if not self.chat.identity:
            await self.chat.open()
        return self.chat

    async def start(self, host: Host) -> None:
        """Open the chat, and begin to carry its events into the inbox."""
        self._host = host
        await self.open_chat()
        self.chat.on_event = self._news.set
        self.chat.on_change = self._routes.streams.changed
        self._news.set()
        self._feeding = asyncio.create_task(self._feed(), name="local events")

    async def stop_receiving(self) -> None:
        """Take nothing new. Events that were not acknowledged are told again at the next start."""
        self._routes.streams.close()
        if self._feeding is not None:
            self._feeding.cancel()
            with suppress(asyncio.CancelledError):
                await self._feeding
            self._feeding = None
        async with self._accepted:
            self._accepted.notify_all()  # whoever waits for an event to be carried waits in vain

    async def close(self) -> None:
        """Let go of the chat's file."""
        await self.stop_receiving()
        await self.chat.close()

    def add_routes(self, application: web.Application) -> None:
        """Part of ``bot.web.ServesHttp``: the page and its API."""
        self._routes.add_to(application)

    def translate(self, body: bytes) -> Sequence[Event]:
        """See ``incoming``."""
        return translate(body)

    def hears(self) -> bool:
        """Whether events are carried."""
        return self.trouble() is None

    def trouble(self) -> str | None:
        """None while events are carried."""
        carried = self._feeding is not None and not self._feeding.done()
        return None if carried else "the local chat's events are not read"

    async def carried(self, event: int) -> None:
        """Return when the event of this number is in the inbox."""
        async with self._accepted:
            await self._accepted.wait_for(lambda: self._accepted_up_to >= event or self._feeding is None)

    async def _feed(self) -> None:
        while True:
            self._news.clear()
            try:
                carried = await self._carry()
            except Exception as error:  # noqa: BLE001 - not kept, so not acknowledged: it is told again
                log.warning("the local chat's events could not be read", reason=type(error).__name__)
                await asyncio.sleep(_TRY_AGAIN_SECONDS)
                continue
            if not carried:
                await self._news.wait()

    async def _carry(self) -> bool:
        """Bring some events into the inbox, then acknowledge them; whether there were any."""
        events = await self.chat.waiting_events(_BATCH)
        if events:
            await self.host.accept(
                [
                    RawEvent(PLATFORM, TENANT, f"{self.chat.identity}/{number}", conversation, body, message_key(body))
                    for number, conversation, body in events
                ]
            )
            await self.chat.acknowledge(events[-1][0])
            async with self._accepted:
                self._accepted_up_to = events[-1][0]
                self._accepted.notify_all()
        return bool(events)

    async def deliver(self, outgoing: Outgoing) -> MessageRef | None:
        """Show it in the chat. Raises Undeliverable when its place or person is gone."""
        if isinstance(outgoing, OpenForm):
            await self._open_form(outgoing)
            return None
        if isinstance(outgoing, ShowHome):  # there is no such page
            return None
        if isinstance(outgoing, Edit):
            return await self._edit(outgoing)
        if isinstance(outgoing, Delete):
            await self._take_down(outgoing)
            return None
        if isinstance(outgoing, Send):
            return await self.find(outgoing) or await self._show(outgoing)
        return None

    async def find(self, outgoing: Outgoing) -> MessageRef | None:
        """The message that was shown under this reference."""
        found = await self.chat.rows("SELECT id, place, thread FROM message WHERE reference = ?", outgoing.reference)
        return _ref(found[0]) if found else None

    async def _show(self, send: Send) -> MessageRef:
        place, thread, only_for = await self._where(send.destination)
        files = await self._files(send.message)
        async with self.chat.change() as change:
            values = (place, thread, BOT, self._clock.now().isoformat(), only_for)
            number = await change.run(
                "INSERT INTO message (place, thread, author, at, only_for, reference, content, buttons, files) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *values,
                send.reference,
                *_look(send.message),
                json.dumps(files),
            )
            change.show(kind="message", message=number)
            if send.message.details is not None:
                detail = await change.run(
                    "INSERT INTO message (place, thread, author, at, only_for, reference, content) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    place,
                    thread or number,
                    *values[2:],
                    f"{send.reference}/details",
                    json.dumps(rendered.content(send.message.details)),
                )
                change.show(kind="message", message=detail)
        return _ref({"id": number, "place": place, "thread": thread})

    async def _edit(self, edit: Edit) -> MessageRef:
        number = int(edit.target.id)
        async with self.chat.change() as change:
            found = await change.count(
                "UPDATE message SET content = ?, buttons = ? WHERE id = ?",
                *_look(edit.message),
                number,
            )
            if not found:
                raise Undeliverable("the message is no longer there")
            change.show(kind="message", message=number)
        return edit.target

    async def _take_down(self, delete: Delete) -> None:
        there, number = delete.target, int(delete.target.id)
        thread = int(there.thread) if there.thread else None
        async with self.chat.change() as change:
            await change.run("DELETE FROM message WHERE id = ?", number)
            change.show(kind="deleted", message=number, place=there.conversation, thread=thread)

    async def _open_form(self, form: OpenForm) -> None:
        person = form.destination.account.user if not isinstance(form.destination, InPlace) else ""
        place = form.destination.place if isinstance(form.destination, OnlyVisibleTo) else None
        shown = rendered.form(form.form)
        body = {"form": shown, "place": {"id": place.id, "name": place.name} if place else None}
        async with self.chat.change() as change:
            await change.run(
                "INSERT INTO form (id, person, body, opened_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET open = 1, body = excluded.body, opened_at = excluded.opened_at",
                form.form_id,
                person,
                json.dumps(body),
                self._clock.now().isoformat(),
            )
            change.show(kind="form", form=form.form_id, person=person, body=shown)

    async def _where(self, destination: Destination) -> tuple[str, int | None, str | None]:
        """The place, the thread, and the one person who sees it. Raises Undeliverable."""
        if isinstance(destination, InPlace):
            place, thread, person = destination.place.id, destination.thread, None
        elif isinstance(destination, OnlyVisibleTo):
            place, thread, person = destination.place.id, None, destination.account.user
        else:
            place, thread, person = direct_place(destination.account.user), None, destination.account.user
        table, key = ("person", person) if place.startswith("dm-") else ("place", place)
        if not await self.chat.rows(f"SELECT 1 FROM {table} WHERE id = ?", key):  # noqa: S608 - constants
            raise Undeliverable(f"the {table} is gone")
        only_for = person if isinstance(destination, OnlyVisibleTo) else None
        return place, int(thread) if thread else None, only_for

    async def _files(self, message: Message) -> list[Json]:
        files: list[Json] = []
        for attachment in message.attachments:
            content = await self.host.attachment(attachment.content)
            if content is None:
                continue
            shown = {"name": attachment.name, "media_type": attachment.media_type, "size": len(content)}
            file = f"f-{attachment.content}"
            async with self.chat.change() as change:
                await change.run(
                    "INSERT OR IGNORE INTO file (id, name, media_type, size, alt, content) VALUES (?, ?, ?, ?, ?, ?)",
                    file,
                    *shown.values(),
                    attachment.alt,
                    content,
                )
            files.append({"id": file, **shown, "alt": attachment.alt})
        return files

    def now(self) -> datetime:
        """The bot's time, UTC."""
        return self._clock.now()


def _look(message: Message) -> tuple[str, str]:
    """What is said and what can be pressed. The page has no polls: what can be chosen is a part of the text."""
    buttons = [rendered.button(button) for button in message.buttons if _leads_nowhere_else(button)]
    return json.dumps(rendered.content(with_options(message))), json.dumps(buttons)


def _leads_nowhere_else(button: Button) -> bool:
    """Another platform's messages can't be reached from here."""
    return button.goes_to is None or (button.goes_to.platform, button.goes_to.tenant) == (PLATFORM, TENANT)


def _ref(row: Json) -> MessageRef:
    thread = str(row["thread"]) if row["thread"] else None
    return MessageRef(PLATFORM, TENANT, row["place"], str(row["id"]), thread)
