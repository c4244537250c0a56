"""``baraza health``: a community's health check on the terminal, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chosen_community import chosen
from bot.core.cadence import first_moment
from bot.core.clock import system_time
from bot.core.errors import Refusal
from bot.core.messages import mark
from handlers.health import EVERY, as_lines, report, report_every
from storage import installation
from storage.database import Database

Echo = Callable[[str], None]

_NO_DATE = mark("{text} is no date. Write it like 2026-03-31, or with a time: 2026-03-31T09:00+00:00.")
_BACKWARDS = mark("--from has to be earlier than --to.")
_NO_CUT = mark("--every takes week or 30d.")


async def print_health(
    database: Database,
    name: str | None,
    *,
    start: str | None,
    end: str | None,
    every: str | None,
    as_json: bool,
    echo: Echo,
) -> None:
    """Print the check of ``[start, end)``. Dates are midnights in the community's time zone. Raises Refusal."""
    if every is not None and every not in EVERY:
        raise Refusal(_NO_CUT)
    async with database.reading() as session:
        now = system_time() + await installation.clock_offset(session)
        community = await chosen(session, name)
        zone = ZoneInfo(community.time_zone)
        b = moment(end, zone) if end else now
        a = moment(start, zone) if start else b - timedelta(days=30)
        if a >= b:
            raise Refusal(_BACKWARDS)
        if every is not None:
            data = await report_every(session, community, a, b, every, now)
        else:
            data = await report(session, community, a, b, now)
    if as_json or every is not None:
        echo(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        for line in as_lines(community, data):
            echo(line)


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A date (its midnight in ``zone``) or an ISO time (in ``zone`` where it names none), UTC. Raises Refusal."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(_NO_DATE, text=text) from error
    return first_moment(found, zone) if found.tzinfo is None else found.astimezone(UTC)
