"""``baraza doctor``: one line a check, ok or what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from bot.doctor_slack import Kept, check_slack, kept_in
from bot.doctor_telegram import check_telegram, groups_in
from bot.finding import Finding
from bot.settings import Settings
from storage import communities, inbox, installation, outbox, tasks
from storage.communities import CommunityPlace
from storage.database import Database, DatabaseProblem, DatabaseUnavailable
from storage.encryption import WrongKey
from storage.schema import known_revisions, revision_of

Echo = Callable[[str], None]

_EARLIEST_PLAUSIBLE = datetime(2026, 1, 1, tzinfo=UTC)
_FEWEST_ZONES = 400


async def examine(settings: Settings, echo: Echo, now: Callable[[], datetime] | None = None) -> bool:
    """Print every check, also of the platforms, and the dead letters without anybody's words. Whether all is well."""
    well = True
    async for finding in _findings(settings, now or (lambda: datetime.now(UTC))):
        echo(finding.line)
        well = well and not finding.advice
    return well


async def _findings(settings: Settings, now: Callable[[], datetime]) -> AsyncIterator[Finding]:
    for finding in (check_settings(settings), *check_time(now)):
        yield finding
    kept = _Kept()
    async for finding in _examine_database(settings, kept):
        yield finding
    async for finding in check_slack(settings, kept.slack):
        yield finding
    async for finding in check_telegram(settings, kept.telegram, now()):
        yield finding


def check_settings(settings: Settings) -> Finding:
    """What is configured."""
    parts = [
        name
        for name, wanted in (
            ("Slack", settings.wants_slack),
            ("Telegram", settings.wants_telegram),
            ("a language model", settings.openai_api_key is not None),
        )
        if wanted
    ]
    if not parts and not settings.loopback_only:
        return Finding("settings", "", "HTTP_HOST must be 127.0.0.1 for the local page.")
    return Finding("settings", ", ".join(parts) or "the local page alone")


def check_time(now: Callable[[], datetime]) -> list[Finding]:
    """The machine's clock, and whether it knows time zones."""
    moment = now()
    early = "this machine's clock is in the past; set it, or let it be set over the network (NTP)."
    clock = Finding("clock", f"{moment:%Y-%m-%d %H:%M} UTC", early if moment < _EARLIEST_PLAUSIBLE else "")
    zones = len(available_timezones())
    few = "this machine knows no time zones; install the package tzdata."
    return [clock, Finding("time zones", f"{zones} known", few if zones < _FEWEST_ZONES else "")]


@dataclass
class _Kept:
    """What the database knows of platforms, once it was read."""

    slack: Kept = field(default_factory=Kept)
    telegram: tuple[CommunityPlace, ...] = ()


async def _examine_database(settings: Settings, kept: _Kept) -> AsyncIterator[Finding]:
    """Its checks. What it knows of platforms is put into ``kept``, where it can be read."""
    try:
        secret = settings.secret_key
        database = Database(settings.database_url, secret.get_secret_value() if secret else None)
    except DatabaseProblem as problem:
        yield Finding("database", "", str(problem))
        return
    try:
        revision = await revision_of(database)
        yield Finding("database", "SQLite" if database.is_sqlite else "PostgreSQL")
        migrations = check_migrations(revision)
        yield migrations
        if revision == known_revisions()[-1]:
            for check in (_check_key, _check_zones, _check_clock_offset, _check_dead_letters):
                async for finding in _each(check, database):
                    yield finding
            with suppress(WrongKey):  # that was said above
                kept.slack, kept.telegram = await kept_in(database), await groups_in(database)
    except DatabaseProblem as problem:
        yield Finding("database", "", str(problem))
    except (DatabaseUnavailable, OSError) as problem:
        yield Finding("database", "", f"it does not answer ({problem}). Is it running, and is DATABASE_URL right?")
    finally:
        await database.close()


def check_migrations(revision: str | None) -> Finding:
    """Whether the tables are those of this version."""
    known = known_revisions()
    if revision is None:
        return Finding("migrations", "an empty database; the tables are made at the first start")
    if revision not in known:
        return Finding("migrations", "", f"a newer Baraza has been here (revision {revision}); start that version.")
    if revision != known[-1]:
        return Finding("migrations", f"at {revision}; brought to {known[-1]} at the next start")
    return Finding("migrations", f"at {revision}, the newest")


async def _each(check: Callable[[Database], Awaitable[list[Finding]]], database: Database) -> AsyncIterator[Finding]:
    for finding in await check(database):
        yield finding


async def _check_key(database: Database) -> list[Finding]:
    async with database.reading() as session:
        fits = await installation.key_fits(session, database.cipher.digest("key check").hex())
    advice = "" if fits else "SECRET_KEY is not the one that this database was written with. Put the old one back."
    return [Finding("secret key", "it fits the database", advice)]


async def _check_zones(database: Database) -> list[Finding]:
    async with database.reading() as session:
        everybody = await communities.all_communities(session)
    unknown = [one for one in everybody if one.time_zone not in available_timezones()]
    findings = [
        Finding("time zone", "", f"the community {one.name} has the unknown zone {one.time_zone}; see /settings.")
        for one in unknown
    ]
    zones = sorted({str(ZoneInfo(one.time_zone)) for one in everybody if one not in unknown})
    return findings or [Finding("communities", f"{len(everybody)}, in {', '.join(zones) or 'no zone yet'}")]


async def _check_clock_offset(database: Database) -> list[Finding]:
    async with database.reading() as session:
        offset = await installation.clock_offset(session)
    if offset == timedelta(0):
        return []
    return [Finding("local page", f"its clock was moved {offset.days} days and {offset.seconds // 3600} hours on")]


async def _check_dead_letters(database: Database) -> list[Finding]:
    findings = []
    async with database.reading() as session:
        for box, letters in (
            ("inbox", await inbox.dead(session)),
            ("outbox", await outbox.dead(session)),
            ("task", await tasks.dead(session)),
        ):
            findings += [
                Finding("dead letter", "", f"{box} {number} ({about}) of {moment:%Y-%m-%d %H:%M} UTC: {reason}")
                for number, about, moment, reason in letters
            ]
    return findings or [Finding("dead letters", "none")]
