"""outbox -> platform. Messages to one conversation go out in order, and none goes out twice.

A row is marked before it is sent and again after it arrived. What was on its way when the program ended
has an unknown outcome: it is looked for on its platform before anything is sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.core.addresses import MessageRef
from bot.core.clock import Clock
from bot.core.platform import (
    CannotTell,
    ChatIsClosed,
    MessageIsGone,
    NotSent,
    NotYetReachable,
    OpenForm,
    OutcomeUnknown,
    Outgoing,
    PlaceIsClosed,
    Platform,
    TriggerExpired,
    Undeliverable,
)
from bot.core.serialization import ref_to_json
from bot.dead_letters import DeadLetters
from bot.logs import where_it_failed
from bot.loops import Loop
from bot.metrics import Metrics
from bot.outgoing import can_be_looked_for, instead, may_come_twice, outgoing_of, reader_of
from storage import outbox, private_chats
from storage.database import Database, Session
from storage.outbox import MAY_HAVE_ARRIVED, NOT_SENT, PLACE_CLOSED, OutboxRow

log = structlog.get_logger()

IN_FLIGHT = 50
_LONGEST_DELAY = timedelta(minutes=5)
_GIVE_UP_AFTER = timedelta(days=3)
_PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: it arrived (``sent`` may be None), is tried again, is looked for later, or is dead.

    ``repeats``: nobody can tell whether it arrived, so that trying again may repeat it. ``held_since``: at that moment
    its person could not be written to yet. ``closed``: the person wants no messages. ``place_closed``: it waits until
    its place is open again.
    """

    row: OutboxRow
    sent: MessageRef | None = None
    again_at: datetime | None = None
    look_at: datetime | None = None
    repeats: bool = False
    held_since: datetime | None = None
    dead: str = ""
    closed: bool = False
    out_of_reach: bool = False
    place_closed: bool = False

    @property
    def has_arrived(self) -> bool:
        """Whether nothing more is to be done."""
        return not (self.dead or self.held_since or self.look_at or self.again_at)

    @property
    def word(self) -> str:
        """For the metrics."""
        if self.dead:
            return "dead"
        if self.held_since:
            return "held"
        return "again" if self.again_at else "unknown" if self.look_at else "sent"


