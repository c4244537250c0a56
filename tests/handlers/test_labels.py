"""The buttons and the fields that other programs, and people's habits, rely on are called what they were promised."""

from __future__ import annotations

from pathlib import Path

from tests.conversations import Someone, running
from tests.handlers.contributions import circle as contributors
from tests.handlers.questions.circle import circle


async def labels(who: Someone) -> list[str]:
    form = await who.form()
    assert form is not None
    return form.labels


async def test_a_community_begins(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await talk.newcomer("Fatima")
        await fatima.creates("circle")
        await fatima.invites_the_bot("circle")
        assert (await fatima.last()).buttons == ["Start a community here", "Join this place to a community"]
        await fatima.presses("Start a community here")
        assert await labels(fatima) == ["Community name", "Language", "Time zone"]


async def test_somebody_introduces_themselves_asks_and_is_answered(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        assert (await here.ana.last()).buttons == ["Introduce me", "Ask something", "The norms"]
        await here.ana.presses("Introduce me")
        profile = ["Name to show", "Unit", "Languages", "Topics I know", "Topics I want to learn"]
        assert await labels(here.ana) == profile
        await here.ana.fills_in()
        await here.ana.presses("Ask something")
        assert (await labels(here.ana))[:4] == ["Your question", "Topic", "Language", "By name or confidentially"]
        await here.ana.fills_in(Your_question="How long?", Topic="cold chain")
        assert (await here.hassan.last()).buttons == ["Answer", "Ask back", "Not mine", "Away"]
        await here.hassan.presses("Answer")
        assert await labels(here.hassan) == ["Your answer"]
        await here.hassan.fills_in(Your_answer="Short.")
        assert (await here.ana.last()).buttons == ["This helps", "Not yet"]
        await here.ana.presses("This helps")
        await here.asks(here.mei, "How long?")
        assert (await here.mei.last()).buttons == ["This helps", "Send it to an expert"]


async def test_what_somebody_wrote_is_saved_shared_and_used(tmp_path: Path) -> None:
    async with contributors.circle(tmp_path) as here:
        message = await here.ben.says(contributors.WORDS, place="circle")
        await here.ana.reacts(message, "📌")
        assert "Yes, share" in (await here.ben.last()).buttons
        await here.ben.presses("Yes, share")
        await here.fatima.presses("Publish it")
        await here.chidi.says("/find cold box")
        assert (await here.chidi.last()).buttons == ["I used this"]


async def test_a_prompt_can_be_answered(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt now")
        prompt = (await here.ana.sees("circle"))[-1]
        assert prompt.buttons == ["Answer"]
        await here.ana.presses("Answer", place="circle")
        assert await labels(here.ana) == ["Your answer"]
