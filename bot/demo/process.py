"""A Baraza of the demo's own: ``python -m bot`` in a folder, on a free port of this machine, ended in the end."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

import bot
from bot.settings import Settings

OUTPUT = "output.txt"
_START_SECONDS = 60.0
_END_SECONDS = 10.0
_HOST = "127.0.0.1"


class DemoStopped(Exception):
    """The story can't go on; the message says in a sentence who missed what."""


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[str]:
    """The address of a Baraza that runs with its files in ``folder``. Raises DemoStopped when it does not start."""
    port = _free_port()
    _write_settings(folder, HTTP_HOST=_HOST, HTTP_PORT=str(port), **settings)
    with (folder / OUTPUT).open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", cwd=folder, env=_environment(), stdout=output, stderr=output
        )
    try:
        url = f"http://{_HOST}:{port}"
        await _healthy(process, url, folder)
        yield url
    finally:
        await _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _write_settings(folder: Path, **settings: str) -> None:
    """A ``.env`` of its own, so that whoever keeps the folder can start it there again."""
    own = {"DATABASE_URL": "sqlite:///baraza.sqlite3", "SECRET_KEY": secrets.token_urlsafe(32), **settings}
    path = folder / ".env"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name}={value}\n" for name, value in own.items()), encoding="utf-8")


def _environment() -> dict[str, str]:
    """This program's environment without any setting: a real token in it must not reach the demo."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    code = str(Path(bot.__file__).parent.parent)  # it starts in another folder, and finds the same code there
    paths = [code, *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}


async def _healthy(process: Process, url: str, folder: Path) -> None:
    """Wait until it says that it can do its work."""
    try:
        async with asyncio.timeout(_START_SECONDS), aiohttp.ClientSession() as session:
            while process.returncode is None:
                if await _answers(session, url):
                    return
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise DemoStopped(f"Baraza did not start within {_START_SECONDS:.0f} seconds.") from error
    said = (folder / OUTPUT).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise DemoStopped(f"Baraza did not start. It said: {said[-1] if said else 'nothing'}")


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(f"{url}/healthz") as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


async def _end(process: Process) -> None:
    """Ask it to stop; what does not is killed."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _END_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
