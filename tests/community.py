"""A community to talk with in tests: people who join, speak, press buttons and fill in forms, as on the page.

They speak HTTP to the running program, over loopback, exactly as the page does.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.core.clock import Clock
from bot.local_installation import LocalApp
from bot.settings import Settings
from storage.database import Database
from tests.databases import SECRET_KEY

Json = dict[str, Any]
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday, four weeks before clocks change in Europe."""


class StandingClock(Clock):
    """A clock that moves only when it is moved."""

    def __init__(self, moment: datetime = START) -> None:
        self._standing = moment
        super().__init__(source=lambda: self._standing)

    def move_to(self, moment: datetime) -> None:
        """Make ``moment`` the present, and stay there."""
        self._standing = moment


def text_of(blocks: list[Json]) -> str:
    """The words of a message as a person reads them."""
    return "\n".join(
        "".join(span["text"] for span in item) or block.get("text", "")
        for block in blocks
        for item in block.get("items", [block.get("children", [])])
    )


@dataclass
class Seen:
    """A message as one person sees it."""

    raw: Json

    @property
    def text(self) -> str:
        return text_of(self.raw["content"])

    @property
    def buttons(self) -> list[str]:
        return [button["label"] for button in self.raw["buttons"]]

    @property
    def leads_to(self) -> dict[str, str]:
        """The buttons that lead to a message: their labels, with the ids of those messages."""
        there = {one["label"]: one.get("goes_to") for one in self.raw["buttons"]}
        return {label: str(goes_to["message"]) for label, goes_to in there.items() if goes_to}

    @property
    def files(self) -> list[Json]:
        return list(self.raw["files"])

    @property
    def by_bot(self) -> bool:
        return bool(self.raw["author"]["is_bot"])

    def __contains__(self, words: str) -> bool:
        return words in self.text


@dataclass
class Talk:
    """The program as people reach it."""

    session: aiohttp.ClientSession
    url: str
    app: LocalApp | None = None

    async def get(self, path: str, **query: str) -> Json:
        async with self.session.get(self.url + path, params=query) as response:
            body: Json = await response.json()
            assert response.status == 200, body
            return body

    async def post(self, path: str, *, expect: tuple[int, ...] = (200, 201), **body: Any) -> Json:
        async with self.session.post(self.url + path, json=body) as response:
            answer: Json = await response.json()
            assert response.status in expect, (response.status, answer)
            return answer

    async def settle(self) -> None:
        """Wait until Baraza has nothing left to do."""
        if self.app is not None:
            await self.app.settle()

    async def wait(self, **time: float) -> None:
        """Let time pass; what falls due on the way happens in order."""
        assert self.app is not None
        await self.app.move_clock(self.app.clock.now() + timedelta(**time))

    async def wait_until(self, moment: datetime) -> None:
        """Let time pass until a moment."""
        assert self.app is not None
        await self.app.move_clock(moment)

    async def newcomer(self, name: str, language: str = "en") -> Someone:
        """Somebody new, in no place yet."""
        body = await self.post("/local/people", name=name, language=language)
        return Someone(self, body["person"]["id"], name)

    def person(self, person_id: str, name: str = "") -> Someone:
        """Somebody who is here already."""
        return Someone(self, person_id, name or person_id)


