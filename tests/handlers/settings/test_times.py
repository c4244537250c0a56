"""Quiet hours, the weekend, reminders, language and time zone: by form and in words."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.community import running
from tests.handlers.settings.people import said, with_ben


async def test_quiet_hours_and_weekend_are_set_together_in_a_form(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await fatima.says("/settings")
        await fatima.presses("Quiet hours and weekend")
        await fatima.fills_in(Quiet_from="22", Quiet_until="6:30", Weekend=["4", "5"])
        answer = (await fatima.last()).text
        assert answer == "Saved. From now on:\nQuiet hours: 22:00 to 06:30.\nWeekend: Friday and Saturday."
        page = await said(fatima, "/settings")
        assert "Quiet hours: 22:00 to 06:30." in page
        assert "Weekend: Friday and Saturday." in page


async def test_quiet_hours_that_never_end_and_a_week_of_weekend_are_refused(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await fatima.says("/settings")
        await fatima.presses("Quiet hours and weekend")
        await fatima.fills_in(Quiet_from="0:00", Quiet_until="24:00")
        assert "please leave at least one hour of the day" in await fatima.last()
        await fatima.presses("Quiet hours and weekend")
        await fatima.fills_in(Weekend=list("0123456"))
        assert "A weekend of seven days leaves no day to work." in await fatima.last()
        assert "Quiet hours: 21:00 to 07:00." in await said(fatima, "/settings")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("quiet 20:00 6:00", "Quiet hours: 20:00 to 06:00."),
        ("quiet none", "Quiet hours: none."),
        ("weekend friday", "Weekend: Friday."),
        ("weekend fri, sat", "Weekend: Friday and Saturday."),
        ("weekend none", "Weekend: none."),
        ("reminders 12 36 60", "after 12 hours its expert is reminded, after 36 the next expert gets it, after 60"),
        ("timezone africa/nairobi", "Language: en. Time zone: Africa/Nairobi."),
        ("timezone america/new york", "Time zone: America/New_York."),
        ("language fr", "Language: fr."),
        ("language Français", "Language: fr."),
        ("LANGUAGE french", "Language: fr."),
    ],
)
async def test_what_is_said_in_words_holds_and_is_said_again(tmp_path: Path, words: str, answer: str) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        told = await said(fatima, f"/settings {words}")
        assert told.startswith("Saved. From now on:")
        assert answer in told
        assert answer in await said(fatima, "/settings")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("quiet", "I understand: settings quiet 21:00 7:00, or settings quiet none"),
        ("quiet 21:00", "I understand: settings quiet 21:00 7:00, or settings quiet none"),
        ("quiet 21:00 25:00", "25:00 is no time of day. Write it like 21:00."),
        ("quiet 0:00 24:00", "Quiet hours need an end: please leave at least one hour of the day"),
        ("weekend", "I understand: settings weekend saturday sunday, or settings weekend none"),
        ("weekend someday", "someday is no day of the week."),
        ("weekend mon tue wed thu fri sat sun", "A weekend of seven days leaves no day to work."),
        ("reminders", "I understand: settings reminders 24 48 72"),
        ("reminders 48 24 72", "Please give three numbers of hours, each greater than the one before, from 1 to 720"),
        ("timezone", "I understand: settings timezone Africa/Nairobi"),
        ("timezone Mars/Olympus", "I don't know the time zone Mars/Olympus. Write it like Africa/Nairobi."),
        ("timezone ../../etc/passwd", "I don't know the time zone ../../etc/passwd."),
        ("language", "I understand: settings language en"),
        ("language klingon", "I know no language called klingon. Choose one of"),
        ("language " + "x" * 3000, "I know no language called " + "x" * 40 + ". Choose"),
    ],
)
async def test_what_is_not_understood_is_answered_with_how_to_write_it(tmp_path: Path, words: str, answer: str) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        before = await said(fatima, "/settings")
        assert answer in await said(fatima, f"/settings {words}")
        assert await said(fatima, "/settings") == before


async def test_reminders_are_set_in_a_form(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await fatima.says("/settings")
        await fatima.presses("Reminders")
        await fatima.fills_in(Hours_until_the_expert_is_reminded="80")
        assert "three numbers of hours, each greater than the one before" in await fatima.last()
        await fatima.presses("Reminders")
        await fatima.fills_in(Hours_until_the_expert_is_reminded="8", Hours_until_the_facilitators_hear_of_it="50")
        assert "after 8 hours its expert is reminded, after 48 the next expert gets it, after 50" in await fatima.last()


async def test_language_and_time_zone_are_set_in_a_form_and_move_every_schedule(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await fatima.says("/settings")
        await fatima.presses("Language and time zone")
        await fatima.fills_in(Language="fr", Time_zone="Asia/Kathmandu")
        assert "Language: fr. Time zone: Asia/Kathmandu." in await fatima.last()
        assert "I have no words in Français yet; until then I post in English." in await fatima.last()
        await talk.wait(minutes=1)
        assert "Health check: first workday 09:00 (next: Wednesday 1 April, 09:00)" in await said(fatima, "/settings")
        await talk.wait_until(datetime(2026, 4, 1, 3, 14, tzinfo=UTC))
        assert not any("Health check of" in heard for heard in await fatima.hears())
        await talk.wait_until(datetime(2026, 4, 1, 3, 15, tzinfo=UTC))
        assert any("Health check of" in heard for heard in await fatima.hears())


async def test_of_two_facilitators_at_once_the_last_one_wins_whole(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        await fatima.says("/settings role @Ben facilitator")
        for person in (fatima, ben):
            await person.says("/settings")
            await person.presses("Reminders")
        hours = ("Hours_until_the_expert_is_reminded", "Hours_until_the_next_expert_gets_it",
                 "Hours_until_the_facilitators_hear_of_it")  # fmt: skip
        await asyncio.gather(
            fatima.fills_in(**dict(zip(hours, ("1", "2", "3"), strict=True))),
            ben.fills_in(**dict(zip(hours, ("500", "600", "700"), strict=True))),
        )
        page = await said(fatima, "/settings")
        whole = [
            f"after {a} hours its expert is reminded, after {b} the next expert gets it, after {c} the"
            for a, b, c in ((1, 2, 3), (500, 600, 700))
        ]
        assert sum(one in page for one in whole) == 1


async def test_who_is_no_facilitator_any_more_changes_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        await fatima.says("/settings role @Ben facilitator")
        await ben.says("/settings")
        await ben.presses("Quiet hours and weekend")
        await fatima.says("/settings role @Ben member")
        await ben.fills_in(Quiet_from="1:00")
        assert (await ben.last()).text == "Only facilitators can do this. Please ask one of them."
        assert "Quiet hours: 21:00 to 07:00." in await said(fatima, "/settings")
        assert "Only facilitators can do this." in await said(ben, "/settings quiet none")
