"""The sample community's side of the chat: its people, its places, and six weeks of talk."""

from __future__ import annotations

import json
from datetime import datetime

from bot.platforms.local.chat import Change, LocalChat
from bot.platforms.local.sample import PEOPLE, PLACES, SampleMessage, talk


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
            numbers.append(await _say(change, message, numbers, end))
        await change.run(
            "INSERT INTO read_mark SELECT person, place, (SELECT max(id) FROM message WHERE place = presence.place) "
            "FROM presence"
        )
    return end


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


async def _say(change: Change, message: SampleMessage, numbers: list[int], end: datetime) -> int:
    at = (end - message.before_end).isoformat()
    root = None if message.answers is None else numbers[message.answers]
    number = await change.run(
        "INSERT INTO message (place, thread, author, at, content) VALUES (?, ?, ?, ?, ?)",
        message.place,
        root,
        message.person,
        at,
        json.dumps([{"type": "paragraph", "children": [{"text": message.text}]}]),
    )
    person = next(one for one in PEOPLE if one.id == message.person)
    place = next(one for one in PLACES if one.id == message.place)
    who = {"id": person.id, "name": person.name, "language": person.language, "is_bot": False}
    where = {"place": {"id": place.id, "name": place.name}, "at": at}
    told = {"id": str(number), "thread": str(root) if root else None, "author": person.id}
    conversation = f"{place.id}/{root}" if root else place.id
    await change.tell("message", conversation, who, **where, message={**told, "text": message.text})
    for person_id, emoji in message.reactions:
        await change.run("INSERT OR IGNORE INTO reaction VALUES (?, ?, ?)", number, person_id, emoji)
        fan = next(one for one in PEOPLE if one.id == person_id)
        who = {"id": fan.id, "name": fan.name, "language": fan.language, "is_bot": False}
        await change.tell("reaction", place.id, who, **where, message=told, emoji=emoji, removed=False)
    return number
