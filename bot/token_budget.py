"""How many tokens the assistant may use in a day, kept where a restart does not forget it."""

from __future__ import annotations

from bot.assistant import Assistant
from bot.core.clock import Clock
from bot.metrics import Metrics
from bot.settings import Settings
from storage import assistant_use
from storage.database import Database


class DailyTokens:
    """The budget of one installation, which begins anew at midnight, UTC."""

    def __init__(self, database: Database, clock: Clock, tokens: int) -> None:
        self._database = database
        self._clock = clock
        self._tokens = tokens

    async def left(self) -> int:
        """Tokens that are left today. Raises DatabaseUnavailable."""
        async with self._database.reading() as session:
            return max(0, self._tokens - await assistant_use.used_on(session, self._clock.now().date()))

    async def spend(self, tokens: int) -> None:
        """So many were used. Raises DatabaseUnavailable."""
        async with self._database.transaction() as session:
            await assistant_use.add(session, self._clock.now().date(), tokens)


def assistant_within_budget(settings: Settings, database: Database, clock: Clock, metrics: Metrics) -> Assistant | None:
    """The assistant; None where there is no key for it, or nothing that it may use."""
    if settings.openai_api_key is None or settings.openai_daily_tokens == 0:
        return None
    return Assistant(
        settings.openai_api_key, settings, DailyTokens(database, clock, settings.openai_daily_tokens), metrics
    )
