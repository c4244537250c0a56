"""How the contract's tests drive a platform: its wire, what is seen there, and the frame's side."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.addresses import Account, Place
from bot.core.events import Event, MessagePosted, Trigger
from bot.core.forms import Form
from bot.core.platform import CommandHint, Installation, Platform, RawEvent, ShortcutHint


@dataclass
class Seen:
    """A message as a person sees it. ``look`` names whatever formatting it has.

    ``buttons`` are the labels with their tokens; ``leads_to`` are those that lead to a message, with its id.
    """

    text: str
    buttons: dict[str, str] = field(default_factory=dict)
    leads_to: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    look: set[str] = field(default_factory=set)


@dataclass
class RecordingHost:
    """The frame's side: it keeps what it accepts, and refuses when it is told to."""

    accepted: list[RawEvent] = field(default_factory=list)
    refuses: bool = False
    forms: dict[str, Form] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    installed: dict[tuple[str, str], Installation] = field(default_factory=dict)

    async def accept(self, events: Sequence[RawEvent]) -> None:
        if self.refuses:
            raise ConnectionError("nothing could be kept")
        self.accepted.extend(events)

    async def form(self, form_id: str) -> Form | None:
        return self.forms.get(form_id)

    async def commands_for(self, account: Account) -> Sequence[CommandHint]:
        return []

    def menus(self, *, leads: bool = False) -> Mapping[str, Sequence[CommandHint]]:
        return {"": []}

    async def shortcuts_for(self, account: Account) -> Sequence[ShortcutHint]:
        return []

    def translate(self, language: str | None, key: str, values: Mapping[str, str]) -> str:
        return key.format(**values)

    async def attachment(self, content: str) -> bytes | None:
        return self.files.get(content)

    async def installations(self, platform: str) -> Sequence[Installation]:
        return [one for one in self.installed.values() if one.platform == platform]

    async def keep_installation(self, installation: Installation) -> None:
        self.installed[installation.platform, installation.tenant] = installation

    async def close_installation(self, platform: str, tenant: str, told_at: datetime | None = None) -> bool:
        self.installed.pop((platform, tenant), None)
        return True


class Wire(ABC):
    """How a test drives one platform, with a place that the bot reads and two people in it."""

    platform: Platform
    host: RecordingHost
    place: Place
    other_place: Place
    ana: Account
    ben: Account

    @abstractmethod
    async def writes(self, who: Account, text: str, place: Place | None, *, thread: str | None = None) -> None:
        """Somebody writes, privately to the bot without a place; returns when the host had its chance to accept."""

    @abstractmethod
    async def uses_command(
        self, who: Account, text: str, place: Place | None, *, about: MessagePosted | None = None
    ) -> None:
        """Somebody types a command, such as ``/help``; as a reply to a message where ``about`` is given."""

    @abstractmethod
    async def uses_shortcut(self, who: Account, name: str, about: MessagePosted) -> None:
        """Somebody chooses the shortcut of this name from the menu of a message."""

    @abstractmethod
    async def presses(self, who: Account, label: str, place: Place | None) -> None:
        """Somebody presses a button that they see."""

    @abstractmethod
    async def submits(self, who: Account, form_id: str, values: Mapping[str, str]) -> None:
        """Somebody sends a form that is open for them."""

    @abstractmethod
    async def sees(self, who: Account, place: Place | None, *, thread: str | None = None) -> list[Seen]:
        """The bot's messages that somebody sees, the oldest first."""

    @abstractmethod
    async def open_forms(self, who: Account) -> list[str]:
        """The titles of the forms that are open for somebody."""

    @abstractmethod
    async def restarts(self) -> None:
        """The program starts again, with the same host, while the platform's servers stay what they were."""

    @abstractmethod
    def now_plus(self, time: timedelta) -> Trigger:
        """A trigger of this platform that is good for so long."""

    async def hears(self) -> list[Event]:
        """Everything that was accepted, as events."""
        return [event for raw in self.host.accepted for event in self.platform.translate(raw.body)]
