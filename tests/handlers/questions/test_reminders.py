"""Who hears of a question that waits, and when: on weekdays, over weekends and nights, when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from storage.questions import Question
from tests.conversations import Someone, StandingClock, founded, running
from tests.handlers.questions.acting import app_of, log_of, rows, set_up, state_of
from tests.handlers.questions.circle import CONFIDENTIAL, Circle, circle

QUESTION = "How long may the cold box stand open?"
CARD = "Q1 (cold chain): a question for you"
STILL = "Q1 still waits for your answer. Press Not mine above if it is not for you."
GONE = "Q1 Somebody else takes care of it now. Thank you!"
NO_OTHER = "Q1 (cold chain) waits, and there is no other expert for it: /assign Q1 @name"
THREE_DAYS = "Q1 (cold chain) has waited for 3 days. Give it to somebody: /assign Q1 @name"
NOBODY = "Q1 (cold chain) finds no expert. Give it to somebody: /assign Q1 @name"


def at(local: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


async def chain(here: Circle, zone: str = "UTC") -> list[tuple[str, str, str]]:
    """Who was told what, and when: all that Hassan, Mei and Fatima got about Q1."""
    return [(who.name, *line) for who in (here.hassan, here.mei, here.fatima) for line in await log_of(who, zone)]


async def test_after_a_day_the_expert_then_the_next_one_then_the_facilitator(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(hours=23, minutes=59)
        assert await chain(here) == [("Hassan", "Mon 09:00", CARD)]
        await here.talk.wait(minutes=1)
        assert await chain(here) == [("Hassan", "Mon 09:00", CARD), ("Hassan", "Tue 09:00", STILL)]
        await here.talk.wait(days=20)
        assert await chain(here) == [
            ("Hassan", "Mon 09:00", GONE),
            ("Hassan", "Tue 09:00", STILL),
            ("Mei", "Wed 09:00", CARD),
            ("Fatima", "Thu 09:00", THREE_DAYS),
        ]
        (card,) = [one for one in await here.mei.sees() if CARD in one]
        assert card.buttons == ["Answer", "Ask back", "Not mine", "Away"]


@pytest.mark.parametrize(
    ("zone", "settings", "asked", "moments"),
    [
        pytest.param("UTC", {}, "2026-03-06 15:00", ("Fri 15:00", "Mon 07:00", "Tue 07:00", "Wed 07:00"),
                     id="asked on Friday afternoon"),
        pytest.param("UTC", {}, "2026-03-05 10:00", ("Thu 10:00", "Fri 10:00", "Mon 07:00", "Tue 07:00"),
                     id="asked on Thursday"),
        pytest.param("UTC", {}, "2026-03-02 22:30", ("Mon 22:30", "Wed 07:00", "Thu 07:00", "Fri 07:00"),
                     id="asked at night, brought at once"),
        pytest.param("UTC", {}, "2026-03-07 12:00", ("Sat 12:00", "Mon 07:00", "Tue 07:00", "Wed 07:00"),
                     id="asked on Saturday, brought at once"),
        pytest.param("UTC", {"quiet_from": "12:00", "quiet_until": "14:00"}, "2026-03-02 12:30",
                     ("Mon 12:30", "Tue 14:00", "Wed 14:00", "Thu 14:00"), id="a long lunch"),
        pytest.param("UTC", {"quiet_from": "00:00", "quiet_until": "00:00", "weekend": ""}, "2026-03-06 23:00",
                     ("Fri 23:00", "Sat 23:00", "Sun 23:00", "Mon 23:00"), id="neither nights nor weekends"),
        pytest.param("Africa/Cairo", {"weekend": "45"}, "2026-03-05 10:00",
                     ("Thu 10:00", "Sun 07:00", "Mon 07:00", "Tue 07:00"), id="Friday and Saturday are free"),
        pytest.param("UTC", {"remind_after_hours": 2, "next_expert_after_hours": 3, "facilitator_after_hours": 8},
                     "2026-03-02 09:00", ("Mon 09:00", "Mon 11:00", "Mon 12:00", "Mon 17:00"), id="other waits"),
        pytest.param("Europe/Paris", {}, "2026-03-27 15:00", ("Fri 15:00", "Mon 07:00", "Tue 07:00", "Wed 07:00"),
                     id="clocks go forward on the weekend"),
        pytest.param("Europe/Paris", {}, "2026-10-23 15:00", ("Fri 15:00", "Mon 07:00", "Tue 07:00", "Wed 07:00"),
                     id="clocks go back on the weekend"),
        pytest.param("Europe/Paris", {"weekend": ""}, "2026-03-28 10:00",
                     ("Sat 10:00", "Sun 11:00", "Mon 11:00", "Tue 11:00"), id="24 hours while clocks go forward"),
        pytest.param("Europe/Paris", {"weekend": ""}, "2026-10-24 07:30",
                     ("Sat 07:30", "Sun 07:00", "Mon 07:00", "Tue 07:00"), id="24 hours end at night by the new clock"),
        pytest.param("Europe/Paris", {"weekend": "", "quiet_from": "22:00", "quiet_until": "02:30"},
                     "2026-03-28 01:00", ("Sat 01:00", "Sun 03:00", "Mon 03:00", "Tue 03:00"),
                     id="the night ends at a time that does not exist"),
        pytest.param("Australia/Lord_Howe", {"weekend": ""}, "2026-04-04 06:45",
                     ("Sat 06:45", "Sun 07:00", "Mon 07:00", "Tue 07:00"), id="clocks go back by half an hour"),
    ],
)  # fmt: skip
async def test_nights_and_weekends_hold_reminders(
    tmp_path: Path, zone: str, settings: dict[str, str | int], asked: str, moments: tuple[str, ...]
) -> None:
    clock = StandingClock(at(asked, zone))
    async with circle(tmp_path, clock=clock, default_timezone=zone) as here:
        await set_up(here.talk, **settings)
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(days=9)
        who = ("Hassan", "Hassan", "Mei", "Fatima")
        waited = f"{settings['facilitator_after_hours']} hours" if "facilitator_after_hours" in settings else "3 days"
        what = (GONE, STILL, CARD, THREE_DAYS.replace("3 days", waited))
        assert await chain(here, zone) == list(zip(who, moments, what, strict=True))


async def test_the_delay_of_a_confidential_question_counts_from_its_routing(tmp_path: Path) -> None:
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        await here.talk.wait(days=1, minutes=-1)
        assert [what for _, _, what in await chain(here)] == [CARD]
        await here.talk.wait(days=9)
        assert [what for _, _, what in await chain(here)] == [GONE, STILL, CARD, THREE_DAYS]


async def test_an_answer_ends_the_reminders(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(hours=25)
        await here.answers(here.hassan, "Under a minute.")
        before = await chain(here)
        await here.talk.wait(days=9)
        assert await chain(here) == before


async def test_while_the_asker_is_asked_nobody_is_reminded_and_their_reply_begins_anew(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(hours=2)
        await here.hassan.presses("Ask back")
        await here.hassan.fills_in(**{"What_would_you_like_to_know?": "Which box?"})
        await here.talk.wait(days=7, hours=-2)
        assert [one for one in await chain(here) if one[2] != CARD] == []

        await here.ana.presses("Answer")  # Monday, 09:00
        await here.ana.fills_in(Your_answer="The blue one.")
        await here.talk.wait(days=9)
        assert await chain(here) == [
            ("Hassan", "Mon 09:00", "Q1 There is more about this below."),
            ("Hassan", "Mon 09:00", GONE),
            ("Hassan", "Tue 09:00", STILL),
            ("Mei", "Wed 09:00", CARD),
            ("Fatima", "Thu 09:00", THREE_DAYS),
        ]


async def test_who_declines_is_not_reminded_and_the_next_expert_has_the_whole_time(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(hours=23)
        await here.hassan.presses("Not mine")
        await here.talk.wait(days=9)
        assert await chain(here) == [
            ("Hassan", "Mon 09:00", "Q1 Thank you. I bring it to somebody else."),
            ("Mei", "Tue 08:00", CARD),
            ("Mei", "Wed 08:00", STILL),
            ("Fatima", "Thu 08:00", NO_OTHER),
            ("Fatima", "Fri 08:00", THREE_DAYS),
        ]


async def test_an_answer_that_does_not_help_yet_is_waited_for_again(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.answers(here.hassan, "It depends.")
        await here.talk.wait(hours=3)
        await here.ana.presses("Not yet")
        await here.talk.wait(hours=24)
        assert (await log_of(here.hassan))[-1] == ("Tue 12:00", STILL)


async def test_with_no_other_expert_the_facilitators_hear_of_it_and_the_expert_keeps_it(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/experts remove @Mei")
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(days=9)
        assert await chain(here) == [
            ("Hassan", "Mon 09:00", CARD),
            ("Hassan", "Tue 09:00", STILL),
            ("Fatima", "Wed 09:00", NO_OTHER),
            ("Fatima", "Thu 09:00", THREE_DAYS),
        ]
        await here.answers(here.hassan, "Under a minute.")
        assert "Under a minute." in await here.ana.last()


async def test_without_any_expert_the_facilitators_hear_of_it_three_times(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/experts remove @Mei")
        await here.mei.says("/back")
        await here.hassan.says("/away")
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(days=9)
        assert await chain(here) == [
            ("Fatima", "Mon 09:00", NOBODY),
            ("Fatima", "Wed 09:00", NO_OTHER),
            ("Fatima", "Thu 09:00", THREE_DAYS),
        ]


async def test_an_expert_who_came_in_the_meantime_gets_what_waits(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.hassan.says("/away")
        await here.mei.says("/away")
        await here.asks(here.ana, QUESTION)
        assert await state_of(here.talk) == "waiting"
        await here.mei.says("/back")
        await here.talk.wait(days=9)
        assert await chain(here) == [
            ("Mei", "Mon 09:00", CARD),
            ("Mei", "Tue 09:00", STILL),
            ("Fatima", "Mon 09:00", NOBODY),
            ("Fatima", "Wed 09:00", NO_OTHER),
            ("Fatima", "Thu 09:00", THREE_DAYS),
        ]


@pytest.mark.parametrize(
    ("back_at", "expected"),
    [
        pytest.param("2026-03-05 10:00", ("Thu 10:00", "Fri 10:00", "Mon 07:00"), id="back by day"),
        pytest.param("2026-03-05 23:00", ("Fri 07:00", "Mon 07:00", "Tue 07:00"), id="back at night"),
        pytest.param("2026-03-07 12:00", ("Mon 07:00", "Tue 07:00", "Wed 07:00"), id="back on the weekend"),
    ],
)
async def test_who_was_down_goes_on_without_a_word_too_many(
    tmp_path: Path, back_at: str, expected: tuple[str, ...]
) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
    async with running(tmp_path, clock=StandingClock(at(back_at))) as talk:
        await talk.wait(days=9)
        again = Circle(talk, *(talk.person(one.id, one.name) for one in (here.fatima, here.hassan, here.mei, here.ana)))
        who, what = ("Hassan", "Mei", "Fatima"), (STILL, CARD, THREE_DAYS)
        assert await chain(again) == [("Hassan", "Mon 09:00", GONE), *zip(who, expected, what, strict=True)]


async def test_stopping_in_the_middle_of_it_doubles_nothing(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(hours=24)
    for moment in ("2026-03-03 09:00", "2026-03-03 12:00", "2026-03-04 09:00", "2026-03-05 09:00", "2026-03-09 09:00"):
        async with running(tmp_path, clock=StandingClock(at(moment))) as talk:
            await talk.settle()
            again = [talk.person(one.id, one.name) for one in (here.fatima, here.hassan, here.mei, here.ana)]
            seen = await chain(Circle(talk, *again))
    assert seen == [
        ("Hassan", "Mon 09:00", GONE),
        ("Hassan", "Tue 09:00", STILL),
        ("Mei", "Wed 09:00", CARD),
        ("Fatima", "Thu 09:00", THREE_DAYS),
    ]


async def test_quiet_hours_that_change_meanwhile_hold_what_was_planned(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await set_up(here.talk, quiet_from="08:00", quiet_until="13:00")
        await here.talk.wait(days=9)
        assert [when for _, when, what in await chain(here) if what != GONE] == ["Tue 13:00", "Wed 13:00", "Thu 13:00"]


async def test_two_weeks_without_a_word_close_an_answered_question(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.answers(here.hassan, "Under a minute.")
        await here.talk.wait(days=14)
        assert await state_of(here.talk) == "answered"
        await here.talk.wait(days=1)
        assert await state_of(here.talk) == "closed"
        await here.ana.presses("This helps")
        assert "This question is closed. Please ask it again with /ask" in await here.ana.last()


async def test_facilitators_see_what_is_overdue(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/ask")
        await fatima.fills_in(Your_question=QUESTION)
        await fatima.says("/questions overdue")
        assert "No question waits. Good work!" in await fatima.last()
        await talk.wait(hours=72)
        await fatima.says("/questions overdue")
        assert "Q1 (no topic given), since" in await fatima.last()
        async with rows(talk) as session:
            question = await session.get_one(Question, 1)
        assert (question.state, question.stage) == ("waiting", 3)
        assert app_of(talk).worker.trouble() is None


async def asks_back(here: Circle, words: str) -> None:
    await here.hassan.presses("Ask back")
    await here.hassan.fills_in(**{"What_would_you_like_to_know?": words})


WAITS = "The expert still waits for your reply about Q1."


async def reminders_of(who: Someone) -> list[str]:
    return [f"{one.at:%a %H:%M}" for one in await who.sees() if one.by_bot and WAITS in one]


async def test_who_is_asked_back_is_reminded_once_for_each_time(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await asks_back(here, "Which box?")
        await here.talk.wait(hours=47)
        await here.ana.presses("Answer")
        await here.ana.fills_in(Your_answer="The blue one.")
        await asks_back(here, "How old is it?")  # on Wednesday, at 08:00
        await here.talk.wait(days=9)
        assert await reminders_of(here.ana) == ["Fri 08:00"]
        await here.ana.presses("Answer")
        await here.ana.fills_in(Your_answer="Two years.")
        assert "Two years." in await here.hassan.last()


async def test_who_was_asked_back_is_not_reminded_at_night_nor_of_what_is_over(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await asks_back(here, "Which box?")
    async with running(tmp_path, clock=StandingClock(at("2026-03-05 23:00"))) as talk:
        ana, hassan = talk.person(here.ana.id, "Ana"), talk.person(here.hassan.id, "Hassan")
        assert await reminders_of(ana) == []
        await talk.wait(hours=12)
        assert await reminders_of(ana) == ["Fri 07:00"]
        await hassan.presses("Answer")
        await hassan.fills_in(Your_answer="Under a minute.")
        await talk.wait(days=9)
        assert len(await reminders_of(ana)) == 1


async def test_who_never_replies_has_two_weeks_from_the_day_they_were_asked(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/experts remove @Mei")
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(days=13)
        await asks_back(here, "Which box?")
        await here.talk.wait(days=14)
        assert await state_of(here.talk) == "asked back"
        await here.talk.wait(days=1)
        assert await state_of(here.talk) == "closed"
        await here.ana.presses("Answer")
        assert "This question is closed. Please ask it again with /ask" in await here.ana.last()
