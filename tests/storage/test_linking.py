"""Two members who turn out to be one person: what becomes of each table, and how they part again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import UniqueConstraint
from sqlmodel import col, select

from bot.core.addresses import Account, Person, Place
from bot.core.errors import Refusal
from bot.core.roles import Purpose, Role
from storage import (
    accounts,
    activity,
    communities,
    contributions,
    erasure,
    figures,
    linking,
    members,
    opting_out,
    questions,
    unlinking,
)
from storage.activity import Activity, ActivityKind
from storage.columns import Linked
from storage.contributions import Contribution
from storage.database import Database, Session
from storage.erasure import FOUND_OTHERWISE, all_tables, declared, pointers
from storage.linked_values import merged, parted, values_of
from storage.linking import APART, FOUND_BY_ACCOUNT, MemberLink
from storage.members import Member, MemberAccount, Membership, Profile
from storage.questions import Expert, Question, SealedAsker
from tests.community import START

ANA = Person(Account("slack", "T1", "U1"), "Ana", "en")
ANITA = Person(Account("telegram", "bot", "77"), "Anita", "fr")
BEN = Person(Account("slack", "T1", "U2"), "Ben", "en")
DAY = timedelta(days=1)


class Circle:
    """A community with a place on each of two platforms; Ana is in both, as two members."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.community = self.ana = self.anita = self.ben = self.slack = self.telegram = 0
        self.keys = iter(range(1, 1000))

    async def begin(self) -> Circle:
        slack = await communities.discover(self.session, Place("slack", "T1", "C1", "circle"))
        telegram = await communities.discover(self.session, Place("telegram", "bot", "-1", "cercle"))
        found = await communities.found(self.session, slack, name="Nurses", language="en", time_zone="UTC", now=START)
        await communities.take_in(self.session, telegram, found.id, Purpose.MAIN)
        self.community, self.slack, self.telegram = found.id, slack.id, telegram.id
        self.ana, self.anita, self.ben = [
            (await members.ensure(self.session, person, START)).id for person in (ANA, ANITA, BEN)
        ]
        for place, who in ((self.slack, self.ana), (self.telegram, self.anita), (self.slack, self.ben)):
            await members.arrive(self.session, self.community, place, who, START)
        return self

    async def writes(self, who: int, place: int, at: datetime = START) -> None:
        row = {
            "community_id": self.community, "place_id": place, "member_id": who, "at": at, "key": next(self.keys),
            "kind": ActivityKind.MESSAGE.value, "thread": None, "is_question": False,
        }  # fmt: skip
        await activity.record(self.session, [row])

    async def asks(self, who: int, *, confidential: bool = False) -> Question:
        question = Question(
            community_id=self.community, state="routed", language="en", number=0, confidential=confidential,
            asker_id=None if confidential else who, text=None if confidential else "Why?", asked_at=START,
        )  # fmt: skip
        return await questions.add(self.session, question)

    async def link(self) -> MemberLink:
        kept, came = await linking.who_goes_on(self.session, self.ana, self.anita)
        return await linking.link(self.session, kept, came, START + DAY)

    async def wrote(self, who: int) -> int:
        found = await self.session.exec(select(Activity.id).where(Activity.member_id == who))
        return len(found.all())

    async def people(self) -> tuple[int, int, int]:
        """Members, active members and everybody who ever wrote, as health checks count them."""
        window = (self.community, START - DAY, START + 30 * DAY)
        wrote = await figures.people(self.session, *window)
        here = await figures.members_at(self.session, self.community, START + 30 * DAY)
        return here, len(await figures.writers(self.session, *window, START - 30 * DAY)), wrote.known


def mergeable() -> list[Any]:
    """The tables of which two rows can become one."""
    return [
        table
        for table in all_tables()
        if table.name == "member" or (table.name not in APART and any(one.primary_key for one in pointers(table)))
    ]


def test_every_column_of_two_rows_that_become_one_says_which_value_stays() -> None:
    unsaid = [
        str(column)
        for table in mergeable()
        for column in table.columns
        if not column.primary_key and column not in values_of(table) and column.name != "linked_to_id"
    ]
    assert unsaid == [], "say what becomes of it: linked=Linked..."


def test_what_two_rows_can_not_both_have_is_in_their_key() -> None:
    """Else moving a row could break a rule that nothing here knows of."""
    for table in all_tables():
        unique = [one.columns for one in table.constraints if isinstance(one, UniqueConstraint)]
        unique += [index.columns for index in table.indexes if index.unique]
        leading = {one.name for one in pointers(table)}
        assert not [columns for columns in unique if leading & set(columns.keys())], table.name


def test_every_table_of_people_is_moved_or_says_why_not() -> None:
    of_people = {
        table.name
        for table in all_tables()
        if any(declared(column).privacy != "neutral" for column in table.columns) and not pointers(table)
    }
    assert of_people - {"mention"} <= set(FOUND_BY_ACCOUNT)
    assert set(FOUND_BY_ACCOUNT) >= FOUND_OTHERWISE - {"mention"}


