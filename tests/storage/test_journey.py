"""Newcomers in the database, on SQLite and on PostgreSQL: steps taken once, texts undone once, the funnel."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from storage import conversations, first_posts, journey_figures, members, welcome_texts, welcomes
from storage.columns import current_cipher
from storage.communities import CommunityPlace
from storage.database import Database, Session
from storage.encryption import Cipher
from storage.first_posts import FirstPost
from storage.journey_figures import Funnel
from storage.members import Member, Profile
from storage.questions import Question
from storage.welcome_texts import WelcomeText, Which
from storage.welcomes import Welcome
from tests.databases import SECRET_KEY
from tests.handlers.health.communities import DAY, HOUR, MOMENT, A, said, story, told
from tests.handlers.health.definitions import Row, Someone

NOW = A + 20 * DAY
WEEK = 7 * DAY


async def test_a_step_is_taken_once_and_never_by_who_has_left_or_wants_no_more(database: Database) -> None:
    async with database.transaction() as session:
        community = await told(session, story(people_are=[Someone(joined=A)] * 2, people=2))
        ids = list((await session.exec(select(Member.id).order_by(Member.id))).all())  # type: ignore[arg-type]
        for member_id in ids:
            await welcomes.begin_journey(session, community.id, member_id, A)

    async def step(member_id: int) -> bool:
        async with database.transaction() as session:
            journey = await welcomes.journey_of(session, community.id, member_id)
            assert journey is not None
            return await welcomes.take_step(session, journey, nudged_at=NOW)

    assert sorted(await asyncio.gather(*(step(ids[0]) for _ in range(4)))) == [False, False, False, True]
    async with database.transaction() as session:
        assert await welcomes.decline_journey(session, community.id, ids[1], NOW)
        assert not await welcomes.decline_journey(session, community.id, ids[1], NOW)
    assert not await step(ids[1])
    async with database.transaction() as session:
        assert await welcomes.resume_journey(session, community.id, ids[1])
        assert not await welcomes.resume_journey(session, community.id, ids[1])
        membership = await members.membership(session, community.id, ids[1])
        assert membership is not None
        membership.left_at = NOW
    assert not await step(ids[1])
    async with database.transaction() as session:
        await welcomes.decline_journey(session, community.id, ids[0], NOW)
        await welcomes.begin_journey(session, community.id, ids[0], NOW)
        anew = await welcomes.journey_of(session, community.id, ids[0])
        assert anew is not None
        assert (anew.began_at, anew.nudged_at, anew.declined_at) == (NOW, None, NOW)


async def test_a_version_is_undone_once_and_only_while_it_is_in_use(database: Database) -> None:
    async with database.transaction() as session:
        community = await told(session, story(people=1))
        place = (await session.exec(select(CommunityPlace))).one()
        author = (await session.exec(select(Member.id))).one()
        everywhere = Which(community.id, "greeting", "en")
        here = Which(community.id, "greeting", "en", place.id)
        versions = [await welcome_texts.keep(session, everywhere, text, author, NOW) for text in "abc"]
        await welcome_texts.keep(session, here, "here", author, NOW)
        await welcome_texts.keep(session, Which(community.id, "norms", "fr"), "norms", author, NOW)

    async def undo(version: WelcomeText) -> bool:
        async with database.transaction() as session:
            return await welcome_texts.undo(session, version, NOW)

    async def used(which: Which) -> str | None:
        async with database.reading() as session:
            found = await welcome_texts.in_use(session, which)
            return found.text if found else None

    assert not await undo(versions[1])
    assert sorted(await asyncio.gather(*(undo(versions[2]) for _ in range(3)))) == [False, False, True]
    assert (await used(everywhere), await used(here)) == ("b", "here")
    assert await undo(versions[1])
    assert await undo(versions[0])
    assert (await used(everywhere), await used(here)) == (None, "here")
    async with database.transaction() as session:
        kept = await welcome_texts.versions(session, everywhere, 2)
        assert [(version.text, member.name if member else "") for version, member in kept] == [("c", "x"), ("b", "x")]
        spaces = [None, place.id]
        assert await welcome_texts.languages_of(session, community.id, "greeting", spaces) == ["en"]
        assert await welcome_texts.languages_of(session, community.id, "norms", [place.id]) == []
        found = await welcome_texts.in_use(session, here)
        assert found is not None
        found.text, found.author_id = None, None
    assert await used(here) is None


@pytest.mark.parametrize(
    ("rows", "joined", "shown"),
    [
        pytest.param([said(0, NOW - DAY, 1)], NOW - DAY, [1], id="a day old to the microsecond"),
        pytest.param([said(0, NOW - DAY + MOMENT, 1)], NOW - DAY, [], id="not yet a day old"),
        pytest.param([said(0, NOW - 14 * DAY - MOMENT, 1)], NOW - 15 * DAY, [], id="older than two weeks"),
        pytest.param([said(0, NOW - 2 * DAY, 1), said(1, NOW - DAY, 2, thread=1)], NOW - 2 * DAY, [], id="answered"),
        pytest.param([said(0, NOW - 2 * DAY, 1), said(0, NOW - DAY, 2, thread=1)], NOW - 2 * DAY, [1], id="by oneself"),
        pytest.param([Row(0, NOW - 2 * DAY, "deleted", 1, None)], NOW - 2 * DAY, [], id="taken back"),
        pytest.param([Row(0, NOW - 3 * DAY, "deleted", 1, None), said(0, NOW - 2 * DAY, 2)], NOW - 3 * DAY, [2],
                     id="the next one, after the first was taken back"),
        pytest.param([said(0, NOW - 3 * DAY, 1), said(1, NOW - 2 * DAY, 2, thread=1), said(0, NOW - 2 * DAY, 3)],
                     NOW - 3 * DAY, [], id="only the first post counts"),
        pytest.param([said(0, NOW - 40 * DAY, 1, thread=9), said(0, NOW - 2 * DAY, 2)], NOW - 40 * DAY, [],
                     id="no newcomer any more"),
        pytest.param([said(0, NOW - 2 * DAY, 1)], NOW - 400 * DAY, [1], id="silent for long"),
    ],
)  # fmt: skip
async def test_first_posts_that_wait(database: Database, rows: list[Row], joined: datetime, shown: list[int]) -> None:
    async with database.transaction() as session:
        others = story(said(0, NOW - 2 * DAY, 1), people_are=[Someone(joined=A)])
        await told(session, others)
        community = await told(session, story(*rows, people_are=[Someone(joined=joined)] * 2, people=2))
        found = await first_posts.unanswered(session, community.id, NOW, 9)
        assert [post.key for post in found] == shown
        soon = await first_posts.unanswered(session, community.id, NOW, 9, waited=timedelta(0))
        assert [post.key for post in soon][: len(shown)] == shown
        fresh: list[FirstPost] = await first_posts.show(session, community.id, found, NOW)
        assert fresh == found
        assert await first_posts.show(session, community.id, found, NOW) == []
        assert await first_posts.unanswered(session, community.id, NOW, 9) == []
        again = await first_posts.unanswered(session, community.id, NOW, 9, also_shown=True)
        assert again == found


async def test_lively_conversations_are_those_with_most_people(database: Database) -> None:
    a, b = NOW - WEEK, NOW
    async with database.transaction() as session:
        community = await told(
            session,
            story(
                said(1, a - DAY, 1), said(2, a, 11, thread=1),  # begun earlier, answered now
                said(1, a, 2), said(2, a + HOUR, 12, thread=2), said(3, a + HOUR, 13, thread=2),
                said(1, a, 3), said(0, a + HOUR, 14, thread=3), said(2, a + HOUR, 15, thread=3),  # takes part
                said(0, a, 4), said(2, a + HOUR, 16, thread=4),  # their own
                said(1, a, 5), said(2, b, 17, thread=5),  # answered too late
                said(2, a + HOUR, 18, thread=99),  # begun by the bot
                said(1, b - HOUR, 6), said(1, b - 2 * HOUR, 7), said(0, b - HOUR, 8),  # no replies
                people=4,
            ),
        )  # fmt: skip
        place = (await session.exec(select(CommunityPlace.id))).one()
        me = (await session.exec(select(Member.id).order_by(Member.id))).first()  # type: ignore[arg-type]
        assert me is not None
        found = await conversations.lively(session, community.id, [place], me, a, b, 9)
        assert [(one.key, one.newest, one.people) for one in found] == [(2, 13, 2), (99, 18, 1), (1, 11, 1)]
        lonely = await conversations.without_a_reply(session, community.id, [place], me, a, b, 9)
        assert [one.key for one in lonely] == [6, 7]
        assert await conversations.lively(session, community.id, [], me, a, b, 9) == []


async def test_only_shared_questions_by_name_that_are_open_or_answered_lately(database: Database) -> None:
    async with database.transaction() as session:
        community = await told(session, story(people=2))
        me, other = (await session.exec(select(Member.id).order_by(Member.id))).all()  # type: ignore[arg-type]
        base: dict[str, Any] = {
            "community_id": community.id,
            "language": "en",
            "asked_at": A,
            "text": "?",
            "asker_id": other,
        }
        shown: dict[str, Any] = {"state": "routed", "routed_at": A}
        accepted: dict[str, Any] = {"routed_at": A, "answer": "!", "state": "accepted"}
        rows: list[dict[str, Any]] = [
            shown,
            {**shown, "share": False},
            {**shown, "confidential": True, "asker_id": None},
            {**shown, "asker_id": me},
            {"state": "suggested"},
            {**accepted, "closed_at": NOW},
            {**accepted, "closed_at": NOW - 8 * DAY},
            {**accepted, "state": "closed", "closed_at": NOW},
        ]
        session.add_all([Question(**{**base, **row, "number": number}) for number, row in enumerate(rows, start=1)])
        await session.flush()
        found = await conversations.shared_questions(session, community.id, me, NOW - WEEK, 9)
        assert [one.number for one in found] == [6, 1]


moments = st.integers(-3 * 24, 24 * 24).map(lambda hours: A + hours * HOUR)


@settings(max_examples=60)
@given(
    joined=st.lists(st.none() | moments, min_size=1, max_size=4),
    posts=st.lists(st.tuples(st.integers(0, 3), moments, st.integers(-2, 5)), max_size=14),
    greeted=st.frozensets(st.integers(0, 3)),
    introduced=st.frozensets(st.integers(0, 3)),
)
async def test_the_funnel_is_what_one_counts_by_hand(
    database: Database,
    joined: list[datetime | None],
    posts: list[tuple[int, datetime, int]],
    greeted: frozenset[int],
    introduced: frozenset[int],
) -> None:
    people = len(joined)
    rows = [
        said(person, at, key, thread=root if 0 <= root < key and root else None)
        for key, (person, at, root) in enumerate(posts, start=1)
        if person < people
    ]
    current_cipher.set(Cipher(SECRET_KEY))
    async with database.transaction() as session:
        known = set((await session.exec(select(Member.id))).all())
        community = await told(session, story(*rows, people_are=[Someone(joined=at) for at in joined], people=people))
        ids = sorted(set((await session.exec(select(Member.id))).all()) - known)
        await _reach(session, community.id, ids, greeted, introduced)
        found = await journey_figures.funnel(session, community.id, A, A + WEEK, NOW)
    assert found == by_hand(joined, [row for row in rows if row.at <= NOW], rows, greeted, introduced)


async def _reach(
    session: Session, community_id: int, ids: list[int], greeted: frozenset[int], introduced: frozenset[int]
) -> None:
    for number, member_id in enumerate(ids):
        if number in greeted:
            await welcomes.remember(session, Welcome(community_id=community_id, member_id=member_id, greeted_at=A))
        if number in introduced:
            await members.introduce(session, member_id, Profile("x", None, [], [], []), A)


def by_hand(
    joined: list[datetime | None], past: list[Row], rows: list[Row], greeted: frozenset[int], introduced: frozenset[int]
) -> Funnel:
    """The same, counted person by person."""
    came = [person for person, at in enumerate(joined) if at is not None and A <= at < A + WEEK]
    posted = answered = back = over = 0
    for person in came:
        own = sorted((row for row in past if row.person == person), key=lambda row: (row.at, row.key))
        tops = [row for row in own if row.thread is None]
        if tops:
            posted += 1
            first = tops[0]
            replies = [row.at for row in rows if row.thread == first.key and row.person != person]
            answered += bool(replies) and min(replies) - first.at <= WEEK
        if own:
            begun = own[0].at
            back += any(begun + WEEK <= row.at < begun + 2 * WEEK for row in own)
            over += begun <= NOW - 2 * WEEK
    return Funnel(len(came), len(set(came) & greeted), len(set(came) & introduced), posted, answered, back, over)
