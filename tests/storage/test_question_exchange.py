"""What was said about a question: readable as long as its key is there, and by nobody before it may be."""

from __future__ import annotations

from sqlalchemy import text

from storage import question_exchange, questions
from storage.database import Database
from storage.question_exchange import Part
from storage.questions import Question, SealedAsker
from tests.community import START
from tests.storage.test_questions import DAY, ask, community, member

ASKED, REPLY = "Which freezer is it?", "The one behind the kitchen."


async def confidential(database: Database, community_id: int, asker: int) -> int:
    question_id = await ask(database, community_id, confidential=True, closed_at=START)
    async with database.transaction() as session:
        await questions.keep_asker(
            session, database.cipher, question_id, SealedAsker(asker, "May I?", START.isoformat())
        )
    return question_id


async def test_it_is_told_in_order_with_the_names_of_experts(database: Database) -> None:
    nurses = await community(database)
    ana, hassan = await member(database, "Ana", nurses), await member(database, "Hassan", nurses)
    for question_id in (await ask(database, nurses, asker_id=ana), await confidential(database, nurses, ana)):
        async with database.transaction() as session:
            question = await session.get_one(Question, question_id)
            by = question.asker_id
            first = await question_exchange.keep(
                session, database.cipher, question, Part.ASKED_BACK, ASKED, by=hassan, message="m1"
            )
            second = await question_exchange.keep(
                session, database.cipher, question, Part.REPLIED, REPLY, by=by, held=True
            )
            said = await question_exchange.of(session, database.cipher, question)
            assert [(one.id, one.part, one.name, one.words, one.held) for one in said] == [
                (first, Part.ASKED_BACK, "Hassan", ASKED, False),
                (second, Part.REPLIED, None, REPLY, True),
            ]
            await question_exchange.told_again(session, database.cipher, question, said[0], "m2")
            assert await question_exchange.release(session, second)
            assert not await question_exchange.release(session, second)
            said = await question_exchange.of(session, database.cipher, question)
            assert [(one.held, one.messages) for one in said] == [(False, ("m1", "m2")), (False, ())]


async def test_nothing_of_it_is_readable_in_the_table(database: Database) -> None:
    nurses = await community(database)
    hassan = await member(database, "Hassan", nurses)
    for question_id in (await ask(database, nurses), await confidential(database, nurses, hassan)):
        async with database.transaction() as session:
            question = await session.get_one(Question, question_id)
            await question_exchange.keep(
                session, database.cipher, question, Part.ASKED_BACK, ASKED, by=hassan, message="a-reference"
            )
    async with database.reading() as session:
        rows = await (await session.connection()).execute(text("SELECT content, sealed FROM question_exchange"))
        kept = [bytes(value) for row in rows for value in row if value is not None]
    assert len(kept) == 2
    assert not [value for value in kept if b"freezer" in value or b"a-reference" in value]


async def test_without_its_key_it_is_gone(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")
    ana = await member(database, "Ana", nurses)
    sealed, open_ = await confidential(database, nurses, ana), await ask(database, nurses, closed_at=START)
    elsewhere = await confidential(database, drivers, ana)

    async def words() -> list[list[str]]:
        async with database.transaction() as session:
            found = [await session.get_one(Question, one) for one in (sealed, open_, elsewhere)]
            return [[said.words for said in await question_exchange.of(session, database.cipher, one)] for one in found]

    async with database.transaction() as session:
        for question_id in (sealed, open_, elsewhere):
            question = await session.get_one(Question, question_id)
            await question_exchange.keep(session, database.cipher, question, Part.REPLIED, REPLY, by=None)
        await questions.change_confidential_words(session, database.cipher, sealed, "May she?")
    assert await words() == [[REPLY]] * 3  # other words for the question leave the key as it is
    async with database.transaction() as session:
        await questions.forget_askers(session, nurses, START + DAY)
        question = await session.get_one(Question, sealed)
        await question_exchange.keep(session, database.cipher, question, Part.REPLIED, "Too late.", by=None)
    assert await words() == [[], [REPLY], [REPLY]]
    async with database.transaction() as session:
        await question_exchange.forget_unreadable(session, nurses)
        left = await (await session.connection()).execute(text("SELECT count(*) FROM question_exchange"))
        assert left.scalar_one() == 3  # also the empty one, which holds nothing
