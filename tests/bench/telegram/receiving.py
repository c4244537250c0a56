"""How many updates a second Baraza takes and handles, and how soon, beside python-telegram-bot doing nothing."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from tests.bench.lines import Line
from tests.bench.slack.capabilities import replying
from tests.bench.slack.rounds import PACE, ROUNDS, Figures
from tests.bench.telegram.apps import Measured, baraza, stock
from tests.bench.telegram.process import Telegram, telegram_process

_BURST = 3_000
_SECONDS = 3
_WARM = 200
_REPLIES = 800
_WAITING = (16, 256)


async def updates_by_polling(folder: Path) -> list[Line]:
    """Long polling."""
    return await _updates(folder, webhook=False, name="Telegram polling", goal=">= 1.0")


async def updates_by_webhook(folder: Path) -> list[Line]:
    """A webhook, 40 posts at a time."""
    return await _updates(folder, webhook=True, name="Telegram webhook", goal="")


async def _updates(folder: Path, *, webhook: bool, name: str, goal: str) -> list[Line]:
    figures = Figures()
    async with telegram_process() as telegram:
        for _ in range(ROUNDS):
            async with stock(telegram, webhook=webhook) as app:
                await _measure(figures, "stock", telegram, app)
            async with baraza(telegram, folder, webhook=webhook) as app:
                await _measure(figures, "baraza", telegram, app)
    floor = "python-telegram-bot's no-op"
    p50, p99 = ((figures[f"baraza {one}"], figures[f"stock {one}"], "ms") for one in ("p50", "p99"))
    return [
        Line(f"{name}, durable and recorded (floor: {floor})", figures["baraza"], figures["stock"], "/s", goal),
        Line(f"  acknowledgement at {PACE} updates/s, p50", *p50),
        Line(f"  acknowledgement at {PACE} updates/s, p99", *p99, "p99 < 500 ms"),
    ]


async def _measure(figures: Figures, name: str, telegram: Telegram, app: Measured) -> None:
    await _rate(telegram, app, _WARM)
    figures.add(name, await _rate(telegram, app, _BURST))
    await telegram.ask("prepare", count=PACE * _SECONDS)
    told = await telegram.ask("tell", per_second=PACE)
    await app.has_handled(PACE * _SECONDS)
    figures.add(f"{name} p50", told["p50"])
    figures.add(f"{name} p99", told["p99"])


async def _rate(telegram: Telegram, app: Measured, count: int) -> float:
    """Updates a second, until all are taken and handled."""
    await telegram.ask("prepare", count=count)
    started = perf_counter()
    await telegram.ask("tell")
    await app.has_handled(count)
    return count / (perf_counter() - started)


async def replies(folder: Path) -> list[Line]:
    """From an update to the reply that was sent, by polling, with few and with many waiting for theirs."""
    lines = []
    async with telegram_process() as telegram:
        for waiting in _WAITING:
            figures = Figures()
            for _ in range(ROUNDS):
                async with stock(telegram, replies=True) as app:
                    figures.add("stock", await _replies(telegram, app, waiting))
                async with baraza(telegram, folder, capabilities=[replying()]) as app:
                    figures.add("baraza", await _replies(telegram, app, waiting))
            what = f"Telegram, update to reply, {waiting} waiting (floor: python-telegram-bot)"
            lines.append(Line(what, figures["baraza"], figures["stock"], "/s", ">= 4"))
    return lines


async def _replies(telegram: Telegram, app: Measured, in_flight: int) -> float:
    for count in (in_flight, _REPLIES):
        await telegram.ask("prepare", count=count)
        told = await telegram.ask("converse", in_flight=in_flight)
        await app.has_handled(count)
    return _REPLIES / float(told["seconds"])
