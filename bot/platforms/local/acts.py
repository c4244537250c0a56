"""What people do in the local chat. Each act is one transaction, with the event that tells Baraza of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from bot.platforms.local.chat import BOT, ChatProblem, Json, LocalChat, direct_place, who
from bot.platforms.local.outgoing import words_of

TRIGGER_SECONDS = 3
LONGEST_TEXT = 40_000
_NOT_IN = "Join this place first; then you can write in it."
_GONE = "That message is no longer there."
_ROOT = "baraza"


class Acts:
    """The acts of people; each returns the number of its event, so that a caller can wait until Baraza has it."""

    def __init__(self, chat: LocalChat) -> None:
        self._chat = chat

    async def come_in(self, name: str, language: str, person_id: str | None = None) -> Json:
        """Somebody new."""
        name = name.strip()[:80]
        if not name:
            raise ChatProblem("Please say what you are called.")
        person = person_id or f"p-{token_urlsafe(6)}"
        async with self._chat.change() as change:
            await change.run(
                "INSERT INTO person (id, name, role, language) VALUES (?, ?, 'new', ?)",
                person,
                name,
                language,
            )
            change.show(kind="people")
        return await self._chat.person(person)

    async def join(self, person_id: str, place_id: str, at: datetime | None = None) -> int:
        """Come into a place."""
        person, place = await self._chat.person(person_id), await self._chat.place(place_id)
        async with self._chat.change() as change:
            new = await change.count("INSERT OR IGNORE INTO presence VALUES (?, ?)", place_id, person_id)
            if not new:
                return 0
            await self._read_what_was_before(change, person_id, place_id)
            change.show(kind="place", place=place_id)
            if not place["has_bot"]:
                return 0
            return await change.tell("joined", place_id, person, **_in(place), **_at(at))

    async def leave(self, person_id: str, place_id: str, at: datetime | None = None) -> int:
        """Go out of a place."""
        person, place = await self._chat.person(person_id), await self._chat.place(place_id)
        async with self._chat.change() as change:
            gone = await change.count("DELETE FROM presence WHERE place = ? AND person = ?", place_id, person_id)
            if not gone:
                return 0
            change.show(kind="place", place=place_id, person=person_id)
            if not place["has_bot"]:
                return 0
            return await change.tell("left", place_id, person, **_in(place), **_at(at))

    async def create_place(self, person_id: str, name: str) -> Json:
        """A new place, with its maker in it and without the bot."""
        await self._chat.person(person_id)
        name = name.strip().lstrip("#")[:80]
        if not name:
            raise ChatProblem("Please give the place a name.")
        place = f"c-{token_urlsafe(6)}"
        async with self._chat.change() as change:
            if not await change.count("INSERT OR IGNORE INTO place (id, name) VALUES (?, ?)", place, name):
                raise ChatProblem(f"There is a place called {name} already. Please choose another name.")
            await change.run("INSERT INTO presence VALUES (?, ?)", place, person_id)
            change.show(kind="place", place=place)
        return await self._chat.place(place)

    async def invite_bot(self, person_id: str, place_id: str) -> int:
        """Bring the bot into a place."""
        person, place = await self._chat.person(person_id), await self._chat.place(place_id)
        if not await self._chat.is_in(person_id, place_id):
            raise ChatProblem(_NOT_IN)
        async with self._chat.change() as change:
            if not await change.count("UPDATE place SET has_bot = 1 WHERE id = ? AND has_bot = 0", place_id):
                return 0
            change.show(kind="place", place=place_id)
            return await change.tell("bot_invited", place_id, person, **_in(place))

    async def write(
        self,
        person_id: str,
        place_id: str,
        text: str,
        *,
        thread: str | None = None,
        files: Sequence[str] = (),
        nonce: str | None = None,
        at: datetime | None = None,
    ) -> tuple[int, int]:
        """Say something; the numbers of the message and of its event.

        Who sends again because no answer came gives the same ``nonce``: it is said once.
        """
        if len(text) > LONGEST_TEXT:
            raise ChatProblem(f"Please keep a message under {LONGEST_TEXT} characters.")
        if not text.strip() and not files:
            raise ChatProblem("There is nothing to send yet. Write something first.")
        person = await self._chat.person(person_id)
        where = await self._where(person_id, place_id)
        reference = f"{person_id}/{nonce}" if nonce else None
        said = await self._chat.rows("SELECT id FROM message WHERE reference = ?", reference)
        if said:
            return said[0]["id"], 0
        root = await self._root(thread, place_id) if thread else None
        attached = [await self._file(one) for one in files]
        moment = at or self._chat.now()
        async with self._chat.change() as change:
            number = await change.run(
                "INSERT INTO message (reference, place, thread, author, at, content, files) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                reference,
                place_id,
                root,
                person_id,
                moment.isoformat(),
                json.dumps([{"type": "paragraph", "children": [{"text": text}]}]),
                json.dumps(attached),
            )
            await self._read_up_to(change, person_id, place_id, number)
            change.show(kind="message", message=number)
            told = 0
            if await self._bot_reads(place_id):
                message = {"id": str(number), "thread": str(root) if root else None, "text": text}
                conversation = f"{place_id}/{root}" if root else place_id
                told = await change.tell("message", conversation, person, **where, message=message, **_at(at))
            return number, told

    async def edit(self, person_id: str, message_id: str, text: str) -> int:
        """Put other words into one's own message."""
        message = await self._own(person_id, message_id)
        content = json.dumps([{"type": "paragraph", "children": [{"text": text[:LONGEST_TEXT]}]}])
        return await self._retell(
            "edited", message, "UPDATE message SET content = ?, edited = 1 WHERE id = ?", content, text=text
        )

    async def delete(self, person_id: str, message_id: str) -> int:
        """Take one's own message back."""
        message = await self._own(person_id, message_id)
        return await self._retell("deleted", message, "DELETE FROM message WHERE id = ?")

    async def react(self, person_id: str, message_id: str, emoji: str, *, removed: bool) -> int:
        """Put an emoji on a message, or take it away."""
        message, person = await self._seen(message_id, person_id), await self._chat.person(person_id)
        where = await self._where(person_id, message["place"])
        statement = (
            "DELETE FROM reaction WHERE message = ? AND person = ? AND emoji = ?"
            if removed
            else "INSERT OR IGNORE INTO reaction VALUES (?, ?, ?)"
        )
        async with self._chat.change() as change:
            changed = await change.count(statement, message["id"], person_id, emoji[:32])
            if not changed:
                return 0
            change.show(kind="message", message=message["id"])
            if not await self._bot_reads(message["place"]):
                return 0
            what = {"message": _told(message), "emoji": emoji[:32], "removed": removed}
            return await change.tell("reaction", message["place"], person, **where, **what)

    async def use_command(self, person_id: str, place_id: str, text: str, about: str | None = None) -> int:
        """Type a command, with its slash; as a reply to a message, where ``about`` is its id."""
        person = await self._chat.person(person_id)
        where = await self._where(person_id, place_id)
        if not await self._bot_reads(place_id):
            raise ChatProblem("Baraza is not in this place yet. Invite it first.")
        name, arguments = typed_command(text)
        more: Json = {"command": {"name": name, "arguments": arguments}, "trigger": self._trigger()}
        if about:
            message = await self._seen(about, person_id)
            if message["place"] != place_id:
                raise ChatProblem(_GONE)
            more["about"] = await self._quoted(message)
        async with self._chat.change() as change:
            return await change.tell("command", _conversation(person_id, place_id), person, **where, **more)

    async def use_shortcut(self, person_id: str, message_id: str, shortcut: str) -> int:
        """Choose something from the menu of a message that a person wrote where the bot reads."""
        message, person = await self._seen(message_id, person_id), await self._chat.person(person_id)
        where = await self._where(person_id, message["place"])
        if message["author"] == BOT or not await self._bot_reads(message["place"]):
            raise ChatProblem("Baraza can do nothing with this message.")
        about = await self._quoted(message)
        async with self._chat.change() as change:
            more = {"shortcut": shortcut, "about": about, "trigger": self._trigger()}
            return await change.tell("shortcut", _conversation(person_id, message["place"]), person, **where, **more)

    async def press(self, person_id: str, message_id: str, token: str) -> int:
        """Press a button of one of the bot's messages."""
        message, person = await self._seen(message_id, person_id), await self._chat.person(person_id)
        where = await self._where(person_id, message["place"])
        if not any(button.get("token") == token for button in json.loads(message["buttons"])):
            raise ChatProblem("That button is no longer there.")
        async with self._chat.change() as change:
            more = {"button": token, "message": _told(message), "trigger": self._trigger()}
            return await change.tell("button", _conversation(person_id, message["place"]), person, **where, **more)

    async def submit(self, person_id: str, form_id: str, values: Json) -> int:
        """Send a form whose values have passed its validation."""
        person, form = await self._chat.person(person_id), await self.open_form(person_id, form_id)
        async with self._chat.change() as change:
            await change.run("UPDATE form SET open = 0 WHERE id = ?", form_id)
            change.show(kind="closed", form=form_id, person=person_id)
            place = form["place"]
            where = {"place": None} if place is None else {"place": place}
            more = {"form": form_id, "values": values, "trigger": self._trigger()}
            return await change.tell("form", direct_place(person_id), person, **where, **more)

    async def close_form(self, person_id: str, form_id: str) -> None:
        """Leave a form without sending it."""
        async with self._chat.change() as change:
            await change.run("UPDATE form SET open = 0 WHERE id = ? AND person = ?", form_id, person_id)
            change.show(kind="closed", form=form_id, person=person_id)

    async def open_form(self, person_id: str, form_id: str) -> Json:
        """A form that is open for this person. Raises ChatProblem."""
        found = await self._chat.rows(
            "SELECT body FROM form WHERE id = ? AND person = ? AND open = 1", form_id, person_id
        )
        if not found:
            raise ChatProblem("This form was sent already, or is no longer open.")
        body: Json = json.loads(found[0]["body"])
        return body

    async def read(self, person_id: str, place_id: str) -> None:
        """Everything in the place has been seen."""
        async with self._chat.change() as change:
            newest = await self._chat.rows("SELECT max(id) AS newest FROM message WHERE place = ?", place_id)
            await self._read_up_to(change, person_id, place_id, newest[0]["newest"] or 0)
            change.show(kind="place", place=place_id, person=person_id)

    async def keep_file(self, name: str, media_type: str, content: bytes) -> Json:
        """Keep a file that somebody wants to send."""
        file = f"f-{token_urlsafe(12)}"
        async with self._chat.change() as change:
            await change.run(
                "INSERT INTO file (id, name, media_type, size, content) VALUES (?, ?, ?, ?, ?)",
                file,
                name[:120] or "file",
                media_type[:80],
                len(content),
                content,
            )
        return await self._file(file)

    async def _retell(self, kind: str, message: Json, statement: str, *values: Any, text: str = "") -> int:
        person = await self._chat.person(message["author"])
        where = await self._where(message["author"], message["place"])
        async with self._chat.change() as change:
            await change.run(statement, *values, message["id"])
            change.show(kind=kind, message=message["id"], place=message["place"], thread=message["thread"])
            if not await self._bot_reads(message["place"]):
                return 0
            what = {"message": {**_told(message), "text": text}}
            return await change.tell(kind, message["place"], person, **where, **what)

    async def _quoted(self, message: Json) -> Json:
        """A message with its author and its words, as they are now."""
        author = await self._chat.person(message["author"])
        text = words_of(json.loads(message["content"]))
        return {**_told(message), "author": who(author), "at": message["at"], "text": text}

    async def _seen(self, message_id: str, person_id: str) -> Json:
        """A message that isn't for somebody else alone."""
        message = await self._chat.message(message_id)
        if message["only_for"] not in (None, person_id):
            raise ChatProblem(_GONE)
        return message

    async def _own(self, person_id: str, message_id: str) -> Json:
        message = await self._chat.message(message_id)
        if message["author"] != person_id or person_id == BOT:
            raise ChatProblem("Only who wrote a message can change it.")
        return message

    async def _where(self, person_id: str, place_id: str) -> Json:
        if place_id == direct_place(person_id):
            return {"place": None}
        place = await self._chat.place(place_id)
        if not await self._chat.is_in(person_id, place_id):
            raise ChatProblem(_NOT_IN)
        return _in(place)

    async def _root(self, thread: str, place_id: str) -> int:
        message = await self._chat.message(thread)
        if message["place"] != place_id:
            raise ChatProblem(_GONE)
        return int(message["thread"] or message["id"])

    async def _bot_reads(self, place_id: str) -> bool:
        if place_id.startswith("dm-"):
            return True
        return bool((await self._chat.place(place_id))["has_bot"])

    async def _file(self, file_id: str) -> Json:
        found = await self._chat.rows("SELECT id, name, media_type, size, alt FROM file WHERE id = ?", file_id)
        if not found:
            raise ChatProblem("That file is no longer there. Please choose it again.")
        return found[0]

    async def _read_up_to(self, change: Any, person_id: str, place_id: str, message: int) -> None:
        await change.run(
            "INSERT INTO read_mark VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET message = max(message, excluded.message)",
            person_id,
            place_id,
            message,
        )

    async def _read_what_was_before(self, change: Any, person_id: str, place_id: str) -> None:
        """Who comes in has not missed what was written before: none of it counts as unread."""
        await change.run(
            "INSERT INTO read_mark SELECT ?, ?, coalesce(max(id), 0) FROM message WHERE place = ? "
            "ON CONFLICT DO UPDATE SET message = max(message, excluded.message)",
            person_id,
            place_id,
            place_id,
        )

    def _trigger(self) -> Json:
        ends = self._chat.now() + timedelta(seconds=TRIGGER_SECONDS)
        return {"id": token_urlsafe(8), "expires_at": ends.isoformat()}


def typed_command(text: str) -> tuple[str, str]:
    """The name and the arguments of what was typed: ``/baraza ask why`` is ``/ask why``.

    The name is empty where only the bot is called: ``/baraza``.
    """
    name, rest = _first_word(text)
    return _first_word(rest) if name.casefold() == _ROOT else (name, rest)


def _first_word(text: str) -> tuple[str, str]:
    words = text.strip().removeprefix("/").split(None, 1)
    return (words[0] if words else "", words[1].strip() if len(words) > 1 else "")


def _in(place: Json) -> Json:
    return {"place": {"id": place["id"], "name": place["name"]}}


def _told(message: Json) -> Json:
    thread = message["thread"]
    return {"id": str(message["id"]), "thread": str(thread) if thread else None, "author": message["author"]}


def _at(at: datetime | None) -> Json:
    return {"at": at.isoformat()} if at else {}


def _conversation(person_id: str, place_id: str) -> str:
    return place_id if place_id.startswith("dm-") else f"{place_id}:{person_id}"
