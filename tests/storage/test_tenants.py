"""Where the bot is installed: kept sealed, replaced, closed, and opened again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from bot.core.addresses import Account, Person
from bot.core.platform import Installation
from storage import accounts, members, tenants
from storage.database import Database
from tests.community import START
from tests.databases import SECRET_KEY
from tests.frame import program

NURSES = Installation("slack", "T1", "Field Nurses", "U0BOT", "xoxb-1-secret", ("chat:write", "commands"))
DRIVERS = replace(NURSES, tenant="T2", name="Drivers", token="xoxb-2-secret")
LATER = START + timedelta(hours=1)


async def kept(database: Database, *installations: Installation) -> None:
    async with database.transaction() as session:
        for number, one in enumerate(installations):
            await tenants.keep(session, one, START + timedelta(minutes=number))


async def open_now(database: Database) -> list[Installation]:
    async with database.reading() as session:
        return await tenants.open_on(session, "slack")


async def test_what_is_kept_comes_back(database: Database) -> None:
    await kept(database, DRIVERS, NURSES, replace(NURSES, platform="telegram"))
    assert await open_now(database) == [NURSES, DRIVERS]


async def test_a_new_token_takes_the_place_of_the_old_one(database: Database) -> None:
    again = replace(NURSES, name="Nurses", token="xoxb-3-secret", scopes=("commands",))
    await kept(database, NURSES, again)
    assert await open_now(database) == [again]


async def test_a_closed_one_has_no_token_and_opens_again(database: Database) -> None:
    await kept(database, NURSES, DRIVERS)
    async with database.transaction() as session:
        await tenants.close(session, "slack", "T1", LATER)
        await tenants.close(session, "slack", "T1", LATER + timedelta(hours=1))
        await tenants.close(session, "slack", "T9", LATER)
    assert await open_now(database) == [DRIVERS]
    async with database.reading() as session:
        (gone,) = await tenants.closed(session)
        assert (gone.tenant, gone.name, gone.token, gone.closed_at) == ("T1", "Field Nurses", None, LATER)
    await kept(database, NURSES)
    assert await open_now(database) == [NURSES, DRIVERS]


async def test_since_when_it_is_open(database: Database) -> None:
    async def opened_since(moment_minutes: int) -> bool:
        async with database.reading() as session:
            return await tenants.opened_since(session, "slack", "T1", START + timedelta(minutes=moment_minutes))

    assert not await opened_since(-1)
    await kept(database, NURSES, NURSES)  # the same once more, as at each start: it was open all the time
    assert await opened_since(-1)
    assert not await opened_since(0)
    await kept(database, DRIVERS, replace(NURSES, token="xoxb-3-secret"))
    assert await opened_since(0)
    async with database.transaction() as session:
        await tenants.close(session, "slack", "T1", LATER)
    assert not await opened_since(-1)


async def test_a_token_is_sealed(database: Database) -> None:
    await kept(database, NURSES)
    async with database.engine.connect() as connection:
        (raw,) = (await connection.execute(text("SELECT token FROM tenant"))).one()
    assert b"xoxb" not in bytes(raw)
    assert "xoxb" not in repr(NURSES)


async def test_nobody_is_reached_where_the_bot_is_gone(database: Database) -> None:
    ana = Person(Account("slack", "T1", "U1"), "Ana")
    await kept(database, NURSES)
    async with database.transaction() as session:
        member = await members.ensure(session, ana, START)
        assert await accounts.reachable(session, member.id) == [ana.account]
        await tenants.close(session, "slack", "T1", LATER)
        assert await accounts.reachable(session, member.id) == []
        assert await members.accounts_of(session, member.id) == [ana.account]


async def test_the_program_keeps_them_for_its_platforms(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        await running.app.keep_installation(NURSES)
        await running.app.keep_installation(DRIVERS)
        await running.app.close_installation("slack", "T2")
        assert await running.app.installations("slack") == [NURSES]
        assert await running.app.installations("telegram") == []
    for file in tmp_path.iterdir():
        assert b"xoxb" not in file.read_bytes()
    database = Database(running.database.url.render_as_string(), SECRET_KEY)
    assert await open_now(database) == [NURSES]
    await database.close()
