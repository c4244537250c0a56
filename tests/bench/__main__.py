"""Prints a line for each measurement: figure, floor, ratio, and the goal where there is one."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench.checks import health_checks, imports
from tests.bench.lines import Line, heading
from tests.bench.pipeline import acknowledgements, events
from tests.bench.slack.receiving import capabilities, commands, conversations, events_by_socket, events_over_http
from tests.bench.slack.sending import fan_out
from tests.bench.start import start_up
from tests.bench.telegram import receiving as from_telegram
from tests.bench.telegram import sending as to_telegram

_MEASUREMENTS: tuple[Callable[[Path], Awaitable[list[Line]]], ...] = (
    events,
    acknowledgements,
    events_by_socket,
    events_over_http,
    conversations,
    commands,
    capabilities,
    fan_out,
    from_telegram.updates_by_polling,
    from_telegram.updates_by_webhook,
    from_telegram.replies,
    to_telegram.fan_out,
    health_checks,
    imports,
    start_up,
)


async def main() -> None:
    """Measure one after the other, each in a fresh folder."""
    print(heading())
    for measure in _MEASUREMENTS:
        with tempfile.TemporaryDirectory() as folder:
            for line in await measure(Path(folder)):
                print(line, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
