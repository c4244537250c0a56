"""The same people as in ``tests/conversations.py``, in groups and private chats on the emulator of Telegram.

Everybody here has started the bot long ago. Where Telegram has other ways than the page, people here go them: what the
menu of a message does elsewhere is a command that answers the message, a form is answered question by question in the
private chat, and what one person alone may see of a place comes there too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any

from bot.app import App
from bot.core.addresses import Account
from tests.conversations import File, Held, Json, OpenForm, Seen, Someone, Talk
from tests.in_step import InStep
from tests.telegram_forms import Asked, asked
from tests.wire.telegram import Chat, Person, TelegramEmulator
from tests.wire.telegram import Seen as SeenOnTelegram

_UNSEEN = dict.fromkeys(map(ord, "\u2060\u200b\u200c\u2068\u2069"))
_LINK = re.compile(r"https://t\.me/c/(\d+)/(?:\d+/)?(\d+)$")
_WRITING = ("📌", "pushpin", ":pushpin:", "✍️", "✍🏽", "writing_hand::skin-tone-4")
_OTHERWISE = {**dict.fromkeys(_WRITING, "✍"), "📍": "👌"}
"""What is no reaction on Telegram, and what stands in for it there."""
_SPOKEN = {"Ask an expert": "/ask", "Save as contribution": "/log", "Save as answer": "/answer"}
"""What a menu of a message offers elsewhere, as the command that answers the message."""


Whispers = dict[tuple[str, str], set[str]]
"""By person and chat: the messages of the private chat that stand in for what one person alone may see there."""


class Where(Enum):
    """Where the people of a place meet."""

    GROUP = auto()
    """In a small group."""
    SUPERGROUP = auto()
    TOPIC = auto()
    """In a topic of a forum; the bot speaks in its general one, unless it answers."""


@dataclass
class TelegramTalk(Talk):
    """The program as people on Telegram reach it."""

    telegram: TelegramEmulator
    kind: Where
    app: App | None
    whispers: Whispers
    opened_in: dict[str, Chat] = field(default_factory=dict)
    """By its form's id, the group in which somebody did what a form was opened for."""

    @property
    def running(self) -> App:
        """The program, which has been started."""
        assert self.app is not None
        return self.app

    async def settle(self) -> None:
        """Wait until neither Baraza nor Telegram has anything left to do."""
        told = -1
        while told != len(self.telegram.updates.deliveries):
            told = len(self.telegram.updates.deliveries)
            await self.telegram.settle()
            await self.running.settle()

    async def wait_until(self, moment: datetime) -> None:
        """Let time pass until a moment; what falls due on the way happens in order."""
        await self.settle()
        await self.running.move_clock(moment)
        await self.settle()
        clock = self.telegram.clock
        assert isinstance(clock, InStep)
        await clock.catch_up()

    async def newcomer(self, name: str, language: str = "en") -> TelegramSomeone:
        """Somebody on Telegram, in no group yet."""
        return TelegramSomeone(self, self.telegram.person(name, language_code=language, started=True))

    def person(self, person_id: str, name: str = "") -> TelegramSomeone:
        """Somebody who is here already."""
        return TelegramSomeone(self, Person(self.telegram, self.telegram.users[int(person_id)]))

    async def content(self, file: File) -> bytes:
        """The bytes of a file."""
        return self.telegram.files[file.id].content

    async def shown_to_others(self, person: Someone) -> list[str]:
        """Every message that isn't in this person's own private chat, nor a command that they typed in a group."""
        others = [one for one in self.telegram.chats.values() if one.user is None or str(one.user.id) != person.id]
        messages = [message for chat in others for message in chat.messages.values()]
        return [repr(one) for one in messages if not (_by(one) == person.id and one.get("text", "").startswith("/"))]


