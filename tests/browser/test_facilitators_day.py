"""A facilitator's day on the page, from the menu to the health check; a member answers in a window of their own."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from bot.core.clock import Clock
from tests.browser.test_local_page import DESKTOP, PHONE, fits, opened, serious_findings, tab_to
from tests.browser.test_messages import article, at, is_found
from tests.browser.test_questions import types
from tests.community import Someone, Talk, founded, running

LESSON = "Two ice packs more on market days keep the box cold until the evening."
PROMPT = "What do you check first when a fridge is too warm?"
ANSWER = "The seal of the door, with a strip of paper."
FIRST_POST = "Good morning! Who has worked with solar fridges?"
REPLY = "Welcome, Zawadi! Ben has, since last year."


async def presses(page: Page, message: Locator, label: str) -> None:
    """Find the button of a message by keyboard, by the beginning of its label, and press it."""
    await expect(message).to_be_visible()
    await message.focus()
    await tab_to(page, message.get_by_role("button", name=re.compile(f"^{label}")))
    await page.keyboard.press("Enter")


async def time_passes(page: Page, talk: Talk, *steps: str) -> None:
    """Move the clock with the page's own buttons, until all is done that falls due on the way."""
    for step in steps:
        button = page.get_by_role("region", name="Clock").get_by_role("button", name=step, exact=True)
        await tab_to(page, button)
        await page.keyboard.press("Enter")
        await expect(button).to_be_enabled()
    await talk.settle()


async def nothing_serious(page: Page, axe: str) -> None:
    """The accessibility checker has nothing serious to say, in light and in dark; and nothing is too wide."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours don't fade over
        assert await serious_findings(page, axe) == [], scheme
    assert await fits(page)


async def shares(person: Someone, words: str) -> None:
    """Write a contribution, which then waits for a facilitator."""
    await person.says("/log")
    await person.fills_in(**{"What did you learn or want to share?": words})


async def test_a_facilitators_day(browser: Browser, tmp_path: Path, axe: str) -> None:
    async with running(tmp_path, clock=Clock(), log_level="ERROR") as talk:
        fatima = await founded(talk)
        await fatima.says("/settings timezone Africa/Nairobi")  # as the clock of the page
        page = await opened(browser, talk, size=DESKTOP)
        await at(page, talk, fatima, fatima.direct)
        await time_passes(page, talk, "Next Monday 09:00")
        ben, zawadi = await talk.newcomer("Ben"), await talk.newcomer("Zawadi")
        await ben.joins("circle")
        await shares(ben, LESSON)

        # The menu leads to the day, the day to what waits.
        await types(page, "/baraza")
        menu = article(page, "What would you like to do?").last
        await expect(menu.get_by_role("button", name="Settings", exact=True)).to_be_visible()
        await nothing_serious(page, axe)
        await presses(page, menu, "My day")
        day = article(page, "1 contribution to review: C1").last
        await expect(day).to_contain_text("First: look at C1.")
        await presses(page, day, "Show what to review")

        # A review card is published.
        card = article(page, LESSON).last
        await expect(card).to_contain_text("by Ben")
        await nothing_serious(page, axe)
        await presses(page, card, "Publish it")
        await expect(article(page, "published").last).to_be_visible()
        await expect(page.get_by_role("button", name="Publish it", exact=True)).to_have_count(0)
        await talk.settle()
        assert any("C1" in heard and "is published" in heard for heard in await ben.hears())

        # A prompt is scheduled, and confirmed with its dates in view.
        await types(page, f"/prompt schedule every tuesday 10:00: {PROMPT}")
        proposal = article(page, "The next three dates:").last
        await expect(proposal).to_contain_text("Tuesday")
        await expect(proposal.get_by_role("listitem")).to_have_count(3)
        await nothing_serious(page, axe)
        await presses(page, proposal, "Yes, schedule it")
        await expect(article(page, "Done: every tuesday 10:00 in #circle.")).to_be_visible()

        # Meanwhile somebody new writes, and nobody answers. It is Tuesday when the prompt goes out.
        await zawadi.joins("circle")
        await zawadi.says(FIRST_POST, place="circle")
        await time_passes(page, talk, "+1 day", "+1 hour")

        # A member answers the prompt, on a phone.
        phone = await opened(browser, talk, size=PHONE)
        await at(phone, talk, ben, await ben.place("circle"))
        await presses(phone, article(phone, PROMPT), "Answer")
        form = phone.get_by_role("dialog", name="Answer the prompt")
        await expect(form.get_by_text(PROMPT)).to_be_visible()
        await expect(form.get_by_label("Your answer")).to_be_focused()
        await nothing_serious(phone, axe)
        await phone.keyboard.type(ANSWER)
        await tab_to(phone, form.get_by_role("button", name="Post it", exact=True))
        await phone.keyboard.press("Enter")
        await expect(form).to_be_hidden()
        await expect(article(phone, "Your answer is posted.")).to_be_visible()
        await nothing_serious(phone, axe)

        # The newcomer's post is one button away, and gets its answer.
        waiting = article(page, "A newcomer's first post has waited").last
        await expect(waiting).to_contain_text(FIRST_POST)
        await nothing_serious(page, axe)
        await presses(page, waiting, "Go to the post")
        post = article(page, FIRST_POST)
        await is_found(post)
        await nothing_serious(page, axe)
        await expect(article(page, PROMPT).get_by_role("button", name="1 answer")).to_be_visible()
        await presses(page, post, "Open thread")
        await expect(page.get_by_label("Reply in thread")).to_be_focused()
        await page.keyboard.type(REPLY)
        await page.keyboard.press("Enter")
        await expect(article(page, REPLY, "Thread")).to_be_visible()
        await talk.settle()

        # Nothing is left to do.
        await tab_to(page, page.get_by_role("region", name="Places").get_by_role("button", name="Baraza"))
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Write a message")).to_be_focused()
        await types(page, "/today")
        await expect(article(page, "Nothing waits for you in Field Nurses today.").last).to_be_visible()

        # Quiet hours begin later.
        await types(page, "/settings")
        await presses(page, article(page, "Settings of Field Nurses").last, "Quiet hours and weekend")
        form = page.get_by_role("dialog", name="Quiet hours and weekend")
        await expect(form.get_by_label("Quiet from")).to_be_focused()
        await nothing_serious(page, axe)
        await form.get_by_label("Quiet from").fill("22:30")
        await page.keyboard.press("Enter")
        await expect(form).to_be_hidden()
        await expect(article(page, "Saved.").last).to_contain_text("22:30")

        # And how is the community? The answer comes with its picture, every figure in its thread.
        await types(page, "/health")
        check = article(page, "Health check of Field Nurses").last
        await expect(check.get_by_role("img", name="Field Nurses, week by week")).to_be_visible()
        await nothing_serious(page, axe)
        await presses(page, check, "1 answer")
        await expect(article(page, "Every figure", "Thread").last).to_be_visible()
        await nothing_serious(page, axe)
