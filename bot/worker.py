"""inbox -> translate -> dispatch. In order within one conversation, side by side across conversations.

What happened is recorded many events to a transaction; an event that only counts as activity is done with that. Any
other event gets one transaction for each of its handlers, with a mark that the handler is done, so that nothing acts
twice and a broken capability takes nobody else's work with it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from time import perf_counter

import structlog

from bot import reachability
from bot.core.dispatch import Step
from bot.core.events import Event
from bot.core.platform import Platform
from bot.dead_letters import DeadLetters
from bot.handling import Handling
from bot.logs import where_it_failed
from bot.loops import TRIES, Loop, delay_after
from bot.metrics import Metrics
from bot.recording import record
from bot.services import Frame
from storage import inbox
from storage.database import Database, DatabaseUnavailable
from storage.inbox import Waiting

log = structlog.get_logger()

BATCH = 500
SIDE_BY_SIDE = 16
_TRIES_IN_LINE = 3
_WAIT_IN_LINE = timedelta(seconds=10)
_LOOK_SECONDS = 0.9
_RESCAN_SECONDS = 5.0
_MANY = 16
_GATHER_SECONDS = 0.02


@dataclass(slots=True)
class Item:
    """A waiting event with what it means. ``unreadable`` says why it means nothing.

    ``recorded``: that it happened is kept, only its handlers have not had it yet.
    """

    row: Waiting
    events: Sequence[Event]
    steps: list[tuple[Event, Step | None]]
    unreadable: str = ""
    recorded: bool = False

    @property
    def light(self) -> bool:
        """Whether it only counts as activity."""
        return not self.steps


class Worker(Loop):
    """Works through the inbox until it is stopped."""

    def __init__(
        self,
        database: Database,
        frame: Frame,
        platforms: Mapping[str, Platform],
        metrics: Metrics,
        on_outgoing: Callable[[], None],
    ) -> None:
        super().__init__("worker")
        self._database = database
        self._frame = frame
        self._clock = frame.clock
        self._registry = frame.registry
        self._platforms = platforms
        self._metrics = metrics
        self.handling = Handling(database, frame, metrics)
        self._dead_letters = DeadLetters(database, frame)
        self._on_outgoing = on_outgoing
        self._lines: dict[bytes, deque[Item]] = {}
        self._busy: dict[bytes | int, asyncio.Task[None]] = {}
        self._aside: dict[int, Item] = {}
        self._held: set[int] = set()
        self._high_water = 0
        self._may_have_come = True
        self._last_look = 0.0
        self._last_scan = 0.0
        self._under_load = False

    async def round(self) -> bool:
        """Take what is new, start what can run; whether anything was done."""
        if self._under_load:  # let more events share the next transaction: it competes with the inbox's commits
            await asyncio.sleep(_GATHER_SECONDS)
        fetched = await self._look()
        light = self._take_light()
        self._under_load = len(light) >= _MANY
        heads = [line[0] for _, line in self._startable() if not line[0].recorded]
        if light or len(heads) > 1:  # one alone is recorded in the transaction of its handler
            await self._record(light, heads)
        return bool(self._start_heavy() or light or fetched)

    def wake(self) -> None:
        """Something may have come in."""
        self._may_have_come = True
        super().wake()

    def at_work(self) -> bool:
        """Whether a handler runs now."""
        return bool(self._busy)

    def started(self) -> Collection[asyncio.Task[None]]:
        """The handlers that run."""
        return self._busy.values()

    async def finish_running(self) -> None:
        """Wait for the handlers that run; nothing new is started."""
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def _look(self) -> bool:
        """Read what came in, where something may have, or nobody has looked for a while; whether something had."""
        if len(self._held) >= BATCH * 4:
            return False
        if not self._may_have_come and perf_counter() - self._last_look < _LOOK_SECONDS:
            return False
        self._may_have_come = False
        try:
            count = await self._fetch()
        except BaseException:
            self._may_have_come = True
            raise
        self._last_look = perf_counter()
        self._may_have_come |= count >= BATCH  # then there may be more
        return count > 0

    async def _fetch(self) -> int:
        """Read what came in. Now and then from the beginning: another process's commit can come late."""
        again = perf_counter() - self._last_scan > _RESCAN_SECONDS
        async with self._database.reading() as session:
            rows = await inbox.waiting(
                session,
                limit=BATCH,
                platforms=self._platforms,
                after=0 if again else self._high_water,
                without=frozenset(self._held) if again else (),  # as it is now: what ends meanwhile isn't new
            )
        if again:
            self._last_scan = perf_counter()
        for row in rows:
            self._held.add(row.id)
            self._high_water = max(self._high_water, row.id)
            item = self._understand(row)
            if row.attempts >= _TRIES_IN_LINE:  # it had stepped aside before the program ended
                self._aside[row.id] = item
            else:
                self._lines.setdefault(row.conversation, deque()).append(item)
        return len(rows)

    def _understand(self, row: Waiting) -> Item:
        translate = self._platforms[row.platform].translate
        try:
            events = [event for event in translate(row.body) if not event.by.is_bot]
        except Exception as error:  # noqa: BLE001 - one unreadable event must not stop the others
            return Item(row, (), [], unreadable=f"unreadable: {where_it_failed(error)}")
        return Item(row, events, [pair for event in events for pair in self.handling.plan(event)])

    def _take_light(self) -> list[Item]:
        """What only counts, from the front of every line that nobody works on."""
        taken: list[Item] = []
        for conversation, line in list(self._lines.items()):
            while line and line[0].light and conversation not in self._busy and len(taken) < BATCH:
                taken.append(line.popleft())
            if not line and conversation not in self._busy:
                del self._lines[conversation]
        return taken

    async def _record(self, light: list[Item], heads: list[Item]) -> None:
        """One transaction for all; should one of them break it, each gets its own. The heads are handled later."""
        try:
            await self._record_together(light, heads)
        except DatabaseUnavailable:
            for item in reversed(light):
                self._lines.setdefault(item.row.conversation, deque()).appendleft(item)
            raise
        except Exception:  # noqa: BLE001 - found out below which of them it was
            for item in light:
                if not await self._run_item(item):
                    self._aside[item.row.id] = item

    async def _record_together(self, items: list[Item], heads: Sequence[Item] = ()) -> None:
        readable = [item for item in items if not item.unreadable]
        async with self._database.transaction() as session:
            events = [event for item in (*readable, *heads) for event in item.events]
            await record(session, events, self._clock.now())
            some_go_out = await reachability.keep(session, self._frame, events)
            await inbox.finish(session, [item.row.id for item in readable])
            for item in items:
                if item.unreadable:
                    await inbox.bury(session, item.row.id, item.row.attempts + 1, item.unreadable)
        if some_go_out:
            self._on_outgoing()
        for head in heads:
            head.recorded = True
        for item in items:
            self._held.discard(item.row.id)
            self._count(item, "dead" if item.unreadable else "recorded")
            if item.unreadable:
                log.error("dead letter", event_id=item.row.id, platform=item.row.platform, reason=item.unreadable)

    def _startable(self) -> list[tuple[bytes, deque[Item]]]:
        """The lines whose head can be worked on now, as far as there are hands."""
        now = self._clock.now()
        waiting = (
            (conversation, line)
            for conversation, line in self._lines.items()
            if line and not line[0].light and conversation not in self._busy and _is_due(line[0], now)
        )
        return list(islice(waiting, max(SIDE_BY_SIDE - len(self._busy), 0)))

    def _start_heavy(self) -> bool:
        started = False
        now = self._clock.now()
        for conversation, line in self._startable():
            self._busy[conversation] = asyncio.create_task(self._run_head(conversation, line))
            started = True
        for event_id, item in list(self._aside.items()):
            if _is_due(item, now) and event_id not in self._busy and len(self._busy) < SIDE_BY_SIDE:
                self._busy[event_id] = asyncio.create_task(self._run_aside(item))
                started = True
        return started

    async def _run_head(self, conversation: bytes, line: deque[Item]) -> None:
        """Work on the front of a line. What keeps failing steps aside, so that the conversation goes on."""
        try:
            item = line[0]
            tries = item.row.attempts
            if await self._run_item(item):
                line.popleft()
            elif item.row.attempts > tries and self._has_held_up_others(item):  # no try: the database was away
                self._aside[item.row.id] = line.popleft()
        finally:
            del self._busy[conversation]
            super().wake()  # the next of the line can start; nothing has come in

    def _has_held_up_others(self, item: Item) -> bool:
        waited = self._clock.now() - item.row.received_at
        return item.row.attempts >= _TRIES_IN_LINE or waited >= _WAIT_IN_LINE

    async def _run_aside(self, item: Item) -> None:
        try:
            if await self._run_item(item):
                self._aside.pop(item.row.id, None)
        finally:
            del self._busy[item.row.id]
            super().wake()

    async def _run_item(self, item: Item) -> bool:
        """Every step of one event that isn't done yet; whether the event has reached its end."""
        try:
            if item.unreadable:
                await self._record_together([item])
                return True
            error = await self._try(item)
            if error is None:
                self._held.discard(item.row.id)
                self._count(item, "done")
                return True
            return await self._failed(item, error)
        except DatabaseUnavailable as problem:
            log.warning("the database does not answer", reason=str(problem))
            item.row = replace(item.row, retry_at=self._clock.now() + timedelta(seconds=1))
            return False
        finally:
            self._on_outgoing()

    async def _try(self, item: Item) -> BaseException | None:
        try:
            return await self.handling.run(item.row.id, item.events, item.steps, recorded=item.recorded)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - recording it failed, before any step
            return error

    async def _failed(self, item: Item, error: BaseException) -> bool:
        attempts = item.row.attempts + 1
        reason = where_it_failed(error)
        dead = attempts >= TRIES
        retry_at = self._clock.now() + delay_after(attempts)
        async with self._database.transaction() as session:
            if dead:
                await inbox.bury(session, item.row.id, attempts, reason)
            else:
                await inbox.retry_later(session, item.row.id, attempts, retry_at, reason)
        item.row = replace(item.row, attempts=attempts, retry_at=retry_at)
        log.error(
            "dead letter" if dead else "will try again",
            event_id=item.row.id,
            attempts=attempts,
            reason=reason,
        )
        self._count(item, "dead" if dead else "failed")
        if dead:
            self._held.discard(item.row.id)
            await self.handling.apologise(item.events)
            await self._dead_letters.event(item.events)
        return dead

    def _count(self, item: Item, outcome: str) -> None:
        kinds = [type(event).__name__ for event in item.events] or ["unreadable" if item.unreadable else "ignored"]
        for kind in kinds:
            self._metrics.events.labels(kind=kind, outcome=outcome).inc()


def _is_due(item: Item, now: datetime) -> bool:
    return item.row.retry_at is None or item.row.retry_at <= now
