"""Members: one person by the platform's id, in and out of places and communities, with roles."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.core.addresses import Account, Person, Place
from bot.core.roles import Role
from storage import communities, members
from storage.database import Database
from storage.members import Member, MemberAccount
from tests.community import START

ANA = Person(Account("fake", "tenant", "ana"), "Ana", "fr")


async def known(database: Database, person: Person = ANA) -> int:
    async with database.transaction() as session:
        return (await members.ensure(session, person, START)).id


async def founded(database: Database, *places: str) -> tuple[int, list[int]]:
    """A community with these places: its id and theirs."""
    async with database.transaction() as session:
        first, *others = [await communities.discover(session, Place("fake", "tenant", one, one)) for one in places]
        community = await communities.found(session, first, name="Nurses", language="en", time_zone="UTC", now=START)
        for place in others:
            place.community_id = community.id
        return community.id, [place.id for place in (first, *others)]


async def test_somebody_is_one_member_by_the_platforms_id_whatever_the_name(database: Database) -> None:
    first = await known(database)
    assert await known(database, Person(ANA.account, "Ana Maria")) == first
    assert await known(database, Person(Account("other", "tenant", "ana"), "Ana")) != first
    assert await known(database, Person(Account("fake", "elsewhere", "ana"), "Ana")) != first


async def test_nobody_is_found_before_they_are_known(database: Database) -> None:
    async with database.reading() as session:
        assert await members.find(session, ANA.account) is None
    await known(database)
    async with database.reading() as session:
        member = await members.find(session, ANA.account)
        assert member is not None
        assert (member.name, member.language) == ("Ana", "fr")
        assert await members.accounts_of(session, member.id) == [ANA.account]


async def test_a_username_leads_to_whoever_was_last_seen_with_it_whatever_its_capitals(database: Database) -> None:
    ben = Person(Account("fake", "tenant", "ben"), "Ben", username="Nurse")
    first, second = await known(database, replace(ANA, username="nurse")), await known(database, ben)
    async with database.transaction() as session:
        assert await members.going_by(session, "fake", "tenant", "NURSE") == second
        assert await members.going_by(session, "fake", "elsewhere", "nurse") is None
        for username in ("nurse", "nurse", "ana_9"):
            await members.go_by(session, replace(ANA, username=username))
            assert await members.going_by(session, "fake", "tenant", username) == first
        assert await members.going_by(session, "fake", "tenant", "nurse") is None
        await members.go_by(session, ANA)
        assert await members.going_by(session, "fake", "tenant", "ana_9") == first


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has one writer at a time
async def test_somebody_new_in_two_places_at_once_is_one_member(database: Database) -> None:
    together = asyncio.Barrier(4)

    async def arrives() -> int:
        async with database.transaction() as session:
            await together.wait()
            return (await members.ensure(session, ANA, START)).id

    assert len(set(await asyncio.gather(*(arrives() for _ in range(4))))) == 1
    async with database.reading() as session:
        assert len((await session.exec(select(Member))).all()) == 1
        assert len((await session.exec(select(MemberAccount))).all()) == 1


async def test_names_and_ids_with_any_character_come_back(database: Database) -> None:
    strange = Person(Account("fake", "tenant", "\ud800\x00"), "Zoë \ud800 \x00 ‮ 👩‍⚕️")
    await known(database, strange)
    async with database.reading() as session:
        member = await members.find(session, strange.account)
        assert member is not None
        assert member.name == strange.name
        assert await members.accounts_of(session, member.id) == [strange.account]


async def test_who_leaves_the_last_place_has_left_and_may_come_back(database: Database) -> None:
    ana = await known(database)
    community, (circle, square) = await founded(database, "circle", "square")
    hour = timedelta(hours=1)
    async with database.transaction() as session:
        await members.arrive(session, community, circle, ana, START)
        await members.arrive(session, community, square, ana, START + hour)
        await members.arrive(session, community, square, ana, START + hour)
        await members.depart(session, community, circle, ana, START + 2 * hour)
        assert [one.id for one in await members.communities_of(session, ana)] == [community]
        await members.depart(session, community, square, ana, START + 3 * hour)
        assert await members.communities_of(session, ana) == []
        assert await members.of_community(session, community) == []
        await members.arrive(session, community, circle, ana, START + 4 * hour)
        assert [one.id for one in await members.of_community(session, community)] == [ana]
        membership = await members.membership(session, community, ana)
        assert membership is not None
        assert (membership.joined_at, membership.left_at) == (START, None)
        assert membership.last_left_at == START + 3 * hour


async def test_a_late_message_of_before_the_leave_brings_nobody_back(database: Database) -> None:
    ana = await known(database)
    community, (circle,) = await founded(database, "circle")
    async with database.transaction() as session:
        await members.arrive(session, community, circle, ana, START)
        await members.depart(session, community, circle, ana, START + timedelta(hours=2))
        await members.belong_many(session, community, {ana: START + timedelta(hours=1)})
        assert await members.communities_of(session, ana) == []


async def test_who_writes_belongs(database: Database) -> None:
    people = [await known(database, Person(Account("fake", "tenant", str(one)), f"P{one}")) for one in range(5)]
    community, _ = await founded(database, "circle")
    async with database.transaction() as session:
        for _ in range(2):
            await members.belong_many(session, community, dict.fromkeys(people, START))
        assert [one.id for one in await members.of_community(session, community)] == people


async def test_roles_are_given_once_and_taken_together(database: Database) -> None:
    ana = await known(database)
    community, _ = await founded(database, "circle")
    async with database.transaction() as session:
        for role in (Role.EXPERT, Role.FACILITATOR, Role.EXPERT):
            await members.give_role(session, community, ana, role)
        assert await members.roles_of(session, community, ana) == frozenset()  # who doesn't belong has no powers
        await members.belong(session, community, ana, START)
        assert await members.roles_of(session, community, ana) == {Role.EXPERT, Role.FACILITATOR}
        assert [one.id for one in await members.with_role(session, community, Role.EXPERT)] == [ana]
        assert await members.roles_of(session, community + 1, ana) == frozenset()
        await members.take_roles(session, community, ana)
        assert await members.roles_of(session, community, ana) == frozenset()


async def test_an_introduction_is_announced_once(database: Database) -> None:
    ana = await known(database)
    profile = members.Profile("Ana", "Ward 3", ["fr"], ["triage"], ["burns, \ud800"])
    async with database.transaction() as session:
        await members.introduce(session, ana, profile, START)
        await members.introduce(session, ana, profile, START + timedelta(days=1))
        assert await members.announce(session, ana, START)
        assert not await members.announce(session, ana, START)
    async with database.reading() as session:
        member = await session.get_one(Member, ana)
        assert (member.introduced_at, member.unit, member.topics_wanted) == (START, "Ward 3", ["burns, \ud800"])


async def test_what_a_platform_tells_counts_until_somebody_says_it_themselves(database: Database) -> None:
    member_id = await known(database)

    async def becomes(name: str, language: str | None) -> tuple[str, str | None]:
        async with database.transaction() as session:
            member = await session.get_one(Member, member_id)
            await members.is_called_by_now(session, member, Person(ANA.account, name, language))
        async with database.reading() as session:
            member = await session.get_one(Member, member_id)
            return member.name, member.language

    assert await becomes("Ana Maria", "es") == ("Ana Maria", "es")
    assert await becomes("", None) == ("Ana Maria", "es")
    async with database.transaction() as session:
        await members.speak(session, member_id, "sw")
    assert await becomes("Ana", "fr") == ("Ana", "sw")
    async with database.transaction() as session:
        await members.introduce(session, member_id, members.Profile("Dr Ana", None, [], [], []), START)
    assert await becomes("Somebody", "fr") == ("Dr Ana", "sw")
