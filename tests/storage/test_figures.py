"""The database's figures are those of the definitions, on SQLite and on PostgreSQL."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.health._figures import NAMES, check, data_end, weekly_series
from storage.database import Database, Session
from tests.handlers.health import definitions
from tests.handlers.health.communities import DAY, HOUR, MOMENT, NOW, A, B, said, told
from tests.handlers.health.communities import story as a_story
from tests.handlers.health.definitions import Row, Someone, Story

NOISE = a_story(said(0, A, 1), said(1, A + HOUR, 2, thread=1), said(0, A + DAY, 3, thread=7), people=2)
"""Another community, which uses the same keys: nothing of it may be counted."""

_EDGES = [A, B, A - 90 * DAY, A - (B - A), A + DAY, A + 7 * DAY, A + 14 * DAY, A + 30 * DAY, B - DAY, B - 7 * DAY]
_AROUND = [edge + step * MOMENT for edge in _EDGES for step in (-1, 0, 1)]
moments = st.one_of(
    st.sampled_from(_AROUND),
    st.integers(-130 * 24, 90 * 24).map(lambda hours: A + hours * HOUR),
    st.integers(0, 30 * 24 * 60).map(lambda minutes: A + timedelta(minutes=minutes)),
    st.integers(0, 30).map(lambda days: A + days * DAY),
)
people = st.builds(
    Someone,
    unit=st.sampled_from([None, "", "field", "headquarters"]),
    language=st.sampled_from([None, "en", "sw"]),
    platforms=st.frozensets(st.sampled_from(["slack", "telegram"])),
    joined=st.none() | moments,
    left=st.none() | moments,
)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Communities of up to seven people, with threads, ties in time, and everything on the edges of windows."""
    persons = draw(st.lists(people, min_size=1, max_size=7))
    who = st.integers(0, len(persons) - 1)
    kinds = st.sampled_from(["message"] * 8 + ["reaction", "deleted"])
    raw = draw(st.lists(st.tuples(who, moments, kinds, st.booleans(), st.integers(-4, 7)), max_size=45))
    rows: list[Row] = []
    for key, (person, at, kind, asks, root) in enumerate(raw, start=1):
        tops = [row for row in rows if row.thread is None and row.kind != "reaction"]
        thread = None if root < 0 or kind == "reaction" else (tops[root].key if root < len(tops) else 900 + root)
        if thread is not None and draw(st.booleans()):
            at = next((row.at for row in tops if row.key == thread), at) + draw(replied_after)
        rows.append(Row(person, at, kind, key, thread, asks))
    if draw(st.integers(0, 5)) == 0:
        rows = [row for row in rows if row.thread is None]
    return Story(rows, persons, meets=draw(st.booleans()), tells_joins=draw(st.booleans()))


replied_after = st.sampled_from([timedelta(0), MOMENT, HOUR, DAY, DAY + MOMENT, 7 * DAY, 7 * DAY + MOMENT])
nows = st.sampled_from([NOW, B, B - DAY, A + 8 * DAY, A + 14 * DAY, A + 14 * DAY - MOMENT])


async def both(session: Session, story: Story, now: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    """The figures that the product finds, and those of the definitions."""
    await told(session, NOISE)
    community = await told(session, story)
    found = await check(session, community, A, B, await data_end(session, community, B, now))
    return found.as_json(), definitions.figures(story, A, B, now)


def differences(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is not the same, to 1e-9."""
    return {name: (found[name], expected[name]) for name in NAMES if not _same(found[name], expected[name])}


def _same(found: Any, expected: Any) -> bool:
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(_same(found[key], expected[key]) for key in found)
    if found is None or expected is None:
        return found is expected
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@given(story=stories(), now=nows)
async def test_the_figures_are_those_of_the_definitions(database: Database, story: Story, now: datetime) -> None:
    async with database.reading() as session:
        found, expected = await both(session, story, now)
    assert differences(found, expected) == {}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@settings(max_examples=30)
@given(story=stories(), now=nows)
async def test_postgresql_agrees(database: Database, story: Story, now: datetime) -> None:
    async with database.reading() as session:
        found, expected = await both(session, story, now)
    assert differences(found, expected) == {}


@settings(max_examples=40)
@given(story=stories(), until=moments, weeks=st.integers(1, 20), zone=st.sampled_from(["UTC", "America/New_York"]))
async def test_the_weeks_are_those_of_the_definitions(
    database: Database, story: Story, until: datetime, weeks: int, zone: str
) -> None:
    async with database.reading() as session:
        await told(session, NOISE)
        community = await told(session, story, zone)
        found = await weekly_series(session, community, until, weeks)
    expected = definitions.weeks(story, until, weeks, ZoneInfo(zone))
    assert [week.starts for week in found] == [row[0] for row in expected]
    assert [week.ends for week in found] == [row[0] for row in expected[1:]] + [until]
    for week, row in zip(found, expected, strict=True):
        assert (week.messages, week.active_members, week.new_members) == row[1:4]
        assert _same(week.first_response_median, row[4])
