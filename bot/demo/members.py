"""People who reach Baraza as its members do: over HTTP, like the page, and with no other knowledge of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

import aiohttp

from bot.demo.process import DemoStopped
from bot.demo.seen import Json, Seen
from bot.demo.transcript import Transcript

Told = Literal["word by word", "its beginning", "briefly", "not at all"]
Found = TypeVar("Found")
_LOOK_AGAIN_SECONDS = 0.05
_BEGINNING = 3
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class _Refused(DemoStopped):
    """Baraza did not do it; the message is its sentence about why."""


@dataclass
class Stage:
    """Where the story is played: the running program, its clock, and the transcript."""

    session: aiohttp.ClientSession
    url: str
    transcript: Transcript
    patience: float
    began: datetime = _LONG_AGO
    scene_began: datetime = _LONG_AGO
    picture: bytes | None = None

    async def get(self, path: str, **query: str) -> Json:
        """What the program answers."""
        async with self._asked("GET", path, params=query) as response:
            body: Json = await response.json()
            return _accepted(response, body)

    async def post(self, path: str, **body: Any) -> Json:
        """What the program answers to an act, once it has it durably."""
        async with self._asked("POST", path, json=body) as response:
            answer: Json = await response.json()
            return _accepted(response, answer)

    async def file(self, file: str) -> bytes:
        """The bytes of a file."""
        async with self._asked("GET", f"/local/files/{file}") as response:
            content: bytes = await response.read()
            return content

    def _asked(self, method: str, path: str, **more: Any) -> Any:
        return self.session.request(method, self.url + path, **more)

    async def everybody(self) -> list[Member]:
        """Everybody who is here, in the order in which they came."""
        people = (await self.get("/local/people"))["people"]
        return [Member(self, one["id"], one["name"]) for one in people if not one["is_bot"]]

    async def newcomer(self, name: str, language: str) -> Member:
        """Somebody who is in no place yet."""
        person = (await self.post("/local/people", name=name, language=language))["person"]
        return Member(self, person["id"], person["name"])

    async def clock(self) -> tuple[datetime, str]:
        """The program's own time, and the time zone in which its page shows it."""
        anybody = (await self.everybody())[0]
        clock = (await self.get("/local/state", person=anybody.id))["clock"]
        return datetime.fromisoformat(clock["now"]), clock["time_zone"]

    async def wait(self, **time: float) -> None:
        """Let time pass, from now."""
        await self.wait_until((await self.clock())[0] + timedelta(**time))

    async def wait_until(self, moment: datetime) -> None:
        """Let time pass; returns when all that was due on the way has happened."""
        await self.post("/local/clock", to=moment.astimezone(UTC).isoformat())


def _accepted(response: aiohttp.ClientResponse, body: Json) -> Json:
    if response.status < 400:
        return body
    sentences = [str(body["error"])] if "error" in body else [str(one) for one in body.get("errors", {}).values()]
    raise _Refused(" ".join(sentences) or f"it answered {response.status}")


