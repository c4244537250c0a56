"""outbox -> platform. Messages to one conversation go out in order, and none goes out twice.

A row is marked before it is sent and again after it arrived. What was on its way when the program ended
has an unknown outcome: it is looked for on its platform before anything is sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.core.addresses import Destination, MessageRef, OnlyVisibleTo, Privately
from bot.core.clock import Clock
from bot.core.messages import Kind
from bot.core.platform import (
    CannotTell,
    Edit,
    NotSent,
    OpenForm,
    OutcomeUnknown,
    Outgoing,
    Platform,
    Send,
    ShowHome,
    TriggerExpired,
    Undeliverable,
)
from bot.core.serialization import (
    destination_from_json,
    form_from_json,
    home_from_json,
    message_from_json,
    ref_from_json,
    ref_to_json,
    trigger_from_json,
)
from bot.dead_letters import DeadLetters
from bot.logs import where_it_failed
from bot.loops import Loop
from bot.messenger import HOME
from bot.metrics import Metrics
from storage import outbox
from storage.database import Database, Session
from storage.outbox import MAY_HAVE_ARRIVED, NOT_SENT, OutboxRow

log = structlog.get_logger()

IN_FLIGHT = 50
_LONGEST_DELAY = timedelta(minutes=5)
_GIVE_UP_AFTER = timedelta(days=3)
_PATIENCE = timedelta(minutes=2)
_SEND_AGAIN = {Kind.ANSWER, Kind.RECEIPT, Kind.WELCOME}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: it arrived (``sent`` may be None), is tried again, is looked for later, or is dead.

    ``repeats``: nobody can tell whether it arrived, so that trying again may repeat it.
    """

    row: OutboxRow
    sent: MessageRef | None = None
    again_at: datetime | None = None
    look_at: datetime | None = None
    repeats: bool = False
    dead: str = ""

    @property
    def word(self) -> str:
        """For the metrics."""
        if self.dead:
            return "dead"
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
            async with self._database.transaction() if outcomes else self._database.reading() as session:
                for outcome in outcomes:
                    await self._write_down(session, outcome)
                waits = await outbox.anything_due(session, self._clock.now())
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            raise
        await self._tell_of_the_dead(outcomes)
        rows = await self._claim(free) if waits and free > 0 else []
        for row in rows:
            self._fly(row, self._attempt)
        return bool(outcomes or rows or looked)

    def at_work(self) -> bool:
        """Whether a message is on its way now."""
        return bool(self._flying or self._outcomes)

    async def finish_running(self) -> None:
        """Wait for what is on its way, and write down what became of it."""
        await asyncio.gather(*self._flying, return_exceptions=True)
        if self._outcomes:
            async with self._database.transaction() as session:
                for outcome in self._outcomes:
                    await self._write_down(session, outcome)
            outcomes, self._outcomes = self._outcomes, []
            await self._tell_of_the_dead(outcomes)

    async def _claim(self, free: int) -> list[OutboxRow]:
        try:
            async with self._database.transaction() as session:
                return await outbox.claim_due(session, self._clock.now(), free)
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
        try:
            outgoing = await self._outgoing(row)
            if outgoing is None:
                return Outcome(row)
            return Outcome(row, sent=await self._deliver(platform, outgoing, row))
        except NotSent as problem:
            return self._again(row, str(problem), problem.retry_at)
        except Undeliverable as problem:
            return Outcome(row, dead=f"undeliverable: {problem}")
        except OutcomeUnknown:
            return await self._look(row, platform)
        except Exception as error:  # noqa: BLE001 - an adapter's own mistake; nobody knows how far it came
            log.error("a delivery failed", outbox_id=row.id, platform=row.platform, reason=where_it_failed(error))
            return await self._look(row, platform)

    async def _deliver(self, platform: Platform, outgoing: Outgoing, row: OutboxRow) -> MessageRef | None:
        async with asyncio.timeout(self.patience.total_seconds()):
            try:
                if isinstance(outgoing, OpenForm) and self._clock.now() >= outgoing.trigger.expires_at:
                    raise TriggerExpired
                return await platform.deliver(outgoing)
            except TriggerExpired:
                row.attempts += 1
                return await platform.deliver(_instead(row))

    async def _reconcile(self, row: OutboxRow) -> Outcome:
        platform = self._platforms.get(row.platform)
        if platform is None:
            return Outcome(row, look_at=self._clock.now() + _LONGEST_DELAY)
        return await self._look(row, platform)

    async def _look(self, row: OutboxRow, platform: Platform) -> Outcome:
        """Nobody knows whether it arrived: look for it, and otherwise do what its kind asks for.

        A form is opened once. Whether it was, nobody can tell: a button leads to it either way.
        """
        outgoing: Outgoing | None = None
        try:
            outgoing = await self._outgoing(row)
            if outgoing is None:
                return Outcome(row)
            if isinstance(outgoing, ShowHome):
                return self._again(row, "nobody looks whether a page arrived")
            async with asyncio.timeout(self.patience.total_seconds()):
                found = await platform.find(_instead(row) if isinstance(outgoing, OpenForm) else outgoing)
            return Outcome(row, sent=found) if found else self._again(row, "it did not arrive")
        except CannotTell as unknown:
            if isinstance(outgoing, OpenForm) or _may_come_twice(row, in_private=unknown.in_private):
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

    async def _outgoing(self, row: OutboxRow) -> Outgoing | None:
        """What the row asks for. None when an edit has nothing left to change, or a page is no longer the newest."""
        destination = destination_from_json(row.destination)
        if row.operation == HOME:
            return await self._home(row, destination)
        if row.operation == "form":
            trigger = row.body["trigger"]
            if trigger is None or row.attempts:
                return _instead(row)
            form = form_from_json(row.body["form"])
            return OpenForm(row.reference, destination, row.body["form_id"], form, trigger_from_json(trigger))
        message = message_from_json(row.body["message"])
        if row.operation == "send":
            return Send(row.reference, destination, message, Kind(row.kind), row.may_have_arrived)
        async with self._database.reading() as session:
            earlier = await outbox.by_reference(session, row.target or "")
        if earlier is None or earlier.sent is None:
            return None
        return Edit(row.reference, destination, ref_from_json(earlier.sent), message)

    async def _home(self, row: OutboxRow, destination: Destination) -> ShowHome | None:
        async with self._database.reading() as session:
            if await outbox.newer_waits(session, row):
                return None
        assert isinstance(destination, Privately)  # noqa: S101 - the messenger shows a page to nobody else
        return ShowHome(row.reference, destination, home_from_json(row.body["home"]))

    async def _tell_of_the_dead(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.dead:
                await self._dead_letters.message(outcome.row)

    async def _write_down(self, session: Session, outcome: Outcome) -> None:
        row = outcome.row
        if outcome.dead:
            log.error("dead letter", outbox_id=row.id, platform=row.platform, kind=row.kind, reason=outcome.dead)
            await outbox.bury(session, row.id, outcome.dead)
        elif outcome.look_at:
            self._unknown[row.id] = (outcome.look_at, row)
        elif outcome.again_at:
            reason = MAY_HAVE_ARRIVED if outcome.repeats or row.may_have_arrived else NOT_SENT
            await outbox.send_again(session, row.id, outcome.again_at, row.attempts + 1, reason)
        else:
            await outbox.mark_sent(session, row.id, ref_to_json(outcome.sent) if outcome.sent else None)
        self._on_delivered()


def _may_come_twice(row: OutboxRow, *, in_private: bool) -> bool:
    """An edit, made again, changes nothing; some messages are worth a repeat. Ephemeral ones never are."""
    if isinstance(destination_from_json(row.destination), OnlyVisibleTo) and not in_private:
        return False
    return row.operation == "edit" or Kind(row.kind) in _SEND_AGAIN


def _instead(row: OutboxRow) -> Send:
    """The message with a button, for a form that can't be opened any more."""
    destination = destination_from_json(row.destination)
    message = message_from_json(row.body["instead"])
    return Send(row.reference, destination, message, Kind.RECEIPT, row.may_have_arrived)
