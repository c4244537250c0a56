"""The local chat itself: people, places and messages, kept in a file of its own.

It stands where Slack's and Telegram's servers stand for the other platforms. It tells Baraza what happened by
events that it repeats until they are acknowledged, and it shows a message once for each reference.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import aiosqlite

from bot.platforms.local.chat_tables import TABLES

BOT = "baraza"
Json = dict[str, Any]
Listener = Callable[[str, Json], None]


class ChatProblem(Exception):
    """A request that the chat can't meet; the message is for the person."""


def direct_place(person: str) -> str:
    """The id of the private chat between a person and the bot."""
    return f"dm-{person}"


def who(person: Mapping[str, Any]) -> Json:
    """Somebody, as events show them."""
    shown = {"id": person["id"], "name": person["name"], "language": person["language"]}
    return {**shown, "is_bot": bool(person["is_bot"])}


class LocalChat:
    """Opened once; every change is one transaction, and its event is part of it."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self.now = now
        self._one_at_a_time = asyncio.Lock()
        self._connection: aiosqlite.Connection | None = None
        self._reader: aiosqlite.Connection | None = None
        self.identity = ""
        self.on_event: Callable[[], None] = lambda: None
        self.on_change: Callable[[Iterable[Json]], None] = lambda changes: None

    async def open(self) -> None:
        """Open the file, and make it where there is none."""
        self._connection = await self._connect()
        await self._connection.executescript(TABLES)
        self._reader = await self._connect()  # a look must not see what has not been committed
        async with self.change() as change:
            await change.run("INSERT OR IGNORE INTO fact VALUES ('identity', ?)", token_urlsafe(8))
            await change.run(
                "INSERT OR IGNORE INTO person (id, name, role, language, is_bot) VALUES (?, 'Baraza', '', 'en', 1)",
                BOT,
            )
        self.identity = (await self.rows("SELECT value FROM fact WHERE name = 'identity'"))[0]["value"]

    async def _connect(self) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(self._path, isolation_level=None)
        connection.row_factory = aiosqlite.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            await connection.execute(f"PRAGMA {pragma}")
        return connection

    async def close(self) -> None:
        """Let go of the file."""
        for connection in (self._reader, self._connection):
            if connection is not None:
                await connection.close()
        self._connection = self._reader = None

    @property
    def connection(self) -> aiosqlite.Connection:
        """The open file."""
        assert self._connection is not None, "the chat is not open"  # noqa: S101 - a programmer's mistake
        return self._connection

    async def rows(self, statement: str, *values: Any) -> list[Json]:
        """What a SELECT finds.

        In one go: between two steps of one SELECT another would see the chat as it was when the first began, and
        an event that was just written would be overlooked.
        """
        assert self._reader is not None, "the chat is not open"  # noqa: S101 - a programmer's mistake
        return [dict(row) for row in await self._reader.execute_fetchall(statement, values)]

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Change]:
        """One transaction. What it told Baraza and the pages goes out after it has committed."""
        async with self._one_at_a_time:
            change = Change(self)
            try:
                await self.connection.execute("BEGIN IMMEDIATE")
                yield change
                await self.connection.execute("COMMIT")
            except BaseException:
                with suppress(aiosqlite.OperationalError):  # it may not have begun, or have ended already
                    await self.connection.execute("ROLLBACK")
                raise
        self.on_change(change.shown)
        if change.told:
            self.on_event()

    async def waiting_events(self, limit: int) -> list[tuple[int, str, bytes]]:
        """Events that nobody acknowledged yet, the oldest first: number, conversation, body."""
        found = await self.rows("SELECT id, conversation, body FROM event ORDER BY id LIMIT ?", limit)
        return [(row["id"], row["conversation"], bytes(row["body"])) for row in found]

    async def acknowledge(self, up_to: int) -> None:
        """Events up to this number have arrived and are not told again."""
        async with self.change() as change:
            await change.run("DELETE FROM event WHERE id <= ?", up_to)

    async def person(self, person: str) -> Json:
        """One person. Raises ChatProblem."""
        return await self._one("SELECT * FROM person WHERE id = ?", person, "There is nobody of that name here.")

    async def place(self, place: str) -> Json:
        """One place. Raises ChatProblem."""
        return await self._one("SELECT * FROM place WHERE id = ?", place, "There is no such place here.")

    async def message(self, message: str) -> Json:
        """One message. Raises ChatProblem."""
        number = int(message) if message.isdigit() and len(message) < 18 else -1
        return await self._one("SELECT * FROM message WHERE id = ?", number, "That message is no longer there.")

    async def is_in(self, person: str, place: str) -> bool:
        """Whether a person reads a place: a channel they joined, or their own private chat."""
        if place == direct_place(person):
            return True
        return bool(await self.rows("SELECT 1 FROM presence WHERE place = ? AND person = ?", place, person))

    async def _one(self, statement: str, value: Any, problem: str) -> Json:
        found = await self.rows(statement, value)
        if not found:
            raise ChatProblem(problem)
        return found[0]


class Change:
    """What one transaction does: rows to write, an event to tell Baraza, things to show on the pages."""

    def __init__(self, chat: LocalChat) -> None:
        self._chat = chat
        self.shown: list[Json] = []
        self.told = 0

    async def run(self, statement: str, *values: Any) -> int:
        """Carry out a statement; the id of a row that it added."""
        async with self._chat.connection.execute(statement, values) as cursor:
            return cursor.lastrowid or 0

    async def count(self, statement: str, *values: Any) -> int:
        """Carry out a statement; how many rows it changed."""
        async with self._chat.connection.execute(statement, values) as cursor:
            return cursor.rowcount

    def show(self, **what: Any) -> None:
        """Something for the pages: its ``kind``, and who may see it."""
        self.shown.append(what)

    async def tell(self, kind: str, conversation: str, person: Mapping[str, Any], **more: Any) -> int:
        """An event for Baraza; its number."""
        body = {"type": kind, "at": self._chat.now().isoformat(), "person": who(person)}
        self.told = await self.run(
            "INSERT INTO event (conversation, body) VALUES (?, ?)",
            conversation,
            json.dumps({**body, **more}).encode("utf-8"),
        )
        return self.told
