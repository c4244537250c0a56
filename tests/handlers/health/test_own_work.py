"""What the bot's own work came to, under the figures; and what members see of themselves alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.texts import Texts
from handlers.health._own_work import OwnWork, told
from handlers.health._report import reader
from storage import communities
from storage.contributions import KindFigures
from storage.journey_figures import Funnel
from storage.question_figures import QuestionFigures, TopicFigures
from storage.thanks import ThanksFigures
from tests.conversations import Someone, Talk, founded, running
from tests.handlers.questions.circle import CONFIDENTIAL, circle

NOTHING = OwnWork(QuestionFigures(), {}, [], ThanksFigures(0, 0, 0), [], Funnel(0, 0, 0, 0, 0, 0, 0))
WORDING = Texts().wording("en")


def section(**known: Any) -> str:
    found = told(WORDING, replace(NOTHING, **known))
    return found.plain() if found else ""


async def details(person: Someone) -> str:
    await person.says("/health 7d")
    post = next(one for one in reversed(await person.sees()) if "Health check of" in one)
    return (await person.sees(under=post.id))[-1].text


def test_where_nothing_happened_there_is_no_section() -> None:
    assert told(WORDING, NOTHING) is None


async def test_a_week_of_work_is_told_under_the_figures(tmp_path: Path) -> None:
    async with circle(tmp_path) as people:
        await people.asks(people.ana, "How do you keep the cold box cold?")
        await people.talk.wait(hours=3)
        await people.answers(people.hassan, "Two frozen packs.")
        await people.ana.presses("This helps")
        await people.asks(people.ana, "Which filter do you use?", topic="safe water", manner=CONFIDENTIAL)
        await people.ana.says("/thanks @Hassan for the answer", place="circle")
        await people.ana.says("/thanks @Mei for her patience")
        await people.talk.wait(days=1)
        text = await details(people.fatima)
        assert "From the bot's own work" in text
        assert "Questions: 2 asked, 1 answered, 1 open, 0 overdue" in text
        assert "Answered of those asked: 1 of 2" in text
        assert "Time to an accepted answer: 3 hours (one answer)" in text
        assert "Thanks: 2 times. In front of everybody: Hassan" in text
        assert "Mei" not in text.split("From the bot's own work")[1]  # she was thanked privately
        assert "Ana" not in text
        assert "Newcomers: fewer than five, too few to tell more of them" in text


async def test_programs_read_it_beside_the_figures_and_without_a_name(tmp_path: Path) -> None:
    async with circle(tmp_path) as people:
        await people.asks(people.ana, "How do you keep the cold box cold?", manner=CONFIDENTIAL)
        await people.ana.says("/thanks @Hassan for the answer", place="circle")
        await people.talk.wait(hours=1)
        assert people.talk.app is not None
        now = people.talk.app.clock.now()
        async with people.talk.app.database.reading() as session:
            (community,) = await communities.all_communities(session)
            read = await reader(session, community, now, now)
            window = await read.window(now - timedelta(days=7), now)
            data = await read.as_json(window, await read.window_before(window))
        assert data["own_work"]["questions"]["asked"] == 1
        assert data["own_work"]["thanks"] == {"times": 1, "givers": 1, "receivers": 1}
        assert data["own_work"]["onboarding"]["joined"] == 4
        assert data["previous"]["own_work"]["questions"]["asked"] == 0
        assert "own_work" not in data["figures"]
        everything = json.dumps(data)
        assert not [name for name in ("Ana", "Hassan", "Fatima") if name in everything]


def test_under_thirty_events_a_rate_is_a_count() -> None:
    few = section(questions=QuestionFigures(asked=29, asked_and_answered=20))
    assert "Answered of those asked: 20 of 29" in few
    many = section(questions=QuestionFigures(asked=30, asked_and_answered=15))
    assert "Answered of those asked: 50%" in many


def test_waits_are_told_by_their_median_and_by_nine_of_ten() -> None:
    waits = section(questions=QuestionFigures(asked=11, minutes_to_accepted=[float(40 * n) for n in range(11)]))
    assert "Time to an accepted answer: 3 hours (median), nine of ten within 6 hours (11 answers)" in waits


def test_a_topic_of_few_questions_is_not_named() -> None:
    topics = {"cold chain": TopicFigures(asked=5), "safe water": TopicFigures(asked=4), None: TopicFigures(asked=9)}
    text = section(questions=QuestionFigures(asked=18, by_topic=topics))
    assert "Asked about most: cold chain (5)" in text
    assert "safe water" not in text


def test_experts_are_counted_only_where_they_are_five() -> None:
    assert "Half of the answers" not in section(
        questions=QuestionFigures(asked=9, answered=9, answers_by_expert={1: 6, 2: 1, 3: 1, 4: 1})  # type: ignore[arg-type]
    )
    assert "Half of the answers came from 1 expert, of 5" in section(
        questions=QuestionFigures(asked=10, answered=10, answers_by_expert={1: 6, 2: 1, 3: 1, 4: 1, 5: 1})  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("newcomers", "line"),
    [
        (Funnel(4, 4, 4, 4, 4, 4, 4), "Newcomers: fewer than five, too few to tell more of them"),
        (
            Funnel(12, 12, 8, 4, 0, 0, 3),
            "Newcomers: joined: 12 → welcomed: 12 → introduced themselves: 8 → first post: fewer than five → "
            "answered within a week: 0",
        ),
        (
            Funnel(20, 20, 18, 15, 9, 6, 11),
            "Newcomers: joined: 20 → welcomed: 20 → introduced themselves: 18 → first post: 15 → "
            "answered within a week: 9 → back in week two: 6",
        ),
    ],
)
def test_few_newcomers_are_never_told_apart(newcomers: Funnel, line: str) -> None:
    assert line in section(newcomers=newcomers).splitlines()[-1]


def test_contributions_prompts_and_thanks_have_a_line_each() -> None:
    text = section(
        contributions={"lesson": KindFigures(3, 2, 7), "poem": KindFigures(1, 0, 0)},
        replies=[3, 0, 12],
        thanks=ThanksFigures(9, 4, 3),
        thanked=[("*Ben*", 3), ("Zoe", 1)],
    )
    for line in (
        "Lessons: 3 saved, 2 published, 7 times used",
        "poem: 1 saved, 0 published, 0 times used",
        "3 prompts; people who answered each: 3, 0, 12",
        "Thanks: 9 times. In front of everybody: *Ben* (3) and Zoe",
    ):
        assert line in text, line


async def own(person: Someone, **where: str) -> str:
    await person.says("/health me", **where)
    return (await person.last()).text


async def one_week(talk: Talk) -> tuple[Someone, Someone]:
    fatima, ben = await founded(talk), await talk.newcomer("Ben")
    await ben.joins("circle")
    return fatima, ben


async def test_members_see_what_they_did_themselves_and_nobody_else_does(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await one_week(talk)
        root = await fatima.says("Where are the spare loggers?", place="circle")
        await ben.says("In the cold room.", place="circle", under=root)
        await ben.says("Good morning!", place="circle")
        await fatima.says("/thanks @Ben for the loggers")
        await talk.wait(minutes=1)
        before = len(await fatima.hears("circle"))
        assert await own(ben, place="circle") == (
            "What you did in Field Nurses in the last 30 days\n2 messages, of which 1 reply\nYou were thanked once"
        )
        assert len(await fatima.hears("circle")) == before
        await talk.wait(days=31)
        assert "I have counted nothing of yours in Field Nurses. Reading along is welcome." in await own(ben)


async def test_who_does_not_want_to_be_counted_is_told_so(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, ben = await one_week(talk)
        await ben.says("/optout")
        await ben.says("Good morning!", place="circle")
        assert "Your messages are not counted, as you wished." in await own(ben)


async def test_any_other_check_is_for_facilitators_and_stakeholders(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await one_week(talk)
        for words in ("/health", "/health 30d", "/health me 30d"):
            await ben.says(words)
            assert (await ben.last()).text.startswith("Only facilitators and stakeholders can do this.")
        assert "health" not in await ben.commands()
        assert "I have counted nothing of yours" in await own(fatima)
