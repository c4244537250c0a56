"""After an outage of more than six minutes Slack has given up telling: the facilitators hear of it, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.roles import Role
from storage import communities, members
from tests.platforms.slack.faults.installation import Installed, installed
from tests.wire.slack.faults import hangs


async def settled(here: Installed) -> None:
    """Ana looks after the community that meets in the circle; Ben is a member."""
    await here.founds_a_community()
    await here.ana.writes("circle", "Good morning")
    await here.ben.writes("circle", "Good morning")
    await here.settles()
    async with here.running.database.transaction() as session:
        (community,) = await communities.all_communities(session)
        ana = await members.find(session, here.account(here.ana))
        assert ana is not None
        await members.give_role(session, community.id, ana.id, Role.FACILITATOR)


async def passes(here: Installed, **time: float) -> None:
    """Time passes while Baraza is away."""
    span = timedelta(**time)
    await here.slack.clock.move(span.total_seconds())
    here.clock.move_to(here.clock.now() + span)


def heard(here: Installed) -> list[str]:
    return [words for words in here.ana.hears() if "out of reach" in words]


@pytest.mark.parametrize("socket", [True, False], ids=["socket", "http"])
async def test_after_a_long_death_the_facilitator_hears_once_what_may_be_missing(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, socket=socket) as here:
        await settled(here)
        await here.dies()
        await here.ana.writes("circle", "Is anybody there?")
        await passes(here, minutes=20)
        await here.starts()
        await here.settles()
        assert heard(here) == [
            "Sorry, I was out of reach on Slack from Monday 2 March, 09:00 to Monday 2 March, 09:20, and what was "
            "written to me then may be lost: please ask everybody in Nurses to try again where they got no answer."
        ]
        assert not [words for words in here.ben.hears() if "out of reach" in words]
        await here.waits_long()
        await here.dies()
        await here.starts()
        await here.settles()
        assert len(heard(here)) == 1


async def test_what_slack_tells_again_needs_no_words(tmp_path: Path) -> None:
    async with installed(tmp_path) as here:
        await settled(here)
        for _ in range(2):
            await here.dies()
            await passes(here, minutes=5)
            await here.starts()
            await here.settles()
        await here.running.stop()
        await passes(here, minutes=6)
        await here.starts()
        await here.waits_long()
        assert heard(here) == []


async def test_while_it_runs_a_deaf_quarter_of_an_hour_is_told_once_the_sockets_are_back(tmp_path: Path) -> None:
    async with installed(tmp_path) as here:
        await here.slack.socket.connected(2, within=30)
        await settled(here)
        outages, faults = here.running.app.outages, here.slack.faults
        passed = 0.0
        outages.elapsed = lambda: passed
        await here.waits(61)
        for deaf in (300.0, 900.0, 30.0):
            opened = here.slack.socket.opened
            faults.plan("apps.connections.open", hangs(delivered=False), hangs(delivered=False))
            here.slack.socket.drop_all()
            await faults.struck("apps.connections.open", 2)
            passed += deaf
            await here.waits(deaf)
            faults.release()
            await here.slack.socket.connected(2, opened=opened + 2, within=30)
            await here.waits(61)
        assert len(heard(here)) == 1


async def test_a_clock_that_is_moved_is_no_outage(tmp_path: Path) -> None:
    async with installed(tmp_path) as here:
        await settled(here)
        await here.waits(3_600)
        await here.dies()
        await here.starts()
        await here.settles()
        assert heard(here) == []
