"""A Slack export played again as live events: its people join and write, each through the local chat's wire."""

from __future__ import annotations

import asyncio
import json
import os
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.community import Someone, Talk
from tests.slack_exports import event, in_days, said, user, write_export

Json = dict[str, Any]
WINDOW = ("2015-06-06", "2016-07-28")
_AT_ONCE = 24


@dataclass(frozen=True)
class Happening:
    """Somebody joins (no text) or writes."""

    at: datetime
    person: str
    place: str
    text: str | None
    number: int


def real_archive() -> Path | None:
    """The real archive, where BARAZA_SAMPLE_DATA names a folder with it."""
    folder = os.environ.get("BARAZA_SAMPLE_DATA")
    path = Path(folder) / "houston-slack-export.zip" if folder else None
    return path if path is not None and path.exists() else None


def archive(folder: Path) -> Path:
    """The real archive, or else one that is made up, of the same kind and in the same window."""
    return real_archive() or _made_up(folder / "export.zip")


def _made_up(path: Path) -> Path:
    """Fourteen people who join three channels over a year and write 220 messages, without threads."""
    random = Random(7)
    start = datetime(2015, 6, 7, tzinfo=UTC).timestamp()
    people = [f"U{number:02}" for number in range(14)]
    days: dict[str, list[Json]] = {}
    for channel in ("general", "data", "maps"):
        entries: list[Json] = []
        for number, person in enumerate(people):
            joins = start + number * 86_400 * random.uniform(1, 20)
            entries.append(event("channel_join", person, f"{joins:.6f}"))
            for _ in range(random.choice((0, 1, 2, 14))):
                text = random.choice(("Good morning", "Who has the map?", "Here: <https://example.org/?a=b>"))
                entries.append(said(person, f"{joins + random.uniform(60, 86_400 * 90):.6f}", text))
        days |= in_days(channel, entries)
    return write_export(path, days, users=[user(person) for person in people])


def happenings(path: Path) -> list[Happening]:
    """The joins and the plain messages of an export, the oldest first."""
    found = []
    with zipfile.ZipFile(path) as export:
        for name in export.namelist():
            place, _, day = name.partition("/")
            if not day.endswith(".json"):
                continue
            for message in json.loads(export.read(name)):
                if message.get("subtype") in (None, "channel_join"):
                    joins = message.get("subtype") == "channel_join"
                    at = datetime.fromtimestamp(0, UTC) + _since(message["ts"])
                    found.append((at, message["user"], place, None if joins else message["text"]))
    return [Happening(*one, number) for number, one in enumerate(sorted(found, key=lambda one: one[0]))]


def _without_a_join(found: list[Happening]) -> dict[str, set[str]]:
    """Who writes in a place before (or without) a join that the archive tells of: they were there before."""
    joined: set[tuple[str, str]] = set()
    there: dict[str, set[str]] = {}
    for one in found:
        if one.text is None:
            joined.add((one.person, one.place))
        elif (one.person, one.place) not in joined:
            there.setdefault(one.place, set()).add(one.person)
    return there


def _since(ts: str) -> timedelta:
    seconds, _, micros = ts.partition(".")
    return timedelta(seconds=int(seconds), microseconds=int(micros.ljust(6, "0")))


@dataclass
class Replay:
    """The people and places of an archive on the local chat, in a community of their own."""

    talk: Talk
    happenings: list[Happening]
    people: dict[str, Someone]
    places: dict[str, str]

    async def play(self, pause: Callable[[], Awaitable[None]] | None = None) -> None:
        """Everything happens, in the order of the archive for each person, many people at once."""
        by_person: dict[str, list[Happening]] = {}
        for one in self.happenings:
            by_person.setdefault(one.person, []).append(one)
        turns = asyncio.Semaphore(_AT_ONCE)

        async def live(mine: list[Happening]) -> None:
            for one in mine:
                async with turns:
                    await self._happen(one)
                    if pause is not None:
                        await pause()

        await asyncio.gather(*(live(mine) for mine in by_person.values()))
        await self.talk.settle()

    async def _happen(self, one: Happening) -> None:
        person, place = self.people[one.person].id, self.places[one.place]
        body: Json = {"person": person, "place": place, "at": one.at.isoformat()}
        if one.text is None:
            await self.talk.post("/local/join", **body)
            return
        text = one.text if one.text.strip() else "."  # the archive has messages whose files were taken out
        await self.talk.post("/local/messages", **body, text=text, nonce=str(one.number))

    async def greetings(self) -> dict[str, int]:
        """How many greetings each person who joined has received."""
        joined = {one.person for one in self.happenings if one.text is None}
        return {name: sum("Welcome to Replay" in text for text in await self.people[name].hears()) for name in joined}


async def prepare(talk: Talk, path: Path) -> Replay:
    """Everybody is here, every place belongs to the community "Replay", and nothing has happened yet."""
    found = happenings(path)
    people = {name: await talk.newcomer(name) for name in sorted({one.person for one in found})}
    founder = await talk.newcomer("Founder")
    places: dict[str, str] = {}
    already_there = _without_a_join(found)
    for place in sorted({one.place for one in found}):
        await founder.creates(place)
        for name in sorted(already_there.get(place, ())):
            await people[name].joins(place)
        await founder.invites_the_bot(place)
        if not places:
            await founder.presses("Start a community here")
            await founder.fills_in(Community_name="Replay", Time_zone="UTC")
        else:
            await founder.says("/settings")
            await founder.presses("Get a code for another place")
            code = (await founder.last()).text.split("enter ")[1].split(".")[0]
            await founder.presses("Join this place to a community")
            await founder.fills_in(Code=code, **{"What_is_this_place_for?": "listening"})
        places[place] = await founder.place(place)
    return Replay(talk, found, people, places)
