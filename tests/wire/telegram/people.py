"""The people of Telegram: what they do in its client, and what they see there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.wire.telegram.acting import Acting
from tests.wire.telegram.chats import Chat, worded
from tests.wire.telegram.files import kept, shown
from tests.wire.telegram.membership import changes_to
from tests.wire.telegram.methods_sending import forwarded
from tests.wire.telegram.refusal import Json
from tests.wire.telegram.seeing import Seen
from tests.wire.telegram.state import Member, User
from tests.wire.telegram.text import LONGEST_TEXT, start_payload
from tests.wire.telegram.typing_in import found_in
from tests.wire.telegram.utf16 import units

if TYPE_CHECKING:
    from tests.wire.telegram.emulator import TelegramEmulator

Where = Chat | str | int | None
"""A chat, by its title, its id or as such; None is the private chat with the bot."""

_DEEP_LINK_LENGTH = 64


class Person(Acting):
    """One person. What they do comes back once the bot has taken it, or its webhook has failed for the first time."""

    def __init__(self, telegram: TelegramEmulator, user: User) -> None:
        super().__init__(telegram, user)

    # What they write

    async def starts(self, payload: str = "") -> int:
        """Press Start in the private chat with the bot, perhaps with what a deep link brings along."""
        assert len(payload) <= _DEEP_LINK_LENGTH, f"no client passes on {payload!r}"
        assert not payload or payload.replace("-", "_").replace("_", "x").isalnum(), f"no client passes on {payload!r}"
        if self.user.blocks_bot:
            await self.unblocks()
        self.user.started = True
        return await self.writes(None, f"/start {payload}".strip())

    async def writes(
        self,
        chat: Where,
        text: str,
        *,
        reply_to: int | None = None,
        topic: str | int = "",
        mentions: Sequence[Person] = (),
        entities: Sequence[Json] = (),
    ) -> int:
        """Write a message; its number. Commands, @usernames and addresses are found.

        ``mentions`` are people who have no username: their names in the text call them. Formatting is ``entities``.
        """
        assert units(text) <= LONGEST_TEXT, "a client would make several messages of it"
        called = [_calling(one, text) for one in mentions]
        marked = sorted([*entities, *called, *found_in(text)], key=lambda one: (one["offset"], -one["length"]))
        return await self._put(chat, worded("text", text, marked), reply_to, topic)

    async def sends_photo(
        self, chat: Where, content: bytes, caption: str = "", *, reply_to: int | None = None, topic: str | int = ""
    ) -> int:
        """Send a picture; the message's number."""
        file = kept(self.telegram, "photo", "photo.jpg", content)
        return await self._put(chat, shown(file) | _caption(caption), reply_to, topic)

    async def sends_document(
        self,
        chat: Where,
        filename: str,
        content: bytes,
        caption: str = "",
        *,
        reply_to: int | None = None,
        topic: str | int = "",
    ) -> int:
        """Send a file; the message's number."""
        file = kept(self.telegram, "document", filename, content)
        return await self._put(chat, shown(file) | _caption(caption), reply_to, topic)

    async def forwards(self, source: Where, message: int, to: Where) -> int:
        """Send on a message; the new one's number."""
        return await self._put(to, forwarded(self._message(self.there(source), message)), None, "")

    async def _put(self, chat: Where, content: Json, reply_to: int | None, topic: str | int) -> int:
        place = self.there(chat)
        self._check_may_write(place)
        answered = self._message(place, reply_to) if reply_to is not None else None
        number = place.topic(topic)
        if answered is not None and not topic and answered.get("is_topic_message"):
            # Who answers is in the topic of what they answer.
            number = answered["message_thread_id"]
        assert not number or not place.topics[number].closed or place.membership(self.id).may("can_manage_topics")
        author = None if place.kind == "channel" else self.user
        message = place.add(author, {}, reply_to=answered, topic=number)
        place.change(message, content, edited=False)
        await self.telegram.heard(place.tell(message))
        return int(message["message_id"])

    def _check_may_write(self, place: Chat) -> None:
        if place.user is not None:
            assert not self.user.blocks_bot, f"{self.name} blocks the bot"
            self.user.started = True
            return
        assert place.migrated_to is None, f"{place.title} is a supergroup now"
        member = place.membership(self.id)
        assert member.inside, f"{self.name} is not in {place.title}"
        assert place.kind != "channel" or member.administers, f"{self.name} only reads {place.title}"
        assert member.administers or "can_send_messages" in place.permissions, f"{self.name} may not write there"

    async def edits(self, chat: Where, message: int, text: str) -> None:
        """Change the words of a message."""
        place = self.there(chat)
        found = self._message(place, message)
        name = "text" if "text" in found else "caption"
        place.change(found, worded(name, text, found_in(text)))
        await self.telegram.heard(place.tell(found, kind="edited_message"))

    async def deletes(self, chat: Where, message: int) -> None:
        """Take a message back; bots never hear of it."""
        place = self.there(chat)
        place.remove(self._message(place, message))

    def changes(self, *, name: str = "", username: str | None = None, language_code: str = "") -> None:
        """Take another name, username or language; bots hear of it with the next message."""
        self.user.first_name = name or self.user.first_name
        self.user.username = self.user.username if username is None else username
        self.user.language_code = language_code or self.user.language_code

    # Their relation with the bot

    async def blocks(self) -> None:
        """Block the bot."""
        self.user.blocks_bot = True
        chat = self.there(None)
        chat.members.setdefault(self.telegram.bot.user.id, Member("member"))
        told = changes_to(chat, self.telegram.bot.user, Member("kicked"), by=self.user)
        await self.telegram.heard(told)

    async def unblocks(self) -> None:
        """No longer block it."""
        self.user.blocks_bot = False
        chat = self.there(None)
        await self.telegram.heard(changes_to(chat, self.telegram.bot.user, Member("member"), by=self.user))

    def deletes_account(self) -> None:
        """Leave Telegram."""
        self.user.deactivated = True

    async def follows(self, label: str, chat: Where = None) -> int:
        """Follow the newest button (or the words that are a link) to the bot, and press Start there."""
        for seen in reversed(self.sees(chat)):
            address = {**dict(seen.links), **seen.leads_to}.get(label)
            if address is not None:
                payload = start_payload(address, self.telegram.bot.user.username)
                assert payload is not None, f"{label} leads to {address}, not to the bot"
                return await self.starts(payload)
        raise AssertionError(f"{self.name} sees nothing called {label} that leads anywhere")

    # What they see

    def sees(self, chat: Where = None, *, topic: str | int | None = None) -> list[Seen]:
        """The messages of a chat (or of a topic; "General" is the one without a number), the oldest first."""
        place = self.inside(chat)
        seen = [self._seen(place, raw) for raw in place.history()]
        if topic is None:
            return seen
        number = place.topic(topic)
        return [one for one in seen if self._topic_of(one.raw) == number]

    def hears(self, chat: Where = None, *, topic: str | int | None = None) -> list[str]:
        """What the bot said there, the oldest first."""
        return [one.text for one in self.sees(chat, topic=topic) if one.by_bot]

    def last(self, chat: Where = None) -> Seen:
        """The newest message of the bot there."""
        return [one for one in self.sees(chat) if one.by_bot][-1]

    def commands(self, chat: Where = None) -> list[str]:
        """The commands that the client offers there in this person's language, as ``command - description``."""
        place = self.there(chat)
        for scope in self.command_scopes(place):
            for language in (self.user.language_code[:2], ""):
                found = self.telegram.bot.commands.get((scope, language))
                if found:
                    return [f"{one['command']} - {one['description']}" for one in found]
        return []

    def _seen(self, place: Chat, raw: Json) -> Seen:
        topic = place.topics.get(self._topic_of(raw))
        files = self.telegram.files
        named = [*raw.get("photo", []), *([raw["document"]] if "document" in raw else [])]
        contents = [
            {**one, "name": files[one["file_id"]].name, "content": files[one["file_id"]].content} for one in named
        ]
        by_bot = raw.get("from", {}).get("id") == self.telegram.bot.user.id
        return Seen(raw, by_bot, topic.name if topic is not None else "", contents)

    def _topic_of(self, raw: Json) -> int:
        return int(raw["message_thread_id"]) if raw.get("is_topic_message") else 0


def _caption(text: str) -> Json:
    return worded("caption", text, found_in(text)) if text else {}


def _calling(person: Person, text: str) -> Json:
    assert person.name in text, f"{person.name} is not in the text"
    offset = units(text[: text.index(person.name)])
    return {"type": "text_mention", "offset": offset, "length": units(person.name), "user": person.user.shape()}
