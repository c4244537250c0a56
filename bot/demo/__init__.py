"""``baraza demo``: two weeks in the life of the sample community, played by its members over HTTP.

Nothing here knows Baraza from inside: it starts ``python -m bot`` and sees what members see.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic
from zoneinfo import ZoneInfo

import aiohttp

from bot.demo.cast import COMMUNITY, Scene, gathered
from bot.demo.members import Stage
from bot.demo.process import OUTPUT, DemoStopped, running
from bot.demo.story import TWO_WEEKS
from bot.demo.transcript import Transcript

__all__ = ["TWO_WEEKS", "Scene", "play"]

PICTURE = Path("baraza-demo") / "health-check.png"
_PNG = b"\x89PNG\r\n\x1a\n"
_LONGEST_DELAY_SECONDS = 120
_PATIENT = aiohttp.ClientTimeout(total=60)


async def play(story: Sequence[Scene] = TWO_WEEKS, *, keep: bool = False, patience: float = 10.0) -> bool:
    """Play the story; whether every step was seen by the member it was for, within ``patience`` seconds."""
    transcript = Transcript(sys.stdout)
    folder = Path(mkdtemp(prefix="baraza-demo-"))
    began = monotonic()
    try:
        with _ended_by_signals():
            picture = await _play_in(folder, story, transcript, patience)
    except DemoStopped as stopped:
        transcript.ends(f"The story stops here. {stopped}", f"What Baraza itself printed: {folder / OUTPUT}")
        return False
    except BaseException:
        rmtree(folder, ignore_errors=True)
        raise
    seconds = monotonic() - began
    last = [f"Those were two weeks in {seconds:.0f} seconds, and everybody saw what was meant for them."]
    if picture:
        last.append(f"The picture of the health check: {picture}")
    if keep:
        last.append(f"The demo's Baraza is kept. Start it again: cd {folder} && {sys.executable} -m bot")
    else:
        rmtree(folder, ignore_errors=True)
        last.append("To meet these people yourself: make run")
    transcript.ends(*last)
    return True


async def _play_in(folder: Path, story: Sequence[Scene], transcript: Transcript, patience: float) -> Path | None:
    """Start Baraza, play every scene at its time, and save the picture; where it lies."""
    transcript.title(
        f"Two weeks in the {COMMUNITY}",
        "Everything below happens now, in a Baraza of its own that ends with the story. The people are invented; "
        "what each of them sees is what Baraza shows them, word by word. Its clock is moved on, so it is short.",
    )
    settings = {"CONFIDENTIAL_DELAY_SECONDS": str(_LONGEST_DELAY_SECONDS)}
    try:
        async with running(folder, **settings) as url, aiohttp.ClientSession(timeout=_PATIENT) as session:
            stage = Stage(session, url, transcript, patience)
            await _play_on(stage, story)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise DemoStopped("Baraza stopped answering in the middle of it.") from error
    return _save(stage.picture) if stage.picture else None


async def _play_on(stage: Stage, story: Sequence[Scene]) -> None:
    cast = await gathered(stage)
    now, zone = await stage.clock()
    monday = _first_midnight(now, zone, story[0])
    for number, scene in enumerate(story):
        stage.scene_began = (await stage.clock())[0]
        await stage.wait_until(monday + scene.after)
        if number == 0:
            stage.began = stage.scene_began
        moment = (await stage.clock())[0].astimezone(ZoneInfo(zone))
        stage.transcript.scene(f"{moment:%A %-d %B, %H:%M}", scene.title, scene.why)
        await scene.played(cast)


def _first_midnight(now: datetime, zone: str, first: Scene) -> datetime:
    """The midnight of the next Monday on which the first scene has still time to play."""
    today = now.astimezone(ZoneInfo(zone)).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), ZoneInfo(zone))
    return monday if monday + first.after > now else monday + timedelta(days=7)


def _save(picture: bytes) -> Path:
    """Keep the picture in the current folder, in the place of an earlier one."""
    if not picture.startswith(_PNG):
        raise DemoStopped("Ingrid Solheimdal did not see a picture: what came is no PNG.")
    path = PICTURE.absolute()
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(picture)
    except OSError as error:
        raise DemoStopped(f"The picture can't be saved as {path} ({error.strerror}).") from error
    return path


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a signal that would end this program at once end the story instead, so that its Baraza ends too."""
    loop, playing = asyncio.get_running_loop(), asyncio.current_task()
    assert playing is not None  # noqa: S101 - a coroutine that runs has a task
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, playing.cancel)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)
