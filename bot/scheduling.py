"""What recurs. APScheduler only ticks; what is due is a fact in storage, and a unique row decides who runs it.

(Its own job stores fire twice when two processes share them, and drop jobs after a stall of two seconds.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.core.cadence import Occurrence, last_until, next_after
from bot.core.capability import Schedule
from bot.logs import where_it_failed
from bot.services import Frame, Services
from storage import communities, schedules, tasks
from storage.database import Database, DatabaseUnavailable
from storage.schedules import StoredSchedule

log = structlog.get_logger()

_INSTALLATION = 0
_STUCK_SECONDS = 30.0
_WAIT_AFTER_FAILURE = timedelta(minutes=1)


class Ticker:
    """Looks once a second at what is due. ``tick`` may also be called by whoever moves the clock."""

    def __init__(
        self, database: Database, frame: Frame, declared: Sequence[Schedule], on_due: Callable[[], None]
    ) -> None:
        self._database = database
        self._frame = frame
        self._declared = {schedule.name: schedule for schedule in declared}
        self._on_due = on_due
        self._one_at_a_time = asyncio.Lock()
        self._last_tick = monotonic()
        self._failed_until: dict[int, datetime] = {}
        self._unfit: set[tuple[str, int, str]] = set()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        trigger = IntervalTrigger(seconds=1)
        self._scheduler.add_job(self._safe_tick, trigger, coalesce=True, max_instances=1, misfire_grace_time=None)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more; a tick that runs is finished."""
        self._scheduler.shutdown(wait=False)
        async with self._one_at_a_time:
            pass

    def trouble(self) -> str | None:
        """None while time is looked at, else what is the matter."""
        return "the schedule does not tick" if monotonic() - self._last_tick > _STUCK_SECONDS else None

    async def tick(self, now: datetime) -> None:
        """Run what fell due until ``now`` (UTC), each schedule once, in the order in which it fell due."""
        async with self._one_at_a_time:
            await self._add_missing(now)
            async with self._database.reading() as session:
                due = await schedules.due(session, now)
                tasks_due = await tasks.due(session, now, limit=1)
            for schedule in due:
                if self._failed_until.get(schedule.id, now) <= now:
                    await self._run(schedule, now)
            if due or tasks_due:
                self._on_due()
            self._last_tick = monotonic()

    async def next_due(self, after: datetime) -> datetime | None:
        """When the next schedule or task falls due, later than ``after``."""
        async with self._database.reading() as session:
            moments = (await schedules.next_due(session, after), await tasks.next_due(session, after))
        return min((moment for moment in moments if moment is not None), default=None)

    async def _safe_tick(self) -> None:
        try:
            await self.tick(self._frame.clock.now())
        except DatabaseUnavailable as error:
            log.warning("the database does not answer", where="tick", reason=str(error))
        except Exception as error:  # noqa: BLE001 - the next tick comes in a second, whatever happened
            log.error("a tick failed", reason=where_it_failed(error))

    async def _add_missing(self, now: datetime) -> None:
        """Every community has every schedule; a changed cadence or time zone counts from now on."""
        async with self._database.reading() as session:
            everybody = await communities.all_communities(session)
            stored = {(row.name, row.community_id): row for row in await schedules.all_schedules(session)}
        zones = {community.id: community.time_zone for community in everybody}
        for schedule in self._declared.values():
            for community_id, zone in (zones if schedule.per_community else {_INSTALLATION: "UTC"}).items():
                row = stored.get((schedule.name, community_id))
                if row is None or (row.cadence, row.time_zone) != (schedule.cadence, zone):
                    await self._store(schedule, community_id, zone, now)

    async def _store(self, schedule: Schedule, community_id: int, time_zone: str, now: datetime) -> None:
        try:
            upcoming = next_after(schedule.cadence, now, ZoneInfo(time_zone))
        except (ValueError, LookupError) as error:  # a zone that this machine doesn't know stops no other community
            if (schedule.name, community_id, time_zone) not in self._unfit:
                self._unfit.add((schedule.name, community_id, time_zone))
                log.error("a schedule can't be set", schedule=schedule.name, reason=where_it_failed(error))
            return
        row = StoredSchedule(
            name=schedule.name,
            community_id=community_id,
            cadence=schedule.cadence,
            time_zone=time_zone,
            next_at=upcoming.at,
            next_local=upcoming.local,
        )
        async with self._database.transaction() as session:
            await schedules.put(session, row)

    async def _run(self, row: StoredSchedule, now: datetime) -> None:
        """Run it for its latest missed time, then set the next. All of it commits together."""
        declared = self._declared.get(row.name)
        try:
            zone = ZoneInfo(row.time_zone)
            missed = last_until(row.cadence, now, zone, since=row.next_at - timedelta(microseconds=1))
            occurrence = missed or Occurrence(row.next_at, row.next_local)
            upcoming = next_after(row.cadence, now, zone)
            async with self._database.transaction() as session:
                await schedules.move_on(session, row.id, upcoming.at, upcoming.local)
                claimed = await schedules.claim(session, row.id, occurrence.local, now)
                if claimed and declared and now - occurrence.at <= declared.catch_up:
                    whole = row.community_id == _INSTALLATION
                    community = None if whole else await communities.by_id(session, row.community_id)
                    await declared.run(Services(self._frame, session, known_community=community))
            self._failed_until.pop(row.id, None)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one broken schedule must not stop the others
            self._failed_until[row.id] = now + _WAIT_AFTER_FAILURE
            log.error("a schedule failed", schedule=row.name, reason=where_it_failed(error))