class Delivery(Loop):
    """Works through the outbox until it is stopped."""

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, Platform],
        clock: Clock,
        metrics: Metrics,
        dead_letters: DeadLetters,
        on_delivered: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__("delivery")
        self._database = database
        self._platforms = platforms
        self._clock = clock
        self._metrics = metrics
        self._dead_letters = dead_letters
        self._on_delivered = on_delivered
        self.patience = _PATIENCE
        self._outcomes: list[Outcome] = []
        self._unknown: dict[int, tuple[datetime, OutboxRow]] = {}
        self._flying: dict[asyncio.Task[None], int] = {}
        self._recovered = False

    async def round(self) -> bool:
        """Write down what became of earlier rows, take the next ones and send them."""
        if not self._recovered:
            await self._recover()
        looked = self._look_again()
        outcomes, self._outcomes = self._outcomes, []
        free = IN_FLIGHT - len(self._flying)
        try:
            rows = await self._claim(free, outcomes) if outcomes or (free > 0 and await self._is_anything_due()) else []
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            raise
        await self._tell_of_the_dead(outcomes)
        for row in rows:
            self._fly(row, self._attempt)
        return bool(outcomes or rows or looked)

    def at_work(self) -> bool:
        """Whether a message is on its way now."""
        return bool(self._flying or self._outcomes)

    def started(self) -> Collection[asyncio.Task[None]]:
        """What is on its way."""
        return self._flying.keys()

    async def finish_running(self) -> None:
        """Wait for what is on its way, and write down what became of it."""
        await asyncio.gather(*self._flying, return_exceptions=True)
        if self._outcomes:
            async with self._database.transaction() as session:
                await self._write_down(session, self._outcomes)
            outcomes, self._outcomes = self._outcomes, []
            await self._tell_of_the_dead(outcomes)

    async def _is_anything_due(self) -> bool:
        async with self._database.reading() as session:
            return await outbox.anything_due(session, self._clock.now())

    async def _claim(self, free: int, outcomes: list[Outcome]) -> list[OutboxRow]:
        """Write down what became of earlier rows and take the next ones, in one transaction."""
        try:
            async with self._database.transaction() as session:
                await self._write_down(session, outcomes)
                return await outbox.claim_due(session, self._clock.now(), free) if free > 0 else []
        except BaseException:
            self._recovered = False  # the claim may have been kept although its answer got lost
            raise

    async def _recover(self) -> None:
        """What was claimed earlier and is in nobody's hands, as after a restart: find out, then go on."""
        async with self._database.reading() as session:
            rows = await outbox.interrupted(session)
        held = {*self._flying.values(), *self._unknown, *(outcome.row.id for outcome in self._outcomes)}
        for row in rows:
            if row.id not in held:
                self._fly(row, self._reconcile)
        self._recovered = True

    def _look_again(self) -> bool:
        """Ask after what may have arrived, where the last look failed."""
        now = self._clock.now()
        due = [row for at, row in self._unknown.values() if at <= now]
        for row in due:
            del self._unknown[row.id]
            self._fly(row, self._reconcile)
        return bool(due)

    def _fly(self, row: OutboxRow, work: Callable[[OutboxRow], Awaitable[Outcome]]) -> None:
        task = asyncio.create_task(self._carry_out(row, work))
        self._flying[task] = row.id
        task.add_done_callback(self._flying.pop)

    async def _carry_out(self, row: OutboxRow, work: Callable[[OutboxRow], Awaitable[Outcome]]) -> None:
        outcome = await work(row)
        self._outcomes.append(outcome)
        self._metrics.deliveries.labels(platform=row.platform, outcome=outcome.word).inc()
        self.wake()

    async def _attempt(self, row: OutboxRow) -> Outcome:
        platform = self._platforms.get(row.platform)
        if platform is None:
            return Outcome(row, again_at=self._clock.now() + _LONGEST_DELAY)
        began_at = self._clock.now()
        try:
            if platform.needs_first_word:
                await self._check_open(row)
            outgoing = await outgoing_of(self._database, row)
            if outgoing is None:
                return Outcome(row)
            return Outcome(row, sent=await self._deliver(platform, outgoing, row))
        except NotSent as problem:
            again = self._again(row, str(problem), problem.retry_at)
            return replace(again, place_closed=isinstance(problem, PlaceIsClosed))
        except NotYetReachable:
            return self._held(row, began_at)
        except ChatIsClosed:
            return Outcome(row, dead="undeliverable: the person closed the chat", closed=True, out_of_reach=True)
        except Undeliverable as problem:
            return Outcome(row, dead="" if isinstance(problem, MessageIsGone) else f"undeliverable: {problem}")
        except OutcomeUnknown:
            return await self._look(row, platform)
        except Exception as error:  # noqa: BLE001 - an adapter's own mistake; nobody knows how far it came
            log.error("a delivery failed", outbox_id=row.id, platform=row.platform, reason=where_it_failed(error))
            return await self._look(row, platform)

    async def _check_open(self, row: OutboxRow) -> None:
        """Raise ChatIsClosed where a person has closed their chat: asking the platform would only cost time."""
        reader = reader_of(row)
        if reader is not None:
            async with self._database.reading() as session:
                if await private_chats.is_closed(session, reader):
                    raise ChatIsClosed

    async def _deliver(self, platform: Platform, outgoing: Outgoing, row: OutboxRow) -> MessageRef | None:
        async with asyncio.timeout(self.patience.total_seconds()):
            try:
                if isinstance(outgoing, OpenForm) and self._clock.now() >= outgoing.trigger.expires_at:
                    raise TriggerExpired
                return await platform.deliver(outgoing)
            except TriggerExpired:
                row.attempts += 1
                return await platform.deliver(instead(row))

    async def _reconcile(self, row: OutboxRow) -> Outcome:
        platform = self._platforms.get(row.platform)
        if platform is None:
            return Outcome(row, look_at=self._clock.now() + _LONGEST_DELAY)
        return await self._look(row, platform)

    async def _look(self, row: OutboxRow, platform: Platform) -> Outcome:
        """Nobody knows whether it arrived: look for it, and otherwise do what its kind asks for.

        A form is opened once. Whether it was, nobody can tell: a button leads to it either way.
        """
        if not can_be_looked_for(row):
            return self._again(row, "nobody knows whether it was done")
        outgoing: Outgoing | None = None
        try:
            outgoing = await outgoing_of(self._database, row)
            if outgoing is None:
                return Outcome(row)
            async with asyncio.timeout(self.patience.total_seconds()):
                found = await platform.find(instead(row) if isinstance(outgoing, OpenForm) else outgoing)
            return Outcome(row, sent=found) if found else self._again(row, "it did not arrive")
        except CannotTell as unknown:
            if isinstance(outgoing, OpenForm) or may_come_twice(row, in_private=unknown.in_private):
                # Where it was a form that may have opened, its message was never sent, and so is no repeat.
                return replace(self._again(row, str(unknown)), repeats=not isinstance(outgoing, OpenForm))
            return Outcome(row, dead="nobody can tell whether it arrived, and it must not arrive twice")
        except Undeliverable as problem:
            return Outcome(row, dead=f"undeliverable: {problem}")
        except NotSent as problem:
            return self._look_later(row, str(problem), problem.retry_at)
        except Exception as error:  # noqa: BLE001 - the look-up itself failed, so it may still have arrived
            return self._look_later(row, where_it_failed(error))

    def _look_later(self, row: OutboxRow, reason: str, at: datetime | None = None) -> Outcome:
        later = self._again(row, reason, at)
        row.attempts += 1
        return replace(later, again_at=None, look_at=later.again_at)

    def _again(self, row: OutboxRow, reason: str, at: datetime | None = None) -> Outcome:
        now = self._clock.now()
        if now - row.created_at > _GIVE_UP_AFTER:
            return Outcome(row, dead=f"tried for three days: {reason}")
        delay = min(timedelta(seconds=2 ** min(row.attempts, 10)), _LONGEST_DELAY)
        return Outcome(row, again_at=max(at or now, now + delay))

    def _held(self, row: OutboxRow, since: datetime) -> Outcome:
        if since - row.created_at >= _GIVE_UP_AFTER:
            return Outcome(row, dead="undeliverable: the person never wrote to the bot", out_of_reach=True)
        return Outcome(row, held_since=since)

    async def _tell_of_the_dead(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            reader = reader_of(outcome.row) if outcome.out_of_reach else None
            if reader is not None:
                await self._dead_letters.out_of_reach(outcome.row, reader)
            elif outcome.dead:
                await self._dead_letters.message(outcome.row)
            elif outcome.place_closed and outcome.row.reason not in (PLACE_CLOSED, MAY_HAVE_ARRIVED):
                await self._dead_letters.waits_for_place(outcome.row)

    async def _write_down(self, session: Session, outcomes: Sequence[Outcome]) -> None:
        arrived = [outcome for outcome in outcomes if outcome.has_arrived]
        sent = {outcome.row.id: ref_to_json(outcome.sent) if outcome.sent else None for outcome in arrived}
        await outbox.mark_sent(session, sent)
        for outcome in outcomes:
            if not outcome.has_arrived:
                await self._write_down_delay(session, outcome)
            elif outcome.row.operation == "delete" and outcome.row.target:
                await outbox.is_gone(session, outcome.row.target)
            self._on_delivered()

    async def _write_down_delay(self, session: Session, outcome: Outcome) -> None:
        row = outcome.row
        if outcome.dead:
            log.error("dead letter", outbox_id=row.id, platform=row.platform, kind=row.kind, reason=outcome.dead)
            await outbox.bury(session, row.id, outcome.dead)
            reader = reader_of(row) if outcome.closed else None
            if reader is not None:
                await private_chats.close(session, reader)
        elif outcome.held_since:
            await self._hold(session, row, outcome.held_since)
        elif outcome.look_at:
            self._unknown[row.id] = (outcome.look_at, row)
        elif outcome.again_at:
            waits = PLACE_CLOSED if outcome.place_closed else NOT_SENT
            reason = MAY_HAVE_ARRIVED if outcome.repeats or row.may_have_arrived else waits
            await outbox.send_again(session, row.id, outcome.again_at, row.attempts + 1, reason)

    async def _hold(self, session: Session, row: OutboxRow, since: datetime) -> None:
        """Let it wait for the person's first word; one that came while it was on its way counts."""
        reader = reader_of(row)
        if reader is not None and await private_chats.not_opened(session, reader, since):
            await outbox.hold(session, row, row.created_at + _GIVE_UP_AFTER)
        else:
            soon = self._clock.now() + timedelta(seconds=1)
            reason = MAY_HAVE_ARRIVED if row.may_have_arrived else "the chat was opened meanwhile"
            await outbox.send_again(session, row.id, soon, row.attempts + 1, reason)
