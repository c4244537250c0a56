"""What has become a dead letter, or may, is told to the community that it belongs to, where one is known."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import structlog

from bot.core.addresses import Account, InPlace, Place, Privately
from bot.core.events import Event, GivenUp, OutOfReach, WaitsForPlace
from bot.core.messages import Kind
from bot.core.serialization import destination_from_json
from bot.logs import where_it_failed
from bot.services import Frame, Services
from storage import communities, members, private_chats
from storage.database import Database, Session
from storage.outbox import OutboxRow
from storage.tasks import Task

log = structlog.get_logger()

_GIVEN_UP = GivenUp()
_ONCE_IN = timedelta(days=1)

Finding = Callable[[Session], Awaitable[int | None]]


class DeadLetters:
    """Announces ``GivenUp``, ``OutOfReach`` and ``WaitsForPlace``.

    It comes after what happened was written down, and never fails.
    """

    def __init__(self, database: Database, frame: Frame) -> None:
        self._database = database
        self._frame = frame

    async def event(self, events: Sequence[Event]) -> None:
        """Nobody could handle these."""
        if events:
            await self._announce(lambda session: _community_of(session, events[0].place, events[0].by.account))

    async def message(self, row: OutboxRow) -> None:
        """It can't arrive. That an alert can't raises no other, or it would go round for ever."""
        if row.kind == Kind.ALERT:
            return
        to = destination_from_json(row.destination)
        place = None if isinstance(to, Privately) else to.place
        account = None if isinstance(to, InPlace) else to.account
        await self._announce(lambda session: _community_of(session, place, account))

    async def out_of_reach(self, row: OutboxRow, account: Account) -> None:
        """It can't arrive since its person can't be written to. Of one person that is told at most once a day."""
        if row.kind == Kind.ALERT:
            return

        async def known(session: Session) -> int | None:
            time_to_tell = await private_chats.to_be_told_of(session, account, self._frame.clock.now(), _ONCE_IN)
            return await _community_of(session, None, account) if time_to_tell else None

        await self._announce(known, OutOfReach())

    async def waits_for_place(self, row: OutboxRow) -> None:
        """Its place is closed to the bot until somebody opens it."""
        to = destination_from_json(row.destination)
        if isinstance(to, InPlace):
            place = to.place
            await self._announce(lambda session: _community_of(session, place, None), WaitsForPlace(place))

    async def task(self, task: Task) -> None:
        """It can't be done."""

        async def known(_session: Session) -> int | None:
            return task.community_id

        await self._announce(known)

    async def _announce(self, find: Finding, news: object = _GIVEN_UP) -> None:
        try:
            async with self._database.transaction() as session:
                community_id = await find(session)
                if community_id is not None:
                    community = await communities.by_id(session, community_id)
                    await Services(self._frame, session, known_community=community).announce(news)
        except Exception as error:  # noqa: BLE001 - telling of a failure must not fail the loop: doctor lists it anyway
            log.warning("nobody could be told of a dead letter", reason=where_it_failed(error))


async def _community_of(session: Session, place: Place | None, account: Account | None) -> int | None:
    if place is not None:
        known = await communities.place_at(session, place)
        return known.community_id if known else None
    member = await members.find(session, account) if account else None
    own = await members.communities_of(session, member.id) if member else []
    return own[0].id if own else None
