"""outbox -> platform. Messages to one conversation go out in order, and none goes out twice.

A row is marked before it is sent and again after it arrived. What was on its way when the program ended
has an unknown outcome: it is looked for on its platform before anything is sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.core.addresses import MessageRef, OnlyVisibleTo
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
    TriggerExpired,
    Undeliverable,
)
from bot.core.serialization import (
    destination_from_json,
    form_from_json,
    message_from_json,
    ref_from_json,
    ref_to_json,
    trigger_from_json,
)
from bot.logs import where_it_failed
from bot.loops import Loop
from bot.metrics import Metrics
from storage import outbox
from storage.database import Database, Session
from storage.outbox import OutboxRow

log = structlog.get_logger()

IN_FLIGHT = 50
_LONGEST_DELAY = timedelta(minutes=5)
_GIVE_UP_AFTER = timedelta(days=3)
_SEND_AGAIN = {Kind.ANSWER, Kind.RECEIPT, Kind.WELCOME}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: it arrived (``sent`` may be None), is tried again, or is dead."""

    row: OutboxRow
    sent: MessageRef | None = None
    again_at: datetime | None = None
    dead: str = ""


class Delivery(Loop):
    """Works through the outbox until it is stopped."""

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, Platform],
        clock: Clock,
        metrics: Metrics,
        on_delivered: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__("delivery")
        self._database = database
        self._platforms = platforms
        self._clock = clock
        self._metrics = metrics
        self._on_delivered = on_delivered
        self._outcomes: list[Outcome] = []
        self._flying: set[asyncio.Task[None]] = set()
        self._recovered = False

    async def round(self) -> bool:
        """Write down what became of earlier rows, take the next ones and send them."""
        if not self._recovered:
            await self._recover()
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
        rows = await self._claim(free) if waits and free else []
        for row in rows:
            self._fly(self._carry_out(row))
        return bool(outcomes or rows)

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
            self._outcomes = []

    async def _claim(self, free: int) -> list[OutboxRow]:
        async with self._database.transaction() as session:
            return await outbox.claim_due(session, self._clock.now(), free)

    async def _recover(self) -> None:
        """What was on its way when the program last ended: find out, then go on."""
        async with self._database.reading() as session:
            rows = await outbox.interrupted(session)
        for row in rows:
            self._fly(self._reconcile(row))
        self._recovered = True

    def _fly(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)

    async def _carry_out(self, row: OutboxRow) -> None:
        outcome = await self._attempt(row)
        self._outcomes.append(outcome)
        result = "sent" if not outcome.again_at and not outcome.dead else "dead" if outcome.dead else "again"
        self._metrics.deliveries.labels(platform=row.platform, outcome=result).inc()
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
        try:
            if isinstance(outgoing, OpenForm) and self._clock.now() >= outgoing.trigger.expires_at:
                raise TriggerExpired
            return await platform.deliver(outgoing)
        except TriggerExpired:
            return await platform.deliver(_instead(row))

    async def _reconcile(self, row: OutboxRow) -> None:
        platform = self._platforms.get(row.platform)
        if platform is None:
            self._outcomes.append(Outcome(row, again_at=self._clock.now()))
        elif row.operation == "form":
            self._outcomes.append(await self._form_once_more(row, platform))
        else:
            self._outcomes.append(await self._look(row, platform))
        self.wake()

    async def _form_once_more(self, row: OutboxRow, platform: Platform) -> Outcome:
        """A form is opened once. Whether it was, nobody knows: a button leads to it either way."""
        try:
            return Outcome(row, sent=await platform.find(_instead(row)) or await platform.deliver(_instead(row)))
        except (NotSent, OutcomeUnknown, CannotTell) as problem:
            return self._again(row, str(problem))
        except Undeliverable as problem:
            return Outcome(row, dead=f"undeliverable: {problem}")

    async def _look(self, row: OutboxRow, platform: Platform) -> Outcome:
        """Nobody knows whether it arrived: look for it, and otherwise do what its kind asks for."""
        try:
            outgoing = await self._outgoing(row)
            if outgoing is None:
                return Outcome(row)
            if isinstance(outgoing, OpenForm):
                return await self._form_once_more(row, platform)
            found = await platform.find(outgoing)
            return Outcome(row, sent=found) if found else self._again(row, "it did not arrive")
        except CannotTell:
            once = isinstance(destination_from_json(row.destination), OnlyVisibleTo)
            if Kind(row.kind) in _SEND_AGAIN and not once:
                return self._again(row, "nobody can tell whether it arrived")
            return Outcome(row, dead="nobody can tell whether it arrived, and it must not arrive twice")
        except Exception as error:  # noqa: BLE001 - the look-up itself failed; look again later
            return self._again(row, where_it_failed(error))

    def _again(self, row: OutboxRow, reason: str, at: datetime | None = None) -> Outcome:
        now = self._clock.now()
        if now - row.created_at > _GIVE_UP_AFTER:
            return Outcome(row, dead=f"tried for three days: {reason}")
        delay = min(timedelta(seconds=2 ** min(row.attempts, 10)), _LONGEST_DELAY)
        return Outcome(row, again_at=max(at or now, now + delay))

    async def _outgoing(self, row: OutboxRow) -> Outgoing | None:
        """What the row asks for. None when an edit has nothing left to change."""
        destination = destination_from_json(row.destination)
        if row.operation == "form":
            trigger = row.body["trigger"]
            if trigger is None:
                return _instead(row)
            form = form_from_json(row.body["form"])
            return OpenForm(row.reference, destination, row.body["form_id"], form, trigger_from_json(trigger))
        message = message_from_json(row.body["message"])
        if row.operation == "send":
            return Send(row.reference, destination, message, Kind(row.kind))
        async with self._database.reading() as session:
            earlier = await outbox.by_reference(session, row.target or "")
        if earlier is None or earlier.sent is None:
            return None
        return Edit(row.reference, destination, ref_from_json(earlier.sent), message)

    async def _write_down(self, session: Session, outcome: Outcome) -> None:
        row = outcome.row
        if outcome.dead:
            log.error("dead letter", outbox_id=row.id, platform=row.platform, kind=row.kind, reason=outcome.dead)
            await outbox.bury(session, row.id, outcome.dead)
        elif outcome.again_at:
            await outbox.send_again(session, row.id, outcome.again_at, row.attempts + 1, "not sent yet")
        else:
            await outbox.mark_sent(session, row.id, ref_to_json(outcome.sent) if outcome.sent else None)
        self._on_delivered()


def _instead(row: OutboxRow) -> Send:
    """The message with a button, for a form that can't be opened any more."""
    destination = destination_from_json(row.destination)
    return Send(row.reference, destination, message_from_json(row.body["instead"]), Kind.RECEIPT)
