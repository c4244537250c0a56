"""The last part of an import: what waits of an archive becomes places, people and activity of a community."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, text, update
from sqlmodel import col, select

from bot.core.errors import Refusal
from bot.core.roles import Purpose
from storage import communities, erased_accounts
from storage.activity import Activity, ActivityKind
from storage.communities import Community, CommunityPlace
from storage.database import Session
from storage.imports import SAMPLE, ArchiveImport, ImportPerson, ImportPlace, advance, discard, empty
from storage.members import FORMER_MEMBER, Member, MemberAccount
from storage.upserts import insert_into

PUBLISHED_AT_ONCE = 100_000
"""Records that one call of ``publish_some`` moves: about a second's work."""

_ROOM = 48 * 1024
_USUAL_ROOM = 2000
"""Kilobytes of SQLite's page cache. With the usual ones it writes a page many times over for each batch."""


async def publish(session: Session, run: ArchiveImport, now: datetime) -> bool:
    """Bring the community, its places and its people into being, where they are not there yet.

    Whether the community shows already: then all the rest belongs into the same transaction. Called again
    after a break, it mends what changed in between, such as an account that was removed.
    """
    if run.community_id is None:
        community = await _target(session, run, now)
        await (await session.connection()).execute(_LEAVE_OUT, _names(run))
        count = text("SELECT count(DISTINCT person) FROM import_record WHERE import_id = :run AND kind = :kind")
        connection = await session.connection()
        writers = await connection.scalar(count, {"run": run.id, "kind": ActivityKind.MESSAGE.value})
        await advance(session, run, community_id=community.id, writers=writers)
    await _publish_places(session, run)
    await _publish_people(session, run, now)
    return (await session.get_one(Community, run.community_id)).complete


async def publish_some(session: Session, run: ArchiveImport) -> bool:
    """Move the next records into ``activity``; whether any are left. What is known by its key stays as it is.

    Raises Refusal when another process works on the same run.
    """
    low, high = run.published_records, min(run.published_records + PUBLISHED_AT_ONCE, run.staged_records)
    await advance(session, run, published_records=high)
    connection = await session.connection()
    await _give_room(session, _ROOM)
    span = {"run": run.id, "community": run.community_id, "low": low, "high": high}
    counts = {}
    for name, kind in _COUNTED.items():
        result = await connection.execute(_PUBLISH, {**span, "kind": kind.value})
        counts[name] = getattr(run, name) + result.rowcount
    await connection.execute(_DROP_PUBLISHED, {"run": run.id, "high": high})
    await advance(session, run, **counts)
    await _give_room(session, _USUAL_ROOM)
    return high < run.staged_records


_COUNTED = {
    "messages": ActivityKind.MESSAGE,
    "reactions": ActivityKind.REACTION,
    "joins": ActivityKind.JOIN,
    "leaves": ActivityKind.LEAVE,
}
# Sorted by key, each page of the unique index is touched once a call: its keys are random.
_PUBLISH = text(
    "INSERT INTO activity (community_id, place_id, member_id, kind, at, key, thread, is_question)"
    " SELECT :community, place.place_id, person.member_id, record.kind, record.at, record.key, record.thread,"
    " record.is_question"
    " FROM import_record AS record"
    " JOIN import_place AS place ON place.import_id = record.import_id AND place.number = record.place"
    " JOIN import_person AS person ON person.import_id = record.import_id AND person.number = record.person"
    " WHERE record.import_id = :run AND record.number > :low AND record.number <= :high"
    " AND record.kind = :kind"
    " ORDER BY record.key, record.number"
    " ON CONFLICT (community_id, key) DO NOTHING"
)
_DROP_PUBLISHED = text("DELETE FROM import_record WHERE import_id = :run AND number <= :high")


async def _give_room(session: Session, kilobytes: int) -> None:
    if session.get_bind().dialect.name == "sqlite":
        await (await session.connection()).exec_driver_sql(f"PRAGMA cache_size = -{kilobytes}")


async def finish(session: Session, run: ArchiveImport, now: datetime) -> None:
    """Show what was imported, and forget what was needed on the way."""
    await advance(session, run, completed_at=now)
    await session.exec(update(Community).where(col(Community.id) == run.community_id).values(complete=True))
    await empty(session, run.id)


async def _target(session: Session, run: ArchiveImport, now: datetime) -> Community:
    known = await communities.named(session, run.community_name)
    if known is not None:
        if known.is_sample:
            raise Refusal(SAMPLE, name=known.name)
        return known
    statement = select(ArchiveImport, Community).join(Community).where(col(ArchiveImport.completed_at).is_(None))
    wanted = run.community_name.casefold()
    half_built = next((one for one in (await session.exec(statement)).all() if one[1].name.casefold() == wanted), None)
    if half_built is not None:
        other, community = half_built
        await session.exec(delete(Activity).where(col(Activity.community_id) == community.id))
        await discard(session, other)
        return community
    community = Community(name=run.community_name, complete=False, created_at=now, keep_activity_months=0)
    session.add(community)
    await session.flush()
    return community


