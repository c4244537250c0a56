"""One burst, or one stretch at an even pace, from the emulator to the last thing that comes of it."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from time import perf_counter

from bot.app import App
from tests.bench.slack.process import Slack

ROUNDS = 4
"""So often everything is measured in turns; what counts is the median."""
IN_FLIGHT = 16
PACE = 50
"""Events a second where the time to an acknowledgement is measured."""

_BURST = 4_000
_SECONDS = 3
_WARM = 200


class Figures:
    """What each app reached in each round."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[float]] = defaultdict(list)

    def add(self, name: str, value: float) -> None:
        """One more round."""
        self._by_name[name].append(value)

    def __getitem__(self, name: str) -> float:
        return median(self._by_name[name])


async def rate(slack: Slack, app: App | None = None, *, kind: str = "message", count: int = _BURST) -> float:
    """Things a second, with 16 in flight: acknowledged, and where it is Baraza done, too."""
    await warm(slack, app, kind=kind)
    await slack.ask("prepare", count=count, kind=kind)
    started = perf_counter()
    await slack.ask("send", in_flight=IN_FLIGHT)
    if app is not None:
        await app.settle()
    return count / (perf_counter() - started)


async def at_pace(slack: Slack, app: App | None = None, *, kind: str = "message") -> tuple[float, float]:
    """How long acknowledgements take at 50 a second: p50 and p99 in ms."""
    await warm(slack, app, kind=kind)
    await slack.ask("prepare", count=PACE * _SECONDS, kind=kind)
    told = await slack.ask("send", in_flight=IN_FLIGHT, per_second=PACE)
    if app is not None:
        await app.settle()
    return told["p50"], told["p99"]


async def replies(slack: Slack, app: App | None = None, *, in_flight: int, count: int) -> float:
    """Replies a second, with so many messages waiting for one."""
    await slack.ask("prepare", count=in_flight)
    await slack.ask("converse", in_flight=in_flight)
    await slack.ask("prepare", count=count)
    told = await slack.ask("converse", in_flight=in_flight)
    if app is not None:
        await app.settle()
    return count / float(told["seconds"])


async def warm(slack: Slack, app: App | None = None, *, kind: str = "message") -> None:
    """Let everybody be known, and every piece of code have run."""
    await slack.ask("prepare", count=_WARM, kind=kind)
    await slack.ask("send", in_flight=IN_FLIGHT)
    if app is not None:
        await app.settle()
