"""Telegram keeps its updates for a day: after a longer outage the facilitators hear of it, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.roles import Role
from storage import communities, members
from tests.platforms.telegram.faults.installation import Installed, installed


async def is_away(here: Installed, **time: float) -> None:
    """Baraza dies, and comes back after a while."""
    span = timedelta(**time)
    await here.dies()
    await here.telegram.clock.move(span.total_seconds())
    here.clock.move_to(here.clock.now() + span)
    await here.starts()
    await here.settles()


def heard(here: Installed) -> list[str]:
    return [words for words in here.ana.hears() if "out of reach on Telegram" in words]


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_more_than_a_day_away_is_told_once(tmp_path: Path, webhook: bool) -> None:
    async with installed(tmp_path, webhook=webhook) as here:
        await here.founds_a_community()
        await here.ana.writes(here.circle, "Good morning")
        await here.ana.writes(None, "/help")
        await here.settles()
        async with here.running.database.transaction() as session:
            (community,) = await communities.all_communities(session)
            ana = await members.find(session, here.account(here.ana))
            assert ana is not None
            await members.give_role(session, community.id, ana.id, Role.FACILITATOR)
        await is_away(here, hours=23)
        assert heard(here) == []
        await is_away(here, hours=25)
        assert len(heard(here)) == 1
        await is_away(here, minutes=1)
        await here.waits_long()
        assert len(heard(here)) == 1