async def _publish_places(session: Session, run: ArchiveImport) -> None:
    statement = select(ImportPlace).where(ImportPlace.import_id == run.id).order_by(col(ImportPlace.number))
    rows = [
        CommunityPlace(
            community_id=run.community_id,
            platform=run.platform,
            tenant=run.tenant,
            external_id=one.external_id,
            name=one.name,
            purpose=Purpose.LISTENING.value,
            active=False,
            tells_joins=False,
        ).model_dump(exclude={"id"})
        for one in await session.exec(statement)
    ]
    if rows:
        connection = await session.connection()
        await connection.execute(insert_into(session, CommunityPlace).on_conflict_do_nothing(), rows)
        await connection.execute(_FIND_PLACES, _names(run))
    await advance(session, run, places=len(rows))


async def _publish_people(session: Session, run: ArchiveImport, now: datetime) -> None:
    connection = await session.connection()
    await connection.execute(_FIND_PEOPLE, _names(run) | {"first": 0, "last": _LAST})
    mine = select(ImportPerson.number, ImportPerson.user_key, ImportPerson.user, ImportPerson.name).where(
        ImportPerson.import_id == run.id
    )
    strangers = mine.where(col(ImportPerson.member_id).is_(None)).order_by(col(ImportPerson.number)).limit(1000)
    while some := (await session.exec(strangers)).all():
        await _make_members(session, run, some, now)
        await connection.execute(_FIND_PEOPLE, _names(run) | {"first": some[0][0], "last": some[-1][0]})
    people = select(func.count()).where(ImportPerson.import_id == run.id)
    await advance(session, run, people=(await session.exec(people)).one())


async def _make_members(
    session: Session, run: ArchiveImport, people: Sequence[tuple[int, bytes, str, str]], now: datetime
) -> None:
    erased = await erased_accounts.among(session, [user_key for _, user_key, _, _ in people])
    for number, user_key, _, _ in people:
        if user_key in erased:
            await _make_nameless(session, run, number, now)
    people = [one for one in people if one[1] not in erased]
    if not people:
        return
    # Made by hand from one example each: SQLModel takes half a millisecond to make a member.
    member = Member(name="", created_at=now).model_dump(exclude={"id"})
    account = MemberAccount(member_id=0, platform=run.platform, tenant=run.tenant, user_key=b"", user="").model_dump(
        exclude={"id"}
    )
    statement = insert(Member).returning(col(Member.id), sort_by_parameter_order=True)
    connection = await session.connection()
    made = await connection.execute(statement, [{**member, "name": name} for _, _, _, name in people])
    rows = [
        {**account, "member_id": member_id, "user_key": user_key, "user": user}
        for member_id, (_, user_key, user, _) in zip(made.scalars(), people, strict=True)
    ]
    await connection.execute(insert(MemberAccount), rows)


async def _make_nameless(session: Session, run: ArchiveImport, number: int, now: datetime) -> None:
    """What somebody did whose person was forgotten counts, as done by nobody."""
    member = Member(name=FORMER_MEMBER, created_at=now, forgotten_at=now)
    session.add(member)
    await session.flush()
    await erased_accounts.was_on(session, member.id, [run.platform])
    nobody = {"member_id": member.id, "user": f"forgotten {number}", "name": ""}
    this = (col(ImportPerson.import_id) == run.id, col(ImportPerson.number) == number)
    await session.exec(update(ImportPerson).where(*this).values(**nobody))


def _names(run: ArchiveImport) -> dict[str, Any]:
    return {"run": run.id, "platform": run.platform, "tenant": run.tenant}


_LAST = 2**31 - 1
_FIND_PLACES = text(
    "UPDATE import_place SET place_id = (SELECT place.id FROM place WHERE place.platform = :platform"
    " AND place.tenant = :tenant AND place.external_id = import_place.external_id) WHERE import_id = :run"
)
# Who was forgotten stays nameless, also where the same account has come back as somebody new.
_FIND_PEOPLE = text(
    "UPDATE import_person SET member_id = COALESCE("
    "(SELECT member.id FROM member WHERE member.id = import_person.member_id AND member.forgotten_at IS NOT NULL),"
    " (SELECT account.member_id FROM account"
    " WHERE account.platform = :platform AND account.tenant = :tenant"
    " AND account.user_key = import_person.user_key"
    " AND account.user_key NOT IN (SELECT erased_account.user_key FROM erased_account)))"
    " WHERE import_id = :run AND number BETWEEN :first AND :last"
)
_LEAVE_OUT = text(
    "DELETE FROM import_record WHERE import_id = :run AND person IN (SELECT import_person.number FROM import_person"
    " JOIN account ON account.user_key = import_person.user_key"
    " JOIN opt_out ON opt_out.member_id = account.member_id"
    " WHERE import_person.import_id = :run AND account.platform = :platform AND account.tenant = :tenant)"
)
"""What those did who don't want their activity to be recorded."""
