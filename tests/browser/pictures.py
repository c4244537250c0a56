"""The pictures of ``docs/pictures``: what members and facilitators of the sample community see, in light and dark.

Run ``python -m tests.browser.pictures`` after a change to the page or to what is said there, and look at them.
With a folder and a width they go elsewhere: ``python -m tests.browser.pictures /tmp/phone 360``.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from PIL import Image
from playwright.async_api import Browser, async_playwright, expect

from tests.community import StandingClock, Talk, running

FOLDER = Path(__file__).parents[2] / "docs/pictures"
WIDTH = 960
_A_WEDNESDAY = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
_COLOURS = 96
_SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


@dataclass(frozen=True)
class Subject:
    """One picture: who looks at which place, and how high the picture is."""

    name: str
    person: str
    place: str
    height: int


async def welcome(talk: Talk) -> Subject:
    """Somebody new has come to the main place."""
    zawadi = await talk.newcomer("Zawadi Mrema")
    await zawadi.joins("Circle")
    return Subject("welcome", zawadi.id, zawadi.direct, 560)


async def prompt(talk: Talk) -> Subject:
    """A prompt that one member has answered."""
    await talk.person("amina").says("/prompt now warm-up", place="Circle")
    nadia = talk.person("nadia")
    await nadia.presses("Answer", place="Circle")
    await nadia.fills_in(Your_answer="The jetty, two bicycles with cold boxes on them, and rain over the lake.")
    return Subject("prompt", "nadia", "circle", 720)


async def review_card(talk: Talk) -> Subject:
    """What a member shared, as a facilitator gets it."""
    baraka = talk.person("baraka")
    await baraka.says("/log")
    await baraka.fills_in(
        Kind="practice",
        Title="Two ice packs more on market days",
        **{"What did you learn or want to share?": (
            "On market days we reach the last village two hours later. Since we take two ice packs more, "
            "and open the cold box only in the shade, nothing has come back too warm."
        )},
        Topics="cold chain, outreach",
    )  # fmt: skip
    return Subject("review-card", "amina", "dm-amina", 860)


async def menu(talk: Talk) -> Subject:
    """What a facilitator may do."""
    await talk.person("amina").says("/baraza")
    return Subject("menu", "amina", "dm-amina", 600)


async def health_check(talk: Talk) -> Subject:
    """The last four weeks of the community."""
    await talk.person("amina").says("/health")
    return Subject("health-check", "ingrid", "steering", 1110)


SUBJECTS: tuple[Callable[[Talk], Awaitable[Subject]], ...] = (welcome, prompt, menu, review_card, health_check)


async def take_all(folder: Path, width: int = WIDTH) -> None:
    """Write a light and a dark picture of every subject."""
    folder.mkdir(parents=True, exist_ok=True)
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with TemporaryDirectory() as data:
        clock = StandingClock(_A_WEDNESDAY)
        async with running(Path(data), clock=clock, sample=True, log_level="ERROR") as talk, async_playwright() as pw:
            await talk.settle()
            browser = await pw.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
            for prepared in SUBJECTS:
                subject = await prepared(talk)
                await talk.settle()
                for scheme in _SCHEMES:
                    await _take(browser, talk, subject, scheme, folder, width)
            await browser.close()


async def _take(
    browser: Browser, talk: Talk, subject: Subject, scheme: Literal["light", "dark"], folder: Path, width: int
) -> None:
    context = await browser.new_context(viewport={"width": width, "height": subject.height}, color_scheme=scheme)
    page = await context.new_page()
    await page.goto(f"{talk.url}/?person={subject.person}&place={subject.place}")
    await expect(page.get_by_label("Write a message")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
    picture = Image.open(io.BytesIO(await page.screenshot()))
    picture.convert("RGB").quantize(_COLOURS).save(folder / f"{subject.name}-{scheme}.png", optimize=True)
    await context.close()


if __name__ == "__main__":
    given = sys.argv[1:]
    asyncio.run(take_all(Path(given[0]) if given else FOLDER, int(given[1]) if len(given) > 1 else WIDTH))
