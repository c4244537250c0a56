"""Whose page was published when: enough to do it again, and no more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import select

from bot.core.addresses import Account, Person
from storage import communities, erasure, homes, members
from storage.communities import CommunityPlace
from storage.database import Database, Session
from storage.homes import HomePage
from tests.community import START

ANA, BEN, CAI = (Account("slack", "T1", user) for user in ("U1", "U2", "U3"))
NOW = START + timedelta(hours=5, minutes=17, seconds=3)
A_DAY = timedelta(days=1)


async def community(session: Session, *accounts: Account) -> tuple[int, list[int]]:
    place = CommunityPlace(platform="slack", tenant="T1", external_id="C1", name="circle")
    session.add(place)
    found = await communities.found(session, place, name="Nurses", language="en", time_zone="UTC", now=START)
    people = [Person(account, account.user) for account in accounts]
    return found.id, [(await members.ensure(session, person, START)).id for person in people]


async def test_there_is_one_page_for_each_account(database: Database) -> None:
    async with database.transaction() as session:
        here, (ana,) = await community(session, ANA)
        stranger = await homes.look(session, ANA, None, None, NOW)
        assert (stranger.member_id, stranger.community_id, stranger.content) == (None, None, None)
        await homes.published(session, stranger.id, b"page", "reference", NOW)
        member = await homes.look(session, ANA, here, ana, NOW + A_DAY)
        assert (member.id, member.member_id, member.community_id) == (stranger.id, ana, here)
        assert (member.content, member.message_id) == (b"page", "reference")
        assert (await homes.look(session, BEN, None, None, NOW)).id != member.id
        assert await homes.looked_at_by(session, [ANA, CAI]) == [ANA]


async def test_who_looked_last_is_first(database: Database) -> None:
    async with database.transaction() as session:
        here, ids = await community(session, ANA, BEN, CAI)
        looked = (NOW - 2 * A_DAY, NOW - timedelta(hours=1), NOW)
        for account, member_id, at in zip((ANA, BEN, CAI), ids, looked, strict=True):
            await homes.look(session, account, here, member_id, at)
        await homes.look(session, Account("slack", "T1", "U4"), None, None, NOW)
        found = await homes.watched(session, here, NOW - A_DAY, 50)
        assert [one.member_id for one in found] == ids[:0:-1]
        assert len(await homes.watched(session, here, NOW - A_DAY, 1)) == 1
        await homes.forget_old(session, NOW, A_DAY)
        assert len((await session.exec(select(HomePage))).all()) == 3


async def test_it_tells_no_exact_moment_nor_leads_to_one(database: Database) -> None:
    async with database.transaction() as session:
        here, (ana,) = await community(session, ANA)
        page = await homes.look(session, ANA, here, ana, NOW)
        await homes.published(session, page.id, b"page", "reference", NOW)
    async with database.reading() as session:
        kept = await homes.by_id(session, page.id)
        assert kept is not None
        assert kept.seen_at == START + timedelta(hours=5)
        assert kept.published_at == START.replace(hour=0)
        (row,) = (await (await session.connection()).execute(text("SELECT * FROM home_page"))).all()
        stored = [bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row]
        assert not [one for one in stored if b"reference" in one]


async def test_it_goes_with_its_person(database: Database) -> None:
    async with database.transaction() as session:
        here, (ana, ben) = await community(session, ANA, BEN)
        for account, member_id in ((ANA, ana), (BEN, ben)):
            await homes.look(session, account, here, member_id, NOW)
        await erasure.erase(session, database.cipher, ana, "Former member", NOW, keep_shared=True)
        assert [one.member_id for one in (await session.exec(select(HomePage))).all()] == [ben]
