"""Archives of other chat programs, read into a community. Nothing of one is visible before all of it is."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BufferedReader
from pathlib import Path

from bot.core.errors import Refusal
from bot.core.messages import mark
from handlers.imports._archive import Archive
from handlers.imports._slack_export import PLATFORM, ChannelReader, Happening, SlackExport, plain, read_export
from storage import import_publication as publication
from storage import imports
from storage.database import Database, Session
from storage.imports import ArchiveImport, FoundPerson, FoundPlace, Record

NO_FILE = mark("{file} can't be read: there is no such file, or it is not yours to read.")
NO_NAME = mark("Please give the community a name with --community.")

_BATCH = 20_000
"""Records to a transaction: a running bot waits for a fraction of a second at most."""

_BREATH = 0.11
"""Seconds between transactions in a row: who waits for SQLite looks every 0.1 s whether it is free."""

Progress = Callable[[int, int], None]
"""Told how many steps are done and how many there are in all, which stays the same."""

_STEPS, _READING = 1000, 600
"""Steps of an import, and how many of them are reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import brought: the counts are of what was new to the community.

    ``already_there``: this very archive was imported before, nothing was done, and the counts are of then.
    ``people`` did something, ``writers`` of them wrote; ``places`` are the archive's channels.
    """

    community_id: int
    community: str
    already_there: bool
    messages: int
    reactions: int
    joins: int
    leaves: int
    people: int
    writers: int
    places: int


@dataclass(slots=True)
class _Batch:
    files: int
    size: int
    people: list[FoundPerson]
    records: list[Record]


async def import_slack_export(
    database: Database, path: Path, community_name: str | None, now: datetime, progress: Progress
) -> ImportResult:
    """Read the Slack export at ``path`` into the community ``community_name``, a new one where there is none.

    Without a name the community is called after the file. ``now`` (with a time zone) is when new members
    and a new community begin. ``progress`` is called on the event loop. Whatever stops it (a kill, a full
    disk), calling it again with the same archive goes on where it stopped, and once it is done changes
    nothing. Raises Refusal with a plain sentence for an archive that is damaged or none, of which then
    nothing stays, for the sample community, and while another process imports the same archive.
    """
    name = plain(community_name if community_name is not None else path.stem).strip()
    if not name:
        raise Refusal(NO_NAME)
    try:
        file = path.open("rb")
    except OSError as error:
        raise Refusal(NO_FILE, file=plain(str(path))) from error
    with file:
        digest = await asyncio.to_thread(_digest, file)
        async with database.reading() as session:
            done = await imports.finished(session, digest, name)
        if done is not None:
            progress(_STEPS, _STEPS)
            return _result(done, already_there=True)
        started = ArchiveImport(
            archive=digest, community_name=name, platform=PLATFORM, tenant=f"export:{name}", started_at=now
        )
        run = await _read(database, file, plain(path.name), started, progress)
    await _publish(database, run, now, progress)
    return _result(run, already_there=False)


def _digest(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()


async def _read(
    database: Database, file: BufferedReader, file_name: str, run: ArchiveImport, progress: Progress
) -> ArchiveImport:
    """Stage what is not staged yet; the run as it stands then. What the archive took of memory is free again."""
    archive = await asyncio.to_thread(Archive, file, file_name)
    export = await asyncio.to_thread(read_export, archive)
    run.tenant = export.tenant or run.tenant
    places = [FoundPlace(number, one.id, one.name) for number, one in enumerate(export.channels)]
    async with database.transaction() as session:
        run = await imports.begin(session, run, places)
    try:
        await _stage(database, run, export, progress)
    except Refusal as refusal:
        if refusal.key not in (imports.BUSY, imports.TAKEN_OVER):
            async with database.transaction() as session:
                await imports.discard(session, run)
        raise
    return run


async def _stage(database: Database, run: ArchiveImport, export: SlackExport, progress: Progress) -> None:
    if run.community_id is not None:
        return
    async with database.reading() as session:
        numbers = await imports.people_of(session, run)
    size = sum(day.size for day in export.days)
    read = sum(day.size for day in export.days[: run.staged_files])
    batches = _batches(export, run, numbers)
    ahead = asyncio.ensure_future(asyncio.to_thread(next, batches, None))
    try:
        while batch := await ahead:
            ahead = asyncio.ensure_future(asyncio.to_thread(next, batches, None))
            async with database.transaction() as session:
                await imports.stage(session, run, files=batch.files, people=batch.people, records=batch.records)
            read += batch.size
            _tell(progress, read, size, 0, _READING)
    finally:
        await asyncio.gather(ahead, return_exceptions=True)  # a thread still reads the file, which will be closed


def _batches(export: SlackExport, run: ArchiveImport, numbers: dict[str, int]) -> Iterator[_Batch | None]:
    """What the days hold that are not staged yet. New people get the next of ``numbers``."""
    done, batch = run.staged_files, _Batch(0, 0, [], [])
    reader: ChannelReader | None = None
    for index, day in enumerate(export.days):
        if index < done and (done == len(export.days) or day.channel != export.days[done].channel):
            continue
        if reader is None or export.channels[day.channel] is not reader.channel:
            reader = ChannelReader(export, run.tenant, export.channels[day.channel])
        for happenings in reader.happenings(day):
            if index >= done:  # earlier days of the channel are read again for the roots of their threads
                _add(batch, happenings, day.channel, numbers, export.names)
        if index >= done:
            batch.files, batch.size = batch.files + 1, batch.size + day.size
        if len(batch.records) >= _BATCH:
            yield batch
            batch = _Batch(0, 0, [], [])
    if batch.files:
        yield batch


def _add(
    batch: _Batch, happenings: list[Happening], channel: int, numbers: dict[str, int], names: dict[str, str]
) -> None:
    for user, kind, at, key, thread, asks in happenings:
        number = numbers.get(user)
        if number is None:
            number = numbers[user] = len(numbers)
            batch.people.append(FoundPerson(number, user, names.get(user, user)))
        batch.records.append((channel, number, kind, at, key, thread, asks))


async def _publish(database: Database, run: ArchiveImport, now: datetime, progress: Progress) -> None:
    """Into a community that shows already everything goes at once; a new one is filled before it shows."""

    async def some(session: Session) -> bool:
        more = await publication.publish_some(session, run)
        _tell(progress, run.published_records, run.staged_records, _READING, _STEPS - _READING)
        return more

    async with database.transaction() as session:
        shows = await publication.publish(session, run, now)
        while shows and await some(session):
            pass
        if shows:
            await publication.finish(session, run, now)
            return
    more = True
    while more:
        async with database.transaction() as session:
            more = await some(session)
        await asyncio.sleep(_BREATH if database.is_sqlite and more else 0)
    async with database.transaction() as session:
        await publication.finish(session, run, now)


def _tell(progress: Progress, done: int, whole: int, before: int, share: int) -> None:
    """``share`` of the steps, those after ``before``, are as far done as ``done`` is of ``whole``."""
    progress(before + (share * done // whole if whole else share), _STEPS)


def _result(run: ArchiveImport, *, already_there: bool) -> ImportResult:
    assert run.community_id is not None  # noqa: S101 - set before a run is completed
    return ImportResult(
        community_id=run.community_id,
        community=run.community_name,
        already_there=already_there,
        messages=run.messages,
        reactions=run.reactions,
        joins=run.joins,
        leaves=run.leaves,
        people=run.people,
        writers=run.writers,
        places=run.places,
    )
