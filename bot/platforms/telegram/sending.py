"""Out to Telegram: messages and edits. Whether what got no answer arrived, nobody can tell: there is no history."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from telegram import InputFile

from bot.core.addresses import Destination, InPlace, MessageRef, OnlyVisibleTo
from bot.core.clock import Clock
from bot.core.messages import Message, Text
from bot.core.platform import (
    CannotTell,
    ChatIsClosed,
    Edit,
    Host,
    MessageIsGone,
    NotSent,
    NotYetReachable,
    OpenForm,
    OutcomeUnknown,
    Outgoing,
    PlaceIsClosed,
    Send,
    ShowHome,
    TriggerExpired,
    Undeliverable,
)
from bot.platforms.telegram._document import PLATFORM, message_key
from bot.platforms.telegram.acting import Acting
from bot.platforms.telegram.calling import BotApi, Moved, Refused
from bot.platforms.telegram.doors import Doors
from bot.platforms.telegram.envelope import Bot
from bot.platforms.telegram.memory import Memory
from bot.platforms.telegram.outgoing import Call, File, calls, edited, target, where
from bot.platforms.telegram.repeats import REPEAT, marked, short
from bot.platforms.telegram.timing import Timing

Json = dict[str, Any]
GroupMoved = Callable[[int, int], Awaitable[None]]
"""Told of a group's old id and its new one, as Telegram itself will tell, or has told."""

_MOST_BROKEN_OFF = 1_000
_UNCHANGED = "message is not modified"
_GONE = "message to edit not found"
_NO_TEXT = "there is no text in the message to edit"
_NOT_YET = ("can't initiate conversation", "chat not found")
_TOPIC_CLOSED = "topic_closed"
_CLOSED = "bot was blocked by the user"


@dataclass
class _Shown:
    """A message on its way: all its calls, how many of them are done, and the main message, if that is among them."""

    calls: list[Call]
    done: int = 0
    main: Mapping[str, Any] | None = None
    repeats: bool = False


