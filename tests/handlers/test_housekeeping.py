"""Housekeeping: what has served its time is cleared up at night."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from bot.core.addresses import Account
from storage import homes
from storage.homes import HomePage
from storage.schedules import ScheduleRun
from tests.community import founded, running


async def test_that_a_schedule_ran_is_forgotten_after_60_days(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        await talk.wait(days=65)
        assert talk.app is not None
        async with talk.app.database.reading() as session:
            ran = [row.ran_at for row in (await session.exec(select(ScheduleRun))).all()]
        days_ago = [(talk.app.clock.now() - moment) // timedelta(days=1) for moment in ran]
        assert min(days_ago) == 0
        assert max(days_ago) in (59, 60)


async def test_a_page_that_nobody_looks_at_is_forgotten(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        assert talk.app is not None
        for days in (30, 40):
            async with talk.app.database.transaction() as session:
                account = Account("slack", "T1", f"U{days}")
                await homes.look(session, account, None, None, talk.app.clock.now())
            await talk.wait(days=days)
        async with talk.app.database.reading() as session:
            assert len((await session.exec(select(HomePage))).all()) == 1