@pytest.mark.parametrize(
    ("how", "own", "came", "made"),
    [
        (Linked.OWN, None, "fr", "fr"),
        (Linked.OWN, "en", "fr", "en"),
        (Linked.FIRST, 5, 3, 3),
        (Linked.FIRST, None, 3, 3),
        (Linked.LAST, 5, 3, 5),
        (Linked.OPEN, 5, None, None),
        (Linked.OPEN, 5, 7, 7),
        (Linked.BOTH, ["Fuel"], ["fuel", "cold"], ["Fuel", "cold"]),
    ],
)
def test_of_two_values_the_declared_one_stays(how: Linked, own: Any, came: Any, made: Any) -> None:
    from storage.linked_values import _one_of

    assert _one_of(how, own, came) == made


def test_the_fuller_profile_stays_and_its_gaps_are_filled() -> None:
    table = Member.__table__  # type: ignore[attr-defined]
    empty: dict[str, Any] = {column.name: None for column in values_of(table)}
    lists: dict[str, list[str]] = {"languages": [], "topics_known": [], "topics_wanted": []}
    own = {**empty, **lists, "name": "Ana", "unit": "Goma", "language": "en"}
    came = {**empty, **lists, "name": "Anita", "topics_known": ["fuel"], "introduced_at": START, "language": "fr"}
    made = merged(table, own, came)
    assert (made["name"], made["unit"], made["topics_known"]) == ("Anita", "Goma", ["fuel"])
    assert (made["language"], made["introduced_at"]) == ("en", START)
    made = merged(table, own, {**came, "chose_language": True})
    assert (made["language"], made["chose_language"]) == ("fr", True)


def test_who_parts_has_their_own_again_but_for_what_was_changed_since() -> None:
    made = {"name": "Ana", "unit": "Goma"}
    assert parted({"name": "Anita", "unit": None}, made, {**made, "unit": "Bukavu"}) == {
        "name": "Anita",
        "unit": "Bukavu",
    }


