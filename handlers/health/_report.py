"""A health check as JSON: the shape that programs read (docs: "Health as JSON")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from handlers.health import _figures, _own_work
from handlers.health._figures import AskedBetween, Figures
from handlers.health._own_work import OwnWork
from storage import figures as stored
from storage import questions
from storage.communities import Community
from storage.database import Session

EVERY = {"week": 7, "30d": 30}
"""The lengths, in days, that a report can be cut into."""

EARLIER_WINDOWS = 8
"""How many windows before the present one people are shown, and signals compare it with."""


@dataclass(frozen=True)
class Checked:
    """The figures of one window ``[a, b)``, UTC."""

    a: datetime
    b: datetime
    figures: Figures


@dataclass(frozen=True)
class Reader:
    """Reads the figures of one community, all of them as known at the same ``data_end``."""

    session: Session
    community: Community
    data_end: datetime
    asked_through_the_bot: AskedBetween | None = questions.asked_between

    async def window(self, a: datetime, b: datetime) -> Checked:
        """The figures of ``[a, b)``."""
        asked = self.asked_through_the_bot
        found = await _figures.check(self.session, self.community, a, b, self.data_end, asked)
        return Checked(a, b, found)

    async def own_work(self, checked: Checked) -> OwnWork:
        """What came of the bot's own work in that window."""
        return await _own_work.read(self.session, self.community, checked.a, checked.b, self.data_end)

    async def window_before(self, checked: Checked) -> Checked:
        """The figures of the window of the same length before it."""
        return await self.window(_figures.before(checked.a, checked.b, self.community), checked.a)

    async def earlier(self, checked: Checked, count: int = EARLIER_WINDOWS) -> list[Checked]:
        """Up to ``count`` windows of the same length before it, oldest first.

        A window that began before the community's first message is not known, and is left out.
        """
        span = await stored.first_and_last_message(self.session, self.community.id)
        found: list[Checked] = []
        start, end = _figures.before(checked.a, checked.b, self.community), checked.a
        while span and start >= span[0] and len(found) < count:
            found.append(await self.window(start, end))
            start, end = _figures.before(start, end, self.community), start
        return found[::-1]

    async def as_json(self, checked: Checked, previous: Checked) -> dict[str, Any]:
        """One window, with the one before it."""
        return {**await self._as_json(checked), "previous": await self._as_json(previous)}

    async def _as_json(self, checked: Checked) -> dict[str, Any]:
        zone = ZoneInfo(self.community.time_zone)
        own_work = await self.own_work(checked)
        return {
            "from": checked.a.astimezone(zone).isoformat(),
            "to": checked.b.astimezone(zone).isoformat(),
            "time_zone": self.community.time_zone,
            "figures": checked.figures.as_json(),
            "reasons": dict(checked.figures.reasons),
            "participation_base": checked.figures.participation_base,
            "own_work": own_work.as_json(),
        }


async def reader(
    session: Session,
    community: Community,
    b: datetime,
    now: datetime,
    asked_through_the_bot: AskedBetween | None = questions.asked_between,
) -> Reader:
    """Whoever looks at windows up to ``b``."""
    end = await _figures.data_end(session, community, b, now)
    return Reader(session, community, end, asked_through_the_bot)


async def report(
    session: Session,
    community: Community,
    a: datetime,
    b: datetime,
    now: datetime,
    asked_through_the_bot: AskedBetween | None = questions.asked_between,
) -> dict[str, Any]:
    """``health --from A --to B --json``: the figures of ``[a, b)`` and of the window before it."""
    read = await reader(session, community, b, now, asked_through_the_bot)
    checked = await read.window(a, b)
    return await read.as_json(checked, await read.window_before(checked))


async def report_every(
    session: Session,
    community: Community,
    a: datetime,
    b: datetime,
    every: str,
    now: datetime,
    asked_through_the_bot: AskedBetween | None = questions.asked_between,
) -> dict[str, Any]:
    """``health --every week|30d --json``: windows from ``a`` on; the last ends at ``b``, so may be shorter.

    Raises KeyError for another word than those of ``EVERY``.
    """
    read = await reader(session, community, b, now, asked_through_the_bot)
    windows: list[dict[str, Any]] = []
    last: Checked | None = None
    for start, end in cut(a, b, EVERY[every], ZoneInfo(community.time_zone)):
        checked = await read.window(start, end)
        follows = last is not None and last.a == _figures.before(start, end, community)
        previous = last if last is not None and follows else await read.window_before(checked)
        windows.append(await read.as_json(checked, previous))
        last = checked
    return {"windows": windows}


def cut(a: datetime, b: datetime, days: int, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """``[a, b)`` in windows of so many days by the clocks of ``zone``; the last one is cut off at ``b``."""
    wall, number = a.astimezone(zone).replace(tzinfo=None), 0
    start = a
    while start < b:
        number += 1
        end = min(b, (wall + timedelta(days=days * number)).replace(tzinfo=zone).astimezone(UTC))
        yield start, end
        start = end
