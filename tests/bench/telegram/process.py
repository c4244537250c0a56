"""The emulator's process, as the measurements ask it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Telegram:
    """A running emulator, with one bot."""

    process: asyncio.subprocess.Process
    url: str = ""
    token: str = ""
    groups: tuple[int, ...] = ()
    people: tuple[int, ...] = ()

    @property
    def tenant(self) -> str:
        """The bot's id."""
        return self.token.partition(":")[0]

    async def ask(self, what: str, **more: Any) -> dict[str, Any]:
        """Have one of the methods of ``server.Server`` carried out; what it answers."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"ask": what, **more}).encode() + b"\n")
        line = await self.process.stdout.readline()
        assert line, f"the emulator ended over {what}"
        answer: dict[str, Any] = json.loads(line)
        return answer


@asynccontextmanager
async def telegram_process() -> AsyncIterator[Telegram]:
    """Telegram in a process of its own; it ends with the block."""
    pipe = asyncio.subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.telegram.server", stdin=pipe, stdout=pipe, env=environment
    )
    try:
        facts = await Telegram(process).ask("facts")
        yield Telegram(process, facts["url"], facts["token"], tuple(facts["groups"]), tuple(facts["people"]))
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
