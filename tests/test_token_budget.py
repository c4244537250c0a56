"""The assistant's budget of tokens: kept for a day, and through a restart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.assistant import Assistant
from bot.metrics import Metrics
from bot.settings import Settings
from bot.token_budget import DailyTokens, assistant_within_budget
from storage.database import Database
from tests.community import StandingClock
from tests.wire.model import KEY


async def test_the_budget_is_kept_a_day_and_outlives_a_restart(database: Database) -> None:
    clock = StandingClock()
    budget = DailyTokens(database, clock, 1000)
    assert await budget.left() == 1000
    await budget.spend(300)
    await budget.spend(500)
    assert await DailyTokens(database, clock, 1000).left() == 200
    await budget.spend(10**6)
    assert await budget.left() == 0
    clock.move_to(clock.now().replace(hour=23, minute=59))
    assert await budget.left() == 0
    clock.move_to(clock.now() + timedelta(minutes=1))
    assert await budget.left() == 1000


async def test_without_a_key_or_without_tokens_there_is_no_assistant(database: Database) -> None:
    def made(**settings: Any) -> Assistant | None:
        chosen = Settings(_env_file=None, **settings)
        return assistant_within_budget(chosen, database, StandingClock(), Metrics())

    assert made() is None
    assert made(openai_api_key=KEY, openai_daily_tokens=0) is None
    assert made(openai_api_key=KEY) is not None
