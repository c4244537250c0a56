"""How many events a second Baraza takes and handles, and how soon it acknowledges, beside bolt doing nothing."""

from __future__ import annotations

from pathlib import Path

from tests.bench.lines import Line
from tests.bench.slack.apps import baraza, bare, bolt, bolt_app
from tests.bench.slack.capabilities import many, nothing, replying
from tests.bench.slack.process import Slack, slack_process
from tests.bench.slack.rounds import PACE, ROUNDS, Figures, at_pace, rate, replies

_CAPABILITIES = 100
_REPLIES = 1_000
_WAITING = (16, 256)


async def events_by_socket(folder: Path) -> list[Line]:
    """Socket Mode."""
    return await _events(folder, socket=True, name="Slack Socket Mode")


async def events_over_http(folder: Path) -> list[Line]:
    """Signed HTTP."""
    return await _events(folder, socket=False, name="Slack over signed HTTP")


async def _events(folder: Path, *, socket: bool, name: str) -> list[Line]:
    figures = Figures()
    async with slack_process() as slack:
        for _ in range(ROUNDS):
            async with bare(slack, socket=socket):
                figures.add("bare", await rate(slack))
            async with bolt(slack, bolt_app(slack), socket=socket):
                figures.add("bolt", await rate(slack))
                _add_waits(figures, "bolt", await at_pace(slack))
            async with baraza(slack, folder, socket=socket) as app:
                figures.add("baraza", await rate(slack, app))
                _add_waits(figures, "baraza", await at_pace(slack, app))
    goals = (">= 1.0", "p50 < 2 x", "p99 < 500 ms") if socket else ("", "p50 < 2 x", "p99 < 500 ms")
    p50, p99 = ((figures[f"baraza {one}"], figures[f"bolt {one}"], "ms") for one in ("p50", "p99"))
    return [
        Line(f"{name}, durable and recorded (floor: bolt's no-op)", figures["baraza"], figures["bolt"], "/s", goals[0]),
        Line("  a bare acknowledgement (floor: bolt's no-op)", figures["bare"], figures["bolt"], "/s"),
        Line(f"  acknowledgement at {PACE} events/s, p50", *p50, goals[1]),
        Line(f"  acknowledgement at {PACE} events/s, p99", *p99, goals[2]),
    ]


def _add_waits(figures: Figures, name: str, waits: tuple[float, float]) -> None:
    figures.add(f"{name} p50", waits[0])
    figures.add(f"{name} p99", waits[1])


async def conversations(folder: Path) -> list[Line]:
    """From a message to the reply that was posted, over both wires, with few and with many waiting for theirs."""
    lines = []
    for socket, name in ((True, "Socket Mode"), (False, "signed HTTP")):
        async with slack_process() as slack:
            for waiting in _WAITING:
                figures = Figures()
                for _ in range(ROUNDS):
                    async with bolt(slack, bolt_app(slack, replies=True), socket=socket):
                        figures.add("bolt", await replies(slack, in_flight=waiting, count=_REPLIES))
                    async with baraza(slack, folder, socket=socket, capabilities=[replying()]) as app:
                        figures.add("baraza", await replies(slack, app, in_flight=waiting, count=_REPLIES))
                what = f"Slack {name}, message to reply, {waiting} waiting (floor: bolt)"
                lines.append(Line(what, figures["baraza"], figures["bolt"], "/s", ">= 1.3" if socket else ""))
    return lines


async def commands(folder: Path) -> list[Line]:
    """How soon a slash command is acknowledged."""
    lines = []
    async with slack_process() as slack:
        for socket, name in ((True, "Socket Mode"), (False, "signed HTTP")):
            figures = Figures()
            for _ in range(ROUNDS):
                async with bolt(slack, bolt_app(slack, before_response=True), socket=socket):
                    _add_waits(figures, "bolt", await at_pace(slack, kind="command"))
                async with baraza(slack, folder, socket=socket, capabilities=[nothing()]) as app:
                    _add_waits(figures, "baraza", await at_pace(slack, app, kind="command"))
            what = f"slash command by {name}, acknowledged, p50 (floor: bolt)"
            lines.append(Line(what, figures["baraza p50"], figures["bolt p50"], "ms", "<= 2 x"))
    return lines


async def capabilities(folder: Path) -> list[Line]:
    """The same events with a hundred capabilities and with one; and bolt with a hundred listeners and with one."""
    figures = Figures()
    async with slack_process() as slack:
        for _ in range(ROUNDS):
            for count in (1, _CAPABILITIES):
                async with baraza(slack, folder, capabilities=many(count)) as app:
                    figures.add(f"baraza {count}", await rate(slack, app))
                figures.add(f"bolt {count}", await _bolt_with_listeners(slack, count))
    return [
        _beside_one("Slack events with 100 capabilities (floor: with one)", figures, "baraza", ">= 0.9"),
        _beside_one("  bolt's no-op behind 100 listeners (floor: alone)", figures, "bolt", ""),
    ]


async def _bolt_with_listeners(slack: Slack, count: int) -> float:
    app = bolt_app(slack, others=count - 1)
    async with bolt(slack, app):
        return await rate(slack)


def _beside_one(what: str, figures: Figures, name: str, goal: str) -> Line:
    return Line(what, figures[f"{name} {_CAPABILITIES}"], figures[f"{name} 1"], "/s", goal)