class Sending:
    """Carries out what goes to Telegram."""

    def __init__(self, clock: Clock, api: BotApi, memory: Memory, moved: GroupMoved, timing: Timing) -> None:
        self._clock = clock
        self._timing = timing
        self._api = api
        self._memory = memory
        self._moved = moved
        self._broken_off: OrderedDict[str, _Shown] = OrderedDict()
        self._host: Host | None = None
        self._doors = Doors(clock, api)
        self.acting = Acting(clock, api, moved)
        self.bot = Bot("")

    def start(self, host: Host, bot: Bot) -> None:
        """From now on things can be delivered, by this bot."""
        self._host = host
        self.bot = bot

    async def deliver(self, outgoing: Outgoing) -> MessageRef | None:
        """See ``bot.core.platform.Platform.deliver``."""
        try:
            if isinstance(outgoing, OpenForm):
                raise TriggerExpired  # forms are asked question by question; one that waits leads there by a button
            if isinstance(outgoing, Edit):
                return await self._edit(outgoing)
            if isinstance(outgoing, Send):
                return await self._send(outgoing)
            if not isinstance(outgoing, ShowHome):  # there is no such page
                await self.acting.carry_out(outgoing, self._started, self.bot)
            return None
        except Refused as refused:
            raise await self._meaning(refused, outgoing) from None
        except Moved:
            raise NotSent("the group moves") from None
        except ValueError:
            raise Undeliverable("no address of Telegram's") from None

    async def _meaning(self, refused: Refused, outgoing: Outgoing) -> Exception:
        """What it means that Telegram refused it. Who can't be written to yet is shown how to begin, where asked."""
        to: Destination = outgoing.destination
        if isinstance(to, InPlace) and refused.says(_TOPIC_CLOSED):
            return PlaceIsClosed(refused.words)
        if isinstance(to, InPlace) or not isinstance(outgoing, Send | Edit):
            return Undeliverable(refused.words)
        if refused.says(_CLOSED):
            return ChatIsClosed(refused.words)
        if not refused.says(*_NOT_YET):
            return Undeliverable(refused.words)
        if isinstance(to, OnlyVisibleTo):
            await self._doors.show(to, self.bot.username, self._say)
        return NotYetReachable()

    async def find(self, outgoing: Outgoing) -> MessageRef | None:
        """Telegram shows a bot no history."""
        raise CannotTell(in_private=True)

    async def _send(self, send: Send) -> MessageRef:
        if isinstance(send.destination, OnlyVisibleTo):
            where(InPlace(send.destination.place))  # the private chat stands in for it, but it has to be a place
        place = where(send.destination)
        message, stored = await self._stored(send.message)
        shown = self._begun(send, message)
        try:
            while shown.done < len(shown.calls):
                place = await self._next(place, shown, stored)
        except BaseException:  # being stopped too: it is remembered, and raised again
            self._remember(send.reference, shown)
            raise
        return self._ref(place, shown, send)

    def _begun(self, send: Send, message: Message) -> _Shown:
        """The calls that show a message. One that was broken off goes on with the call that may have arrived."""
        told = self._say(REPEAT, reference=short(send.reference)) if send.repeat else ""
        shown = self._broken_off.pop(send.reference, None)
        if shown is None:
            return _Shown(
                calls(marked(message, told) if told else message, self._say, username=self.bot.username),
                repeats=send.repeat,
            )
        if told and not shown.repeats:
            shown.calls += calls(Message(Text("{told}", {"told": told})), self._say)
            shown.repeats = True
        return shown

    async def _next(self, place: Json, shown: _Shown, stored: Mapping[str, bytes]) -> Json:
        """The next call of a message; where those after it go."""
        call = shown.calls[shown.done]
        try:
            await self._one(call, place, shown, stored)
        except Moved as moved:
            return await self._elsewhere(place, moved.chat)
        except Refused:
            if not call.instead:
                raise
            shown.calls[shown.done : shown.done + 1] = call.instead
        except NotSent as problem:
            if not shown.done:
                raise
            await self._wait(problem)
        return place

    async def _one(self, call: Call, place: Json, shown: _Shown, stored: Mapping[str, bytes]) -> None:
        """One call of a message."""
        main = _main_in(place["chat_id"], shown)
        parameters = call.at(place, main) | _uploads(call.files, stored)
        result = await self._api.call(call.method, parameters, chat=place["chat_id"])
        made = result if isinstance(result, list) else [result]
        if call.main and shown.main is None:
            shown.main = made[0]
        if call.reply and main is not None:
            self._replied(made[0], place, main)
        shown.done += 1

    async def _stored(self, message: Message) -> tuple[Message, dict[str, bytes]]:
        """The message without the files whose bytes are gone, and the bytes of the others."""
        try:
            found = {one.content: await self._started.attachment(one.content) for one in message.attachments}
        except Exception as error:  # noqa: BLE001 - whatever keeps the frame from giving them: nothing was sent yet
            raise NotSent(f"its files can't be had ({type(error).__name__})") from None
        bytes_of = {content: data for content, data in found.items() if data}
        kept = tuple(one for one in message.attachments if one.content in bytes_of)
        return replace(message, attachments=kept), bytes_of

    async def _edit(self, edit: Edit) -> MessageRef:
        try:
            await self._change(edit, caption=False)
        except Refused as refused:
            if not refused.says(_NO_TEXT):
                raise
            await self._change(edit, caption=True)
        return edit.target

    async def _change(self, edit: Edit, *, caption: bool) -> None:
        call, there = edited(edit.message, self._say, caption=caption, username=self.bot.username), target(edit.target)
        try:
            await self._api.call(call.method, {**call.parameters, **there}, chat=there["chat_id"])
        except Moved:
            raise MessageIsGone("the message stayed in the group as it was before") from None
        except Refused as refused:
            if refused.says(_GONE):
                raise MessageIsGone(refused.words) from None
            if not refused.says(_UNCHANGED):
                raise

    async def _elsewhere(self, place: Json, chat: int) -> Json:
        """The same place under the group's new id, where the numbers of messages begin anew: it answers none there."""
        try:
            await self._moved(place["chat_id"], chat)
        except Exception as error:  # noqa: BLE001 - whatever keeps the frame from hearing it: nothing was sent yet
            raise NotSent(f"the group's new id can't be kept ({type(error).__name__})") from None
        return {**{name: value for name, value in place.items() if name != "reply_parameters"}, "chat_id": chat}

    async def _wait(self, problem: NotSent) -> None:
        """Wait for the next turn, where some of a message is shown; who comes later could not tell which part."""
        now = self._clock.now()
        wait = ((problem.retry_at or now) - now).total_seconds()
        if wait > self._timing.longest_pause:
            raise OutcomeUnknown(str(problem))
        await asyncio.sleep(max(self._timing.pause, wait))

    def _remember(self, reference: str, shown: _Shown) -> None:
        """Some of it is shown: if it is sent once more, it goes on there, unless the program ends before."""
        if shown.done:
            self._broken_off[reference] = shown
            if len(self._broken_off) > _MOST_BROKEN_OFF:
                self._broken_off.popitem(last=False)

    def _ref(self, place: Json, shown: _Shown, send: Send) -> MessageRef:
        main = shown.main or {}
        message, chat = str(main.get("message_id", "")), str(_object(main, "chat").get("id", place["chat_id"]))
        destination = send.destination
        thread = destination.thread if isinstance(destination, InPlace) else None
        self._memory.posted(chat, message, thread or "", str(place.get("message_thread_id") or ""))
        return MessageRef(PLATFORM, self.bot.id, chat, message, thread, message_key(chat, message))

    def _replied(self, message: Mapping[str, Any], place: Json, main: int) -> None:
        """What answers the main message is of its thread, and votes in its poll are given where it stands."""
        chat, topic = str(_object(message, "chat").get("id", place["chat_id"])), str(place.get("message_thread_id", ""))
        thread = _object(place, "reply_parameters").get("message_id", main)
        self._memory.posted(chat, str(message.get("message_id", "")), str(thread), topic)
        poll = _object(message, "poll").get("id")
        if poll and place["chat_id"] < 0:  # a private chat is no place
            self._memory.polled(str(poll), f"{chat}/{topic}" if topic else chat)

    def _say(self, key: str, **values: str) -> str:
        return self._started.translate(None, key, values)

    @property
    def _started(self) -> Host:
        assert self._host is not None, "the platform has not been started"  # noqa: S101 - a programmer's mistake
        return self._host


def _uploads(files: Sequence[File], stored: Mapping[str, bytes]) -> Json:
    """The files as the parts of a request that ``outgoing.attached`` names."""
    contents = (file.words.encode() if file.words else stored[file.content] for file in files)
    return {
        f"file{number}": InputFile(content, filename=file.name)
        for number, (file, content) in enumerate(zip(files, contents, strict=True))
    }


def _main_in(chat: int, shown: _Shown) -> int | None:
    """The number of the main message; None where it is not shown yet, or stayed behind in the group as it was."""
    if shown.main is None or _object(shown.main, "chat").get("id", chat) != chat:
        return None
    return int(shown.main["message_id"])


def _object(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}
