"""An expert who asks confidentially: neither the other experts nor the facilitators can conclude who it was."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.conversations import Someone, StandingClock
from tests.handlers.questions.acting import heard_by
from tests.handlers.questions.circle import CONFIDENTIAL, Circle, circle

QUESTION = "May I refuse to open the freezer for the director?"


async def look(here: Circle) -> list[str]:
    """What a facilitator sees of the queue and of the experts."""
    seen = []
    for words in ("/questions open", "/experts"):
        await here.fatima.says(words)
        seen.append((await here.fatima.last()).text)
    return seen


async def the_way_of(folder: Path, asker: str, *, alone: bool) -> tuple[list[list[str]], dict[str, list[str]]]:
    """A question about what Hassan alone knows, which he declines, or has asked himself: what others see of it."""
    folder.mkdir()
    async with circle(folder) as here:
        if alone:
            await here.fatima.says("/experts remove @Mei")
        who: Someone = getattr(here, asker)
        await here.asks(who, QUESTION, manner=CONFIDENTIAL)
        looks = [await look(here)]
        if asker == "ana":
            await here.talk.wait(minutes=30)
            await here.hassan.presses("Not mine")
            await here.talk.wait(minutes=30)
        else:
            await here.talk.wait(minutes=60)
        looks.append(await look(here))
        return looks, await heard_by(here.mei, here.fatima)


@pytest.mark.parametrize("alone", [False, True])
async def test_it_looks_as_if_the_only_one_who_knows_had_passed_it_on(tmp_path: Path, alone: bool) -> None:
    asked_himself = await the_way_of(tmp_path / "hassan", "hassan", alone=alone)
    declined = await the_way_of(tmp_path / "ana", "ana", alone=alone)
    assert asked_himself == declined
    (first, then), heard = asked_himself
    assert "Hassan: with an expert" in first[0]
    assert "Hassan: cold chain, logistics (1 open)" in first[1]
    assert "Hassan" not in then[0]
    if alone:
        assert any("Q1 (cold chain) finds no expert." in said for said in heard["Fatima"])
    else:
        assert any(QUESTION in said for said in heard["Mei"])


async def test_who_asked_gets_no_card_and_can_do_nothing_with_it(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.hassan, QUESTION, manner=CONFIDENTIAL)
        assert not any("a question for you" in said for said in await here.hassan.hears())
        for words in ("/answer Q1 Yes.", "/decline Q1", "/assign Q1 @Mei"):
            await here.hassan.says(words)
            assert (await here.hassan.last()).text == "You asked this question yourself; somebody else answers it."
        await here.hassan.says("/questions")
        own = (await here.hassan.last()).text
        assert "Waiting for your answer" not in own
        assert QUESTION in own
        await here.talk.wait(minutes=60)
        await here.answers(here.mei, "Yes, you may.")
        assert "Yes, you may." in await here.hassan.last()


async def test_a_facilitator_may_give_it_to_somebody_meanwhile_even_to_who_asked(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.hassan, QUESTION, manner=CONFIDENTIAL)
        await here.fatima.says("/assign Q1 @Mei")
        assert QUESTION in await here.mei.last()
        await here.fatima.says("/assign Q1 @Hassan")
        assert (await here.fatima.last()).text == "Q1 is with Hassan now."
        assert not any("a question for you" in said for said in await here.hassan.hears())
        await here.talk.wait(minutes=61)
        cards = [said for said in await here.mei.hears() if QUESTION in said]
        assert len(cards) == 1


async def test_at_night_it_does_not_go_on_nor_as_the_day_begins_to_the_second(tmp_path: Path) -> None:
    clock = StandingClock(datetime.fromisoformat("2026-03-02T22:30:00+00:00"))
    async with circle(tmp_path, clock=clock) as here:
        await here.asks(here.hassan, QUESTION, manner=CONFIDENTIAL)
        await here.talk.wait(hours=8, minutes=35)
        assert not any(QUESTION in said for said in await here.mei.hears())
        await here.talk.wait(minutes=60)
        assert QUESTION in await here.mei.last()


async def test_by_name_it_goes_to_somebody_else_at_once(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.hassan, QUESTION)
        assert QUESTION in await here.mei.last()


async def test_the_role_alone_makes_an_expert_of_every_topic(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/settings role @Ana expert")
        await here.fatima.says("/experts")
        assert "Ana: every topic (0 open)" in await here.fatima.last()
        await here.mei.says("/away")
        await here.hassan.says("/away")
        await here.asks(here.mei, QUESTION)
        assert QUESTION in await here.ana.last()
        await here.ana.says("/away")
        await here.fatima.says("/experts")
        assert "Ana: every topic (1 open, away)" in await here.fatima.last()
        await here.asks(here.mei, "Who else is there?")
        assert "Q2 (cold chain) finds no expert." in await here.fatima.last()
        await here.ana.says("/back")
        assert "Who else is there?" in "\n".join(await here.ana.hears())
        await here.fatima.says("/settings role @Ana member")
        await here.fatima.says("/experts")
        assert "Ana" not in await here.fatima.last()
