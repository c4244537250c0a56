"""What people do and see in a test, on whichever platform they talk: join, speak, press buttons, fill in forms.

Tests of conversations are written against this alone. ``running`` brings up the program on the platform that is
chosen for the test (``tests/handlers/conftest.py``), so that the same lines are played on each of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from bot.app import App
from bot.core.clock import Clock
from bot.core.forms import FormValue

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


@dataclass(frozen=True)
class File:
    """A file under a message; ``alt`` tells a picture in words."""

    id: str
    name: str
    alt: str


@dataclass(frozen=True)
class Seen:
    """A message as one person sees it.

    ``text`` has a line for each paragraph and each point; commands stand in it as ``/help``, however they are typed
    there. ``leads_to`` are the buttons that lead to a message: their labels, with the ids of those messages.
    ``author`` is the id of who wrote it, ``bold`` what stands out, and ``raw`` what the platform holds.
    """

    id: str
    text: str
    author: str
    by_bot: bool
    at: datetime
    buttons: list[str]
    leads_to: dict[str, str]
    files: list[File]
    bold: list[str]
    raw: Json = field(repr=False)

    def __contains__(self, words: str) -> bool:
        return words in self.text


@dataclass(frozen=True)
class FormField:
    """One question of a form that is open."""

    name: str
    label: str
    hint: str = ""
    initial: FormValue = None


@dataclass(frozen=True)
class OpenForm:
    """A form as it is before somebody; ``raw`` is what their platform shows them."""

    title: str
    intro: str
    fields: Sequence[FormField]
    raw: Json = field(repr=False)

    @property
    def labels(self) -> list[str]:
        """What it asks for, in its order."""
        return [one.label for one in self.fields]

    def field(self, name: str) -> FormField:
        """One of its fields."""
        return next(one for one in self.fields if one.name == name)

    def initial(self, name: str) -> FormValue:
        """What stands in a field before somebody touches it."""
        return self.field(name).initial


class Held(ABC):
    """A button as somebody had it before them, whatever has become of its message since."""

    who: Someone

    @abstractmethod
    async def press(self) -> None:
        """Press it where it still is."""

    @abstractmethod
    async def press_too_late(self, by: Someone | None = None) -> None:
        """The press arrives although the button is gone: a second finger, a slow wire, another hand."""

    @abstractmethod
    async def is_gone(self) -> bool:
        """Whether it can no longer be pressed by who held it."""


class Someone(ABC):
    """One person: what they do, and what they see. Each act returns when Baraza has nothing left to do."""

    talk: Talk
    id: str
    name: str

    @abstractmethod
    async def joins(self, place: str) -> None: ...

    @abstractmethod
    async def leaves(self, place: str) -> None: ...

    @abstractmethod
    async def creates(self, place: str) -> None: ...

    @abstractmethod
    async def invites_the_bot(self, place: str) -> None: ...

    @abstractmethod
    async def says(
        self, text: str, *, place: str | None = None, under: str | None = None, about: str | None = None
    ) -> str:
        """Write in a place (privately to the bot without one); a text with a slash is a command. The message's id.

        ``under`` is the first message of the thread, and ``about`` the message that a command is a reply to.
        """

    @abstractmethod
    async def takes_back(self, message: str) -> None: ...

    @abstractmethod
    async def rewrites(self, message: str, text: str) -> None: ...

    @abstractmethod
    async def reacts(self, message: str, emoji: str, *, removed: bool = False) -> None: ...

    @abstractmethod
    async def shortcuts(self) -> list[str]:
        """What this person may choose from the menu of a message, by its labels."""

    @abstractmethod
    async def uses_shortcut(self, message: str, label: str) -> None:
        """Choose something from the menu of a message."""

    @abstractmethod
    async def presses(self, label: str, *, place: str | None = None) -> None:
        """Press the newest button of this label that this person sees in the place."""

    @abstractmethod
    async def holds(self, label: str) -> Held:
        """The newest button of this label in the private chat, to be pressed whenever."""

    @abstractmethod
    async def form(self) -> OpenForm | None:
        """The form that is open for this person now."""

    @abstractmethod
    async def hands_in(self, form: OpenForm, **by_label: Any) -> None:
        """Fill in a form and send it, without waiting for what comes of it."""

    @abstractmethod
    async def fills_in_wrongly(self, **by_label: Any) -> dict[str, str]:
        """Send the open form with something that isn't accepted; the sentences about it, by the fields' names."""

    @abstractmethod
    async def sees(self, place: str | None = None, *, under: str | None = None) -> Sequence[Seen]:
        """The messages of a place (or of the private chat with the bot), the oldest first; or those of a thread."""

    @abstractmethod
    async def commands(self) -> list[str]:
        """The commands that this person is offered."""

    async def sends(self, form: OpenForm, **by_label: Any) -> None:
        """Fill in a form by its labels (underscores for blanks) and send it, whichever others are open."""
        await self.hands_in(form, **by_label)
        await self.talk.settle()

    async def fills_in(self, **by_label: Any) -> None:
        """Fill in the open form by its labels (underscores for blanks) and send it."""
        form = await self.form()
        assert form is not None, f"{self.name} sees no form"
        await self.sends(form, **by_label)

    async def hears(self, place: str | None = None) -> list[str]:
        """What the bot said there, the oldest first."""
        return [one.text for one in await self.sees(place) if one.by_bot]

    async def last(self, place: str | None = None) -> Seen:
        """The newest message of the bot there."""
        return [one for one in await self.sees(place) if one.by_bot][-1]


class Talk(ABC):
    """The program as people reach it."""

    app: App | None

    @abstractmethod
    async def settle(self) -> None:
        """Wait until Baraza has nothing left to do."""

    @abstractmethod
    async def wait_until(self, moment: datetime) -> None:
        """Let time pass until a moment; what falls due on the way happens in order."""

    @abstractmethod
    async def newcomer(self, name: str, language: str = "en") -> Someone:
        """Somebody new, in no place yet."""

    @abstractmethod
    def person(self, person_id: str, name: str = "") -> Someone:
        """Somebody who is here already."""

    @abstractmethod
    async def content(self, file: File) -> bytes:
        """The bytes of a file."""

    @abstractmethod
    async def shown_to_others(self, person: Someone) -> list[str]:
        """Everything that the platform holds for anybody but this person: each message and each form, as it holds it.

        What this person alone gets to see is left out.
        """

    async def wait(self, **time: float) -> None:
        """Let time pass."""
        assert self.app is not None
        await self.wait_until(self.app.clock.now() + timedelta(**time))


class Stage(Protocol):
    """Where a test is played."""

    def running(
        self, folder: Path, *, database_url: str = "", clock: Clock | None = None, **settings: Any
    ) -> AbstractAsyncContextManager[Talk]:
        """See ``running``."""
        ...


STAGE: ContextVar[Stage] = ContextVar("stage")
"""Where the test that runs now is played."""


def running(
    folder: Path, *, database_url: str = "", clock: Clock | None = None, **settings: Any
) -> AbstractAsyncContextManager[Talk]:
    """The whole program, with its files in ``folder`` and a clock that stands still; and people who reach it.

    Run a second time in the same folder, the same people are still on the platform, with all that they saw before.
    """
    return STAGE.get().running(folder, database_url=database_url, clock=clock, **settings)


async def founded(talk: Talk, *, place: str = "circle", name: str = "Field Nurses") -> Someone:
    """A community with its main place, and its first facilitator."""
    fatima = await talk.newcomer("Fatima")
    await fatima.creates(place)
    await fatima.invites_the_bot(place)
    await fatima.presses("Start a community here")
    await fatima.fills_in(Community_name=name)
    return fatima
