"""The sample community's side of the chat: its people, its places, and six weeks of talk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.addresses import MessageRef
from bot.core.messages import Text
from bot.platforms.local import outgoing
from bot.platforms.local.chat import BOT, Change, Json, LocalChat
from bot.platforms.local.incoming import PLATFORM, TENANT
from bot.platforms.local.sample import PEOPLE, PLACES, PROMPT_TITLES, SampleMessage, talk

_PEOPLE = {one.id: {"id": one.id, "name": one.name, "language": one.language, "is_bot": False} for one in PEOPLE}
_PLACES = {one.id: {"id": one.id, "name": one.name} for one in PLACES}
_PROMPT = "**{title}**\n\n{words}\n\n*Answer here in the thread. Two minutes are enough.*"
_PROMPT_REFERENCE = "sample-prompt-"


@dataclass(frozen=True, slots=True)
class SeededPrompt:
    """A prompt of the talk, and where it stands in the chat."""

    kind: str
    text: str
    at: datetime
    message: MessageRef


@dataclass(frozen=True, slots=True)
class Seeded:
    """What Baraza would know of the talk had it been there: when it ended, and which prompts it had posted."""

    end: datetime
    prompts: Sequence[SeededPrompt]


async def seed(chat: LocalChat) -> datetime | None:
    """Fill an empty chat, all or nothing; the moment at which the talk ends. None when it was filled before.

    Baraza is told of every message, as of any other; who is already there joins without an event.
    """
    async with chat.change() as change:
        if not await change.count("INSERT OR IGNORE INTO fact VALUES ('sample', ?)", chat.now().isoformat()):
            return None
        await _people_and_places(change)
        end = chat.now()
        numbers: list[int] = []
        for message in talk():
            root = None if message.answers is None else numbers[message.answers]
            at = (end - message.before_end).isoformat()
            say = _post_prompt if message.prompt else _say
            numbers.append(await say(change, message, root, at))
        await change.run(
            "INSERT INTO read_mark SELECT person, place, (SELECT max(id) FROM message WHERE place = presence.place) "
            "FROM presence"
        )
    return end


async def seeded(chat: LocalChat) -> Seeded:
    """What stands in a chat that was filled, also by an earlier start that was broken off after that."""
    end = (await chat.rows("SELECT value FROM fact WHERE name = 'sample'"))[0]["value"]
    rows = await chat.rows(
        "SELECT id, place, at, reference FROM message WHERE reference LIKE ? ORDER BY id", f"{_PROMPT_REFERENCE}%"
    )
    written = [message for message in talk() if message.prompt]
    prompts = [
        SeededPrompt(
            kind=message.prompt,
            text=message.text,
            at=datetime.fromisoformat(row["at"]),
            message=MessageRef(PLATFORM, TENANT, row["place"], str(row["id"])),
        )
        for row, message in zip(rows, written, strict=True)
    ]
    return Seeded(datetime.fromisoformat(end), prompts)


async def _people_and_places(change: Change) -> None:
    for person in PEOPLE:
        await change.run(
            "INSERT INTO person (id, name, role, language) VALUES (?, ?, ?, ?)",
            person.id,
            person.name,
            person.role,
            person.language,
        )
    for place in PLACES:
        await change.run(
            "INSERT INTO place (id, name, topic, has_bot) VALUES (?, ?, ?, 1)",
            place.id,
            place.name,
            place.topic,
        )
        for member in place.members:
            await change.run("INSERT INTO presence VALUES (?, ?)", place.id, member)


async def _say(change: Change, message: SampleMessage, root: int | None, at: str) -> int:
    content = [{"type": "paragraph", "children": [{"text": message.text}]}]
    number = await change.run(
        "INSERT INTO message (place, thread, author, at, content) VALUES (?, ?, ?, ?, ?)",
        message.place,
        root,
        message.person,
        at,
        json.dumps(content),
    )
    where = {"place": _PLACES[message.place], "at": at}
    told = {"id": str(number), "thread": str(root) if root else None, "author": message.person}
    conversation = f"{message.place}/{root}" if root else message.place
    words = {**told, "text": message.text}
    await change.tell("message", conversation, _PEOPLE[message.person], **where, message=words)
    await _react(change, message, number, told, at)
    return number


async def _post_prompt(change: Change, message: SampleMessage, _root: int | None, at: str) -> int:
    """As Baraza would have posted it; nobody is told, as Baraza doesn't hear itself."""
    text = Text(_PROMPT, {"title": PROMPT_TITLES[message.prompt], "words": message.text})
    number = await change.run(
        "INSERT INTO message (reference, place, author, at, content) VALUES (?, ?, ?, ?, ?)",
        f"{_PROMPT_REFERENCE}{at}",
        message.place,
        BOT,
        at,
        json.dumps(outgoing.content(text)),
    )
    await _react(change, message, number, {"id": str(number), "thread": None, "author": BOT}, at)
    return number


async def _react(change: Change, message: SampleMessage, number: int, told: Json, at: str) -> None:
    where = {"place": _PLACES[message.place], "at": at}
    for person, emoji in message.reactions:
        await change.run("INSERT OR IGNORE INTO reaction VALUES (?, ?, ?)", number, person, emoji)
        await change.tell("reaction", message.place, _PEOPLE[person], **where, message=told, emoji=emoji, removed=False)