class TelegramSomeone(Someone):
    """One person on Telegram."""

    def __init__(self, talk: TelegramTalk, person: Person) -> None:
        self.talk: TelegramTalk = talk
        self.person = person
        self.id = str(person.id)
        self.name = person.name

    async def joins(self, place: str) -> None:
        """Become a member of a group."""
        await self.person.joins(place)
        await self.talk.settle()

    async def leaves(self, place: str) -> None:
        """Leave a group."""
        await self.person.leaves(place)
        await self.talk.settle()

    async def creates(self, place: str) -> None:
        """Make a group; a forum with one topic besides the general one."""
        if self.talk.kind is Where.GROUP:
            self.talk.telegram.group(place, self.person)
            return
        chat = self.talk.telegram.supergroup(place, self.person, forum=self.talk.kind is Where.TOPIC)
        if self.talk.kind is Where.TOPIC:
            await self.person.opens_topic(place, chat)

    async def invites_the_bot(self, place: str) -> None:
        """Bring the bot into a group, as an administrator."""
        await self.person.adds_bot(place, as_admin=True)
        await self.talk.settle()

    async def says(
        self, text: str, *, place: str | None = None, under: str | None = None, about: str | None = None
    ) -> str:
        """Write in a group or privately to the bot; a text with a slash is a command. The message's id."""
        answered = about or under
        topic = place if self.talk.kind is Where.TOPIC and place and not answered else ""
        number = await self.person.writes(
            place, text, reply_to=_number(answered) if answered else None, topic=topic or ""
        )
        await self.talk.settle()
        await self._has_opened(self.person.there(place))
        return "" if text.startswith("/") else _id(self.person.there(place), number)

    async def takes_back(self, message: str) -> None:
        """Delete a message; no bot hears of it."""
        await self.person.deletes(_chat(message), _number(message))
        await self.talk.settle()

    async def rewrites(self, message: str, text: str) -> None:
        """Edit a message."""
        await self.person.edits(_chat(message), _number(message), text)
        await self.talk.settle()

    async def reacts(self, message: str, emoji: str, *, removed: bool = False) -> None:
        """Put one of Telegram's reactions on a message."""
        await self.person.reacts(_number(message), _OTHERWISE.get(emoji, emoji), _chat(message), removed=removed)
        await self.talk.settle()

    async def shortcuts(self) -> list[str]:
        """Messages have no menu of the bot's: what answers them as a command stands in for it."""
        return list(_SPOKEN)

    async def uses_shortcut(self, message: str, label: str) -> None:
        """Answer a message with a command."""
        await self.person.writes(_chat(message), _SPOKEN[label], reply_to=_number(message))
        await self.talk.settle()
        await self._has_opened(self.person.there(_chat(message)))

    async def presses(self, label: str, *, place: str | None = None) -> None:
        """Press the newest button of this label; one that leads to the bot opens the private chat with it."""
        before = self._private()
        shown = await self.sees(place)
        newest = next((one for one in reversed(shown) if label in one.buttons), None)
        assert newest is not None, f"{self.name} sees no button {label}"
        chat, number = self.talk.telegram.chats[_chat(newest.id)], _number(newest.id)
        if label in newest.raw["leads"]:
            await self.person.follows(label, chat)
        else:
            await self.person.presses(label, chat, message=number)
        await self.talk.settle()
        here = self.person.there(place)
        if chat is not here:  # a whisper about a group, and so is what comes of it
            self._whispered(here, before)
        await self._has_opened(here)

    async def holds(self, label: str) -> TelegramHeld:
        """The newest button of this label in the private chat."""
        message = next(one for one in reversed(self.person.sees()) if label in one.data)
        return TelegramHeld(self, dict(message.raw), label, message.data[label])

    async def form(self) -> OpenForm | None:
        """The form that is asked now."""
        found = await self._asked()
        return found.form if found else None

    async def hands_in(self, form: OpenForm, **by_label: Any) -> None:
        """Answer what is asked, question by question, and send it."""
        values = {label.replace("_", " "): value for label, value in by_label.items()}
        left = await self._answers(values)
        # A form of one question is sent with its answer, and what is wrong with it then is no longer the form's.
        assert left is None or len(form.fields) == 1, f"not taken: {left}"

    async def sends(self, form: OpenForm, **by_label: Any) -> None:
        """Answer a form and send it; what comes of it is about the group in which it was opened."""
        opened_in, before = self.talk.opened_in.get(form.raw["id"]), self._private()
        await super().sends(form, **by_label)
        if opened_in is not None:
            self._whispered(opened_in, before)

    async def fills_in_wrongly(self, **by_label: Any) -> dict[str, str]:
        """Answer until something isn't accepted; the sentence about it, by its field's name."""
        left = await self._answers({label.replace("_", " "): value for label, value in by_label.items()})
        assert left is not None, "it was accepted"
        return left

    async def _answers(self, values: Json) -> dict[str, str] | None:
        """Answer with these values; None when the form was sent, else what was said about an answer, by its field."""
        while (now := await self._asked()) is not None:
            if now.field is None:
                await self.person.presses(now.submit)
                break  # what comes of it is not waited for
            turn = now.turn
            await self._answer(now, values)
            await self.talk.settle()
            after = await self._asked()
            if after is not None and after.field == now.field and after.turn == turn + 1:
                return {now.field.name: (await self.last()).text.split("\n")[0]}
        return None

    async def _answer(self, now: Asked, values: Json) -> None:
        assert now.field is not None
        given = now.answer(values)
        for label in given.presses:
            await self.person.presses(label)
            await self.talk.settle()
        if given.writes is not None:
            called = [self.talk.person(one).person for one in given.mentions]
            words = called[0].name if called else given.writes
            await self.person.writes(None, words, mentions=called)

    async def _asked(self) -> Asked | None:
        telegram = self.talk.telegram
        account = Account("telegram", telegram.token.partition(":")[0], self.id)
        return await asked(self.talk.running, account)

    async def _has_opened(self, chat: Chat) -> None:
        """Remember where a form was opened, if one was."""
        now = await self._asked()
        if now is not None and chat.user is None:
            self.talk.opened_in.setdefault(now.id, chat)

    def _private(self) -> set[str]:
        private = self.person.there(None)
        return {_id(private, one) for one in private.messages}

    def _whispered(self, chat: Chat, before: set[str]) -> None:
        """What came privately since is about a group."""
        self.talk.whispers[self.id, str(chat.id)] |= self._private() - before

    async def sees(self, place: str | None = None, *, under: str | None = None) -> Sequence[Seen]:
        """The messages of a group, of the private chat or of a chain of answers; a file belongs to the one before.

        Those of a group are with what this person alone is told about it.
        """
        chat = self.person.inside(place)
        found = self._shown(chat)
        if under is not None:
            return [one for one in found if under in (one.id, one.raw["answers"])]
        alone = self.talk.whispers[self.id, str(chat.id)]
        found += [one for one in self._shown(self.person.there(None)) if one.id in alone] if alone else []
        own = {one.id for one in found if one.by_bot}
        answered = own if chat.user is not None else {*own, *(one.id for one in found)}  # in groups these are threads
        shown = [one for one in found if not (one.by_bot and one.raw["answers"] in answered)]
        return sorted(shown, key=lambda one: int(one.raw["order"]))

    def _shown(self, chat: Chat) -> list[Seen]:
        """What stands in a chat. A file without words belongs to what it answers, or to what stands before it."""
        found: dict[str, Seen] = {}
        order = {key: number for number, key in enumerate(self.talk.telegram.written)}
        for one in self.person.sees(chat):
            if not (one.text or one.files or one.poll):
                continue
            seen = self._seen(chat, one, order.get((one.raw["chat"]["id"], one.id), 0))
            owner = found.get(seen.raw["answers"]) or (list(found.values())[-1] if found else None)
            if one.by_bot and one.files and not one.text and owner is not None:
                owner.files.extend(_files(one))
            else:
                found[seen.id] = seen
        return list(found.values())

    def _seen(self, chat: Chat, one: SeenOnTelegram, order: int) -> Seen:
        words = "\n".join([one.text, *one.options]).strip("\n")
        text = words.translate(_UNSEEN) if one.by_bot else words
        leads = {label: url for label, url in one.leads_to.items() if not _LINK.match(url)}
        answers = _id(chat, one.reply_to) if one.reply_to is not None else ""
        return Seen(
            id=_id(chat, one.id),
            text=re.sub(r"^[•] ", "", re.sub(r"\n{2,}", "\n", text), flags=re.MULTILINE) if one.by_bot else text,
            author=str(one.raw["from"]["id"]),
            by_bot=one.by_bot,
            at=datetime.fromtimestamp(one.raw["date"], UTC),
            buttons=one.buttons,
            leads_to={label: _message_at(url) for label, url in one.leads_to.items() if _LINK.match(url)},
            files=_files(one),
            bold=[words.translate(_UNSEEN) for look, words in one.formatting if look == "bold"],
            raw={"message": one.raw, "answers": answers, "leads": leads, "order": order},
        )

    async def commands(self) -> list[str]:
        """The commands that the client offers in the private chat."""
        return [one.partition(" - ")[0] for one in self.person.commands()]


