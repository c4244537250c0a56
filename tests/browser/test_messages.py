"""The menu of a message, and buttons that lead to one: by keyboard, on a small screen, in light and dark."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.test_local_page import DESKTOP, PHONE, fits, opened, serious_findings, tab_to
from tests.community import Someone, Talk
from tests.platforms.local.test_menu_of_messages import circle

_MORE_THAN_A_PAGE = 60


def article(page: Page, words: str, region: str = "Conversation") -> Locator:
    """The one message with these words."""
    return page.get_by_role("region", name=region).get_by_role("article").filter(has_text=words)


async def at(page: Page, talk: Talk, person: Someone, place: str) -> None:
    """Be this person, in this place."""
    await page.goto(f"{talk.url}/?person={person.id}&place={place}")
    await expect(page.get_by_label("Write a message")).to_be_visible()


async def opens_menu(page: Page, message: Locator) -> Locator:
    """By keyboard; the first reaction has the focus then."""
    await message.focus()
    await page.keyboard.press("Tab")
    await expect(message.get_by_role("button", name="React and more")).to_be_focused()
    await page.keyboard.press("Enter")
    menu = message.get_by_role("group", name="React and more")
    await expect(menu.get_by_role("button", name="thumbs up")).to_be_focused()
    return menu


async def test_the_menu_of_a_message_by_keyboard_on_a_phone(browser: Browser, tmp_path: Path, axe: str) -> None:
    async with circle(tmp_path) as (talk, fatima, ben):
        await fatima.says("boil the water", place="circle")
        await fatima.says("/elsewhere", place="circle")
        for scheme in ("light", "dark"):
            page = await opened(browser, talk, size=PHONE, scheme=scheme)
            await at(page, talk, ben, await ben.place("circle"))
            message = article(page, "boil the water")
            menu = await opens_menu(page, message)
            await expect(menu.get_by_role("button")).to_have_count(7)
            assert await fits(page)
            assert await serious_findings(page, axe) == []
            await page.keyboard.press("Escape")
            await expect(menu).to_be_hidden()
            await expect(message.get_by_role("button", name="React and more")).to_be_focused()

        await opens_menu(page, message)
        for _ in range(3):
            await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Enter")
        await expect(message.get_by_role("button", name="pin from 1 person")).to_be_visible()
        menu = await opens_menu(page, message)
        await page.keyboard.press("ArrowUp")  # round to the last
        await expect(menu.get_by_role("button", name="Keep this", exact=True)).to_be_focused()
        async with page.expect_response("**/local/shortcuts"):
            await page.keyboard.press("Enter")
        await expect(menu).to_be_hidden()
        await talk.settle()
        assert (await ben.last()).text == "Fatima wrote boil the water, circle, at the top"

        menu = await opens_menu(page, message)
        await menu.get_by_role("button", name="Keep this as").click()
        form = page.get_by_role("dialog", name="Keep it")
        await expect(form.get_by_label("As")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(form).to_be_hidden()


async def is_found(message: Locator) -> None:
    """It is in view, lit up, and has the keyboard."""
    await expect(message).to_be_focused()
    await expect(message).to_be_in_viewport()
    await expect(message).to_have_class("message found")


async def test_a_button_leads_to_its_message(browser: Browser, tmp_path: Path, axe: str) -> None:
    async with circle(tmp_path) as (talk, fatima, ben):
        root = await fatima.says("boil the water", place="circle")
        reply = await fatima.says("for a minute", place="circle", under=root)
        for number in range(_MORE_THAN_A_PAGE):
            await fatima.says(f"later {number}", place="circle")
        for message in (root, reply):
            await ben.uses_shortcut(message, "Keep this")
        for size in (PHONE, DESKTOP):
            page = await opened(browser, talk, size=size)
            await at(page, talk, ben, ben.direct)
            to_root = article(page, "at the top").get_by_role("button", name="Go there")
            await to_root.focus()
            assert await serious_findings(page, axe) == []
            await page.keyboard.press("Enter")
            await is_found(article(page, "boil the water"))
            assert await fits(page)
            assert await serious_findings(page, axe) == []
            await page.go_back()
            await article(page, "in a thread").get_by_role("button", name="Go there").click()
            await is_found(article(page, "for a minute", "Thread"))
            assert await fits(page)

        await page.get_by_label("Reply in thread").fill("/keep")  # about the message that the thread is under
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Reply in thread")).to_have_value("")
        await talk.settle()
        assert (await ben.last()).leads_to == {"Go there": root}

        await ben.leaves("circle")
        await at(page, talk, ben, ben.direct)
        await article(page, "in a thread").get_by_role("button", name="Go there").click()
        await expect(page.get_by_role("alert").get_by_text("you are not in")).to_be_visible()
        await ben.joins("circle")
        await fatima.takes_back(root)
        await article(page, "at the top").first.get_by_role("button", name="Go there").click()
        await expect(page.get_by_role("alert").get_by_text("no longer there")).to_be_visible()
        await tab_to(page, page.get_by_role("button", name="Dismiss"))
