"""The local page as people use it: by keyboard, on a small screen, in light and dark."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from bot.core.clock import Clock
from tests.community import Talk, founded, running

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
_PATIENCE = 60_000


async def opened(browser: Browser, talk: Talk, *, size: Any, scheme: Literal["light", "dark"] = "light") -> Page:
    """A page of its own, which fails the test when it logs an error."""
    context = await browser.new_context(viewport=size, color_scheme=scheme)
    page = await context.new_page()
    page.set_default_timeout(_PATIENCE)
    page.on("pageerror", lambda error: pytest.fail(f"the page failed: {error}"))
    await page.goto(talk.url)
    await expect(page.get_by_label("Who am I")).to_be_visible()
    return page


async def serious_findings(page: Page, axe: str) -> list[str]:
    """What the accessibility checker calls serious or critical."""
    await page.evaluate(axe)
    result = await page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in result if one["impact"] in ("serious", "critical")]


async def fits(page: Page) -> bool:
    """Nothing reaches beyond the screen's width."""
    wide: bool = await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide


async def tab_to(page: Page, control: Locator) -> None:
    """Tab forward until the control has the focus."""
    await expect(control).to_be_visible()
    for _ in range(160):
        if await control.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"no way to {control} by keyboard")


async def test_somebody_new_lives_through_a_month_by_keyboard_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path, clock=Clock(), sample=True, log_level="ERROR") as talk:
        page = await opened(browser, talk, size=PHONE)
        keys = page.keyboard
        conversation = page.get_by_role("region", name="Conversation")  # what comes in is also read out, elsewhere

        # Somebody new comes in.
        await tab_to(page, page.get_by_role("combobox", name="Who am I"))
        await keys.press("End")  # it is the last choice
        dialog = page.get_by_role("dialog", name="Somebody new")
        await expect(dialog).to_be_visible()
        await expect(dialog.get_by_label("Name")).to_be_focused()
        await keys.type("Zawadi")
        await keys.press("Enter")
        await expect(dialog).to_be_hidden()

        # They join, and are welcomed privately.
        await tab_to(page, page.get_by_role("button", name="Start with #Circle", exact=True))
        await keys.press("Enter")
        await expect(page.get_by_label("Write a message")).to_be_visible()
        await tab_to(page, page.get_by_role("button", name="Places", exact=True))
        await keys.press("Enter")
        await tab_to(page, page.get_by_role("region", name="Places").get_by_role("button", name="Baraza"))
        await keys.press("Enter")
        await expect(conversation.get_by_text("Welcome to Field Health Circle, Zawadi!")).to_be_visible()
        assert await fits(page)

        # They introduce themselves.
        await tab_to(page, page.get_by_role("button", name="Introduce me", exact=True))
        await keys.press("Enter")
        form = page.get_by_role("dialog", name="Introduce yourself")
        await expect(form).to_be_visible()
        assert await fits(page)
        await tab_to(page, form.get_by_label("Unit"))
        await keys.type("Lakeside mission")
        await keys.press("Enter")
        await expect(form).to_be_hidden()
        await tab_to(page, page.get_by_role("button", name="Yes, introduce me there", exact=True))
        await keys.press("Enter")
        await expect(conversation.get_by_text("you are introduced in")).to_be_visible()

        # They talk.
        await tab_to(page, page.get_by_role("button", name="Places", exact=True))
        await keys.press("Enter")
        await tab_to(page, page.get_by_role("region", name="Places").get_by_role("button", name="Circle"))
        await keys.press("Enter")
        await expect(conversation.get_by_text("Please welcome Zawadi (Lakeside mission)!")).to_be_visible()
        await tab_to(page, page.get_by_label("Write a message"))
        await keys.type("Good morning from the lake! Who counts stock on Mondays?")
        await keys.press("Enter")
        await expect(conversation.get_by_text("Good morning from the lake!")).to_be_visible()

        # A month goes by, and the health check arrives with its picture.
        await tab_to(page, page.get_by_role("button", name="Places", exact=True))
        await keys.press("Enter")
        await tab_to(page, page.get_by_role("button", name="Join #Steering"))
        await keys.press("Enter")
        picture = conversation.get_by_role("img", name="Field Health Circle, week by week")
        for _ in range(6):
            if await picture.count():
                break
            clock = page.get_by_role("button", name="Next Monday 09:00")
            await tab_to(page, clock)
            await keys.press("Enter")
            await expect(clock).to_be_enabled()
            await page.wait_for_load_state("networkidle")
        await expect(picture.first).to_be_visible()
        loaded = await picture.first.evaluate("async image => (await image.decode(), image.naturalWidth)")
        assert loaded == 1080
        await expect(conversation.get_by_text("Health check of Field Health Circle").first).to_be_visible()
        assert await fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_nothing_serious_for_the_accessibility_checker(
    browser: Browser, tmp_path: Path, axe: str, size: Any, scheme: Literal["light", "dark"]
) -> None:
    async with running(tmp_path, clock=Clock(), sample=True, log_level="ERROR") as talk:
        newcomer = await talk.newcomer("Zawadi")
        await newcomer.joins("Circle")
        page = await opened(browser, talk, size=size, scheme=scheme)
        await page.goto(f"{talk.url}/?person={newcomer.id}")
        await expect(page.get_by_role("region", name="Conversation")).to_be_visible()
        assert await serious_findings(page, axe) == []

        await newcomer.presses("Introduce me")
        await expect(page.get_by_role("dialog", name="Introduce yourself")).to_be_visible()
        assert await serious_findings(page, axe) == []


async def test_nobody_writes_before_the_page_knows_who_they_are(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path, log_level="ERROR") as talk:
        fatima = await founded(talk)
        page = await opened(browser, talk, size=PHONE)
        slow = asyncio.Event()

        async def late(route: Route) -> None:
            await slow.wait()
            await route.continue_()

        await page.route("**/local/people", late)
        await page.goto(f"{talk.url}/?person={fatima.id}&place={fatima.direct}")
        await expect(page.get_by_role("heading", name="Baraza").first).to_be_visible()
        await expect(page.get_by_label("Write a message")).to_be_hidden()
        slow.set()
        await page.get_by_label("Write a message").fill("/help")
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("I understand").or_(page.get_by_text("/rules")).first).to_be_visible()
