"""Places of a community: what they are for, and taken out; which of them are silent; and what is kept of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import func, select

from bot.core.addresses import Account, Person, Place
from bot.core.errors import Refusal
from bot.core.roles import Purpose, Role
from storage import activity, communities, linking, members, own_figures, thanks, today, vacating
from storage.activity import Activity, ActivityKind
from storage.database import Database
from storage.thanks import Thanks
from tests.community import START

Founded = tuple[int, list[int]]


async def founded(database: Database, *places: str, name: str = "Nurses") -> Founded:
    """A community with these places, all of them main: its id and theirs."""
    async with database.transaction() as session:
        first, *others = [await communities.discover(session, Place("fake", "tenant", one, one)) for one in places]
        community = await communities.found(session, first, name=name, language="en", time_zone="UTC", now=START)
        for place in others:
            await communities.take_in(session, place, community.id, Purpose.MAIN)
        return community.id, [place.id for place in (first, *others)]


async def somebody(database: Database, name: str, community: int, *places: int, role: Role | None = None) -> int:
    async with database.transaction() as session:
        member = await members.ensure(session, Person(Account("fake", "tenant", name), name), START)
        for place in places:
            await members.arrive(session, community, place, member.id, START)
        if role is not None:
            await members.give_role(session, community, member.id, role)
        return member.id


async def here(database: Database, community: int) -> list[str]:
    async with database.reading() as session:
        return [member.name for member in await members.of_community(session, community)]


async def writes(database: Database, community: int, place: int, member: int, *days_ago: float, **more: object) -> None:
    rows = [
        {
            "community_id": community,
            "place_id": place,
            "member_id": member,
            "kind": ActivityKind.MESSAGE.value,
            "at": START - timedelta(days=days),
            "key": activity.activity_key(str(community), str(place), str(member), str(days)),
            "thread": None,
            "is_question": False,
            **more,
        }
        for days in days_ago
    ]
    async with database.transaction() as session:
        await activity.record(session, rows)


async def test_who_was_nowhere_else_has_left_with_the_place_unless_they_hold_a_role(database: Database) -> None:
    community, (circle, square) = await founded(database, "circle", "square")
    await somebody(database, "both", community, circle, square)
    await somebody(database, "circle alone", community, circle)
    await somebody(database, "square alone", community, square)
    await somebody(database, "facilitator", community, square, role=Role.FACILITATOR)
    other, (garden,) = await founded(database, "garden", name="Gardeners")
    await somebody(database, "square alone", other, garden)
    async with database.transaction() as session:
        assert await communities.take_out(session, community, square)
        await vacating.vacate(session, community, square, START)
    assert await here(database, community) == ["both", "circle alone", "facilitator"]
    assert await here(database, other) == ["square alone"]
    async with database.reading() as session:
        place = await communities.place_by_id(session, square)
        assert place is not None
        assert (place.community_id, place.purpose) == (None, "listening")


async def test_who_is_out_of_a_workspace_stays_where_a_community_knows_them_from_elsewhere(database: Database) -> None:
    nurses, (circle, square) = await founded(database, "circle", "square")
    drivers, (trucks,) = await founded(database, "trucks", name="Drivers")
    async with database.transaction() as session:
        elsewhere = await communities.discover(session, Place("fake", "another tenant", "club", "club"))
        await communities.take_in(session, elsewhere, drivers, Purpose.MAIN)
        club = elsewhere.id
    both = await somebody(database, "both", nurses, circle, square)
    await somebody(database, "both", drivers, trucks)
    two_accounts = await somebody(database, "two accounts", drivers, trucks)
    in_the_club = await somebody(database, "in the club", drivers, trucks, club)
    async with database.transaction() as session:
        another = await members.ensure(session, Person(Account("fake", "another tenant", "same"), "same"), START)
        await linking.link(session, two_accounts, another.id, START)
        for name, member in (("both", both), ("two accounts", two_accounts), ("in the club", in_the_club)):
            left = await vacating.leave_tenant(session, Account("fake", "tenant", name), member, START)
            assert left == ([(nurses, circle), (drivers, trucks)] if name == "both" else [])
        assert await vacating.leave_tenant(session, Account("fake", "tenant", "both"), both, START) == []
    assert await here(database, nurses) == []
    assert await here(database, drivers) == ["two accounts", "in the club"]


async def test_of_two_who_take_out_the_last_two_places_one_is_refused(database: Database) -> None:
    community, places = await founded(database, "circle", "square")

    async def takes_out(place: int) -> bool:
        async with database.transaction() as session:
            return await communities.take_out(session, community, place)

    outcomes = await asyncio.gather(*(takes_out(place) for place in places), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Refusal", "bool"]
    async with database.reading() as session:
        assert len(await communities.places_of(session, community)) == 1


async def test_a_place_of_another_community_is_neither_changed_nor_taken_out(database: Database) -> None:
    community, _ = await founded(database, "circle")
    _, (garden,) = await founded(database, "garden", name="Gardeners")
    async with database.transaction() as session:
        assert not await communities.give_purpose(session, community, garden, Purpose.EXPERTS)
        assert not await communities.take_out(session, community, garden)
    with pytest.raises(Refusal):
        async with database.transaction() as session:
            await communities.take_out(session, community, (await communities.places_of(session, community))[0].id)


async def test_what_is_changed_together_is_kept_together(database: Database) -> None:
    community_id, _ = await founded(database, "circle")

    async def change(start: str, end: str) -> None:
        async with database.transaction() as session:
            community = await communities.by_id(session, community_id)
            await communities.change(session, community, quiet_from=start, quiet_until=end)
            assert community.quiet_until in ("06:00", "09:00")

    await asyncio.gather(change("20:00", "06:00"), change("23:00", "09:00"))
    async with database.reading() as session:
        community = await communities.by_id(session, community_id)
        assert (community.quiet_from, community.quiet_until) in (("20:00", "06:00"), ("23:00", "09:00"))


async def test_old_activity_goes_so_many_rows_at_a_time_and_nobody_elses(database: Database) -> None:
    community, (circle,) = await founded(database, "circle")
    other, (garden,) = await founded(database, "garden", name="Gardeners")
    ana = await somebody(database, "ana", community, circle)
    await writes(database, community, circle, ana, 800, 700, 600, 500, 100)
    await writes(database, community, circle, ana, 750, kind=ActivityKind.DELETED.value)
    await writes(database, other, garden, ana, 900)
    removed = []
    for _ in range(3):
        async with database.transaction() as session:
            limit = START - timedelta(days=500)
            removed.append(await activity.forget_before(session, community, limit, at_most=3))
    assert removed == [3, 1, 0]  # what happened at the limit itself stays
    async with database.reading() as session:
        assert (await session.exec(select(func.count()).select_from(Activity))).one() == 3


async def test_silent_is_a_main_place_where_people_are_and_nobody_wrote(database: Database) -> None:
    community, places = await founded(database, "heard", "silent", "empty", "new", "listening")
    heard, silent, _, new, listening = places
    ana = await somebody(database, "ana", community, heard, silent, listening)
    async with database.transaction() as session:
        await communities.give_purpose(session, community, listening, Purpose.LISTENING)
        await members.arrive(session, community, new, ana, START + timedelta(days=9))
    await writes(database, community, heard, ana, -4)
    await writes(database, community, silent, ana, 30)
    await writes(database, community, silent, ana, -5, kind=ActivityKind.REACTION.value)
    async with database.reading() as session:
        found = await today.silent_places(session, community, START + timedelta(days=3))
    assert [place.name for place in found] == ["silent"]


async def test_what_somebody_did_is_counted_in_the_window_and_the_community_alone(database: Database) -> None:
    community, (circle,) = await founded(database, "circle")
    other, (garden,) = await founded(database, "garden", name="Gardeners")
    ana = await somebody(database, "ana", community, circle)
    ben = await somebody(database, "ben", community, circle)
    await writes(database, community, circle, ana, 40, 20, 10)
    await writes(database, community, circle, ana, 5, thread=7)
    await writes(database, community, circle, ben, 6, 7)
    await writes(database, other, garden, ana, 3)
    async with database.transaction() as session:
        for receiver, days, public in ((ana, 4, True), (ana, 50, True), (ben, 3, False)):
            given = Thanks(
                community_id=community,
                giver_id=ben if receiver == ana else ana,
                receiver_id=receiver,
                reason=str(days),
                in_public=public,
                given_at=START - timedelta(days=days),
            )
            assert await thanks.keep(session, given)
    a = START - timedelta(days=30)
    async with database.reading() as session:
        assert await own_figures.of_member(session, community, ana, a, START) == (3, 1, 0, 0, 0, 1)
        assert await own_figures.of_member(session, community, ben, a, START) == (2, 0, 0, 0, 0, 1)
        assert await thanks.thanked_in_public(session, community, a, START) == [("ana", 1)]
    async with database.transaction() as session:
        await members.depart(session, community, circle, ana, START)
    async with database.reading() as session:
        assert await thanks.thanked_in_public(session, community, a, START) == []


async def test_who_does_without_the_day_can_have_it_back(database: Database) -> None:
    community, (circle,) = await founded(database, "circle")
    ana = await somebody(database, "ana", community, circle)
    async with database.transaction() as session:
        for _ in range(2):
            await today.leave_out(session, community, ana, START)
        assert await today.left_out(session, community) == {ana}
        await today.take_in(session, community, ana)
        assert await today.left_out(session, community) == set()


async def test_a_tenant_is_one_communitys_alone_as_long_as_no_other_meets_there(database: Database) -> None:
    async def alone(tenant: str = "tenant", platform: str = "fake") -> str | None:
        async with database.reading() as session:
            found = await communities.alone_in(session, platform, tenant)
            return found.name if found else None

    async with database.transaction() as session:
        await communities.discover(session, Place("fake", "tenant", "nobody's", "nobody's"))
    assert await alone() is None
    await founded(database, "circle", "square")
    assert await alone() == "Nurses"
    assert await alone("another") is None
    assert await alone(platform="other") is None
    _, (garden,) = await founded(database, "garden", name="Gardeners")
    assert await alone() is None
    async with database.transaction() as session:
        place = await communities.place_by_id(session, garden)
        assert place is not None
        await communities.close_place(session, place.address)
    assert await alone() == "Nurses"


async def at(database: Database, place: str, name: str = "") -> communities.CommunityPlace | None:
    """The place where something has just happened."""
    async with database.transaction() as session:
        return await communities.place_of(session, Place("fake", "tenant", place, name))


async def test_a_topic_comes_to_the_community_of_its_group_with_what_happens_there(database: Database) -> None:
    community, _ = await founded(database, "circle")
    assert await at(database, "square/3") is None
    topic = await at(database, "circle/3")
    assert topic is not None
    assert (topic.community_id, topic.purpose, topic.name) == (community, "listening", "circle/3")
    again = await at(database, "circle/3", "Vaccines")
    assert again is not None
    assert (again.id, again.name) == (topic.id, "Vaccines")


async def test_topics_go_and_come_back_with_their_group(database: Database) -> None:
    community, (circle, _) = await founded(database, "circle", "square")
    await at(database, "circle/3")
    async with database.transaction() as session:
        assert await communities.take_out(session, community, circle)
    assert await at(database, "circle/4") is None
    gone = await at(database, "circle/3")
    assert gone is not None
    assert gone.community_id is None
    async with database.transaction() as session:
        place = await communities.discover(session, Place("fake", "tenant", "circle"))
        await communities.take_in(session, place, community, Purpose.MAIN)
        await communities.close_place(session, place.address)
    closed = await at(database, "circle/3")
    assert closed is not None
    assert (closed.community_id, closed.active) == (community, False)
    async with database.transaction() as session:
        await communities.discover(session, Place("fake", "tenant", "circle"))
    back = await at(database, "circle/3")
    assert back is not None
    assert back.active


async def test_a_topic_taken_out_stays_out_and_a_group_with_topics_alone_can_not_go(database: Database) -> None:
    community, (circle,) = await founded(database, "circle")
    topic = await at(database, "circle/3")
    assert topic is not None
    async with database.transaction() as session:
        with pytest.raises(Refusal, match="only place"):
            await communities.take_out(session, community, circle)
        assert await communities.take_out(session, community, topic.id)
    out = await at(database, "circle/3")
    assert out is not None
    assert out.community_id is None