@dataclass
class Someone:
    """One person: what they do, and what they see."""

    talk: Talk
    id: str
    name: str
    here: str = ""
    _places: dict[str, str] = field(default_factory=dict)

    @property
    def direct(self) -> str:
        return f"dm-{self.id}"

    async def place(self, name: str) -> str:
        """The id of a place by its name."""
        state = await self.talk.get("/local/state", person=self.id)
        return next(str(place["id"]) for place in state["places"] if place["name"] == name)

    async def joins(self, place: str, *, at: datetime | None = None) -> None:
        await self._do("/local/join", place=await self.place(place), at=_iso(at))

    async def leaves(self, place: str, *, at: datetime | None = None) -> None:
        await self._do("/local/leave", place=await self.place(place), at=_iso(at))

    async def creates(self, place: str) -> None:
        await self.talk.post("/local/places", person=self.id, name=place)

    async def invites_the_bot(self, place: str) -> None:
        await self._do("/local/invite", place=await self.place(place))

    async def says(
        self,
        text: str,
        *,
        place: str | None = None,
        under: str | None = None,
        about: str | None = None,
        at: datetime | None = None,
    ) -> str:
        """Write in a place (privately to the bot without one); a text with a slash is a command. The message's id.

        ``about`` is the message that a command is a reply to.
        """
        where = self.direct if place is None else await self.place(place)
        if text.startswith("/"):
            await self._do("/local/commands", place=where, text=text, message=about or under)
            return ""
        body: Json = {"person": self.id, "place": where, "text": text, "thread": under, "at": _iso(at)}
        answer = await self.talk.post("/local/messages", **body)
        await self.talk.settle()
        return str(answer["message"]["id"])

    async def takes_back(self, message: str) -> None:
        await self._do(f"/local/messages/{message}/delete")

    async def rewrites(self, message: str, text: str) -> None:
        await self._do(f"/local/messages/{message}/edit", text=text)

    async def reacts(self, message: str, emoji: str, *, removed: bool = False) -> None:
        await self._do(f"/local/messages/{message}/react", emoji=emoji, removed=removed)

    async def shortcuts(self) -> list[str]:
        """What this person may do with a message, by the labels in its menu."""
        state = await self.talk.get("/local/state", person=self.id)
        return [shortcut["label"] for shortcut in state["shortcuts"]]

    async def uses_shortcut(self, message: str, label: str) -> None:
        """Choose something from the menu of a message."""
        state = await self.talk.get("/local/state", person=self.id)
        name = next(one["name"] for one in state["shortcuts"] if one["label"] == label)
        await self._do("/local/shortcuts", message=message, shortcut=name)

    async def presses(self, label: str, *, place: str | None = None) -> None:
        """Press the newest button of this label that this person sees in the place."""
        seen = await self.sees(place)
        message = next(one for one in reversed(seen) if label in one.buttons)
        button = next(one for one in message.raw["buttons"] if one["label"] == label)
        await self._do("/local/buttons", message=message.raw["id"], button=button["token"])

    async def form(self) -> Json | None:
        """The form that is open for this person now."""
        forms = (await self.talk.get("/local/forms", person=self.id))["forms"]
        return forms[-1] if forms else None

    async def fills_in(self, **by_label: Any) -> None:
        """Fill in the open form by its labels (underscores for blanks) and send it."""
        await self._send_form(by_label, status=200)

    async def fills_in_wrongly(self, **by_label: Any) -> Json:
        """The same, with something that isn't accepted; the sentences about it, by the fields' names."""
        return dict((await self._send_form(by_label, status=422))["errors"])

    async def _send_form(self, by_label: Json, *, status: int) -> Json:
        form = await self.form()
        assert form is not None, f"{self.name} sees no form"
        values = {one["name"]: one["initial"] for one in form["form"]["fields"]}
        names = {one["label"]: one["name"] for one in form["form"]["fields"]}
        for label, value in by_label.items():
            values[names[label.replace("_", " ")]] = value
        body = {"person": self.id, "values": values}
        answer = await self.talk.post(f"/local/forms/{form['id']}", expect=(status,), **body)
        await self.talk.settle()
        return answer

    async def sees(self, place: str | None = None, *, under: str | None = None) -> list[Seen]:
        """The messages of a place (or of the private chat with the bot), the oldest first."""
        where = self.direct if place is None else await self.place(place)
        query = {"person": self.id, "place": where, **({"thread": under} if under else {})}
        return [Seen(one) for one in (await self.talk.get("/local/messages", **query))["messages"]]

    async def hears(self, place: str | None = None) -> list[str]:
        """What the bot said there, the oldest first."""
        return [one.text for one in await self.sees(place) if one.by_bot]

    async def last(self, place: str | None = None) -> Seen:
        """The newest message of the bot there."""
        return [one for one in await self.sees(place) if one.by_bot][-1]

    async def commands(self) -> list[str]:
        """The commands that this person is offered."""
        state = await self.talk.get("/local/state", person=self.id)
        return [command["name"] for command in state["commands"]]

    async def _do(self, path: str, **body: Any) -> None:
        await self.talk.post(path, person=self.id, **body)
        await self.talk.settle()


@asynccontextmanager
async def running(
    folder: Path, *, database_url: str = "", clock: Clock | None = None, sample: bool = False, **settings: Any
) -> AsyncIterator[Talk]:
    """The whole program on a free port, with its files in ``folder`` and a clock that stands still."""
    url = database_url or f"sqlite:///{folder}/baraza.sqlite3"
    settings.setdefault("confidential_delay_seconds", 0)
    chosen = Settings(_env_file=None, database_url=url, http_port=0, **settings)
    database = Database(url, SECRET_KEY)
    app = LocalApp(chosen, database, clock or StandingClock(), sample=sample, folder=folder)
    await app.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Talk(session, app.web.url, app)
    finally:
        await app.stop()


async def founded(talk: Talk, *, place: str = "circle", name: str = "Field Nurses") -> Someone:
    """A community with its main place, and its first facilitator."""
    fatima = await talk.newcomer("Fatima")
    await fatima.creates(place)
    await fatima.invites_the_bot(place)
    await fatima.presses("Start a community here")
    await fatima.fills_in(Community_name=name)
    return fatima


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
