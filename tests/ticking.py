"""Schedules on a database of their own, with a clock that a test moves: for tests of what recurs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col

from bot.core.addresses import Place
from bot.core.capability import Capability, Schedule
from bot.core.dispatch import Registry
from bot.scheduling import Ticker
from bot.services import Frame, Services
from bot.settings import Settings
from bot.texts import Texts
from storage import communities
from storage.communities import Community
from storage.database import Database
from tests.community import START, StandingClock
from tests.fake_events import TENANT

Ran = list[tuple[str, datetime]]


def noting(ran: Ran, name: str = "note", cadence: str = "daily 09:00", **options: object) -> Schedule:
    """A schedule that notes which community it ran for, and when."""

    async def run(services: Services) -> None:
        who = services.known_community.name if services.known_community else "everybody"
        ran.append((f"{name} {who}", services.now()))

    return Schedule(name=name, cadence=cadence, run=run, **options)  # type: ignore[arg-type]


def posting(ran: Ran, name: str = "prompts.post", **options: timedelta) -> Capability:
    """A capability that notes for which subject of which community it recurred, and when."""
    capability = Capability("prompts")

    @capability.recurring(name, **options)  # type: ignore[arg-type]
    async def run(subject: str, services: Services) -> None:
        ran.append((f"{subject} {services.community.name}", services.now()))

    return capability


def frame(database: Database, clock: StandingClock, *parts: Schedule | Capability) -> Frame:
    """A frame in which these are declared, and nothing else."""
    capabilities = [part for part in parts if isinstance(part, Capability)]
    schedules = [part for part in parts if isinstance(part, Schedule)]
    registry = Registry(capabilities, schedules)
    return Frame(clock, Texts(), database.cipher, registry, Settings(_env_file=None))


def ticker(database: Database, clock: StandingClock, *parts: Schedule | Capability) -> Ticker:
    return Ticker(database, frame(database, clock, *parts), on_due=lambda: None)


@asynccontextmanager
async def acting_for(
    name: str, database: Database, clock: StandingClock, *parts: Schedule | Capability
) -> AsyncIterator[Services]:
    """What a handler is given that acts for the community of this name; it commits together."""
    async with database.transaction() as session:
        community = await communities.named(session, name)
        assert community is not None
        yield Services(frame(database, clock, *parts), session, known_community=community)


async def found(database: Database, name: str, time_zone: str = "UTC") -> None:
    async with database.transaction() as session:
        place = await communities.discover(session, Place("fake", TENANT, name, name))
        await communities.found(session, place, name=name, language="en", time_zone=time_zone, now=START)


async def moves_to(database: Database, name: str, time_zone: str) -> None:
    """A community lives in another time zone from now on."""
    async with database.transaction() as session:
        await session.exec(update(Community).where(col(Community.name) == name).values(time_zone=time_zone))


async def passes(clock: StandingClock, to: datetime, *tickers: Ticker, step: timedelta = timedelta(minutes=30)) -> None:
    """Time passes, and every ticker ticks at every step."""
    while clock.now() < to:
        clock.move_to(min(clock.now() + step, to))
        await asyncio.gather(*(one.tick(clock.now()) for one in tickers))


def hours(ran: Sequence[tuple[str, datetime]]) -> list[str]:
    """Who, on which day of the month, and at which time, UTC."""
    return [f"{who} {moment:%d %H:%M}" for who, moment in ran]
