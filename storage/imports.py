"""Archives on their way into a community: what was read of one waits here until all of it can be shown.

A run is known by the archive's SHA-256 and the community's name, so a broken-off one is continued:

1. ``stage`` keeps records in short transactions and counts the files that are done. Nothing of it shows.
2. ``publish`` (``storage.import_publication``, as all that follows) brings places and people into being,
   then ``publish_some`` moves the records into ``activity``.
3. ``finish`` makes the community visible, where the import built it, and leaves only the run itself.

Every step changes the run's row from what it was to what it becomes, so of two processes that import the
same archive at once the second is refused and nothing comes twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, SmallInteger, UniqueConstraint, delete, insert, update
from sqlmodel import SQLModel, col, select

from bot.core.errors import Refusal
from bot.core.messages import mark
from storage import communities
from storage.columns import Moment, SealedText, current_cipher, neutral, personal, pseudonymous, row_id
from storage.database import Session
from storage.upserts import insert_into

BUSY = mark("This archive is being imported by another process. Please wait for it to finish.")
TAKEN_OVER = mark(
    "This import was given up, because another archive was imported into the same new community. Please run it again."
)
SAMPLE = mark("{name} is the sample community; real people don't belong there. Please name another with --community.")


class ArchiveImport(SQLModel, table=True):
    """One archive on its way into one community, or arrived there (``completed_at``).

    ``community_id`` is set once everything is staged. The counts are what was new to the community.
    """

    __tablename__ = "archive_import"
    __table_args__ = (UniqueConstraint("archive", "community_name"),)

    id: int = row_id()
    archive: str = neutral()
    community_name: str = neutral()
    community_id: int | None = neutral(default=None, foreign_key="community.id", index=True)
    platform: str = neutral()
    tenant: str = neutral()
    started_at: datetime = neutral(sa_type=Moment)
    completed_at: datetime | None = neutral(default=None, sa_type=Moment)
    staged_files: int = neutral(default=0)
    staged_records: int = neutral(default=0, sa_type=BigInteger)
    published_records: int = neutral(default=0, sa_type=BigInteger)
    places: int = neutral(default=0)
    people: int = neutral(default=0)
    writers: int = neutral(default=0)
    messages: int = neutral(default=0, sa_type=BigInteger)
    reactions: int = neutral(default=0, sa_type=BigInteger)
    joins: int = neutral(default=0, sa_type=BigInteger)
    leaves: int = neutral(default=0, sa_type=BigInteger)


class ImportPlace(SQLModel, table=True):
    """A channel of an archive, by a number of the archive's own."""

    __tablename__ = "import_place"

    import_id: int = neutral(primary_key=True, foreign_key="archive_import.id")
    number: int = neutral(primary_key=True)
    external_id: str = neutral()
    name: str = neutral()
    place_id: int | None = neutral(default=None, sa_type=BigInteger)


class ImportPerson(SQLModel, table=True):
    """Somebody who did something in an archive, by a number of the archive's own."""

    __tablename__ = "import_person"

    import_id: int = neutral(primary_key=True, foreign_key="archive_import.id")
    number: int = pseudonymous(primary_key=True)
    user_key: bytes = pseudonymous()
    user: str = personal(sa_type=SealedText)
    name: str = personal(sa_type=SealedText)
    member_id: int | None = pseudonymous(default=None, sa_type=BigInteger)


class ImportRecord(SQLModel, table=True):
    """One thing that somebody did, waiting to become a row of ``activity``. ``number`` counts from 1."""

    __tablename__ = "import_record"
    __table_args__ = ({"sqlite_with_rowid": False},)  # one tree in the order of writing, no index beside it

    import_id: int = neutral(
        primary_key=True, sa_type=BigInteger
    )  # no foreign key: a check for each of a million rows is dear
    number: int = neutral(primary_key=True, sa_type=BigInteger)
    place: int = neutral()
    person: int = pseudonymous()
    kind: int = neutral(sa_type=SmallInteger)
    at: datetime = neutral(sa_type=Moment)
    key: int = neutral(sa_type=BigInteger)
    thread: int | None = neutral(default=None, sa_type=BigInteger)
    is_question: bool = neutral(default=False)


Record = tuple[int, int, int, int, int, int | None, bool]
"""(place, person, kind, microseconds since 1970, key, thread, is_question): what a batch is made of."""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A channel as an archive lists it."""

    number: int
    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody as an archive shows them."""

    number: int
    user: str
    name: str


async def finished(session: Session, archive: str, community_name: str) -> ArchiveImport | None:
    """The completed run of this archive into this community, or None."""
    run = await _run(session, archive, community_name)
    return run if run is not None and run.completed_at is not None else None


