"""The JSON that programs read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.texts import Texts
from handlers.health._figures import NAMES
from handlers.health._post import heard_by_platform
from handlers.health._report import cut, reader, report, report_every
from storage.database import Session
from storage.figures import Group
from tests.handlers.health.communities import DAY, NOW, A, B, figures, said, story, told


async def test_a_window_with_the_one_before(session: Session) -> None:
    community = await told(session, story(said(0, A - 30 * DAY), said(0, A), said(1, A), meets=False))
    found = json.loads(json.dumps(await report(session, community, A, B, NOW)))
    assert (found["from"], found["to"]) == ("2026-03-02T00:00:00+00:00", "2026-04-01T00:00:00+00:00")
    assert found["time_zone"] == "UTC"
    assert list(found["figures"]) == list(NAMES)
    assert (found["figures"]["messages"], found["previous"]["figures"]["messages"]) == (2, 1)
    assert found["previous"]["from"] == "2026-01-31T00:00:00+00:00"
    assert found["previous"]["to"] == found["from"]
    assert found["reasons"]["threads"] == "no threads in this archive"
    assert set(found["reasons"]) == {name for name, value in found["figures"].items() if value is None}


async def test_dates_are_told_in_the_time_zone_of_the_community(session: Session) -> None:
    community = await told(session, story(said(0, A)), "Africa/Nairobi")
    found = await report(session, community, A, B, NOW)
    assert (found["from"], found["time_zone"]) == ("2026-03-02T03:00:00+03:00", "Africa/Nairobi")


async def test_all_windows_are_seen_with_what_is_known_at_their_end(session: Session) -> None:
    community = await told(session, story(said(0, A), said(0, A + 8 * DAY)))
    found = await report_every(session, community, A, B, "week", NOW)
    assert found["windows"][0]["figures"]["newcomer_retention_w2"] == 1


async def test_every_week_gives_windows_that_follow_each_other(session: Session) -> None:
    community = await told(session, story(*(said(0, A + number * DAY) for number in range(-7, 30))))
    windows = (await report_every(session, community, A, B, "week", NOW))["windows"]
    assert [window["figures"]["messages"] for window in windows] == [7, 7, 7, 7, 2]
    assert [window["previous"]["figures"]["messages"] for window in windows] == [7, 7, 7, 7, 2]
    assert [window["from"] for window in windows[1:]] == [window["to"] for window in windows[:-1]]
    assert windows[-1]["to"] == "2026-04-01T00:00:00+00:00"
    # The last window is shorter, and so is the one that it is compared with.
    assert windows[-1]["previous"]["from"] == "2026-03-28T00:00:00+00:00"


async def test_every_thirty_days(session: Session) -> None:
    community = await told(session, story(said(0, A)))
    windows = (await report_every(session, community, A, A + 90 * DAY, "30d", NOW))["windows"]
    assert [window["figures"]["messages"] for window in windows] == [1, 0, 0]
    with pytest.raises(KeyError):
        await report_every(session, community, A, B, "month", NOW)


def test_weeks_begin_at_midnight_on_both_sides_of_a_clock_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    a = datetime(2026, 3, 22, 23, tzinfo=UTC)
    windows = list(cut(a, datetime(2026, 4, 5, 22, tzinfo=UTC), 7, berlin))
    assert [start.astimezone(berlin).hour for start, _ in windows] == [0, 0]
    assert [(end - start) / DAY for start, end in windows] == [7 - 1 / 24, 7]


async def test_earlier_windows_are_those_since_the_first_message(session: Session) -> None:
    community = await told(session, story(said(0, B - 100 * DAY), said(0, B - 40 * DAY)))
    read = await reader(session, community, B, NOW)
    now = await read.window(B - 10 * DAY, B)
    earlier = await read.earlier(now)
    assert [one.figures.messages for one in earlier] == [0, 0, 0, 0, 0, 1, 0, 0]
    assert earlier[-1].b == now.a
    young = await told(session, story(said(0, B - 25 * DAY)))
    read = await reader(session, young, B, NOW)
    assert len(await read.earlier(now)) == 1
    silent = await reader(session, await told(session, story()), B, NOW)
    assert await silent.earlier(now) == []


def test_who_is_heard_on_each_platform_is_told_unless_that_tells_of_few() -> None:
    def heard(**groups: Group) -> str:
        rates = {name: group.active / group.people / 0.5 for name, group in groups.items()}
        told = heard_by_platform(Texts().wording(), figures(parity={"platform": rates}, groups={"platform": groups}))
        return told.plain() if told else ""

    assert "**Slack**: 1.20 times as much" in heard(slack=Group(20, 12), telegram=Group(10, 3))
    assert "**Telegram**: 0.60 times as much" in heard(slack=Group(20, 12), telegram=Group(10, 3))
    assert heard(slack=Group(20, 12), telegram=Group(4, 3)) == ""
    assert heard(slack=Group(20, 12)) == ""
