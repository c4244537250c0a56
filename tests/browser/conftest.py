"""A real browser (Debian's Chromium) on the local page."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

AXE = Path(__file__).parents[2] / ".tools/node_modules/axe-core/axe.min.js"
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


expect.set_options(timeout=60_000)  # a month that goes by takes its time on a busy machine


def _missing(what: str, install: str) -> None:
    message = f"{what} is not installed: {install}"
    if os.environ.get("BARAZA_REQUIRE_BROWSER"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        _missing("Chromium", "apt-get install chromium")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        yield opened
        await opened.close()


@pytest.fixture
def axe() -> str:
    """The accessibility checker's source."""
    if not AXE.exists():
        _missing("axe-core", "apt-get install npm, then make test")
    return AXE.read_text(encoding="utf-8")
