"""Health checks over many rows, and imports."""

from __future__ import annotations

import sqlite3
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

import orjson
from sqlalchemy import insert

from handlers.health import report
from handlers.imports import import_slack_export
from storage import communities, members
from storage.activity import Activity, ActivityKind
from storage.columns import to_microseconds
from storage.communities import Community
from storage.database import Database, Session
from storage.members import Member
from storage.schema import upgrade
from tests.bench.lines import Line
from tests.databases import SECRET_KEY
from tests.slack_exports import channel, user, write_export

_MEMBERS = 2_000
_NOW = datetime(2026, 3, 2, tzinfo=UTC)
_IMPORTED = 200_000


async def health_checks(folder: Path) -> list[Line]:
    """A 30-day check over 100,000 and over 1,000,000 rows, beside one pass over the window's rows."""
    return [await _health_check(folder / str(rows), rows) for rows in (100_000, 1_000_000)]


async def _health_check(folder: Path, rows: int) -> Line:
    folder.mkdir()
    database = Database(f"sqlite:///{folder}/baraza.sqlite3", SECRET_KEY)
    await upgrade(database)
    async with database.transaction() as session:
        community = await _fill(session, rows)
    a, b = _NOW - timedelta(days=30), _NOW
    async with database.reading() as session:
        await report(session, community, a, b, _NOW)  # once to warm the caches
        started = perf_counter()
        await report(session, community, a, b, _NOW)
        took = perf_counter() - started
    floor = _one_pass(folder / "baraza.sqlite3", community.id)
    await database.close()
    return Line(f"30-day health check over {rows:,} rows (floor: one pass over all)", took * 1000, floor * 1000, "ms")


async def _fill(session: Session, rows: int) -> Community:
    """A year and a half of activity: few write much, many write little, a third are replies."""
    random = Random(1)
    community = Community(name="Bench", created_at=_NOW)
    session.add(community)
    await session.flush()
    place = communities.CommunityPlace(community_id=community.id, platform="local", tenant="local", external_id="bench")
    session.add(place)
    people = [Member(name=f"Person {number}", created_at=_NOW) for number in range(_MEMBERS)]
    session.add_all(people)
    await session.flush()
    span, roots = timedelta(days=540).total_seconds(), [0]
    batch = []
    for number in range(rows):
        reply = number > 100 and random.random() < 0.34
        member = people[int(_MEMBERS * random.random() ** 3)]
        batch.append(
            {
                "community_id": community.id,
                "place_id": place.id,
                "member_id": member.id,
                "kind": ActivityKind.MESSAGE.value,
                "at": _NOW - timedelta(seconds=span * (1 - number / rows)),
                "key": number,
                "thread": roots[-random.randint(1, min(50, len(roots)))] if reply else None,
                "is_question": random.random() < 0.2,
            }
        )
        if not reply:
            roots.append(number)
    connection = await session.connection()
    for start in range(0, rows, 20_000):
        await connection.execute(insert(Activity), batch[start : start + 20_000])
    for person in people:
        await members.belong(session, community.id, person.id, _NOW - timedelta(days=540))
    return community


def _one_pass(path: Path, community_id: int) -> float:
    connection = sqlite3.connect(path)
    statement = (
        "SELECT +member_id, count(*), min(at), max(at) FROM activity WHERE community_id = ? AND kind = 1 AND at < ? "
        "GROUP BY +member_id"
    )
    started = perf_counter()
    connection.execute(statement, (community_id, to_microseconds(_NOW))).fetchall()
    took = perf_counter() - started
    connection.close()
    return took


async def imports(folder: Path) -> list[Line]:
    """A Slack export of 200,000 messages, beside only parsing its files."""
    path = _export(folder / "export.zip")
    database = Database(f"sqlite:///{folder}/baraza.sqlite3", SECRET_KEY)
    await upgrade(database)
    started = perf_counter()
    await import_slack_export(database, path, "Bench", datetime.now(UTC), lambda done, total: None)
    rate = _IMPORTED / (perf_counter() - started)
    await database.close()
    started = perf_counter()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            orjson.loads(archive.read(name))
    floor = _IMPORTED / (perf_counter() - started)
    return [Line("import of a Slack export (floor: unzip and parse alone)", rate, floor, "/s", ">= 30,000 /s")]


def _export(path: Path) -> Path:
    random = Random(1)
    days = {}
    number = 0
    for day in range(400):
        entries = []
        for _ in range(_IMPORTED // 400):
            number += 1
            ts = 1_700_000_000 + day * 86_400 + number % 86_400
            entries.append(
                {
                    "type": "message",
                    "user": f"U{random.randrange(500):05}",
                    "ts": f"{ts}.{number % 1_000_000:06}",
                    "text": "The truck leaves at nine. Does anybody need stock cards?",
                }
            )
        days[f"general/{datetime.fromtimestamp(1_700_000_000 + day * 86_400, UTC).date()}.json"] = entries
    people = [user(f"U{number:05}") for number in range(500)]
    return write_export(path, days, users=people, channels=[channel("C1", "general")])
