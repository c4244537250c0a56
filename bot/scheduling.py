"""What recurs. APScheduler only ticks; what is due is a fact in storage, and a unique row decides who runs it.

(Its own job stores fire twice when two processes share them, and drop jobs after a stall of two seconds.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from zoneinfo import ZoneInfo

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.core.cadence import Occurrence, last_until, next_after, understood
from bot.core.capability import Schedule
from bot.core.errors import Refusal
from bot.logs import where_it_failed
from bot.loops import STEP_PATIENCE
from bot.recurrence import INSTALLATION, planned
from bot.services import Frame, Services
from storage import communities, schedules, tasks
from storage.database import Database, DatabaseUnavailable
from storage.schedules import StoredSchedule

log = structlog.get_logger()

Job = Callable[[Services], Awaitable[None]]

_STUCK_SECONDS = 30.0
_WAIT_AFTER_FAILURE = timedelta(minutes=1)


class Ticker:
    """Looks once a second at what is due. ``tick`` may also be called by whoever moves the clock."""

    def __init__(self, database: Database, frame: Frame, on_due: Callable[[], None]) -> None:
        self._database = database
        self._frame = frame
        self._on_due = on_due
        self.patience = STEP_PATIENCE
        self._one_at_a_time = asyncio.Lock()
        self._last_tick = monotonic()
        self._failed_until: dict[int, datetime] = {}
        self._unfit: set[tuple[str | int, ...]] = set()
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        trigger = IntervalTrigger(seconds=1)
        self._scheduler.add_job(self._safe_tick, trigger, coalesce=True, max_instances=1, misfire_grace_time=None)

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more; a tick that runs is finished."""
        self._scheduler.pause()
        async with self._one_at_a_time:  # before: shutting down stops what runs in the middle of its queries
            self._scheduler.shutdown(wait=False)

    def trouble(self) -> str | None:
        """None while time is looked at, else what is the matter."""
        return "the schedule does not tick" if monotonic() - self._last_tick > _STUCK_SECONDS else None

    async def tick(self, now: datetime) -> None:
        """Run what fell due until ``now`` (UTC), each schedule once, in the order in which it fell due."""
        async with self._one_at_a_time:
            async with self._database.reading() as session:
                due = await schedules.due(session, now)
                tasks_due = await tasks.due(session, now, limit=1)
            for schedule in due:
                if self._failed_until.get(schedule.id, now) <= now:
                    await self._run(schedule, now)
                    self._last_tick = monotonic()  # a long tick is no stuck one
            await self._plan(now)
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

    async def _plan(self, now: datetime) -> None:
        """Every community has every declared schedule; another cadence or time zone counts from now on."""
        async with self._database.reading() as session:
            zones = {community.id: community.time_zone for community in await communities.all_communities(session)}
            stored = await schedules.all_schedules(session)
        zones[INSTALLATION] = "UTC"
        names = {(row.name, row.community_id) for row in stored}
        for declared in self._frame.registry.schedules.values():
            for community_id in zones:
                theirs = declared.per_community != (community_id == INSTALLATION)
                if theirs and (declared.name, community_id) not in names:
                    await self._add(declared, community_id, zones[community_id], now)
        for row in stored:
            await self._plan_again(row, zones.get(row.community_id, row.time_zone), now)

    async def _add(self, declared: Schedule, community_id: int, time_zone: str, now: datetime) -> None:
        with self._noted_once(declared.name, community_id, "", time_zone):
            row = planned(declared.name, community_id, declared.cadence, time_zone, now)
            async with self._database.transaction() as session:
                await schedules.add(session, row)

    async def _plan_again(self, row: StoredSchedule, time_zone: str, now: datetime) -> None:
        """What failed just now keeps its time, so that it isn't lost, unless nobody can tell what time that is."""
        declared = None if row.chosen or row.subject else self._frame.registry.schedules.get(row.name)
        with self._noted_once(row.name, row.community_id, row.subject, time_zone):
            cadence = understood(declared.cadence) if declared else row.cadence
            if (row.cadence, row.time_zone) == (cadence, time_zone) or (_waits(row, now) and _is_readable(row)):
                return
            row_now = planned(row.name, row.community_id, cadence, time_zone, now, row.subject)
            async with self._database.transaction() as session:
                await schedules.plan_again(session, row, row_now)

    @contextmanager
    def _noted_once(self, *what: str | int) -> Iterator[None]:
        """A zone that this machine doesn't know stops no other community, and is logged once."""
        try:
            yield
        except (ValueError, LookupError) as error:
            if what not in self._unfit:
                self._unfit.add(what)
                log.error("a schedule can't be set", schedule=what[0], reason=where_it_failed(error))

    async def _run(self, row: StoredSchedule, now: datetime) -> None:
        """Run it for its latest missed time, then set the next."""
        try:
            zone = ZoneInfo(row.time_zone)
            missed = last_until(row.cadence, now, zone, since=row.next_at - timedelta(microseconds=1))
            occurrence = missed or Occurrence(row.next_at, row.next_local)
            upcoming = next_after(row.cadence, now, zone)
            try:
                await self._once(row, occurrence, upcoming, self._job(row, now - occurrence.at))
            except Refusal:  # nobody waits for its sentence, and trying again would not help
                await self._once(row, occurrence, upcoming, None)
            self._failed_until.pop(row.id, None)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one broken schedule must not stop the others
            self._failed_until[row.id] = now + _WAIT_AFTER_FAILURE
            log.error("a schedule failed", schedule=row.name, reason=where_it_failed(error))

    async def _once(self, row: StoredSchedule, occurrence: Occurrence, upcoming: Occurrence, job: Job | None) -> None:
        """The job, the mark that it ran and its next time commit together, or not at all."""
        async with self._database.transaction() as session:
            if not await schedules.move_on(session, row, upcoming.at, upcoming.local):
                return
            if not await schedules.claim(session, row.id, occurrence.local, self._frame.clock.now()) or job is None:
                return
            whole = row.community_id == INSTALLATION
            community = None if whole else await communities.by_id(session, row.community_id)
            async with asyncio.timeout(self.patience.total_seconds()):
                await job(Services(self._frame, session, known_community=community))

    def _job(self, row: StoredSchedule, late: timedelta) -> Job | None:
        """What to do for a row; None where nothing does it any more, or where it has lost its worth."""
        recurring = self._frame.registry.recurrences.get(row.name)
        if recurring is not None:
            return partial(recurring.handler, row.subject) if late <= recurring.catch_up else None
        declared = self._frame.registry.schedules.get(row.name)
        if declared is None or row.subject or declared.per_community == (row.community_id == INSTALLATION):
            return None
        return declared.run if late <= declared.catch_up else None


def _waits(row: StoredSchedule, now: datetime) -> bool:
    return row.active and row.next_at <= now


def _is_readable(row: StoredSchedule) -> bool:
    try:
        understood(row.cadence)
        ZoneInfo(row.time_zone)
    except (ValueError, LookupError):
        return False
    return True