async def test_two_members_count_as_one_person(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        await here.writes(here.ana, here.slack)
        await here.writes(here.anita, here.telegram)
        await here.writes(here.ben, here.slack)
        assert await here.people() == (3, 3, 3)
        row = await here.link()
        assert await here.people() == (2, 2, 2)
        assert await here.wrote(here.ana) == 2
        assert await members.find(session, ANITA.account) == await members.find(session, ANA.account)
        found = await members.by_id(session, here.anita)
        assert found is not None
        assert found.id == here.ana
        assert await accounts.ids_of(session, here.ana) == {here.ana, here.anita}
        await here.writes(here.ana, here.telegram, START + 2 * DAY)
        await unlinking.unlink(session, row.id, START + 3 * DAY)
        assert await here.people() == (3, 3, 3)
        assert (await here.wrote(here.ana), await here.wrote(here.anita)) == (1, 2)


async def test_a_use_a_thank_you_and_a_role_count_once(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        lesson = await contributions.add(
            session,
            Contribution(
                community_id=here.community, state="published", kind="lesson", title="t", text="t", saved_at=START,
                author_id=here.ben,
            ),
        )  # fmt: skip
        for who in (here.ana, here.anita):
            await contributions.use(session, lesson.id, who, START)
            await members.give_role(session, here.community, who, Role.EXPERT)
        await questions.put_expert(session, Expert(community_id=here.community, member_id=here.ana, topics=["fuel"]))
        await questions.put_expert(session, Expert(community_id=here.community, member_id=here.anita, topics=["cold"]))
        row = await here.link()
        assert await contributions.users_of(session, [lesson.id]) == {lesson.id: 1}
        assert not await contributions.use(session, lesson.id, here.ana, START)
        assert [expert.topics for expert, _ in await questions.experts_of(session, here.community)] == [
            ["fuel", "cold"]
        ]
        await unlinking.unlink(session, row.id, START + 2 * DAY)
        assert await contributions.users_of(session, [lesson.id]) == {lesson.id: 2}
        topics = {member.name: expert.topics for expert, member in await questions.experts_of(session, here.community)}
        assert topics == {"Ana": ["fuel"], "Anita": ["cold"]}


async def test_what_was_taken_away_since_comes_back_to_nobody(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        for who in (here.ana, here.anita):
            await members.give_role(session, here.community, who, Role.FACILITATOR)
        row = await here.link()
        await members.take_roles(session, here.community, here.ana)
        await unlinking.unlink(session, row.id, START + 2 * DAY)
        for who in (here.ana, here.anita):
            assert await members.roles_of(session, here.community, who) == frozenset()


async def test_who_opted_out_once_has_opted_out_for_both(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        await opting_out.stop_recording(session, here.anita, START)
        row = await here.link()
        assert await opting_out.is_out(session, here.ana)
        await unlinking.unlink(session, row.id, START + 2 * DAY)
        assert await opting_out.among(session, [here.ana, here.anita]) == {here.ana, here.anita}


async def test_questions_go_with_them_and_back_and_what_is_sealed_stays_sealed(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        named, sealed = await here.asks(here.anita), await here.asks(here.anita, confidential=True)
        asker = SealedAsker(here.anita, "May I?", START.isoformat())
        await questions.keep_asker(session, database.cipher, sealed.id, asker)
        before = (await session.get_one(questions.ConfidentialAsker, sealed.id)).sealed
        row = await here.link()
        assert [one.id for one in await questions.asked_by(session, here.community, here.ana)] == [named.id]
        assert (await session.get_one(questions.ConfidentialAsker, sealed.id, populate_existing=True)).sealed == before
        known = await questions.asker_of(session, database.cipher, sealed.id)
        assert known is not None
        assert await members.by_id(session, known.member_id) == await members.by_id(session, here.ana)
        await unlinking.unlink(session, row.id, START + 2 * DAY)
        assert [one.id for one in await questions.asked_by(session, here.community, here.anita)] == [named.id]
        found = await members.by_id(session, known.member_id)
        assert found is not None
        assert found.id == here.anita


async def test_the_profile_is_one_and_each_gets_theirs_back(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        await members.introduce(session, here.anita, Profile("Anita", "Goma", ["fr"], ["fuel"], []), START)
        row = await here.link()
        ana = await members.by_id(session, here.ana)
        assert ana is not None
        assert (ana.name, ana.unit, ana.topics_known) == ("Anita", "Goma", ["fuel"])
        await members.speak(session, here.ana, "es")
        await unlinking.unlink(session, row.id, START + 2 * DAY)
        found = {one.id: one for one in (await session.exec(select(Member))).all()}
        assert (found[here.ana].name, found[here.ana].unit) == ("Ana", None)
        assert (found[here.anita].name, found[here.anita].unit) == ("Anita", "Goma")
        assert found[here.ana].language == found[here.anita].language == "es"


async def test_parted_they_belong_where_they_are(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        row = await here.link()
        await members.depart(session, here.community, here.slack, here.ana, START + 2 * DAY)
        assert (await session.get_one(Membership, (here.community, here.ana))).left_at is None
        await unlinking.unlink(session, row.id, START + 3 * DAY)
        belongs = {one.id for one in await members.of_community(session, here.community)}
        assert here.anita in belongs


async def test_two_accounts_in_one_workspace_are_not_linked(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        with pytest.raises(Refusal, match="an account on"):
            await linking.who_goes_on(session, here.ana, here.ben)
        with pytest.raises(Refusal, match="belong together already"):
            await linking.who_goes_on(session, here.ana, here.ana)


async def test_a_third_account_joins_the_two_and_leaves_them_again(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        third = await members.ensure(session, Person(Account("slack", "T2", "U9"), "A.", "en"), START)
        first = await here.link()
        assert await linking.who_goes_on(session, third.id, here.ana) == (here.ana, third.id)
        second = await linking.link(session, here.ana, third.id, START + DAY)
        assert len(await members.accounts_of(session, here.ana)) == 3
        await unlinking.unlink(session, first.id, START + 2 * DAY)
        await unlinking.unlink(session, second.id, START + 2 * DAY)
        assert await unlinking.unlink(session, second.id, START + 2 * DAY) is None
        assert await members.accounts_of(session, here.ana) == [ANA.account]
        assert await members.accounts_of(session, here.anita) == [ANITA.account]


async def test_what_comes_while_they_are_linked_is_carried_over(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        row = await here.link()
        await here.writes(here.anita, here.telegram)
        await linking.carry(session, row)
        assert await here.wrote(here.ana) == 1


async def test_who_is_forgotten_is_forgotten_with_every_account(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        sealed = await here.asks(here.anita, confidential=True)
        await questions.keep_asker(session, database.cipher, sealed.id, SealedAsker(here.anita, "?", START.isoformat()))
        await here.link()
        await erasure.erase(session, database.cipher, here.ana, "Former member", START + 2 * DAY, keep_shared=True)
    async with database.reading() as session:
        assert (await session.exec(select(MemberAccount).where(col(MemberAccount.user).in_(["U1", "77"])))).all() == []
        names = {one.id: one.name for one in (await session.exec(select(Member))).all()}
        assert names == {here.ana: "Former member", here.anita: "Former member", here.ben: "Ben"}
        assert (await session.exec(select(MemberLink))).all() == []
        assert await questions.asker_of(session, database.cipher, sealed.id) is None


async def test_they_are_written_to_where_they_wish_or_were_last(database: Database) -> None:
    async with database.transaction() as session:
        here = await Circle(session).begin()
        await here.link()
        assert (await accounts.reachable(session, here.ana))[0] == ANA.account
        await accounts.used(session, ANITA.account)
        assert (await accounts.reachable(session, here.ana))[0] == ANITA.account
        slack = await accounts.row_at(session, ANA.account)
        assert slack is not None
        await accounts.prefer(session, here.ana, slack.id)
        assert (await accounts.reachable(session, here.ana))[0] == ANA.account
        await accounts.prefer(session, here.ana, None)
        assert (await accounts.reachable(session, here.ana))[0] == ANITA.account
