"""Each figure, computed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from handlers.health._figures import (
    NAMES,
    THREAD_FIGURES,
    Figures,
    before,
    check,
    data_end,
    shown_parity,
    weekly_series,
)
from handlers.health._formulas import Share
from storage.communities import Community
from storage.database import Session
from storage.figures import Group
from tests.handlers.health.communities import DAY, HOUR, MINUTE, MOMENT, NOW, A, B, figures, said, story, told
from tests.handlers.health.definitions import Row, Someone, Story

ROOT = 1


async def figures_of(session: Session, what: Story, now: datetime = NOW) -> Figures:
    community = await told(session, what)
    return await check(session, community, A, B, await data_end(session, community, B, now))


def many(*counts: int) -> Sequence[Row]:
    """So many messages of each person, a minute apart."""
    return [said(person, A + number * MINUTE) for person, count in enumerate(counts) for number in range(count)]


async def test_a_community_without_a_word_has_counts_of_zero_and_reasons_for_the_rest(session: Session) -> None:
    found = await figures_of(session, story())
    zeros = {"messages", "active_members", "engaged_members", "new_members", "known_members", "questions"}
    zeros |= {"returning", "lost"}
    for name in NAMES:
        assert found.as_json()[name] == (0 if name in zeros else None), name
        assert (name in found.reasons) == (name not in zeros), name


async def test_one_person_alone(session: Session) -> None:
    found = await figures_of(session, story(*many(3)))
    assert (found.messages, found.active_members, found.new_members, found.known_members) == (3, 1, 1, 1)
    assert (found.gini, found.top10_share, found.absence_factor) == (0, 1, 1)
    assert found.participation_rate == 1
    assert found.participation_base == "everyone who ever posted"


async def test_messages_in_a_window_that_is_half_open(session: Session) -> None:
    edges = [said(0, at) for at in (A - MOMENT, A, B - MOMENT, B)]
    found = await figures_of(session, story(*edges, Row(0, A + HOUR, "deleted"), Row(0, A + HOUR, "reaction")))
    assert found.messages == 2


async def test_people_who_react_are_counted_apart(session: Session) -> None:
    rows = [Row(0, A, "reaction"), Row(0, A + HOUR, "reaction"), Row(1, B, "reaction"), said(2, A)]
    found = await figures_of(session, story(*rows))
    assert (found.active_members, found.engaged_members) == (1, 1)


async def test_gini_and_the_few_who_carry_most(session: Session) -> None:
    # x = 1, 1, 2, 4, 12: sum(i*x) = 1+2+6+16+60 = 85; 2*85/(5*20) - 6/5 = 0.5; the top tenth is one person
    found = await figures_of(session, story(*many(1, 12, 2, 1, 4)))
    assert found.gini == pytest.approx(0.5, abs=1e-12)
    assert found.top10_share == pytest.approx(12 / 20)
    assert found.absence_factor == 1


async def test_participation_of_members_where_the_platform_tells(session: Session) -> None:
    people = [
        Someone(joined=A - DAY),
        Someone(joined=B - MOMENT),
        Someone(joined=B),
        Someone(joined=A, left=B),
        Someone(joined=A, left=B - MOMENT),
        Someone(),
    ]
    rows = [said(0, A), said(1, B - MOMENT)]
    found = await figures_of(session, story(*rows, people_are=people, tells_joins=True))
    assert (found.members, found.participation_base) == (3, "members")
    assert found.participation_rate == pytest.approx(2 / 3)
    assert found.silent_share == pytest.approx(1 / 3)


async def test_nobody_reads_along_less_than_nobody(session: Session) -> None:
    left = [Someone(joined=A, left=B - DAY), Someone(joined=A, left=B - DAY), Someone(joined=A)]
    found = await figures_of(session, story(*many(1, 1, 1), people_are=left, tells_joins=True))
    assert found.participation_rate == 3
    assert found.silent_share is None
    assert found.reasons["silent_share"] == "more people wrote than are members at the end of this window"


async def test_a_place_that_is_closed_tells_no_joins(session: Session) -> None:
    what = story(said(0, A), people_are=[Someone(joined=A)], tells_joins=True, meets=False)
    assert (await figures_of(session, what)).members is None


async def test_new_voices_and_everyone_who_ever_posted(session: Session) -> None:
    rows = [said(0, A - MOMENT), said(0, A), said(1, A), said(2, B - MOMENT), said(3, B)]
    found = await figures_of(session, story(*rows, Row(4, A, "deleted")))
    assert (found.new_members, found.known_members) == (2, 3)


async def test_newcomers_come_back_within_half_open_windows(session: Session) -> None:
    rows = []
    for person, later in enumerate(
        (7 * DAY - MOMENT, 7 * DAY, 14 * DAY - MOMENT, 14 * DAY, 30 * DAY - MOMENT, 30 * DAY)
    ):
        rows += [said(person, A), said(person, A + later)]
    found = await figures_of(session, story(*rows))
    assert found.shares["newcomer_retention_w2"] == Share(2, 6)
    assert found.shares["newcomer_retention_d30"] == Share(4, 6)


@pytest.mark.parametrize(("early", "judged"), [(MOMENT, False), (timedelta(0), True)])
async def test_a_newcomer_is_judged_when_their_window_is_over(session: Session, early: timedelta, judged: bool) -> None:
    community = await told(session, story(said(0, A)))
    fortnight = await check(session, community, A, B, A + 14 * DAY - early)
    month = await check(session, community, A, B, A + 30 * DAY - early)
    assert (fortnight.newcomer_retention_w2 is not None) is judged
    assert (month.newcomer_retention_d30 is not None) is judged


async def test_threads_and_replies(session: Session) -> None:
    rows = [
        said(0, A, 1),
        said(0, A + HOUR, thread=1),  # to oneself: a reply, and a thread, but no answer
        said(0, A, 2),
        said(1, B, thread=2),  # answered after the window
        said(0, A, 3),
        Row(1, A + HOUR, "deleted", 77, 3),
        said(1, A + HOUR, thread=99),  # to something that nobody knows
        said(0, A - HOUR, 4),
        said(1, A, thread=4),
    ]
    found = await figures_of(session, story(*rows))
    assert (found.threads, found.replies) == (2, 3)
    assert found.first_response_median == pytest.approx((B - A) / MINUTE)
    assert found.answered == 1


async def test_questions_are_top_level_and_those_asked_through_the_bot_count_too(session: Session) -> None:
    rows = [said(0, A, 1, is_question=True), said(1, A, thread=1, is_question=True), said(0, B, is_question=True)]
    community = await told(session, story(*rows))

    async def asked(_session: Session, community_id: int, a: datetime, b: datetime) -> int:
        assert (community_id, a, b) == (community.id, A, B)
        return 5

    assert (await check(session, community, A, B, NOW)).questions == 1
    assert (await check(session, community, A, B, NOW, asked)).questions == 6


async def test_times_to_a_first_answer_are_interpolated(session: Session) -> None:
    rows = []
    for key, minutes in enumerate((60, 10, 30, 20), start=1):
        rows += [said(0, A + key * DAY, key), said(0, A + key * DAY, thread=key)]
        rows += [said(1, A + key * DAY + later * MINUTE, thread=key) for later in (minutes, minutes + 5)]
    found = await figures_of(session, story(*rows))
    assert found.first_response_median == pytest.approx(25)  # between 20 and 30
    assert found.first_response_p90 == pytest.approx(51)  # at rank 2.7: 30 + 0.7 * 30


async def test_answered_within_a_day_counts_what_is_older_than_a_day(session: Session) -> None:
    end = A + 20 * DAY
    rows = [
        said(0, A, 1, is_question=True),
        said(1, A + DAY, thread=1),
        said(0, A, 2),
        said(1, A + DAY + MOMENT, thread=2),
        said(0, end - DAY - MOMENT, 3, is_question=True),
        said(0, end - DAY, 4, is_question=True),
    ]
    community = await told(session, story(*rows))
    found = await check(session, community, A, B, end)
    assert found.shares["reply_coverage_24h"] == Share(1, 3)
    assert found.shares["question_reply_coverage_24h"] == Share(1, 2)


async def test_left_alone_for_seven_days(session: Session) -> None:
    end = A + 20 * DAY
    rows = [
        said(0, A, 1),
        said(1, A + 7 * DAY, thread=1),
        said(0, A, 2),
        said(1, A + 7 * DAY + MOMENT, thread=2),
        said(0, A, 3),
        said(0, A + HOUR, thread=3),
        said(0, end - 7 * DAY, 4),
    ]
    community = await told(session, story(*rows))
    assert (await check(session, community, A, B, end)).shares["solo_threads"] == Share(2, 3)


async def test_first_posts_that_got_an_answer(session: Session) -> None:
    end = A + 20 * DAY
    rows = [
        said(0, A - DAY, 1),  # person 0 began before the window
        said(0, A, 2),
        said(1, A + HOUR, thread=2),  # a reply is no first post
        said(1, A + DAY, 3),
        said(0, A + 8 * DAY, thread=3),
        said(2, A + DAY, 4),
        said(0, A + 8 * DAY + MOMENT, thread=4),
        said(2, A + 2 * DAY, 5),
        said(0, A + 2 * DAY, thread=5),  # not the first
        said(3, end - 7 * DAY, 6),
        said(0, end - 7 * DAY, thread=6),  # too young to be judged
    ]
    community = await told(session, story(*rows))
    assert (await check(session, community, A, B, end)).shares["newcomer_reply_rate"] == Share(1, 2)


async def test_of_two_first_posts_at_the_same_instant_the_one_that_arrived_first_counts(session: Session) -> None:
    rows = [said(0, A, 2), said(0, A, 1), said(1, A + HOUR, thread=1)]
    assert (await figures_of(session, story(*rows))).newcomer_reply_rate == 0


async def test_returning_and_fallen_silent(session: Session) -> None:
    length = B - A
    rows = [said(0, A - length), said(0, A), said(1, A - length - MOMENT), said(1, A)]
    for person, first in ((2, A - 90 * DAY), (3, A - 90 * DAY - MOMENT), (4, A - 3 * DAY)):
        rows += [said(person, first)] + [said(person, A - number * HOUR) for number in (1, 2, 3)]
    rows += [said(4, B - MOMENT)]
    found = await figures_of(session, story(*rows))
    assert found.returning == 2  # person 4 wrote before, and wrote again
    assert found.lost == 1  # person 2; person 3 wrote three times in 90 days


async def test_give_and_take(session: Session) -> None:
    rows = [
        said(0, A - 50 * DAY, 1),
        said(1, A, 2),
        said(1, A, thread=1),
        said(1, A + HOUR, thread=1),
        said(0, A, thread=2),
        said(2, A, thread=2),
        said(3, A - DAY, 3),
        said(2, A, thread=3),
        said(2, A, 4),
        said(2, A, thread=4),
        said(4, A - DAY, thread=2),  # before the window
    ]
    found = await figures_of(session, story(*rows))
    # 1->0, 0->1, 2->1, 2->3 among 0, 1, 2 who wrote and 3 who was answered
    assert found.reciprocity == pytest.approx(2 / 4)
    assert found.density == pytest.approx(4 / 12)


async def test_replies_across_units(session: Session) -> None:
    people = [Someone(unit="field"), Someone(unit="headquarters"), Someone(unit="field"), Someone(), Someone(unit="")]
    rows = [said(0, A, ROOT)]
    rows += [said(person, A + HOUR, thread=ROOT) for person in (1, 1, 2, 3, 4, 0)]
    found = await figures_of(session, story(*rows, people_are=people))
    assert found.shares["cross_group_share"] == Share(2, 3)


async def test_who_is_heard(session: Session) -> None:
    people = [
        Someone(unit="field", language="sw", platforms=frozenset({"telegram"})),
        Someone(unit="field", platforms=frozenset({"telegram", "slack"})),
        Someone(unit="headquarters", language="en", platforms=frozenset({"slack"})),
        Someone(),
    ]
    rows = [said(person, A - DAY) for person in range(4)] + [said(0, A), said(2, A)]
    found = await figures_of(session, story(*rows, people_are=people))
    assert found.parity == {
        "unit": {"field": 1.0, "headquarters": 2.0},
        "language": {"en": 2.0, "sw": 2.0},
        "platform": {"slack": 1.0, "telegram": 1.0},
    }


async def test_an_archive_without_threads_says_so(session: Session) -> None:
    found = await figures_of(session, story(said(0, A), meets=False))
    assert {found.as_json()[name] for name in THREAD_FIGURES} == {None}
    assert {found.reasons[name] for name in THREAD_FIGURES} == {"no threads in this archive"}
    live = await figures_of(session, story(said(0, A)))
    assert live.reasons["threads"] == "no threads in this community yet"


async def test_a_window_without_threads_in_a_community_that_has_some(session: Session) -> None:
    found = await figures_of(session, story(said(0, A, 1), said(1, B, 2), said(0, B, thread=2)))
    assert (found.threads, found.replies) == (0, 0)
    assert (found.first_response_median, found.reciprocity, found.density) == (None, None, None)
    assert set(found.reasons) >= {"first_response_median", "first_response_p90", "reciprocity", "density"}


async def test_until_when_a_community_is_known(session: Session) -> None:
    imported = await told(session, story(said(0, A + DAY), Row(0, A + 2 * DAY, "deleted"), meets=False))
    assert await data_end(session, imported, B, NOW) == A + DAY
    live = await told(session, story(said(0, A + DAY)))
    assert await data_end(session, live, B, NOW) == B
    assert await data_end(session, live, B, A + 3 * DAY) == A + 3 * DAY
    ahead = await told(session, story(said(0, NOW)))
    assert await data_end(session, ahead, B, NOW) == NOW
    silent = await told(session, story(meets=False))
    assert await data_end(session, silent, B, NOW) == B


def test_the_window_before_has_the_same_length_on_the_clocks_of_the_community() -> None:
    # Berlin's clocks went forward on 2026-03-29.
    berlin = Community(name="x", time_zone="Europe/Berlin", created_at=A)
    monday = datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert before(monday, monday + 7 * DAY, berlin) == datetime(2026, 3, 22, 23, tzinfo=UTC)
    utc = Community(name="x", time_zone="UTC", created_at=A)
    assert before(monday, monday + 7 * DAY, utc) == monday - 7 * DAY


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"a": 9, "b": 8, "c": 5}, {"a", "b", "c"}),
        ({"a": 9, "b": 8, "c": 4}, {"a"}),
        ({"a": 9, "b": 4, "c": 4}, {"a"}),
        ({"a": 9, "b": 4}, set()),
    ],
)
def test_small_groups_are_not_shown_nor_given_away(sizes: dict[str, int], shown: set[str]) -> None:
    found = figures(
        parity={"unit": dict.fromkeys(sizes, 1.0)}, groups={"unit": {name: Group(n, 1) for name, n in sizes.items()}}
    )
    assert set(shown_parity(found).get("unit", {})) == shown


async def test_weeks_begin_on_monday_where_the_community_lives(session: Session) -> None:
    # In New York, Monday 2026-03-09 begins at 04:00 UTC, the Monday before it at 05:00.
    rows = [
        said(0, datetime(2026, 3, 2, 5, tzinfo=UTC), 1),
        said(1, datetime(2026, 3, 9, 3, 59, tzinfo=UTC), 2),
        said(0, datetime(2026, 3, 9, 4, tzinfo=UTC), thread=1),
        said(0, datetime(2026, 3, 9, 4, 30, tzinfo=UTC), thread=2),
    ]
    community = await told(session, story(*rows), "America/New_York")
    until = datetime(2026, 3, 11, tzinfo=UTC)
    first, second = await weekly_series(session, community, until, 6)
    assert (first.starts, first.ends) == (datetime(2026, 3, 2, 5, tzinfo=UTC), second.starts)
    assert (first.messages, first.active_members, first.new_members, first.first_response_median) == (2, 2, 2, 31)
    assert (second.starts, second.ends) == (datetime(2026, 3, 9, 4, tzinfo=UTC), until)
    assert (second.messages, second.active_members, second.new_members) == (2, 1, 0)
    assert second.first_response_median is None


async def test_a_community_without_a_word_has_one_empty_week(session: Session) -> None:
    community = await told(session, story())
    (week,) = await weekly_series(session, community, NOW, 12)
    assert (week.messages, week.active_members, week.new_members, week.first_response_median) == (0, 0, 0, None)
