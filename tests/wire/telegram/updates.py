"""The updates that wait for the bot, and how it comes for them."""

from __future__ import annotations

import asyncio
import copy
from typing import TYPE_CHECKING

from tests.wire.telegram.refusal import Json, Refused, conflict
from tests.wire.telegram.state import Delivery

if TYPE_CHECKING:
    from tests.wire.telegram.emulator import TelegramEmulator

KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "guest_message", "message_reaction",
    "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query", "shipping_query",
    "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member",
    "chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot",
)  # fmt: skip
ASKED_FOR_BY_NAME = {"chat_member", "message_reaction", "message_reaction_count"}
"""What a bot gets only when it names it in ``allowed_updates``."""
MOST_AT_ONCE = 100
_IN_THE_FUTURE = 10
"""An offset that lies further ahead belongs to numbers from before they began anew, and confirms nothing."""


class Updates:
    """What waits, in order, for ``getUpdates`` or for the webhook."""

    def __init__(self, telegram: TelegramEmulator, first: int = 700_000_001) -> None:
        self._telegram = telegram
        self._next = first
        self.allowed: set[str] = set(KINDS) - ASKED_FOR_BY_NAME
        self.pending: list[Delivery] = []
        self.deliveries: list[Delivery] = []
        """Everything that the bot was ever to be told."""
        self.waited_for = asyncio.Event()
        """Set while a ``getUpdates`` waits for something to happen."""
        self._poll: asyncio.Future[str] | None = None

    def allow(self, kinds: list[str] | None) -> None:
        """What the bot wants to hear of from now on; nothing changes when it doesn't say."""
        if kinds is None:
            return
        unknown = [kind for kind in kinds if kind not in KINDS]
        if unknown:
            raise Refused(f"unknown kinds of updates {unknown} (Telegram would ignore them)")
        self.allowed = set(kinds) or set(KINDS) - ASKED_FOR_BY_NAME

    def tell(self, kind: str, payload: Json, *, conversation: int) -> Delivery | None:
        """Tell the bot of something, if it wants to hear of such things."""
        sender = payload.get("from") or payload.get("user")
        if sender is not None and sender["id"] in self._telegram.users:
            self._telegram.users[sender["id"]].known = True
        if kind not in self.allowed:
            return None
        return self.inject(kind, payload, conversation=conversation)

    def inject(self, kind: str, payload: Json, *, conversation: int = 0) -> Delivery:
        """Tell the bot something as it is, be it sound or not."""
        update = {"update_id": self._next, kind: copy.deepcopy(payload)}
        self._next += 1
        return self._deliver(Delivery(kind, update, conversation))

    def unparsable(self) -> Delivery:
        """An update of which no library can make anything."""
        return self.inject("message", {"message_id": "one", "date": "yesterday", "chat": 7, "text": ["?"]})

    def repeat(self, delivery: Delivery, times: int = 1) -> list[Delivery]:
        """Tell the bot the same thing again, with the same id, whether it has taken it or not."""
        again = [Delivery(delivery.kind, delivery.update, delivery.conversation, repeated=True) for _ in range(times)]
        return [self._deliver(one) for one in again]

    def restart(self, first: int) -> None:
        """Number the next updates from here, as Telegram does after a week without any."""
        self._next = first

    def _deliver(self, delivery: Delivery) -> Delivery:
        self.deliveries.append(delivery)
        self.pending.append(delivery)
        self._wake("")
        self._telegram.webhook.look()
        return delivery

    # Polling

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Json]:
        """What ``getUpdates`` gives: at once when there is something, else as soon as there is."""
        self._confirm(offset)
        self._wake(
            "terminated by other getUpdates request; make sure that only one bot instance is running", conflicting=True
        )
        if not self.pending and timeout > 0:
            await self._wait(timeout)
        handed = self.pending[: min(limit, MOST_AT_ONCE)]
        for one in handed:
            one.handed = True
        return [one.update for one in handed]

    async def _wait(self, seconds: float) -> None:
        poll = self._poll = asyncio.get_running_loop().create_future()
        self.waited_for.set()
        timer = self._telegram.clock.after(seconds, lambda: _end(poll, ""))
        try:
            why = await poll
        finally:
            timer.call_off()
            if self._poll is poll:
                self._poll = None
            if self._poll is None:
                self.waited_for.clear()
        if why:
            raise conflict(why)

    def _wake(self, why: str, *, conflicting: bool = False) -> None:
        if self._poll is not None and (conflicting or not why):
            _end(self._poll, why)
            self._poll = None
            self.waited_for.clear()

    def interrupt(self, why: str) -> None:
        """End the call that waits, with a conflict (or, without a reason, with nothing)."""
        self._wake(why, conflicting=True)

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            keep = self.pending[offset:]
            self._forget([one for one in self.pending if one not in keep])
        elif 0 < offset <= self._next + _IN_THE_FUTURE:
            # A repetition is one for the bot only once it has seen it.
            self._forget([one for one in self.pending if one.update_id < offset and (one.handed or not one.repeated)])

    def _forget(self, taken: list[Delivery]) -> None:
        for one in taken:
            one.accept()
        self.pending = [one for one in self.pending if not one.acknowledged]

    def drop(self) -> None:
        """Forget everything that waits."""
        self._forget(list(self.pending))

    def take(self, delivery: Delivery) -> None:
        """The webhook has taken this one."""
        self._forget([delivery])


def _end(poll: asyncio.Future[str], why: str) -> None:
    if not poll.done():
        poll.set_result(why)
