"""Outages after which a platform has thrown away what it could not tell: they are noticed, and told once.

Until when events could arrive is a fact in storage, so that it is known after any death; written once a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog

from bot.core.events import EventsLost
from bot.core.platform import Platform
from bot.loops import Loop
from bot.services import Frame, Services
from storage import communities, installation
from storage.database import Database, DatabaseUnavailable, Session

log = structlog.get_logger()

_WRITTEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Written:
    """When it was last written down that events arrive: by the clock, and by what no moving of the clock changes."""

    at: datetime
    elapsed: float


class Outages(Loop):
    """Watches the platforms that forget (``Platform.keeps_events_for``). ``on_told``: there is something to deliver."""

    def __init__(
        self, database: Database, frame: Frame, platforms: Mapping[str, Platform], on_told: Callable[[], None]
    ) -> None:
        super().__init__("watch for outages")
        self._database = database
        self._frame = frame
        self._watched = [one for one in platforms.values() if one.keeps_events_for is not None]
        self._on_told = on_told
        self._written: dict[str, _Written] = {}
        self.elapsed = monotonic
        """Seconds that pass while the program runs."""

    async def round(self) -> bool:
        """Look at each platform; whether anybody was told of an outage."""
        told = [await self._look(platform) for platform in self._watched if platform.hears()]
        if any(told):
            self._on_told()
        return any(told)

    async def stop(self) -> None:
        """Look no more. Until when events could arrive is then known exactly."""
        await super().stop()
        with suppress(DatabaseUnavailable):  # what was written last is at most a minute old
            for platform in self._watched:
                if platform.hears() and platform.name in self._written:
                    await self._look(platform, at_least_after=timedelta(0))

    async def _look(self, platform: Platform, at_least_after: timedelta = _WRITTEN_EVERY) -> bool:
        now, elapsed = self._frame.clock.now(), self.elapsed()
        last = self._written.get(platform.name)
        away = timedelta(seconds=elapsed - last.elapsed) if last else None
        if last is not None and away is not None and max(abs(now - last.at), away) < at_least_after:
            return False
        async with self._database.transaction() as session:
            if away is None:
                until = await installation.heard_until(session, platform.name)
                away = now - until if until else timedelta(0)
            await installation.remember_heard(session, platform.name, now)
            lost = platform.keeps_events_for is not None and away > platform.keeps_events_for
            if lost:
                await self._tell(session, EventsLost(platform.name, now - away, now))
        self._written[platform.name] = _Written(now, elapsed)
        return lost

    async def _tell(self, session: Session, news: EventsLost) -> None:
        """Every community that meets on the platform hears of it, in the transaction that writes down its end."""
        log.warning("events are lost: nothing could arrive for too long", platform=news.platform)
        places = await communities.places_on(session, news.platform)
        for community_id in dict.fromkeys(one.community_id for one in places if one.active and one.community_id):
            community = await communities.by_id(session, community_id)
            await Services(self._frame, session, known_community=community).announce(news)
