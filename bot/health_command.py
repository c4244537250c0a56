"""``baraza health``: a community's health check on the terminal, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.cadence import first_moment
from bot.core.clock import system_time
from bot.core.errors import Refusal
from bot.core.messages import mark
from handlers.health import EVERY, as_lines, report, report_every
from storage import communities, installation
from storage.communities import Community
from storage.database import Database, Session

Echo = Callable[[str], None]

_NO_COMMUNITY = mark("There is no community yet. Start with `make run`, or with `baraza import slack-export FILE.zip`.")
_WHICH = mark("There are several communities. Choose one: {choices}")
_UNKNOWN = mark("There is no community called {name}. There is: {choices}")
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


async def chosen(session: Session, name: str | None) -> Community:
    """The community of this name; without one, the only community that isn't the sample. Raises Refusal."""
    everybody = await communities.all_communities(session)
    if not everybody:
        raise Refusal(_NO_COMMUNITY)
    names = ", ".join(one.name for one in everybody)
    if name is not None:
        found = await communities.named(session, name)
        if found is None:
            raise Refusal(_UNKNOWN, name=name, choices=names)
        return found
    own = [one for one in everybody if not one.is_sample] or everybody
    if len(own) > 1:
        raise Refusal(_WHICH, choices="--community " + ", --community ".join(f'"{one.name}"' for one in own))
    return own[0]


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A date (its midnight in ``zone``) or an ISO time (in ``zone`` where it names none), UTC. Raises Refusal."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refusal(_NO_DATE, text=text) from error
    return first_moment(found, zone) if found.tzinfo is None else found.astimezone(UTC)
