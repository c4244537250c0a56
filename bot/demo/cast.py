"""Who plays in the story, what a scene is, and where it all happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import time, timedelta

from bot.demo.members import Member, Stage
from bot.demo.process import DemoStopped
from bot.demo.seen import Seen

COMMUNITY = "Field Health Circle"
CIRCLE, STEERING = "Circle", "Steering"
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
A_WEEK = 7


@dataclass
class Cast:
    """Who appears, and what they hold in their hands from one scene to the next, each by a name of its own."""

    stage: Stage
    chloe: Member
    daniel: Member
    everybody: dict[str, Member] = field(default_factory=dict)
    code: str = ""
    _held: dict[str, Seen] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Member:
        """Somebody of the sample community, by first name."""
        if name not in self.everybody:
            raise DemoStopped(f"The sample community has nobody called {name}.")
        return self.everybody[name]

    def keep(self, name: str, message: Seen) -> None:
        """Put a message into somebody's hands for a later scene."""
        self._held[name] = message

    def held(self, name: str) -> Seen:
        """What an earlier scene put there."""
        if name not in self._held:
            raise DemoStopped("An earlier scene of the story is missing.")
        return self._held[name]


@dataclass(frozen=True, slots=True)
class Scene:
    """When it plays (a day counted from the first Monday, and an hour), what it is about, and why that matters."""

    day: int
    hour: str
    title: str
    why: str
    played: Callable[[Cast], Awaitable[None]]

    @property
    def after(self) -> timedelta:
        """How long after the midnight of the first Monday."""
        clock = time.fromisoformat(self.hour)
        return timedelta(days=self.day, hours=clock.hour, minutes=clock.minute)


async def gathered(stage: Stage) -> Cast:
    """Everybody of the sample community, and the two who are new: Chloé, who stays, and Daniel, who leaves again."""
    everybody = {member.name: member for member in await stage.everybody()}
    chloe = await stage.newcomer("Chloé Vasseur", "fr")
    return Cast(stage, chloe, await stage.newcomer("Daniel Achterberg", "en"), everybody)
