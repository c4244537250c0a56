"""Questions in storage: numbers, conditional steps, experts, and the one table that knows who asked confidentially."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.core.addresses import Account, Person
from bot.core.roles import Role
from storage import members, questions
from storage.communities import Community
from storage.database import Database, Session
from storage.encryption import WrongKey
from storage.questions import ConfidentialAsker, Expert, Question, SealedAsker
from tests.community import START

DAY = timedelta(days=1)
WORDS = "Who may open the freezer?"


async def community(database: Database, name: str = "Nurses") -> int:
    async with database.transaction() as session:
        founded = Community(name=name, created_at=START)
        session.add(founded)
        await session.flush()
        return founded.id


async def member(database: Database, name: str, *communities: int, expert_in: int | None = None) -> int:
    """Somebody in these communities; an expert in one of them, where it is named."""
    async with database.transaction() as session:
        known = await members.ensure(session, Person(Account("fake", "tenant", name), name), START)
        for community_id in communities:
            await members.belong(session, community_id, known.id, START)
        if expert_in is not None:
            await questions.put_expert(session, Expert(community_id=expert_in, member_id=known.id))
            await members.give_role(session, expert_in, known.id, Role.EXPERT)
        return known.id


async def added(session: Session, community_id: int, state: str = "routed", **values: Any) -> Question:
    given = {"number": 0, "language": "en", "asked_at": START, **values}
    return await questions.add(session, Question(community_id=community_id, state=state, **given))


async def ask(database: Database, community_id: int, state: str = "routed", **values: Any) -> int:
    async with database.transaction() as session:
        return (await added(session, community_id, state, **values)).id


async def test_every_community_counts_its_own_questions(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")
    async with database.transaction() as session:
        codes = [(await added(session, one)).code for one in (nurses, nurses, drivers, nurses)]
        assert codes == ["Q1", "Q2", "Q1", "Q3"]
        second = await questions.by_number(session, nurses, 2)
        assert second is not None
        assert (second.community_id, second.number) == (nurses, 2)
        assert await questions.by_number(session, drivers, 2) is None
        assert await questions.by_id(session, 10**6) is None


async def test_questions_asked_at_once_get_numbers_of_their_own(database: Database) -> None:
    nurses = await community(database)
    await asyncio.gather(*(ask(database, nurses) for _ in range(12)))
    async with database.reading() as session:
        numbers = (await session.exec(select(Question.number))).all()
    assert sorted(numbers) == list(range(1, 13))


async def test_of_many_steps_at_once_one_is_taken(database: Database) -> None:
    question_id = await ask(database, await community(database))

    async def answers(number: int) -> bool:
        async with database.transaction() as session:
            question = await questions.by_id(session, question_id)
            assert question is not None
            return await questions.move(session, question, ["routed"], state="answered", answer=str(number))

    taken = await asyncio.gather(*(answers(number) for number in range(8)))
    assert taken.count(True) == 1
    async with database.transaction() as session:
        question = await questions.by_id(session, question_id)
        assert question is not None
        assert question.answer == str(taken.index(True))


async def test_who_looks_at_a_question_while_somebody_acts_sees_what_came_of_it(database: Database) -> None:
    question_id = await ask(database, await community(database))

    async def looks() -> list[str]:
        async with database.transaction() as session:
            question = await questions.by_id(session, question_id)
            assert question is not None
            again = await questions.by_number(session, question.community_id, question.number)
            assert again is not None
            return [question.state, again.state]

    async with database.transaction() as session:
        question = await questions.by_id(session, question_id)
        assert question is not None
        other = asyncio.create_task(looks())
        for number in range(20):  # the other has every chance to look too early
            await questions.set_stage(session, question, number)
        await questions.move(session, question, ["routed"], state="answered")
    assert await other == ["answered", "answered"]


async def test_a_step_that_is_not_allowed_changes_nothing_and_shows_how_it_stands(database: Database) -> None:
    question_id = await ask(database, await community(database), "answered", answer="Nobody.")
    async with database.transaction() as session:
        question = await questions.by_id(session, question_id)
        assert question is not None
        assert not await questions.move(session, question, ["routed", "asked back"], state="answered", answer="All.")
        assert (question.state, question.answer) == ("answered", "Nobody.")


async def test_who_does_not_have_it_any_more_does_not_move_it(database: Database) -> None:
    nurses = await community(database)
    hassan, mei = await member(database, "Hassan", nurses), await member(database, "Mei", nurses)
    question_id = await ask(database, nurses, expert_id=mei)
    async with database.transaction() as session:
        question = await questions.by_id(session, question_id)
        assert question is not None
        assert not await questions.move(session, question, ["routed"], hassan, state="answered")
        assert await questions.move(session, question, ["routed"], mei, state="answered")
        assert question.state == "answered"


async def test_words_are_unreadable_in_the_tables(database: Database) -> None:
    nurses = await community(database)
    await ask(database, nurses, text=WORDS, answer="Only nurses.")
    async with database.reading() as session:
        raw = (await (await session.connection()).execute(text("SELECT text, answer FROM question"))).one()
        kept = (await session.exec(select(Question))).one()
    assert b"freezer" not in bytes(raw[0])
    assert b"nurses" not in bytes(raw[1])
    assert (kept.text, kept.answer) == (WORDS, "Only nurses.")


async def test_who_asked_confidentially_is_sealed_and_forgotten_thirty_days_after_the_end(database: Database) -> None:
    nurses = await community(database)
    ana = await member(database, "Ana", nurses)
    ends: list[datetime | None] = [None, START, START + DAY]
    asked = [await ask(database, nurses, "accepted", confidential=True, closed_at=end) for end in ends]
    async with database.transaction() as session:
        for question_id in asked:
            await questions.keep_asker(
                session, database.cipher, question_id, SealedAsker(ana, WORDS, START.isoformat())
            )

    async def known() -> list[int]:
        async with database.transaction() as session:
            found = await questions.confidential(session, database.cipher, nurses)
            assert {(asker.member_id, asker.words) for _, asker in found} <= {(ana, WORDS)}
            one_by_one = [one for one in asked if await questions.asker_of(session, database.cipher, one)]
            assert one_by_one == [question.id for question, _ in found]
            return one_by_one

    assert await known() == asked
    for moment, left in ((START, asked), (START + DAY, [asked[0], asked[2]]), (START + 9 * DAY, asked[:1])):
        async with database.transaction() as session:
            await questions.forget_askers(session, nurses, moment)
        assert await known() == left


async def test_forgetting_in_one_community_touches_no_other(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")
    ana = await member(database, "Ana", nurses, drivers)
    asked = [await ask(database, one, "closed", confidential=True, closed_at=START) for one in (nurses, drivers)]
    async with database.transaction() as session:
        for question_id in asked:
            await questions.keep_asker(
                session, database.cipher, question_id, SealedAsker(ana, WORDS, START.isoformat())
            )
        await questions.forget_askers(session, nurses, START + DAY)
        assert await questions.confidential(session, database.cipher, nurses) == []
        assert len(await questions.confidential(session, database.cipher, drivers)) == 1


async def test_each_confidential_question_has_a_key_of_its_own(database: Database) -> None:
    nurses = await community(database)
    asked = [await ask(database, nurses, confidential=True) for _ in range(2)]
    async with database.transaction() as session:
        for question_id in asked:
            await questions.keep_asker(session, database.cipher, question_id, SealedAsker(7, WORDS, START.isoformat()))
        rows = (await session.exec(select(ConfidentialAsker))).all()
        keys = {database.cipher.decrypt(row.data_key) for row in rows}
        assert len(keys) == 2
        assert not any(key in row.data_key for key in keys for row in rows)
        assert not any(WORDS.encode() in row.sealed for row in rows)
        for row in rows:
            with pytest.raises(WrongKey):
                database.cipher.decrypt(row.sealed)


async def test_lists_of_questions(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")
    ana, hassan = await member(database, "Ana", nurses, drivers), await member(database, "Hassan", nurses)
    async with database.transaction() as session:
        for number, state in enumerate(("waiting", "routed", "routed", "answered", "accepted")):
            taken = {"asker_id": ana, "expert_id": hassan if number else None, "asked_at": START + number * DAY}
            await added(session, nurses, state, **taken)
        await added(session, drivers, "routed", asker_id=ana, expert_id=hassan)

        def numbers(found: list[Question]) -> list[int]:
            assert all(one.community_id == nurses for one in found)
            return [one.number for one in found]

        assert numbers(await questions.in_states(session, nurses, ["routed", "waiting"])) == [1, 2, 3]
        assert numbers(await questions.asked_by(session, nurses, ana)) == [1, 2, 3, 4, 5]
        assert numbers(await questions.asked_by(session, nurses, hassan)) == []
        assert numbers(await questions.waiting_for(session, nurses, hassan, ["routed", "waiting"])) == [2, 3]
        assert await questions.load_of(session, nurses, ["routed", "waiting"]) == {hassan: 2}
        assert await questions.asked_since(session, nurses, ana, START + 3 * DAY) == 2
        assert await questions.asked_since(session, nurses, hassan, START) == 0
        assert await questions.asked_between(session, nurses, START, START + DAY) == 1


async def test_what_nobody_came_back_to(database: Database) -> None:
    nurses = await community(database)
    async with database.transaction() as session:
        for answered_at in (None, START - DAY, START, START + DAY):
            await added(session, nurses, "answered", asked_at=START - 9 * DAY, answered_at=answered_at)
        found = await questions.untouched_since(session, nurses, ["answered"], START)
        assert [one.number for one in found] == [1, 2]
        assert await questions.untouched_since(session, nurses, ["suggested"], START) == []


async def test_only_accepted_answers_that_may_be_shared_are_shown_again_the_newest_first(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")
    told = {"text": WORDS, "answer": "Only nurses."}
    async with database.transaction() as session:
        await added(session, nurses, "accepted", closed_at=START, **told)
        await added(session, nurses, "accepted", closed_at=START + DAY, **told)
        await added(session, nurses, "accepted", closed_at=START, share=False, **told)
        await added(session, nurses, "answered", **told)
        await added(session, nurses, "accepted", closed_at=START, text=WORDS)
        await added(session, nurses, "accepted", closed_at=START, confidential=True, answer="Only nurses.")
        await added(session, drivers, "accepted", closed_at=START, **told)
        assert [one.number for one in await questions.shared_answers(session, nurses, "accepted")] == [2, 1]


async def test_experts_are_those_who_hold_the_role_and_have_not_left(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")
    hassan = await member(database, "Hassan", nurses, drivers, expert_in=nurses)
    mei = await member(database, "Mei", nurses, expert_in=nurses)

    async def experts(community_id: int = nurses) -> list[int]:
        async with database.transaction() as session:
            found = await questions.experts_of(session, community_id)
            assert all(expert.member_id == known.id for expert, known in found)
            return [known.id for _, known in found]

    assert await experts() == [hassan, mei]
    assert await experts(drivers) == []
    async with database.transaction() as session:
        await questions.set_away(session, nurses, mei, away=True)
        away = await questions.expert(session, nurses, mei)
        assert away is not None
        assert away.away
        await members.take_roles(session, nurses, hassan)
    assert await experts() == [mei]
    async with database.transaction() as session:
        membership = await members.membership(session, nurses, mei)
        assert membership is not None
        membership.left_at = START + DAY
        session.add(membership)
    assert await experts() == []


async def test_an_expert_is_changed_and_removed(database: Database) -> None:
    nurses = await community(database)
    hassan = await member(database, "Hassan", nurses, expert_in=nurses)
    async with database.transaction() as session:
        await questions.put_expert(session, Expert(community_id=nurses, member_id=hassan, topics=["cold chain"]))
        ((expert, _),) = await questions.experts_of(session, nurses)
        assert expert.topics == ["cold chain"]
        await questions.remove_expert(session, nurses, hassan)
        assert await questions.expert(session, nurses, hassan) is None
        await questions.remove_expert(session, nurses, hassan)


async def test_who_passed_a_question_on_is_remembered_once(database: Database) -> None:
    nurses = await community(database)
    hassan, mei = await member(database, "Hassan", nurses), await member(database, "Mei", nurses)
    first, second = await ask(database, nurses), await ask(database, nurses)
    async with database.transaction() as session:
        for who in (hassan, hassan, mei):
            await questions.pass_on(session, first, who)
        assert await questions.passed_on_by(session, first) == {hassan, mei}
        assert await questions.passed_on_by(session, second) == set()
