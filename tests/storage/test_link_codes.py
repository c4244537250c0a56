"""Codes for linking accounts: good once, for ten minutes, and known by a digest alone."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import func, select

from bot.core.addresses import Account, Person
from storage import accounts, link_codes, members
from storage.database import Database, Session
from storage.link_codes import LinkCode, LinkTries
from storage.members import MemberAccount
from tests.community import START

ANA, BEN = (Person(Account("slack", "T1", user), user) for user in ("U1", "U2"))
MINUTE = timedelta(minutes=1)


async def account(session: Session, person: Person) -> MemberAccount:
    await members.ensure(session, person, START)
    found = await accounts.row_at(session, person.account)
    assert found is not None
    return found


async def test_a_code_is_typed_as_people_type_and_good_once(database: Database) -> None:
    async with database.transaction() as session:
        ana, ben = await account(session, ANA), await account(session, BEN)
        code = await link_codes.issue(session, ana, START)
        shown = link_codes.in_groups(code)
        assert [len(group) for group in shown.split("-")] == [4] * 7
        found = await link_codes.typed(session, f" {shown.lower().replace('-', ' ')} ", START + 9 * MINUTE)
        assert found is not None
        assert code.encode() not in found.code
        assert await link_codes.use_up(session, found, ben, START)
        assert not await link_codes.use_up(session, found, ben, START)
        assert await link_codes.typed(session, code, START) is None
        assert await link_codes.answered(session, found.id, START) is not None
        assert await link_codes.answered(session, found.id, START) is None


async def test_a_code_ends_after_ten_minutes_and_with_the_next_one(database: Database) -> None:
    async with database.transaction() as session:
        ana = await account(session, ANA)
        first = await link_codes.issue(session, ana, START)
        second = await link_codes.issue(session, ana, START)
        assert await link_codes.typed(session, first, START) is None
        assert await link_codes.typed(session, second, START + 10 * MINUTE) is None
        await link_codes.tidy_up(session, START + 10 * MINUTE)
        assert (await session.exec(select(func.count()).select_from(LinkCode))).one() == 0


async def test_five_wrong_codes_bring_a_pause_of_an_hour(database: Database) -> None:
    async with database.transaction() as session:
        for _ in range(5):
            assert not await link_codes.must_wait(session, ANA.account, START)
            await link_codes.was_wrong(session, ANA.account, START)
        assert await link_codes.must_wait(session, ANA.account, START + 59 * MINUTE)
        assert not await link_codes.must_wait(session, BEN.account, START)
        assert not await link_codes.must_wait(session, ANA.account, START + 60 * MINUTE)
        await link_codes.was_wrong(session, ANA.account, START + 60 * MINUTE)
        assert not await link_codes.must_wait(session, ANA.account, START + 61 * MINUTE)
        await link_codes.tidy_up(session, START + 120 * MINUTE)
        assert (await session.exec(select(func.count()).select_from(LinkTries))).one() == 0
