"""Facilitators publish, edit and set aside; the first to act decides."""

from __future__ import annotations

from pathlib import Path

from tests.handlers.contributions.circle import TEXT, WORDS, circle
from tests.handlers.questions.acting import holds

BETTER = "The cold box keeps for nine hours."


async def test_of_two_facilitators_the_first_decides(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/settings role @Chidi facilitator")
        await here.logs(here.ana, Title="Cold boxes")
        late = [await holds(here.chidi, label) for label in ("Publish it", "Edit it", "Not now")]
        await here.fatima.presses("Publish it")
        assert "C1 Cold boxes: published by Fatima." in await here.chidi.last()
        assert not (await here.chidi.last()).buttons
        for button in late:
            await button.press_too_late()
            assert "This is published already." in await here.chidi.last()
            assert await here.chidi.form() is None
        assert len([said for said in await here.ana.hears() if "is published:" in said]) == 1


async def test_a_double_click_publishes_once(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana)
        publish = await holds(here.fatima, "Publish it")
        await publish.press()
        await publish.press_too_late()
        assert len([said for said in await here.ana.hears() if "is published:" in said]) == 1


async def test_who_lost_the_role_decides_nothing(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/settings role @Chidi facilitator")
        await here.logs(here.ana)
        await here.chidi.presses("Edit it")
        await here.fatima.says("/settings role @Chidi member")
        await here.chidi.fills_in(Title="Mine now")
        assert "Only facilitators can do this." in await here.chidi.last()
        await here.chidi.presses("Publish it")
        assert "Only facilitators can do this." in await here.chidi.last()
        await here.ben.says("/find cold box")
        assert "I found nothing" in await here.ben.last()
        await here.chidi.says("/log review")
        assert "Only facilitators can do this." in await here.chidi.last()


async def test_titles_and_topics_are_put_in_order_without_a_word(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana)
        before = len(await here.ana.hears())
        await here.fatima.presses("Edit it")
        await here.fatima.fills_in(Title="Cold boxes", Topics="cold chain", Kind="practice")
        assert len(await here.ana.hears()) == before
        card = next(one for one in await here.fatima.sees() if "C1 (Practice) by Ana" in one)
        assert "Cold boxes" in card
        assert "Topics: cold chain" in card
        await here.fatima.presses("Publish it")
        assert "C1, Cold boxes, is published" in await here.ana.last()


async def test_an_author_whose_words_are_changed_is_told_and_can_take_them_back(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana)
        await here.fatima.presses("Edit it")
        await here.fatima.fills_in(**{TEXT.replace(" ", "_"): BETTER})
        told = await here.ana.last()
        assert "Fatima has edited C1 before it is published. It reads now:" in told
        assert BETTER in told
        await here.ana.presses("Withdraw")
        assert "C1: its author has taken it back." in "".join(await here.fatima.hears())


async def test_nobody_publishes_other_words_than_they_saw(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana)
        publish = await holds(here.fatima, "Publish it")
        await here.ana.presses("Change it")
        await here.ana.fills_in(**{TEXT.replace(" ", "_"): BETTER})
        assert "The facilitators have C1 in its new words." in await here.ana.last()
        await publish.press_too_late()
        assert "This was changed meanwhile." in await here.fatima.last()
        await here.fatima.presses("Publish it")
        await here.ben.says("/find cold box")
        assert BETTER in await here.ben.last()


async def test_two_who_edit_at_once_do_not_undo_each_other(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana, Title="Cold boxes")
        await here.fatima.presses("Edit it")
        await here.ana.presses("Change it")
        await here.ana.fills_in(Title="Warm boxes")
        await here.fatima.fills_in(Title="Hot boxes")
        assert "This was changed meanwhile." in await here.fatima.last()
        assert "Warm boxes" in next(one for one in await here.fatima.sees() if "C1 (Lesson) by Ana" in one)


async def test_not_now_goes_kindly_to_the_author_who_can_change_it(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana, Title="Cold boxes")
        await here.fatima.presses("Not now")
        await here.fatima.fills_in(**{"What_would_make_it_ready?": "Which box was it?"})
        assert "C1 Cold boxes: set aside by Fatima." in "".join(await here.fatima.hears())
        told = await here.ana.last()
        assert "Thank you for C1, Cold boxes. The facilitators would like to wait with it for now." in told
        assert "Which box was it?" in told
        await here.ben.says("/find cold box")
        assert "I found nothing" in await here.ben.last()
        await here.ana.presses("Change it")
        await here.ana.fills_in(**{TEXT.replace(" ", "_"): WORDS + " It was the large one."})
        assert "It was the large one." in await here.fatima.last()
        await here.fatima.presses("Publish it")
        assert "is published" in await here.ana.last()


async def test_not_now_needs_no_reason(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana)
        await here.fatima.presses("Not now")
        await here.fatima.fills_in()
        assert "writes:" not in await here.ana.last()


async def test_what_waits_can_be_shown_again(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/log review")
        assert "Nothing waits for your review." in await here.fatima.last()
        await here.logs(here.ana, Title="Cold boxes")
        await here.logs(here.ben, Title="Warm boxes")
        await here.fatima.says("/settings role @Chidi facilitator")
        await here.chidi.says("/log review")
        assert [one.buttons for one in await here.chidi.sees() if "(Lesson)" in one] == [
            ["Publish it", "Edit it", "Not now"]
        ] * 2
        await here.fatima.says("/log review")
        assert "C1 is further below." in "".join(await here.fatima.hears())
        await here.fatima.presses("Publish it")
        assert "C2 Warm boxes: published by Fatima." in await here.chidi.last()


async def test_of_many_that_wait_the_first_are_shown_and_the_rest_counted(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for number in range(7):
            await here.logs(here.ana, f"Lesson number {number}.")
        await here.fatima.says("/log review")
        assert (await here.fatima.last()).text == "2 more wait. Type /log review again when these are done."
