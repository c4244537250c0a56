"""How long a start takes, and how much memory the idle program holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import aiohttp
import psutil

from tests.bench.lines import Line
from tests.process import Process

_TIMES = 5
_LIBRARIES = "import aiohttp.web, sqlmodel.ext.asyncio.session, pydantic_settings, babel, structlog, apscheduler"


async def start_up(folder: Path) -> list[Line]:
    """From the command to /healthz saying yes, beside importing the libraries alone; and resident memory."""
    waits, memory = [], 0.0
    async with aiohttp.ClientSession() as session:
        for _ in range(_TIMES + 1):
            installation = Process(folder)
            started = perf_counter()
            installation.start()
            await installation.healthy(session)
            waits.append(perf_counter() - started)
            assert installation.running is not None
            memory = psutil.Process(installation.running.pid).memory_info().rss / 1e6
            installation.terminate()
    floors = []
    for _ in range(_TIMES):
        started = perf_counter()
        subprocess.run([sys.executable, "-c", _LIBRARIES], check=True)
        floors.append(perf_counter() - started)
    return [
        Line("start to ready, the first with the sample community", waits[0], median(floors), "s"),
        Line("start to ready (floor: importing the libraries)", median(waits[1:]), median(floors), "s", "< 1.5 s"),
        Line("memory, idle", memory, None, "MB", "< 150 MB"),
    ]