class TelegramHeld(Held):
    """A button of a message, as it was sent."""

    def __init__(self, who: TelegramSomeone, message: Json, label: str, data: str) -> None:
        self.who: TelegramSomeone = who
        self._message = message
        self._label = label
        self._data = data

    async def press(self) -> None:
        """Press it where it still is."""
        await self.press_too_late()

    async def press_too_late(self, by: Someone | None = None) -> None:
        """The press arrives although the button is gone: a second finger, a slow wire, another hand."""
        who = by or self.who
        assert isinstance(who, TelegramSomeone)
        await who.person.presses_old(self._message, self._data)
        await self.who.talk.settle()

    async def is_gone(self) -> bool:
        """Whether it can no longer be pressed by who held it."""
        now = next((one for one in self.who.person.sees() if one.id == self._message["message_id"]), None)
        return now is None or self._data not in now.data.values()


def _id(chat: Chat, number: int) -> str:
    """A message's id: its number counts in its chat alone."""
    return f"{chat.id}/{number}"


def _chat(message: str) -> int:
    return int(message.partition("/")[0])


def _number(message: str) -> int:
    return int(message.partition("/")[2])


def _by(message: Json) -> str:
    return str(message.get("from", {}).get("id", ""))


def _files(one: SeenOnTelegram) -> list[File]:
    """A picture is told in words by what stands under it."""
    return [File(file["file_id"], file["name"], one.text) for file in one.files]


def _message_at(address: str) -> str:
    match = _LINK.match(address)
    assert match is not None, address
    return f"-100{match[1]}/{match[2]}"