async def begin(session: Session, run: ArchiveImport, places: Sequence[FoundPlace]) -> ArchiveImport:
    """``run`` as it stands: new, or as far as it came before it broke off.

    Raises Refusal when the community of that name is the sample one.
    """
    known = await communities.named(session, run.community_name)
    if known is not None and known.is_sample:
        raise Refusal(SAMPLE, name=known.name)
    values = run.model_dump(exclude={"id"})
    await session.exec(insert_into(session, ArchiveImport).values(**values).on_conflict_do_nothing())
    begun = await _run(session, run.archive, run.community_name)
    assert begun is not None  # noqa: S101 - written or found in this very transaction
    rows = [
        {"import_id": begun.id, "number": one.number, "external_id": one.external_id, "name": one.name}
        for one in places
    ]
    if rows:
        connection = await session.connection()
        await connection.execute(insert_into(session, ImportPlace).on_conflict_do_nothing(), rows)
    return begun


async def people_of(session: Session, run: ArchiveImport) -> dict[str, int]:
    """The numbers of the people that are staged already, by their ids on the platform."""
    statement = select(ImportPerson.user, ImportPerson.number).where(ImportPerson.import_id == run.id)
    return dict((await session.exec(statement)).all())


async def stage(
    session: Session,
    run: ArchiveImport,
    *,
    files: int,
    people: Sequence[FoundPerson],
    records: Sequence[Record],
) -> None:
    """Keep what ``files`` more files of the archive hold. ``run`` is brought up to date.

    Raises Refusal when another process works on the same run.
    """
    first = run.staged_records + 1
    await advance(session, run, staged_files=run.staged_files + files, staged_records=run.staged_records + len(records))
    cipher = current_cipher.get()
    if people:
        await (await session.connection()).execute(
            insert(ImportPerson),
            [
                {
                    "import_id": run.id,
                    "number": one.number,
                    "user_key": cipher.digest("account", run.platform, run.tenant, one.user),
                    "user": one.user,
                    "name": one.name,
                }
                for one in people
            ],
        )
    if records:
        await _insert_records(session, [(run.id, number, *one) for number, one in enumerate(records, first)])


_RECORD_COLUMNS = ("import_id", "number", "place", "person", "kind", "at", "key", "thread", "is_question")
_ROWS_AT_ONCE = 1000
_ROW = f"({', '.join('?' * len(_RECORD_COLUMNS))})"
_INSERT = f"INSERT INTO import_record ({', '.join(_RECORD_COLUMNS)}) VALUES "  # noqa: S608 - no value is in it


async def _insert_records(session: Session, rows: list[tuple[Any, ...]]) -> None:
    """Straight to the driver, and on SQLite many rows to a statement: after each one the driver lets go of
    Python's lock, and the thread that reads the archive keeps it for a while."""
    connection = await session.connection()
    if session.get_bind().dialect.name != "sqlite":
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.copy_records_to_table("import_record", records=rows, columns=_RECORD_COLUMNS)
        return
    full = len(rows) - len(rows) % _ROWS_AT_ONCE
    many = [tuple(chain(*rows[first : first + _ROWS_AT_ONCE])) for first in range(0, full, _ROWS_AT_ONCE)]
    if many:
        await connection.exec_driver_sql(_INSERT + ", ".join([_ROW] * _ROWS_AT_ONCE), many)
    if rest := rows[full:]:
        await connection.exec_driver_sql(_INSERT + _ROW, rest)


async def discard(session: Session, run: ArchiveImport) -> None:
    """Forget a run that can't be completed, with all that was staged of it."""
    await empty(session, run.id)
    await session.exec(delete(ArchiveImport).where(col(ArchiveImport.id) == run.id))


async def discard_unfinished(session: Session, before: datetime) -> int:
    """Forget the runs that began before ``before`` (UTC) and were never completed; how many there were.

    What waits in them names people, and nobody came back for it. A run that is being published stays:
    its community is half built, and only continuing it mends that.
    """
    statement = select(ArchiveImport).where(
        col(ArchiveImport.completed_at).is_(None),
        col(ArchiveImport.community_id).is_(None),
        col(ArchiveImport.started_at) < before,
    )
    runs = (await session.exec(statement)).all()
    for run in runs:
        await discard(session, run)
    return len(runs)


async def _run(session: Session, archive: str, community_name: str) -> ArchiveImport | None:
    statement = select(ArchiveImport).where(
        ArchiveImport.archive == archive, ArchiveImport.community_name == community_name
    )
    return (await session.exec(statement)).one_or_none()


async def advance(session: Session, run: ArchiveImport, **changes: Any) -> None:
    """Change the run's row and ``run`` alike. Raises Refusal when another process has changed the row."""
    statement = update(ArchiveImport).where(
        col(ArchiveImport.id) == run.id,
        col(ArchiveImport.staged_files) == run.staged_files,
        col(ArchiveImport.published_records) == run.published_records,
        col(ArchiveImport.community_id).is_not_distinct_from(run.community_id),
        col(ArchiveImport.completed_at).is_(None),
    )
    result = await session.exec(statement.values(**changes))
    if result.rowcount != 1:
        known = await session.get(ArchiveImport, run.id, populate_existing=True)
        raise Refusal(BUSY if known is not None else TAKEN_OVER)
    for name, value in changes.items():
        setattr(run, name, value)


async def empty(session: Session, run_id: int) -> None:
    """Forget what waits in a run."""
    for table in (ImportRecord, ImportPerson, ImportPlace):
        await session.exec(delete(table).where(col(table.import_id) == run_id))
