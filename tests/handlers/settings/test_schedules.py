"""What recurs: shown with its next three dates before it counts, switched off and on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.community import running
from tests.handlers.settings.people import said, with_ben


async def test_another_cadence_counts_only_after_its_dates_were_confirmed(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await fatima.says("/settings timezone Africa/Nairobi")
        dates = await said(fatima, "/settings schedule health every monday at 9:30")
        assert dates == (
            "Health check: every monday 09:30. It would come next:\n"
            "Monday 9 March, 09:30\nMonday 16 March, 09:30\nMonday 23 March, 09:30"
        )
        assert "Health check: first workday 09:00 (next: Wednesday 1 April, 09:00)" in await said(fatima, "/settings")
        await fatima.presses("Yes, from now on")
        assert any(
            heard == "Saved. From now on:\nHealth check: every monday 09:30 (next: Monday 9 March, 09:30)"
            for heard in await fatima.hears()
        )
        await talk.wait_until(datetime(2026, 3, 9, 6, 29, tzinfo=UTC))
        assert not any("Health check of" in heard for heard in await fatima.hears())
        await talk.wait_until(datetime(2026, 3, 9, 6, 30, tzinfo=UTC))
        assert any("Health check of Field Nurses" in heard for heard in await fatima.hears())


async def test_no_leaves_everything_as_it_was(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await fatima.says("/settings schedule today every friday 16:00")
        await fatima.presses("No, leave it")
        assert "The facilitators' day: daily 08:00 (next: Tuesday 3 March, 08:00)" in await fatima.last()


async def test_a_schedule_is_switched_off_and_on_again_as_it_was(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        assert "Health check: switched off" in await said(fatima, "/settings schedule health off")
        assert "Health check: switched off" in await said(fatima, "/settings")
        await talk.wait_until(datetime(2026, 4, 1, 9, 0, tzinfo=UTC))
        assert not any("Health check of" in heard for heard in await fatima.hears())
        on = await said(fatima, "/settings schedule health on")
        assert "Health check: first workday 09:00 (next: Friday 1 May, 09:00)" in on


async def test_the_same_in_a_form(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await fatima.says("/settings")
        await fatima.presses("Schedules")
        await fatima.fills_in(**{"Which_one?": "today", "How_often?": "weekdays 8:30"})
        assert "The facilitators' day: weekdays 08:30. It would come next:" in await fatima.last()
        await fatima.presses("Yes, from now on")
        assert "weekdays 08:30 (next: Tuesday 3 March, 08:30)" in await said(fatima, "/settings")
        await fatima.presses("Schedules")
        await fatima.fills_in(**{"Which_one?": "today", "Shall_it_come_by_itself?": "off"})
        assert "The facilitators' day: switched off" in await fatima.last()
        await fatima.presses("Schedules")
        await fatima.fills_in(**{"Which_one?": "today"})
        assert "The facilitators' day: weekdays 08:30 (next: Tuesday 3 March, 08:30)" in await fatima.last()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("schedule", "I understand: settings schedule today weekdays 8:30, or settings schedule today on|off"),
        ("schedule today", "I understand: settings schedule today weekdays 8:30"),
        ("schedule today every blue moon 8:00", "I don't know when that is: every blue moon 8:00. Write it like:"),
        ("schedule today */5 * * * *", "That comes more than once an hour."),
        ("schedule housekeeping daily 9:00", "Nothing of that name recurs here (any more)."),
        ("schedule questions off", "Nothing of that name recurs here (any more)."),
    ],
)
async def test_what_is_not_understood_is_answered_and_changes_nothing(tmp_path: Path, words: str, answer: str) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        before = await said(fatima, "/settings")
        assert answer in await said(fatima, f"/settings {words}")
        assert await said(fatima, "/settings") == before


async def test_who_is_no_facilitator_any_more_confirms_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        await fatima.says("/settings role @Ben facilitator")
        await ben.says("/settings schedule health every monday 9:30")
        await fatima.says("/settings role @Ben member")
        await ben.presses("Yes, from now on")
        assert (await ben.last()).text == "Only facilitators can do this. Please ask one of them."
        assert "Health check: first workday 09:00" in await said(fatima, "/settings")
