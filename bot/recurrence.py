"""Which things recur for a community, and how often: declared in ``schedules/``, or chosen by the community."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.cadence import next_after, too_often, understood
from bot.core.dispatch import Registry
from bot.core.errors import Refusal
from bot.core.messages import mark
from storage import schedules
from storage.communities import Community
from storage.database import Session
from storage.schedules import StoredSchedule

INSTALLATION = 0
"""Where a schedule belongs that runs once for all communities."""


def planned(
    name: str, community_id: int, cadence: str, time_zone: str, now: datetime, subject: str = ""
) -> StoredSchedule:
    """A schedule that is due next after ``now``. Raises UnknownCadence, and LookupError or ValueError for a zone
    that this machine doesn't know."""
    words = understood(cadence)
    upcoming = next_after(words, now, ZoneInfo(time_zone))
    return StoredSchedule(
        name=name,
        community_id=community_id,
        subject=subject,
        cadence=words,
        time_zone=time_zone,
        next_at=upcoming.at,
        next_local=upcoming.local,
    )


async def of_community(
    session: Session, registry: Registry, community: Community, now: datetime
) -> list[StoredSchedule]:
    """Everything that recurs for a community, by name and subject; a new community gets what is declared.

    What nothing does any more is left out. A time zone that was changed just now counts already.
    """
    stored = await schedules.of_community(session, community.id)
    zone, names = community.time_zone, {row.name for row in stored}
    for one in registry.schedules.values():
        if one.per_community and one.name not in names:
            await schedules.add(session, planned(one.name, community.id, one.cadence, zone, now))
    for row in stored:
        if row.time_zone != zone and row.next_at > now:
            elsewhere = planned(row.name, community.id, row.cadence, zone, now, row.subject)
            await schedules.plan_again(session, row, elsewhere)
    rows = await schedules.of_community(session, community.id)
    return [row for row in rows if row.name in registry.schedules or row.name in registry.recurrences]


async def choose(
    session: Session,
    registry: Registry,
    community: Community,
    name: str,
    cadence: str,
    subject: str,
    now: datetime,
) -> None:
    """Let it recur for a community from now on; what stands already stays as it is, also when it is due just now.

    Raises UnknownCadence, Refusal for more than once an hour, LookupError for a name that nobody declared.
    """
    _check(registry, name, subject)
    row = planned(name, community.id, cadence, community.time_zone, now, subject)
    if too_often(row.cadence):
        raise Refusal(mark("That comes more than once an hour. Please choose times that are an hour or more apart."))
    row.chosen = True
    for stored in await schedules.of_community(session, community.id):
        if (stored.name, stored.subject) == (name, subject) and _tells_the_same(stored, row):
            return
    await schedules.put(session, row)


async def stop(
    session: Session, registry: Registry, community: Community, name: str, subject: str, now: datetime
) -> None:
    """Let it recur no longer: what is declared rests until it is chosen again, anything else is forgotten."""
    _check(registry, name, subject)
    if name in registry.recurrences:
        await schedules.forget(session, community.id, name, subject)
        return
    await of_community(session, registry, community, now)
    await schedules.switch_off(session, community.id, name, subject)


def _tells_the_same(stored: StoredSchedule, wanted: StoredSchedule) -> bool:
    compared = ("cadence", "time_zone", "chosen", "active")
    return all(getattr(stored, field) == getattr(wanted, field) for field in compared)


def _check(registry: Registry, name: str, subject: str) -> None:
    declared = registry.schedules.get(name)
    if name not in registry.recurrences and (declared is None or subject or not declared.per_community):
        raise LookupError(f"nothing recurs for a community under this name and subject: {name}")
