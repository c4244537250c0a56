"""Figures of questions, counted by hand."""

from __future__ import annotations

from datetime import timedelta

from storage.database import Database
from storage.question_figures import QuestionFigures, TopicFigures, figures_between
from tests.community import START
from tests.storage.test_questions import DAY, added, community, member

HOUR = timedelta(hours=1)
WEEK = 7 * DAY


async def test_a_week_of_questions(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")
    hassan, mei = await member(database, "Hassan", nurses), await member(database, "Mei", nurses)
    a, b = START, START + WEEK
    async with database.transaction() as session:

        async def question(state: str, topic: str | None, asked: timedelta, **more: object) -> None:
            given = {"routed_at": a + asked, **more}
            await added(session, nurses, state, topic=topic, asked_at=a + asked, **given)

        # accepted within the week: one after two hours, one that was asked before it
        await question(
            "accepted", "cold chain", DAY, expert_id=hassan, answered_at=a + DAY + 2 * HOUR, closed_at=a + 2 * DAY
        )
        await question("accepted", "water", -DAY, expert_id=mei, answered_at=a + HOUR, closed_at=a + DAY)
        # answered in it, accepted after it; and answered after it
        await question("accepted", "water", DAY, expert_id=mei, answered_at=b - HOUR, closed_at=b)
        await question("answered", "water", 6 * DAY, expert_id=hassan, answered_at=b)
        # open: one for a day, one for longer than three; one that was reopened
        await question("routed", "cold chain", 6 * DAY, expert_id=hassan)
        await question("waiting", None, -3 * DAY)
        await question("routed", "water", 2 * DAY, expert_id=mei, reopened_at=a + 4 * DAY)
        # none of these counts: never sent, over before, asked later, of others
        await question("found", "water", DAY, routed_at=None, closed_at=a + DAY)
        await question("accepted", "water", -9 * DAY, expert_id=mei, answered_at=a - 8 * DAY, closed_at=a - 8 * DAY)
        await question("routed", "water", WEEK, expert_id=mei)
        await added(session, drivers, "routed", topic="water", asked_at=a, routed_at=a)

    async with database.reading() as session:
        figures = await figures_between(session, nurses, a, b, 3 * DAY)
        assert figures == QuestionFigures(
            asked=5, answered=3, reopened=1, open=4, overdue=2,
            asked_and_answered=2,
            minutes_to_accepted=[120.0, 25 * 60.0],
            answers_by_expert=figures.answers_by_expert,
            open_by_expert=figures.open_by_expert,
            by_topic={
                "cold chain": TopicFigures(asked=2, answered=1, open=1),
                "water": TopicFigures(asked=3, answered=2, reopened=1, open=2, overdue=1),
                None: TopicFigures(open=1, overdue=1),
            },
        )  # fmt: skip
        assert dict(figures.answers_by_expert) == {hassan: 1, mei: 2}
        assert dict(figures.open_by_expert) == {hassan: 2, mei: 1}
        assert await figures_between(session, nurses, b + WEEK, b + 2 * WEEK, DAY) != figures
        assert await figures_between(session, drivers, a - WEEK, a, DAY) == QuestionFigures()
