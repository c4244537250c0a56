"""How long activity is kept, and how long a silence lasts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from storage.activity import Activity
from tests.community import START, Someone, Talk, running
from tests.handlers.settings.people import said, with_ben


async def kept(talk: Talk) -> int:
    assert talk.app is not None
    async with talk.app.database.reading() as session:
        return (await session.exec(select(func.count()).select_from(Activity))).one()


async def talks_for(talk: Talk, ben: Someone, *days_ago: int) -> None:
    for days in days_ago:
        await ben.says("Hello!", place="circle", at=START - timedelta(days=days))
    await talk.settle()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("retention 6", "Activity is kept for 6 months."),
        ("retention 0", "Activity is kept for ever."),
        ("silence 5", "The next prompt of a place comes early after 5 days of silence there."),
        ("silence 1", "The next prompt of a place comes early after 1 day of silence there."),
        ("silence 0", "Prompts never come early."),
    ],
)
async def test_what_is_said_in_words_holds(tmp_path: Path, words: str, answer: str) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        assert answer in await said(fatima, f"/settings {words}")
        assert answer in await said(fatima, "/settings")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("retention", "I understand: settings retention 24 (months), or settings retention 0 to keep everything"),
        ("retention 2", "Please give a number from 3 to 120, or 0."),
        ("retention for ever", "Please give a number from 3 to 120, or 0."),
        ("silence", "I understand: settings silence 7 (days), or settings silence 0 for never"),
        ("silence 91", "Please give a number from 1 to 90, or 0."),
    ],
)
async def test_what_is_not_understood_is_answered(tmp_path: Path, words: str, answer: str) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        assert answer in await said(fatima, f"/settings {words}")


async def test_both_are_chosen_in_forms_that_say_what_it_means(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await fatima.says("/settings")
        await fatima.presses("How long activity is kept")
        form = await fatima.form()
        assert form is not None
        assert "Health figures of periods before then shrink" in form.intro
        await fatima.fills_in(Keep_activity_for="12")
        answer = await fatima.last()
        assert "Activity is kept for 12 months." in answer
        assert "What is older is removed during the next night; until then you can change it." in answer
        await fatima.presses("Silence")
        await fatima.fills_in(Silence_before_an_early_prompt="14")
        assert "after 14 days of silence" in await fatima.last()


async def test_what_is_older_goes_at_night_and_the_rest_stays(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        await talks_for(talk, ben, 400, 370, 365, 100, 5)
        before = await kept(talk)
        await talk.wait(days=1)
        assert await kept(talk) == before  # 24 months are kept unless somebody decides otherwise
        await fatima.says("/settings retention 12")
        assert await kept(talk) == before
        await talk.wait(days=1)
        assert await kept(talk) == before - 3
        await talk.wait(days=1)
        assert await kept(talk) == before - 3


async def test_for_ever_keeps_everything(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        await fatima.says("/settings retention 0")
        await talks_for(talk, ben, 3000, 800)
        before = await kept(talk)
        await talk.wait(days=2)
        assert await kept(talk) == before


async def test_much_of_it_goes_in_batches_and_none_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.housekeeping.AT_ONCE", 2)
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        before = await kept(talk)
        await talks_for(talk, ben, *range(900, 907))
        assert await kept(talk) == before + 7
        await fatima.says("/settings retention 3")
        await talk.wait(days=1)
        assert await kept(talk) == before
