"""What becomes of each column once its person is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column
from sqlmodel import select

from bot.core.addresses import Account, Person
from storage import communities, erased_accounts, erasure, members, questions
from storage import import_publication as publication
from storage import imports as archives
from storage.activity import Activity, ActivityKind, record
from storage.columns import DECLARED, Erase
from storage.communities import Community, CommunityPlace
from storage.database import Database, Session
from storage.erasure import FOUND_OTHERWISE, declared, erased_how, person_of, pointers
from storage.imports import ArchiveImport, FoundPerson, FoundPlace
from storage.members import Member, MemberAccount, Membership
from storage.opting_out import stop_recording
from storage.questions import Question, SealedAsker
from storage.tables import METADATA
from tests.community import START

ANA, BEN = (Person(Account("slack", "T1", user), name, "en") for user, name in (("U1", "Ana"), ("U2", "Ben")))
LATER = START + timedelta(hours=1)


def columns() -> list[Column[Any]]:
    return [column for table in METADATA.sorted_tables for column in table.columns]


def test_every_column_is_declared() -> None:
    assert [str(column) for column in columns() if DECLARED not in column.info] == []


def test_what_is_personal_leads_to_its_person() -> None:
    lost = [
        str(column)
        for column in columns()
        if declared(column).privacy == "personal"
        and column.table.name not in FOUND_OTHERWISE
        and person_of(column) is None
    ]
    assert lost == [], "say whose it is: personal(whose=...), or how it is found: FOUND_OTHERWISE"


def test_what_stands_for_somebody_leads_to_them() -> None:
    lost = [
        str(column)
        for column in columns()
        if declared(column).privacy == "pseudonymous"
        and column.table.name not in FOUND_OTHERWISE
        and not pointers(column.table)
    ]
    assert lost == []


def test_declarations_name_columns_that_are_there() -> None:
    for column in columns():
        said = declared(column)
        names = [*said.seen_by, *said.shared, *([said.whose] if said.whose else [])]
        assert [name for name in names if name not in column.table.c] == [], column
        assert all(column.table.c[name] in pointers(column.table) for name in said.seen_by), column


def test_what_is_personal_never_stays_by_default() -> None:
    personal = [column for column in columns() if declared(column).privacy == "personal"]
    assert personal
    assert {erased_how(column) for column in personal} <= {Erase.CLEAR, Erase.UNLESS_SHARED}


def test_a_row_about_one_person_alone_is_deleted_with_them() -> None:
    tables = {table.name: table for table in METADATA.sorted_tables}
    assert erased_how(tables["role"].c.member_id) is Erase.ROW
    assert erased_how(tables["account"].c.member_id) is Erase.ROW
    assert erased_how(tables["activity"].c.member_id) is Erase.KEEP
    assert erased_how(tables["membership"].c.member_id) is Erase.KEEP
    assert erased_how(tables["member"].c.name) is Erase.CLEAR


async def community(session: Session, *people: Person) -> tuple[Community, CommunityPlace, list[int]]:
    place = CommunityPlace(platform="slack", tenant="T1", external_id="C1", name="circle")
    session.add(place)
    found = await communities.found(session, place, name="Nurses", language="en", time_zone="UTC", now=START)
    ids = []
    for person in people:
        member = await members.ensure(session, person, START)
        await members.arrive(session, found.id, place.id, member.id, START)
        ids.append(member.id)
    return found, place, ids


async def test_a_tombstone_stays_and_nothing_leads_to_it(database: Database) -> None:
    async with database.transaction() as session:
        found, place, (ana, ben) = await community(session, ANA, BEN)
        await members.introduce(session, ana, members.Profile("Ana", "Goma", ["en"], ["fuel"], ["tea"]), START)
        row = {"community_id": found.id, "place_id": place.id, "member_id": ana, "at": START, "key": 1}
        await record(session, [{**row, "kind": ActivityKind.MESSAGE.value, "thread": None, "is_question": False}])
        await erasure.erase(session, database.cipher, ana, "Former member", LATER, keep_shared=True)
    async with database.reading() as session:
        former = await session.get_one(Member, ana)
        assert (former.name, former.unit, former.languages, former.topics_known) == ("Former member", None, [], [])
        assert former.forgotten_at == LATER
        assert [one.member_id for one in (await session.exec(select(Activity))).all()] == [ana]
        assert await members.find(session, ANA.account) is None
        assert await members.find(session, BEN.account) is not None
        left = {one.member_id: one.left_at for one in (await session.exec(select(Membership))).all()}
        assert left == {ana: LATER, ben: None}


async def test_what_was_on_its_way_from_before_brings_nobody_back(database: Database) -> None:
    async with database.transaction() as session:
        _, _, (ana,) = await community(session, ANA)
        await erasure.erase(session, database.cipher, ana, "Former member", LATER, keep_shared=False)
    async with database.transaction() as session:
        assert await members.who_did(session, ANA, LATER - timedelta(seconds=1), LATER) is None
        back = await members.who_did(session, ANA, LATER + timedelta(seconds=1), LATER)
        assert back is not None
        assert back.id != ana
    async with database.reading() as session:
        assert len(await erased_accounts.among(session, [one.user_key for one in await _accounts(session)])) == 1


async def _accounts(session: Session) -> list[MemberAccount]:
    return list((await session.exec(select(MemberAccount))).all())


@pytest.mark.parametrize("keep_shared", [True, False])
async def test_only_what_was_shared_may_stay(database: Database, *, keep_shared: bool) -> None:
    async with database.transaction() as session:
        found, _, (ana, ben) = await community(session, ANA, BEN)
        for state, share in (("accepted", True), ("accepted", False), ("routed", True)):
            one = Question(
                community_id=found.id, number=0, state=state, share=share, language="en", asker_id=ana, expert_id=ben,
                text="why", answer="so", asked_at=START,
            )  # fmt: skip
            await questions.add(session, one)
        await erasure.erase(session, database.cipher, ana, "Former member", LATER, keep_shared=keep_shared)
    async with database.reading() as session:
        kept = (await session.exec(select(Question).order_by(Question.number))).all()  # type: ignore[arg-type]
        assert [one.text for one in kept] == ["why" if keep_shared else None, None, None]
        assert [one.answer for one in kept] == ["so"] * 3
        assert [one.asker_id for one in kept] == [ana] * 3


async def test_who_asked_confidentially_is_forgotten_with_the_key(database: Database) -> None:
    async with database.transaction() as session:
        found, _, (ana, ben) = await community(session, ANA, BEN)
        ids = []
        for asker in (ana, ben):
            one = Question(
                community_id=found.id, number=0, state="accepted", language="en", confidential=True, text="shared",
                asked_at=START,
            )  # fmt: skip
            ids.append((await questions.add(session, one)).id)
            sealed = SealedAsker(asker, "words", START.isoformat())
            await questions.keep_asker(session, database.cipher, one.id, sealed)
        await erasure.erase(session, database.cipher, ana, "Former member", LATER, keep_shared=False)
    async with database.reading() as session:
        assert await questions.asker_of(session, database.cipher, ids[0]) is None
        assert await questions.asker_of(session, database.cipher, ids[1]) is not None
        assert [(await session.get_one(Question, one)).text for one in ids] == [None, "shared"]


async def imported(database: Database, name: str = "Archive") -> ArchiveImport:
    """An archive in which Ana and Ben wrote one message each."""
    run = ArchiveImport(archive=name, community_name=name, platform="slack", tenant="T1", started_at=LATER)
    people = [FoundPerson(number, one.account.user, one.name) for number, one in enumerate((ANA, BEN))]
    rows = [(0, number, ActivityKind.MESSAGE.value, number, number, None, False) for number in (0, 1)]
    async with database.transaction() as session:
        run = await archives.begin(session, run, [FoundPlace(0, "C9", "general")])
        await archives.stage(session, run, files=1, people=people, records=rows)
        await publication.publish(session, run, LATER)
        await publication.publish(session, run, LATER)  # as after a break
        while await publication.publish_some(session, run):
            pass
        await publication.finish(session, run, LATER)
    return run


async def test_an_archive_brings_nobody_back_who_was_forgotten(database: Database) -> None:
    async with database.transaction() as session:
        _, _, (ana, _) = await community(session, ANA, BEN)
        await erasure.erase(session, database.cipher, ana, "Former member", LATER, keep_shared=False)
    run = await imported(database)
    assert run.messages == 2
    async with database.reading() as session:
        names = [one.name for one in (await session.exec(select(Member).order_by(Member.id))).all()]  # type: ignore[arg-type]
        assert names == ["Former member", "Ben", "Former member"]
        assert [one.user for one in await _accounts(session)] == ["U2"]


async def test_an_archive_leaves_out_who_does_not_want_to_be_recorded(database: Database) -> None:
    async with database.transaction() as session:
        _, _, (ana, ben) = await community(session, ANA, BEN)
        await stop_recording(session, ana, START)
    run = await imported(database)
    assert (run.messages, run.writers) == (1, 1)
    async with database.reading() as session:
        assert [one.member_id for one in (await session.exec(select(Activity))).all()] == [ben]
