"""A facilitator takes down what is published; its author hears why, kindly, and can send it again."""

from __future__ import annotations

from pathlib import Path

from tests.handlers.contributions.circle import WORDS, Circle, circle
from tests.handlers.questions.acting import holds

WHY = {"Why_is_it_taken_down?": "A patient could be recognised. Could you leave the village out?"}


async def _is_found(here: Circle) -> bool:
    await here.ben.says("/find cold box")
    return WORDS in await here.ben.last()


async def test_what_is_taken_down_is_found_no_more_and_its_author_hears_why(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana, Title="Cold boxes")
        await here.fatima.says("/find cold box")
        assert (await here.fatima.last()).buttons == ["I used this", "Take it down"]
        await here.fatima.presses("Take it down")
        assert await _is_found(here), "nothing happens before a reason is given"
        assert await here.fatima.fills_in_wrongly() == {"reason": "Please fill this in."}
        await here.fatima.fills_in(**WHY)
        assert "C1 is taken down: nobody finds it any more. Its author has your reason." in await here.fatima.last()
        told = await here.ana.last()
        assert "Thank you again for C1, Cold boxes. Fatima has taken it down for now" in told
        assert "A patient could be recognised." in told
        assert told.buttons == ["Change it", "Withdraw"]
        assert not await _is_found(here)

        await here.ana.presses("Change it")
        await here.ana.fills_in(Title="Boxes")
        assert not await _is_found(here)
        await here.fatima.presses("Publish it")
        assert await _is_found(here)


async def test_it_is_taken_down_by_its_code_once(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana)
        await here.fatima.says("/settings role @Chidi facilitator")
        for facilitator in (here.fatima, here.chidi):
            await facilitator.says("/log takedown c1")
        await here.fatima.fills_in(**WHY)
        await here.chidi.fills_in(**WHY)
        assert "A facilitator has set this aside already." in await here.chidi.last()
        assert len([said for said in await here.ana.hears() if "taken it down" in said]) == 1
        for code in ("C1", "c99"):
            await here.fatima.says(f"/log takedown {code}")
            assert "is published here" in await here.fatima.last()


async def test_who_facilitates_no_more_takes_nothing_down(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana)
        await here.ben.says("/find cold box")
        assert (await here.ben.last()).buttons == ["I used this"]
        await here.ben.says("/log takedown C1")
        assert "Only facilitators can do this." in await here.ben.last()
        await here.fatima.says("/settings role @Chidi facilitator")
        await here.chidi.says("/find cold box")
        button = await holds(here.chidi, "Take it down")
        await button.press()
        await here.fatima.says("/settings role @Chidi member")
        await here.chidi.fills_in(**WHY)
        await button.press()
        assert "Only facilitators can do this." in await here.chidi.last()
        assert await _is_found(here)


async def test_what_nobody_could_send_again_is_deleted(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana)
        await here.ana.says("/forgetme")
        await here.ana.presses("Forget me, keep what I shared without my name")
        assert await _is_found(here)
        await here.fatima.says("/log takedown C1")
        await here.fatima.fills_in(**WHY)
        assert "C1 is taken down, and its words are deleted" in await here.fatima.last()
        assert not await _is_found(here)


async def test_a_facilitators_own_is_taken_down_without_a_word_to_anybody(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.fatima)
        before = len(await here.fatima.hears())
        await here.fatima.says("/log takedown C1")
        await here.fatima.fills_in(**WHY)
        assert (await here.fatima.hears())[before:] == [
            "C1 is taken down: nobody finds it any more. See it with /log mine."
        ]


async def test_without_a_code_the_command_is_explained(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for order in ("withdraw", "takedown"):
            await here.fatima.says(f"/log {order}")
            assert "log takedown C7" in await here.fatima.last()


async def test_words_that_begin_like_an_order_are_words(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/log takedown the old tent first")
        form = await here.fatima.form()
        assert form is not None
        assert form.title == "Share something"
