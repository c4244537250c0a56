"""Activity and membership, recorded for every event of a community's places, whatever capabilities there are.

Many events share one transaction. No text is kept. Of somebody who opted out only their membership is kept: who is
greeted, and who gets a question, hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.addresses import Person
from bot.core.events import Event, Joined, Left, MessageDeleted, MessagePosted, PollAnswered, Reacted
from bot.core.question_marks import asks_something
from storage import activity, meetings, members, opting_out, vacating
from storage.activity import ActivityKind, activity_key
from storage.database import Session

RECORDED = (MessagePosted, MessageDeleted, Reacted, PollAnswered, Joined, Left)
_KINDS: dict[type[Event], ActivityKind] = {
    MessagePosted: ActivityKind.MESSAGE,
    MessageDeleted: ActivityKind.DELETED,
    Reacted: ActivityKind.REACTION,
    PollAnswered: ActivityKind.REACTION,
    Joined: ActivityKind.JOIN,
    Left: ActivityKind.LEAVE,
}


@dataclass(frozen=True, slots=True)
class _Happening:
    event: Any
    place_id: int
    community_id: int
    member_id: int
    counted: bool


async def record(session: Session, events: Sequence[Event], now: datetime) -> None:
    """Keep what ``events`` say about activity and membership; repeats change nothing."""
    happenings = await _resolve(session, [event for event in events if isinstance(event, RECORDED)], now)
    for run in _runs(happenings):
        if isinstance(run[0].event, MessagePosted):
            await _record_messages(session, run)
        else:
            for one in run:
                await _record_other(session, one)
    for event in events:
        if isinstance(event, Left) and event.place is None:
            await _record_leaving_everywhere(session, event)


async def _record_messages(session: Session, run: list[_Happening]) -> None:
    await activity.record(session, [_row(one) for one in run if one.counted])
    since: dict[int, dict[int, datetime]] = {}
    for one in reversed(run):
        since.setdefault(one.community_id, {})[one.member_id] = one.event.at
    for community_id, moments in since.items():
        await members.belong_many(session, community_id, moments)


async def _record_other(session: Session, one: _Happening) -> None:
    event, row = one.event, _row(one)
    if isinstance(event, MessageDeleted) and one.counted:
        await activity.take_back(session, row)
    elif isinstance(event, MessageDeleted):
        await activity.take_back_known(session, one.community_id, row["key"])
    elif isinstance(event, Reacted | PollAnswered) and event.removed:
        await activity.forget(session, one.community_id, row["key"])
    elif one.counted:
        await activity.record(session, [row])
    if isinstance(event, Joined):
        await members.arrive(session, one.community_id, one.place_id, one.member_id, event.at)
    elif isinstance(event, Left):
        await members.depart(session, one.community_id, one.place_id, one.member_id, event.at)


async def _record_leaving_everywhere(session: Session, event: Left) -> None:
    """Out of the workspace, and so of every community that met there alone: one leave for each."""
    account = event.by.account
    for member_id in (await members.known_among(session, [account])).values():
        counted = member_id not in await opting_out.among(session, {member_id})
        for community_id, place_id in await vacating.leave_tenant(session, account, member_id, event.at):
            if counted:
                await activity.record(session, [_row(_Happening(event, place_id, community_id, member_id, counted))])


async def _resolve(session: Session, events: list[Event], now: datetime) -> list[_Happening]:
    met = await meetings.among(session, [event.place for event in events if event.place is not None])
    known = [
        (event, *meeting)
        for event in events
        if event.place is not None
        and (meeting := met.get(event.place)) is not None
        and not event.by.is_bot
        and event.by.account.user  # what nobody did counts for nobody
    ]
    if not known:
        return []
    people: dict[Any, Person] = {event.by.account: event.by for event, *_ in known if not isinstance(event, Left)}
    last_acts: dict[Any, datetime] = {}
    for event, *_ in known:
        last_acts[event.by.account] = max(event.at, last_acts.get(event.by.account, event.at))
    ids = await members.ensure_many(session, people, now, last_acts)
    leaving = last_acts.keys() - people.keys()
    if leaving:  # going away makes nobody known, least of all who has just been forgotten
        ids |= await members.known_among(session, leaving)
    uncounted = await opting_out.among(session, set(ids.values()))
    return [
        _Happening(event, place_id, community_id, member_id, member_id not in uncounted)
        for event, place_id, community_id in known
        if (member_id := ids.get(event.by.account)) is not None
    ]


def _row(one: _Happening) -> dict[str, Any]:
    event = one.event
    account = event.by.account
    message = isinstance(event, MessagePosted)
    return {
        "community_id": one.community_id,
        "place_id": one.place_id,
        "member_id": one.member_id,
        "kind": _KINDS[type(event)].value,
        "at": event.at,
        "key": activity_key(account.platform, account.tenant, event.key),
        "thread": _thread(event) if message else None,
        "is_question": message and _asks(event),
    }


def _asks(event: MessagePosted) -> bool:
    return asks_something(event.text) if event.asks is None else event.asks


def _thread(event: MessagePosted) -> int | None:
    if event.thread_key is None:
        return None
    return activity_key(event.by.account.platform, event.by.account.tenant, event.thread_key)


def _runs(happenings: Iterable[_Happening]) -> list[list[_Happening]]:
    """Neighbours of one sort together: messages go in by the hundred, the rest one by one, all in order."""
    runs: list[list[_Happening]] = []
    for one in happenings:
        if runs and isinstance(one.event, MessagePosted) and isinstance(runs[-1][0].event, MessagePosted):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
