"""Asker, expert and facilitator in three windows: what one does, the others see without a reload."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from bot.core.clock import Clock
from tests.browser.test_local_page import DESKTOP, PHONE, fits, opened, serious_findings
from tests.community import Talk, running

QUESTION = "Is the water from our new well safe while the tests are not back?"
ASKED_BACK = "How deep is the well?"
REPLY = "About nine metres, and the tank was cleaned last week."
ANSWER = "Boil it or chlorinate it until the results are here."


async def window(browser: Browser, talk: Talk, person: str, place: str, size: Any) -> Page:
    """A browser of their own for one person, in one place; a reload would take its mark away."""
    page = await opened(browser, talk, size=size)
    await page.goto(f"{talk.url}/?person={person}&place={place}")
    await expect(page.get_by_label("Write a message")).to_be_visible()
    await page.evaluate("window.neverReloaded = true")
    return page


def conversation(page: Page) -> Locator:
    """What is said in the open place."""
    return page.get_by_role("region", name="Conversation")


def card(page: Page, words: str) -> Locator:
    """The one message with these words."""
    return conversation(page).get_by_role("article").filter(has_text=words)


async def types(page: Page, text: str) -> None:
    """Write something and send it."""
    await page.get_by_label("Write a message").fill(text)
    await page.keyboard.press("Enter")


async def answers_in_dialog(page: Page, title: str, label: str, words: str) -> None:
    """Fill in the one field of the dialog that has opened; above it stands which question it is about."""
    dialog = page.get_by_role("dialog", name=title)
    await expect(dialog.get_by_text(QUESTION)).to_be_visible()
    await expect(dialog.get_by_label(label)).to_be_focused()
    await dialog.get_by_label(label).fill(words)
    await dialog.get_by_role("button", name="Send", exact=True).click()
    await expect(dialog).to_be_hidden()


async def test_a_confidential_question_in_three_windows(browser: Browser, tmp_path: Path, axe: str) -> None:
    async with running(tmp_path, clock=Clock(), sample=True, log_level="ERROR") as talk:
        zawadi = await talk.newcomer("Zawadi")
        await zawadi.joins("Circle")
        asker = await window(browser, talk, zawadi.id, zawadi.direct, PHONE)
        expert = await window(browser, talk, "mei", "dm-mei", DESKTOP)
        facilitator = await window(browser, talk, "amina", "dm-amina", DESKTOP)

        # The asker asks, on a phone.
        await types(asker, "/ask")
        form = asker.get_by_role("dialog", name="Ask a question")
        await expect(form.get_by_label("Your question")).to_be_focused()
        assert await serious_findings(asker, axe) == []
        assert await fits(asker)
        await form.get_by_label("Your question").fill(QUESTION)
        await form.get_by_label("Topic").select_option("safe water")
        await form.get_by_label("Confidentially", exact=True).check()
        await form.get_by_role("button", name="Ask", exact=True).click()
        await expect(form).to_be_hidden()
        await expect(card(asker, "Thank you, I have your question: Q7.")).to_be_visible()
        assert await fits(asker)

        # The expert has it at once, and needs to know more.
        got = card(expert, QUESTION)
        await expect(got.get_by_text("Q7 (safe water): a question for you")).to_be_visible()
        await expect(got).to_contain_text("Somebody asks confidentially")
        assert await serious_findings(expert, axe) == []
        await got.get_by_role("button", name="Ask back", exact=True).click()
        await answers_in_dialog(expert, "Ask back", "What would you like to know?", ASKED_BACK)
        await card(asker, ASKED_BACK).get_by_role("button", name="Answer", exact=True).click()
        await answers_in_dialog(asker, "Tell more", "Your answer", REPLY)
        await expect(card(expert, REPLY)).to_contain_text(QUESTION)

        # The facilitator looks at the queue: which question, since when, with whom.
        await types(facilitator, "/questions open")
        queue = card(facilitator, "Open questions")
        await expect(queue.get_by_text("Q7 (safe water)")).to_be_visible()
        await expect(queue).to_contain_text("Mei Kawaguchi")
        await expect(queue).not_to_contain_text("Zawadi")
        await facilitator.get_by_role("region", name="Places").get_by_role("button", name="Circle").click()
        await expect(conversation(facilitator).get_by_role("heading", name="Circle")).to_be_visible()

        # The answer comes back and helps, and everybody may read it.
        await card(expert, REPLY).get_by_role("button", name="Answer", exact=True).click()
        await answers_in_dialog(expert, "Answer a question", "Your answer", ANSWER)
        await expect(card(expert, "Your answer to Q7 is on its way.")).to_be_visible()
        await card(asker, ANSWER).get_by_role("button", name="This helps", exact=True).click()
        await expect(card(asker, "Q7 is answered.")).to_contain_text(ANSWER)
        await expect(card(asker, ANSWER).get_by_role("button", name="This helps", exact=True)).to_have_count(0)
        await expect(card(expert, "Your answer to Q7 helped.")).to_be_visible()
        published = card(facilitator, ANSWER)
        await expect(published).to_be_visible()
        await expect(published).to_contain_text(QUESTION)
        await expect(published).to_contain_text("Mei Kawaguchi answered:")
        await expect(published).not_to_contain_text("Zawadi")
        assert await serious_findings(facilitator, axe) == []
        assert await fits(asker)

        for page in (asker, expert, facilitator):
            assert await page.evaluate("window.neverReloaded") is True
