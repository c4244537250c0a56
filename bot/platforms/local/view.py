"""What one person sees of the local chat."""

from __future__ import annotations

import json
from typing import Any

from bot.platforms.local.chat import ChatProblem, Json, LocalChat, direct_place

PAGE = 50
_DIRECT_NAME = "Baraza"


class View:
    """Reads the chat for the pages; it never shows a person what isn't theirs to see."""

    def __init__(self, chat: LocalChat) -> None:
        self._chat = chat

    async def people(self) -> list[Json]:
        """Everybody, in the order in which they came."""
        rows = await self._chat.rows("SELECT id, name, role, language, is_bot FROM person ORDER BY rowid")
        return [{**row, "is_bot": bool(row["is_bot"])} for row in rows]

    async def places(self, person: str) -> list[Json]:
        """The person's private chat with the bot, and every place, joined or not, with unread counts."""
        await self._chat.person(person)
        rows = await self._chat.rows(
            "SELECT place.id, name, topic, has_bot, archived, presence.person IS NOT NULL AS joined FROM place "
            "LEFT JOIN presence ON presence.place = place.id AND presence.person = ? ORDER BY place.rowid",
            person,
        )
        direct: Json = {"id": direct_place(person), "name": _DIRECT_NAME, "topic": "", "kind": "direct"}
        direct |= {"joined": True, "has_bot": True, "archived": False}
        unread = await self._unread(person)
        shown = [direct]
        for row in rows:
            flags = {name: bool(row[name]) for name in ("joined", "has_bot", "archived")}
            shown.append({**row, **flags, "kind": "channel"})
        return [{**place, "unread": unread.get(place["id"], 0) if place["joined"] else 0} for place in shown]

    async def place(self, person: str, place: str) -> Json | None:
        """One of the places above."""
        return next((one for one in await self.places(person) if one["id"] == place), None)

    async def messages(
        self, person: str, place: str, *, thread: str | None = None, before: str | None = None
    ) -> tuple[list[Json], bool]:
        """A page of a conversation, the oldest first, and whether there is more before it."""
        if not await self._chat.is_in(person, place):
            raise ChatProblem("Join this place first; then you can read it.")
        visible = "place = ? AND (only_for IS NULL OR only_for = ?)"
        if thread is not None:
            number = int(thread) if thread.isdigit() else -1
            rows = await self._chat.rows(
                f"SELECT * FROM message WHERE {visible} AND (id = ? OR thread = ?) ORDER BY thread IS NOT NULL, id",  # noqa: S608 - constants
                place,
                person,
                number,
                number,
            )
            return [await self._shown(row, person) for row in rows], False
        last = int(before) if before and before.isdigit() else 2**62
        rows = await self._chat.rows(
            f"SELECT * FROM message WHERE {visible} AND thread IS NULL AND id < ? ORDER BY id DESC LIMIT ?",  # noqa: S608 - constants
            place,
            person,
            last,
            PAGE + 1,
        )
        return [await self._shown(row, person) for row in reversed(rows[:PAGE])], len(rows) > PAGE

    async def message(self, person: str, number: int) -> Json | None:
        """One message, or None when this person can't see it."""
        rows = await self._chat.rows("SELECT * FROM message WHERE id = ?", number)
        if not rows or rows[0]["only_for"] not in (None, person):
            return None
        return await self._shown(rows[0], person) if await self._chat.is_in(person, rows[0]["place"]) else None

    async def forms(self, person: str) -> list[Json]:
        """The forms that are open for this person, the oldest first."""
        rows = await self._chat.rows("SELECT id, body FROM form WHERE person = ? AND open = 1 ORDER BY rowid", person)
        return [{"id": row["id"], "form": json.loads(row["body"])["form"]} for row in rows]

    async def _unread(self, person: str) -> dict[str, int]:
        rows = await self._chat.rows(
            "SELECT message.place AS place, count(*) AS unread FROM message "
            "LEFT JOIN read_mark ON read_mark.place = message.place AND read_mark.person = ? "
            "WHERE message.id > coalesce(read_mark.message, 0) AND message.author <> ? "
            "AND (only_for IS NULL OR only_for = ?) GROUP BY message.place",
            person,
            person,
            person,
        )
        return {row["place"]: row["unread"] for row in rows}

    async def _shown(self, row: Json, person: str) -> Json:
        author = await self._chat.person(row["author"])
        replies = await self._chat.rows(
            "SELECT count(*) AS count, max(at) AS last FROM message WHERE thread = ? "
            "AND (only_for IS NULL OR only_for = ?)",
            row["id"],
            person,
        )
        return {
            "id": str(row["id"]),
            "place": row["place"],
            "thread": str(row["thread"]) if row["thread"] else None,
            "author": {"id": author["id"], "name": author["name"], "is_bot": bool(author["is_bot"])},
            "at": row["at"],
            "edited": bool(row["edited"]),
            "only_me": row["only_for"] is not None,
            "content": json.loads(row["content"]),
            "buttons": json.loads(row["buttons"]),
            "files": json.loads(row["files"]),
            "reactions": await self._reactions(row["id"], person),
            "replies": replies[0]["count"],
            "last_reply_at": replies[0]["last"],
        }

    async def _reactions(self, message: int, person: str) -> list[dict[str, Any]]:
        rows = await self._chat.rows(
            "SELECT emoji, count(*) AS count, max(person = ?) AS mine FROM reaction WHERE message = ? "
            "GROUP BY emoji ORDER BY min(rowid)",
            person,
            message,
        )
        return [{**row, "mine": bool(row["mine"])} for row in rows]
