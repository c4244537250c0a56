"""Baraza as a process of its own, which can be killed and started again."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.community import Talk
from tests.databases import SECRET_KEY

_DEADLINE_SECONDS = 60.0


def free_port() -> int:
    """A port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """What the process finds in its environment: nothing of this machine's settings, and these."""
    keep = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "COVERAGE_PROCESS_START")
    }
    return {**keep, "DATABASE_URL": f"sqlite:///{folder}/baraza.sqlite3", "SECRET_KEY": SECRET_KEY, **settings}


def baraza(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**environment(folder, **settings), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@dataclass
class Process:
    """One installation: the same files and the same port across all its starts."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    module: str = "bot"
    running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; what it prints goes to a file in its folder."""
        with (self.folder / "output.txt").open("ab") as output:
            self.running = subprocess.Popen(
                [sys.executable, "-m", self.module],
                cwd=self.folder,
                env={
                    **environment(self.folder, HTTP_PORT=str(self.port), **self.settings),
                    "PYTHONPATH": os.pathsep.join(sys.path),
                },
                stdout=output,
                stderr=output,
            )

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        assert self.running is not None
        self.running.kill()
        self.running.wait()

    def terminate(self) -> int:
        """SIGTERM; its exit code."""
        assert self.running is not None
        self.running.terminate()
        return self.running.wait(timeout=_DEADLINE_SECONDS)

    async def healthy(self, session: aiohttp.ClientSession) -> None:
        """Wait until it says that it can do its work."""
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while True:
                assert self.running is not None
                assert self.running.poll() is None, (self.folder / "output.txt").read_text()
                try:
                    async with session.get(f"{self.url}/healthz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)


@dataclass
class ProcessTalk(Talk):
    """People who reach a process that may be gone for a while: they try again, as a page does."""

    async def post(self, path: str, *, expect: tuple[int, ...] = (200, 201), **body: Any) -> dict[str, Any]:
        return await self._until_it_answers(super().post, path, expect=expect, **body)

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        return await self._until_it_answers(super().get, path, **query)

    async def settle(self) -> None:
        """Wait until nothing is left in the inbox and the outbox, at two looks in a row."""
        quiet = 0
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while quiet < 2:
                async with self.session.get(f"{self.url}/metrics") as response:
                    text = await response.text()
                depths = re.findall(r"^baraza_(?:inbox|outbox)_depth (\S+)", text, re.MULTILINE)
                quiet = quiet + 1 if depths == ["0.0", "0.0"] else 0
                await asyncio.sleep(0.02)

    async def _until_it_answers(self, ask: Any, path: str, **more: Any) -> dict[str, Any]:
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while True:
                try:
                    answer: dict[str, Any] = await ask(path, **more)
                except (aiohttp.ClientError, ConnectionError):
                    await asyncio.sleep(0.05)
                else:
                    return answer


@asynccontextmanager
async def process(folder: Path, **settings: str) -> AsyncIterator[tuple[Process, ProcessTalk]]:
    """A running installation, and people to talk with it; it is ended in the end."""
    installation = Process(folder, settings=settings)
    installation.start()
    try:
        async with aiohttp.ClientSession() as session:
            await installation.healthy(session)
            yield installation, ProcessTalk(session, installation.url)
    finally:
        if installation.running is not None and installation.running.poll() is None:
            installation.kill()