@dataclass
class Member:
    """One person: what they do and what they see, each of it written into the transcript."""

    stage: Stage
    id: str
    full_name: str
    _places: dict[str, str] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.full_name.split()[0]

    async def joins(self, place: str) -> None:
        self._tell(f"{self.name} joins #{place}.")
        await self._do("join", "/local/join", place=await self._place(place))

    async def writes(self, text: str, place: str, *, under: Seen | None = None, told: bool = True) -> Seen:
        """Write in a place, or as an answer under a message."""
        if told:
            self._tell(f"{self.name} answers below:" if under else f"{self.name} writes in #{place}:")
            self.stage.transcript.shows([text])
        where = await self._place(place)
        body = await self._do("write", "/local/messages", place=where, text=text, thread=under.id if under else None)
        return Seen(body["message"])

    async def reacts(self, message: Seen, emoji: str) -> None:
        self._tell(f"{self.name} reacts with {emoji}.")
        await self._do("react", f"/local/messages/{message.id}/react", emoji=emoji, removed=False)

    async def types(self, command: str, place: str | None = None) -> None:
        """Use a command, in private to Baraza or in a place."""
        self._tell(
            f"{self.name} types " + (f"in #{place}: {command}" if place else f"to Baraza, in private: {command}")
        )
        await self._do(f"use {command}", "/local/commands", place=await self._place(place), text=command)

    async def presses_main_button(self, message: Seen) -> None:
        """Press the button that stands out, whatever it is called in this person's language."""
        await self._press(message, [one for one in message.buttons if one["emphasis"] == "primary"])

    async def presses(self, message: Seen, label: str) -> None:
        """Press the button with this label; for people whom Baraza speaks English with."""
        await self._press(message, [one for one in message.buttons if one["label"] == label])

    async def _press(self, message: Seen, found: list[Json]) -> None:
        if not found:
            raise DemoStopped(f"{self.full_name} was to press a button, but there was none.")
        self._tell(f"{self.name} presses [{found[0]['label']}].")
        doing = f"press [{found[0]['label']}]"
        await self._do(doing, "/local/buttons", message=message.id, button=found[0]["token"])

    async def follows(self, message: Seen, place: str) -> Seen:
        """Go where the first button of a message leads: to a message in this place."""
        there = message.leads_to
        if not there:
            raise DemoStopped(f"{self.full_name} was to follow a button, but none leads anywhere.")
        [label, *_] = (str(one["label"]) for one in message.buttons if one.get("goes_to"))
        self._tell(f"{self.name} presses [{label}], and is there.")
        found = [one for one in await self.messages(place) if one.id == there[0]]
        if not found:
            raise DemoStopped(f"{self.full_name} followed a button, but nothing was where it leads.")
        return found[0]

    async def leaves(self, place: str) -> None:
        self._tell(f"{self.name} leaves #{place}.")
        await self._do("leave", "/local/leave", place=await self._place(place))

    async def opens(self, message: Seen, ending: str) -> str:
        """The words in the file of a message whose name ends so."""
        found = [one for one in message.files if one["name"].endswith(ending)]
        if not found:
            raise DemoStopped(f"{self.full_name} got no file that ends with {ending}.")
        self._tell(f"{self.name} opens {found[0]['name']}.")
        return (await self.stage.file(found[0]["id"])).decode()

    async def fills_in(self, **values: Any) -> None:
        """Wait for the form that opens, fill in these fields, leave the others as they are, and send it."""
        opened = await self._until(self._open_form, "a form that opens")
        form = opened["form"]
        fields = {one["name"]: one for one in form["fields"]}
        if missing := values.keys() - fields.keys():
            raise DemoStopped(f"{self.full_name} found no field for {', '.join(missing)} in “{form['title']}”.")
        self._tell(f"{self.name} fills in “{form['title']}”:")
        self.stage.transcript.shows(
            [_filled_in(fields[name], value) for name, value in values.items()],
            more=f"[{form['submit']}]",
        )
        everything = {**{name: one.get("initial") for name, one in fields.items()}, **values}
        await self._do(f"send “{form['title']}”", f"/local/forms/{opened['id']}", values=everything)

    async def sees(
        self,
        what: str,
        *words: str,
        place: str | None = None,
        under: Seen | None = None,
        instead_of: Seen | None = None,
        without: tuple[str, ...] = (),
        that: Callable[[Seen], bool] = lambda _message: True,
        told: Told = "word by word",
    ) -> Seen:
        """Wait for a new message with all these words (or for another text of an old one), and write it down.

        Raises DemoStopped when it doesn't come, and when a word stands in it that must not.
        """

        async def look() -> Seen | None:
            for message in reversed(await self.messages(place, under=under)):
                fits = all(word in message.text for word in words) and that(message)
                if fits and self._is_new(message, instead_of):
                    return message
            return None

        where = f"in #{place}" if place else "in private, from Baraza"
        found = await self._until(look, f"{what} ({where})")
        self._seen.add(found.id)
        if any(word in found.text for word in without):
            raise DemoStopped(f"{self.full_name} saw {what}, but with a name in it that nobody should see.")
        if told == "briefly":
            self._tell(f"{self.name} sees {what}.")
        elif told != "not at all":
            self._tell(f"{self.name} sees {'below it' if under else where}:")
            most = _BEGINNING if told == "its beginning" else None
            self.stage.transcript.shows(found.lines, more=_below(found), most=most)
        return found

    def _is_new(self, message: Seen, instead_of: Seen | None) -> bool:
        if instead_of is not None:
            return message.id == instead_of.id and message.text != instead_of.text
        return message.id not in self._seen and message.at >= self.stage.scene_began

    async def messages(self, place: str | None = None, *, under: Seen | None = None) -> list[Seen]:
        """The newest messages of a place (in private without one), or those under a message, the oldest first."""
        return await self._read(await self._place(place), under)

    async def everything_since(self, moment: datetime) -> list[Seen]:
        """Every message since then that this person can open, anywhere."""
        state = await self.stage.get("/local/state", person=self.id)
        tops = [top for place in state["places"] if place["joined"] for top in await self._read(place["id"])]
        answered = [top for top in tops if top.raw["replies"]]
        replies = [reply for top in answered for reply in await self._read(top.raw["place"], top)]
        return list({one.id: one for one in [*tops, *replies] if one.at >= moment}.values())

    async def _read(self, place: str, under: Seen | None = None) -> list[Seen]:
        query = {"person": self.id, "place": place, **({"thread": under.id} if under else {})}
        return [Seen(one) for one in (await self.stage.get("/local/messages", **query))["messages"]]

    async def _place(self, name: str | None) -> str:
        """The id of a place, or of the private chat with Baraza."""
        if not self._places:
            places = (await self.stage.get("/local/state", person=self.id))["places"]
            self._places = {"" if one["kind"] == "direct" else one["name"]: one["id"] for one in places}
        if (name or "") not in self._places:
            raise DemoStopped(f"{self.full_name} found no place called {name}.")
        return self._places[name or ""]

    async def _open_form(self) -> Json | None:
        forms = (await self.stage.get("/local/forms", person=self.id))["forms"]
        return forms[-1] if forms else None

    async def _until(self, look: Callable[[], Awaitable[Found | None]], what: str) -> Found:
        """What ``look`` finds, looking again and again for as long as the stage has patience."""
        try:
            async with asyncio.timeout(self.stage.patience):
                while (found := await look()) is None:  # noqa: ASYNC110 - it happens in another program
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                return found
        except TimeoutError as error:
            waited = f"{self.stage.patience:g} seconds"
            raise DemoStopped(f"{self.full_name} did not see {what} within {waited}.") from error

    async def _do(self, doing: str, path: str, **body: Any) -> Json:
        try:
            return await self.stage.post(path, person=self.id, **body)
        except _Refused as refusal:
            raise DemoStopped(f"{self.full_name} could not {doing}: {refusal}") from refusal

    def _tell(self, what: str) -> None:
        self.stage.transcript.does(what)


def _below(message: Seen) -> str:
    """What hangs below a message: its buttons, pictures and files."""
    files = [f"[{'picture' if one in message.pictures else 'file'}: {one['name']}]" for one in message.files]
    return "  ".join([*(f"[{one['label']}]" for one in message.buttons), *files])


def _filled_in(asked: Json, value: Any) -> str:
    """A field as it looks on the screen: its label, and what was chosen by its own label."""
    names = {one["value"]: one["label"] for one in asked.get("choices") or []}
    chosen = ", ".join(names.get(one, str(one)) for one in (value if isinstance(value, list) else [value]))
    label = str(asked["label"])
    return f"{label} {chosen}" if label.endswith("?") else f"{label}: {chosen}"
