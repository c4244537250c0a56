"""A facilitator's day: on demand, by itself on working days, and never a word too many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, delete

from storage.members import MemberAccount
from tests import conversations
from tests.community import START, Someone, StandingClock, founded, running
from tests.handlers.questions.circle import CONFIDENTIAL, circle


async def days(person: Someone) -> list[str]:
    """The messages about the day that somebody got, the oldest first."""
    return [one for one in await person.hears() if "Your day in" in one or "Nothing waits for you in" in one]


async def asked(person: conversations.Someone) -> str:
    """What /today answers."""
    await person.says("/today")
    return (await person.last()).text


async def test_with_nothing_to_do_it_says_so_in_one_line(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        assert await asked(fatima) == (
            "Nothing waits for you in Field Nurses today. Next: Health check, Wednesday 1 April, 09:00"
        )
        await fatima.says("/settings schedule health off")
        assert (await asked(fatima)).startswith("Nothing waits for you in Field Nurses today.")
        assert "Health check" not in await asked(fatima)


async def test_questions_that_wait_are_named_the_overdue_ones_first_to_be_given_away(tmp_path: Path) -> None:
    async with circle(tmp_path) as people:
        await people.asks(people.ana, "How do you keep the cold box cold?")
        await people.talk.wait(days=4)
        await people.asks(people.ana, "Which filter do you use?", topic="safe water", manner=CONFIDENTIAL)
        day = await asked(people.fatima)
        assert "2 questions wait: Q1 (overdue) and Q2" in day
        assert "First: give Q1 to somebody: /assign Q1 @name" in day
        assert "Ana" not in day
        assert "filter" not in day
        await people.fatima.presses("Open the queue")
        assert "Open questions" in await people.fatima.last()
        await people.answers(people.mei, "The ceramic one.")
        assert "1 question waits: Q1 (overdue)" in await asked(people.fatima)


async def test_a_question_that_has_just_been_asked_is_not_urgent(tmp_path: Path) -> None:
    async with circle(tmp_path) as people:
        await people.asks(people.ana, "How do you keep the cold box cold?")
        day = await asked(people.fatima)
        assert "1 question waits: Q1" in day
        assert day.endswith("Nothing of this is urgent.")


async def test_a_newcomer_whom_nobody_answered_is_one_press_away(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await talk.newcomer("Ben *Otieno*")
        await ben.joins("circle")
        post = await ben.says("Hello everybody, I am new here.", place="circle")
        await talk.wait(hours=25)
        day = await asked(fatima)
        assert "Ben *Otieno* is new and wrote in #circle on 2 March 2026; nobody has answered yet." in day
        assert "First: answer Ben *Otieno*." in day
        assert (await fatima.last()).leads_to == {"Go to the first post": post}
        await fatima.says("Welcome, Ben!", place="circle", under=post)
        assert "Ben" not in await asked(fatima)


async def test_what_waits_for_review_is_one_press_away(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await talk.newcomer("Ben")
        await ben.joins("circle")
        await ben.says("/log lesson")
        await ben.fills_in(**{"What_did_you_learn_or_want_to_share?": "Freeze the packs the night before."})
        day = await asked(fatima)
        assert "1 contribution to review: C1" in day
        assert "First: look at C1." in day
        await fatima.presses("Show what to review")
        assert "Freeze the packs the night before." in await fatima.last()


async def test_a_silent_place_is_worth_a_conversation(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await talk.wait(days=6)
        assert "quiet" not in await asked(fatima)
        await talk.wait(days=2)
        assert "First: it is quiet in #circle. Start a conversation: /prompt now" in await asked(fatima)
        await fatima.says("/settings place #circle listening")
        assert "quiet" not in await asked(fatima)


async def test_what_goes_out_next_is_told_as_it_will_go_out(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/prompt schedule every saturday 10:00")
        await fatima.presses("Yes, schedule it")
        assert "Next: A prompt, Monday 9 March, 07:00" in await asked(fatima)  # the weekend holds it
        await fatima.says("/prompt skip")
        assert "Next: A prompt, Monday 16 March, 07:00" in await asked(fatima)
        await fatima.says("/settings timezone Asia/Kolkata")
        await talk.wait(minutes=1)
        assert "Next: A prompt, Monday 16 March, 07:00" in await asked(fatima)


async def test_a_long_list_of_questions_is_cut_short(tmp_path: Path) -> None:
    async with circle(tmp_path) as people:
        for number in range(7):
            await people.asks(people.ana, f"Question about matter {number * 37} and nothing else?")
            await people.talk.wait(minutes=15)
        assert "7 questions wait: Q1, Q2, Q3, Q4, Q5, …" in await asked(people.fatima)


async def test_only_facilitators_have_it_and_roles_count_when_it_goes_out(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await founded(talk), await talk.newcomer("Ben")
        await ben.joins("circle")
        assert "Only facilitators can do this." in await asked(ben)
        await fatima.says("/settings role @Ben facilitator")
        await talk.wait(days=1)
        assert (len(await days(fatima)), len(await days(ben))) == (1, 1)
        await fatima.says("/settings role @Ben member")
        await talk.wait(days=1)
        assert (len(await days(fatima)), len(await days(ben))) == (2, 1)
        await ben.presses("Not every day, please")
        assert (await ben.last()).text == "Only facilitators can do this. Please ask one of them."


async def test_it_comes_in_the_morning_of_working_days(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)  # on a Monday, at nine
        await talk.wait_until(datetime(2026, 3, 3, 7, 59, tzinfo=UTC))
        assert await days(fatima) == []
        await talk.wait_until(datetime(2026, 3, 3, 8, 0, tzinfo=UTC))
        assert len(await days(fatima)) == 1
        await talk.wait_until(datetime(2026, 3, 9, 7, 59, tzinfo=UTC))
        assert len(await days(fatima)) == 4
        await talk.wait_until(datetime(2026, 3, 9, 8, 0, tzinfo=UTC))
        assert len(await days(fatima)) == 5


async def test_a_community_whose_weekend_is_friday_and_saturday_has_it_on_sunday(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/settings weekend friday saturday")
        for day, count in ((5, 3), (6, 3), (7, 3), (8, 4), (9, 5)):
            await talk.wait_until(datetime(2026, 3, day, 12, 0, tzinfo=UTC))
            assert len(await days(fatima)) == count, day


async def test_quiet_hours_hold_it_until_they_end(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/settings quiet 20:00 9:30")
        await talk.wait_until(datetime(2026, 3, 3, 9, 29, tzinfo=UTC))
        assert await days(fatima) == []
        await talk.wait_until(datetime(2026, 3, 3, 9, 30, tzinfo=UTC))
        assert len(await days(fatima)) == 1
        await talk.wait_until(datetime(2026, 3, 10, 9, 29, tzinfo=UTC))
        assert len(await days(fatima)) == 5


async def test_each_facilitator_can_do_without_it_and_have_it_back(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await founded(talk), await talk.newcomer("Ben")
        await ben.joins("circle")
        await fatima.says("/settings role @Ben facilitator")
        await talk.wait(days=1)
        await ben.presses("Not every day, please")
        assert "Good, I keep quiet about the day." in await ben.last()
        await talk.wait(days=1)
        assert (len(await days(fatima)), len(await days(ben))) == (2, 1)
        await asked(ben)
        await ben.presses("Every working day, please")
        await talk.wait(days=1)
        assert (len(await days(fatima)), len(await days(ben))) == (3, 3)  # one of Ben's he asked for


async def test_the_community_can_have_it_at_other_times_or_not_at_all(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/settings schedule today every thursday 14:00")
        await fatima.presses("Yes, from now on")
        await talk.wait_until(datetime(2026, 3, 5, 14, 0, tzinfo=UTC))
        assert len(await days(fatima)) == 1
        await fatima.says("/settings schedule today off")
        await talk.wait(days=14)
        assert len(await days(fatima)) == 1


async def test_a_facilitator_who_can_not_be_reached_keeps_nobody_else_from_it(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await founded(talk), await talk.newcomer("Ben")
        await ben.joins("circle")
        await fatima.says("/settings role @Ben facilitator")
        assert talk.app is not None
        async with talk.app.database.transaction() as session:
            oldest = (await session.exec(delete(MemberAccount).where(col(MemberAccount.member_id) == 1))).rowcount
        assert oldest == 1
        await talk.wait(days=1)
        assert len(await days(ben)) == 1


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_each_reads_it_in_a_language_that_is_spoken(tmp_path: Path, language: str) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await founded(talk), await talk.newcomer("Ben", language)
        await ben.joins("circle")
        await fatima.says("/settings role @Ben facilitator")
        await talk.wait(days=1)
        assert len(await days(ben)) == 1


@pytest.mark.parametrize(
    ("zone", "friday"),
    [
        ("Australia/Adelaide", "2026-04-03"),  # clocks go back on Sunday the 5th, from +10:30 to +09:30
        ("Australia/Adelaide", "2026-10-02"),  # and forward on Sunday the 4th
        ("Asia/Kolkata", "2026-03-27"),
    ],
)
async def test_it_is_eight_o_clock_on_both_sides_of_a_clock_change(tmp_path: Path, zone: str, friday: str) -> None:
    local = ZoneInfo(zone)
    start = datetime.fromisoformat(f"{friday}T07:00").replace(tzinfo=local)
    async with running(tmp_path, clock=StandingClock(start.astimezone(UTC)), default_timezone=zone) as talk:
        fatima = await founded(talk)
        for days_later in (0, 3, 4):
            eight = (start + timedelta(days=days_later)).replace(hour=8).astimezone(UTC)
            before = len(await days(fatima))
            await talk.wait_until(eight - timedelta(minutes=1))
            assert len(await days(fatima)) == before, days_later
            await talk.wait_until(eight)
            assert len(await days(fatima)) == before + 1, days_later


@pytest.mark.parametrize(
    ("comes_back", "told_at"),
    [
        (START + timedelta(days=8), [START + timedelta(days=8)]),  # a Tuesday at nine: at once
        (START + timedelta(days=8, hours=14), [datetime(2026, 3, 11, 8, tzinfo=UTC)]),  # at night: the next morning
        (START + timedelta(days=12), [datetime(2026, 3, 16, 8, tzinfo=UTC)]),  # on a Saturday: on Monday
        (START + timedelta(days=8, hours=-6), [datetime(2026, 3, 10, 8, tzinfo=UTC)]),  # before eight: at eight
    ],
)
async def test_after_a_week_of_downtime_there_is_one_and_it_keeps_quiet_hours(
    tmp_path: Path, comes_back: datetime, told_at: list[datetime]
) -> None:
    clock = StandingClock()
    async with running(tmp_path, clock=clock) as talk:
        fatima_id = (await founded(talk)).id
        await talk.wait(minutes=1)
    clock.move_to(comes_back)
    async with running(tmp_path, clock=clock) as talk:
        fatima = talk.person(fatima_id, "Fatima")
        await talk.settle()
        expected = sum(moment <= comes_back for moment in told_at)
        assert len(await days(fatima)) == expected
        for moment in told_at:
            if moment > comes_back:
                await talk.wait_until(moment - timedelta(minutes=1))
                assert len(await days(fatima)) == expected
                await talk.wait_until(moment)
        assert len(await days(fatima)) == len(told_at)
        await talk.wait_until(told_at[-1].replace(hour=23))
        assert len(await days(fatima)) == len(told_at)


async def test_a_facilitator_of_two_communities_hears_of_each(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.creates("garden")
        await fatima.invites_the_bot("garden")
        await fatima.presses("Start a community here")
        await fatima.fills_in(Community_name="Gardeners")
        await talk.wait(days=1)
        assert [one.split(" today")[0] for one in await days(fatima)] == [
            "Nothing waits for you in Field Nurses",
            "Nothing waits for you in Gardeners",
        ]
        await fatima.presses("Not every day, please")
        await talk.wait(days=1)
        assert len([one for one in await days(fatima) if "Field Nurses" in one]) == 2
        assert len([one for one in await days(fatima) if "Gardeners" in one]) == 1


def test_its_buttons_point_at_what_other_capabilities_do() -> None:
    from bot.app import discover_capabilities
    from bot.core.dispatch import Registry

    registry = Registry(discover_capabilities())
    assert all(registry.has_button(action) for action in ("questions.queue", "contributions.review"))
