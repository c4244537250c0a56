"""Where somebody stands in a form: one for each account and chat, and gone with its person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import select

from bot.core.addresses import Account
from storage import erasure_queues, form_steps
from storage.database import Database
from storage.erasure_queues import Found, Wanted
from storage.form_steps import FormSteps
from storage.traces import Traces
from tests.community import START

ANA, BEN = (Account("telegram", "bot", user) for user in ("4711", "4712"))
ANAS_OTHER = Account("telegram", "another bot", "4711")


def typed(words: str) -> dict[str, Any]:
    return {"values": {"text": words}, "names": {}}


async def of(database: Database, account: Account) -> FormSteps | None:
    async with database.transaction() as session:
        return await form_steps.in_private_chat(session, database.cipher, account)


async def begin(database: Database) -> None:
    """Ana has a form open with each of two bots, Ben one that tells of Ana."""
    async with database.transaction() as session:
        for number, (account, words) in enumerate([(ANA, "hers"), (ANAS_OTHER, "other"), (BEN, "Ask Ana Otieno")]):
            await form_steps.begin(session, database.cipher, account, f"f{number}", typed(words), START)


async def test_each_account_has_its_own(database: Database) -> None:
    await begin(database)
    found = [await of(database, account) for account in (ANA, ANAS_OTHER, BEN)]
    assert [one and one.form_id for one in found] == ["f0", "f1", "f2"]
    async with database.transaction() as session:
        steps = await form_steps.of_form(session, "f0")
        assert steps is not None
        later = START + timedelta(hours=1)
        await form_steps.move(session, steps, later, position=1, answers=typed("\ud800"), turn=2, question="r")
    moved = await of(database, ANA)
    assert moved is not None
    assert (moved.position, moved.turn, moved.question, moved.touched_at) == (1, 2, "r", later)
    assert moved.answers == typed("\ud800")
    async with database.transaction() as session:
        ended = await form_steps.of_form(session, "f0")
        assert ended is not None
        await form_steps.end(session, ended)
    assert await of(database, ANA) is None
    assert await of(database, BEN) is not None


async def test_what_nobody_touches_is_forgotten_after_a_while(database: Database) -> None:
    await begin(database)
    async with database.transaction() as session:
        steps = await form_steps.of_form(session, "f2")
        assert steps is not None
        await form_steps.move(session, steps, START + timedelta(days=2))
        await form_steps.forget_old(session, START + timedelta(days=8), timedelta(days=7))
        assert [one.form_id for one in (await session.exec(select(FormSteps))).all()] == ["f2"]


async def test_nothing_of_it_leads_to_an_account_or_shows_what_was_written(database: Database) -> None:
    await begin(database)
    async with database.reading() as session:
        connection = await session.connection()
        (row, *_) = (await connection.exec_driver_sql("SELECT * FROM form_steps")).all()
    plain = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
    assert b"hers" not in plain
    assert database.cipher.digest("account", *(ANA.platform, ANA.tenant, ANA.user)) not in plain


async def test_who_is_forgotten_has_none_and_is_named_in_none(database: Database) -> None:
    await begin(database)
    traces = Traces(frozenset({"Ana Otieno"}), frozenset({ANA.user}))
    wanted = Wanted([ANA, ANAS_OTHER], traces, lambda _platform, _body: False, "Former member")
    async with database.transaction() as session:
        before = START - timedelta(seconds=1)
        await erasure_queues.clear(session, database.cipher, wanted, Found(), until=before)
        assert len((await session.exec(select(FormSteps))).all()) == 3
        await erasure_queues.clear(session, database.cipher, wanted, Found())
    assert await of(database, ANA) is None
    assert await of(database, ANAS_OTHER) is None
    bens = await of(database, BEN)
    assert bens is not None
    assert bens.answers == typed("Ask Former member")
