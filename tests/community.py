"""A community to talk with in tests: people who join, speak, press buttons and fill in forms, as on the page.

They speak HTTP to the running program, over loopback, exactly as the page does. What they do and see is described in
``tests/conversations.py``; a test that imports from here is about the local page, or needs no other platform.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import aiohttp

from bot.core.clock import Clock
from bot.core.platform import RawEvent
from bot.local_installation import LocalApp
from bot.settings import Settings
from storage.database import Database
from tests import conversations
from tests.conversations import START, File, FormField, Held, Json, OpenForm, Seen, StandingClock
from tests.databases import SECRET_KEY, migrated

__all__ = ["START", "Held", "Json", "OpenForm", "Seen", "Someone", "StandingClock", "Talk", "founded", "running"]

OVER = "That button is no longer there."


def text_of(blocks: list[Json]) -> str:
    """The words of a message as a person reads them."""
    return "\n".join(
        "".join(span["text"] for span in item) or block.get("text", "")
        for block in blocks
        for item in block.get("items", [block.get("children", [])])
    )


def seen(raw: Json) -> Seen:
    """A message as the page shows it."""
    there = {one["label"]: one.get("goes_to") for one in raw["buttons"]}
    spans = [span for block in raw["content"] for span in block.get("children", [])]
    return Seen(
        id=str(raw["id"]),
        text=text_of(raw["content"]),
        author=str(raw["author"]["id"]),
        by_bot=bool(raw["author"]["is_bot"]),
        at=datetime.fromisoformat(raw["at"]),
        buttons=[button["label"] for button in raw["buttons"]],
        leads_to={label: str(goes_to["message"]) for label, goes_to in there.items() if goes_to},
        files=[File(str(one["id"]), one["name"], one.get("alt") or "") for one in raw["files"]],
        bold=[span["text"] for span in spans if span.get("bold")],
        raw=raw,
    )


@dataclass
class Talk(conversations.Talk):
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

    async def wait_until(self, moment: datetime) -> None:
        """Let time pass until a moment; what falls due on the way happens in order."""
        assert self.app is not None
        await self.app.move_clock(moment)

    async def newcomer(self, name: str, language: str = "en") -> Someone:
        """Somebody new, in no place yet."""
        body = await self.post("/local/people", name=name, language=language)
        return Someone(self, body["person"]["id"], name)

    def person(self, person_id: str, name: str = "") -> Someone:
        """Somebody who is here already."""
        return Someone(self, person_id, name or person_id)

    async def content(self, file: File) -> bytes:
        """The bytes of a file."""
        async with self.session.get(f"{self.url}/local/files/{file.id}") as response:
            assert response.status == 200
            return await response.read()

    async def shown_to_others(self, person: conversations.Someone) -> list[str]:
        """Every message and every form in the file of the chat that isn't this person's alone."""
        assert self.app is not None
        database = self.app.database
        with closing(sqlite3.connect(database.folder / f"{database.stem}-chat.sqlite3")) as chat:
            chat.row_factory = sqlite3.Row
            messages = [dict(row) for row in chat.execute("SELECT * FROM message")]
            forms = [dict(row) for row in chat.execute("SELECT * FROM form")]
        theirs = [one for one in messages if person.id in (one["only_for"], one["place"].removeprefix("dm-"))]
        others = [one for one in messages if one not in theirs]
        return [repr(one) for one in (*others, *(form for form in forms if form["person"] != person.id))]


@dataclass
class Someone(conversations.Someone):
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
        held = await self._hold(label, place)
        await held.press()

    async def holds(self, label: str) -> LocalHeld:
        """The newest button of this label in the private chat, to be pressed whenever."""
        return await self._hold(label, None)

    async def _hold(self, label: str, place: str | None) -> LocalHeld:
        message = next(one for one in reversed(await self.sees(place)) if label in one.buttons)
        return LocalHeld(self, message.raw, next(one for one in message.raw["buttons"] if one["label"] == label))

    async def form(self) -> OpenForm | None:
        """The form that is open for this person now."""
        forms = (await self.talk.get("/local/forms", person=self.id))["forms"]
        return _form(forms[-1]) if forms else None

    async def hands_in(self, form: OpenForm, **by_label: Any) -> None:
        """Fill in a form and send it, without waiting for what comes of it."""
        await self._send(form, by_label, status=200)

    async def fills_in_wrongly(self, **by_label: Any) -> dict[str, str]:
        """Send the open form with something that isn't accepted; the sentences about it, by the fields' names."""
        form = await self.form()
        assert form is not None, f"{self.name} sees no form"
        return dict((await self._send(form, by_label, status=422))["errors"])

    async def _send(self, form: OpenForm, by_label: Json, *, status: int) -> Json:
        values = {one.name: one.initial for one in form.fields}
        names = {one.label: one.name for one in form.fields}
        values |= {names[label.replace("_", " ")]: value for label, value in by_label.items()}
        body = {"person": self.id, "values": values}
        return await self.talk.post(f"/local/forms/{form.raw['id']}", expect=(status,), **body)

    async def sees(self, place: str | None = None, *, under: str | None = None) -> list[Seen]:
        """The messages of a place (or of the private chat with the bot), the oldest first."""
        where = self.direct if place is None else await self.place(place)
        query = {"person": self.id, "place": where, **({"thread": under} if under else {})}
        return [seen(one) for one in (await self.talk.get("/local/messages", **query))["messages"]]

    async def commands(self) -> list[str]:
        """The commands that this person is offered."""
        state = await self.talk.get("/local/state", person=self.id)
        return [command["name"] for command in state["commands"]]

    async def _do(self, path: str, **body: Any) -> None:
        await self.talk.post(path, person=self.id, **body)
        await self.talk.settle()


@dataclass(frozen=True)
class LocalHeld(Held):
    """A button of the page, with the message that it stood under."""

    who: Someone
    message: Json
    button: Json

    async def press(self) -> None:
        """Press it where it still is."""
        await self.who.talk.post("/local/buttons", **self._pressed)
        await self.who.talk.settle()

    async def is_gone(self) -> bool:
        """Whether it can no longer be pressed by who held it."""
        answer = await self.who.talk.post("/local/buttons", expect=(200, 400), **self._pressed)
        return answer.get("error") == OVER

    async def press_too_late(self, by: conversations.Someone | None = None) -> None:
        """The press arrives although the button is gone: a second finger, a slow wire, another hand."""
        who, app = by or self.who, self.who.talk.app
        assert app is not None
        now = app.clock.now()
        event = {
            "type": "button",
            "at": now.isoformat(),
            "person": {"id": who.id, "name": who.name, "language": "en", "is_bot": False},
            "place": None,
            "button": self.button["token"],
            "message": {"id": str(self.message["id"]), "thread": None, "author": "baraza"},
            "trigger": {"id": token_urlsafe(8), "expires_at": (now + timedelta(seconds=3)).isoformat()},
        }
        body = json.dumps(event).encode()
        await app.accept([RawEvent("local", "local", f"late/{token_urlsafe(8)}", f"dm-{who.id}", body)])
        await self.who.talk.settle()

    @property
    def _pressed(self) -> Json:
        return {"person": self.who.id, "message": self.message["id"], "button": self.button["token"]}


def _form(raw: Json) -> OpenForm:
    shown = raw["form"]
    fields = [FormField(one["name"], one["label"], one["hint"], one["initial"]) for one in shown["fields"]]
    return OpenForm(shown["title"], text_of(shown["intro"]), fields, raw)


@asynccontextmanager
async def running(
    folder: Path, *, database_url: str = "", clock: Clock | None = None, sample: bool = False, **settings: Any
) -> AsyncIterator[Talk]:
    """The whole program on a free port, with its files in ``folder`` and a clock that stands still."""
    url = database_url or await migrated(folder)
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
    fatima = await conversations.founded(talk, place=place, name=name)
    return talk.person(fatima.id, fatima.name)


class OnTheLocalPage:
    """The stage for conversations that are played on the local page."""

    running = staticmethod(running)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
