"""The inbox keeps every event once, in the order of arrival, and forgets it when its time is over."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from sqlmodel import select

from bot.core.platform import RawEvent
from storage import inbox
from storage.activity import activity_key
from storage.database import Database
from storage.inbox import HandledEvent, InboxEvent
from tests.community import START


def event(
    key: str, *, platform: str = "fake", tenant: str = "tenant", body: bytes = b"{}", message: str = ""
) -> RawEvent:
    return RawEvent(platform, tenant, key, "conversation", body, message)


async def keep(database: Database, *events: RawEvent) -> int:
    return await inbox.keep(database, events, START)


async def waiting(database: Database, limit: int = 99) -> list[inbox.Waiting]:
    async with database.reading() as session:
        return await inbox.waiting(session, limit=limit)


async def test_events_wait_in_the_order_of_their_arrival(database: Database) -> None:
    await keep(database, *(event(str(number), body=b"%d" % number) for number in range(30)))
    assert [one.body for one in await waiting(database)] == [b"%d" % number for number in range(30)]
    assert len(await waiting(database, limit=7)) == 7


async def test_a_repeat_is_dropped_and_not_counted(database: Database) -> None:
    assert await keep(database, event("a"), event("b")) == 2
    assert await keep(database, event("b"), event("c")) == 1
    assert await keep(database, event("c"), event("c")) == 0
    assert len(await waiting(database)) == 3


async def test_what_makes_an_event_the_same_is_platform_tenant_and_key_together(database: Database) -> None:
    assert await keep(database, event("a"), event("a", platform="other"), event("a", tenant="other")) == 3


async def test_the_same_event_told_side_by_side_is_kept_once(database: Database) -> None:
    counts = await asyncio.gather(*(keep(database, event("a"), event(f"own {number}")) for number in range(20)))
    assert sum(counts) == 21


async def test_a_body_comes_back_byte_for_byte(database: Database) -> None:
    body = bytes(range(256)) * 400
    await keep(database, event("a", body=body))
    assert (await waiting(database))[0].body == body


async def test_the_body_is_not_in_the_row_as_it_is(database: Database) -> None:
    await keep(database, event("a", body=b"Ana wrote this"))
    async with database.engine.connect() as connection:
        (stored,) = (await connection.exec_driver_sql("SELECT body FROM inbox")).scalars()
    assert b"Ana" not in bytes(stored)


async def test_a_look_begins_behind_what_was_seen_and_leaves_out_what_is_held(database: Database) -> None:
    await keep(database, *(event(str(number)) for number in range(10)))
    ids = [one.id for one in await waiting(database)]
    async with database.reading() as session:
        behind = await inbox.waiting(session, limit=99, after=ids[3])
        without = await inbox.waiting(session, limit=3, without=set(ids[:5]))
        others = await inbox.waiting(session, limit=3, platforms=["another"])
    assert [one.id for one in behind] == ids[4:]
    assert [one.id for one in without] == ids[5:8]
    assert others == []


async def marks(database: Database) -> list[str]:
    async with database.reading() as session:
        return list((await session.exec(select(HandledEvent.handler))).all())


async def test_a_handlers_mark_can_be_made_once(database: Database) -> None:
    async def mark() -> bool:
        async with database.transaction() as session:
            return await inbox.mark_handled(session, 1, "welcome.greet")

    assert sorted(await asyncio.gather(*(mark() for _ in range(10)))) == [False] * 9 + [True]
    assert await marks(database) == ["welcome.greet"]


async def test_a_mark_is_gone_with_its_transaction(database: Database) -> None:
    try:
        async with database.transaction() as session:
            await inbox.mark_handled(session, 1, "welcome.greet")
            raise InterruptedError
    except InterruptedError:
        pass
    assert await marks(database) == []


async def test_the_last_step_of_an_event_is_taken_once_and_ends_it(database: Database) -> None:
    await keep(database, event("1"), event("2"))
    first, second = [one.id for one in await waiting(database)]

    async def take(number: int, handler: str = "welcome.greet") -> bool:
        async with database.transaction() as session:
            return await inbox.take_last_step(session, number, handler)

    assert sorted(await asyncio.gather(*(take(first) for _ in range(10)))) == [False] * 9 + [True]
    assert [one.id for one in await waiting(database)] == [second]


async def test_a_last_step_that_has_its_mark_is_not_taken_again(database: Database) -> None:
    await keep(database, event("1"))
    (only,) = [one.id for one in await waiting(database)]
    async with database.transaction() as session:
        await inbox.mark_handled(session, only, "welcome.greet")
    async with database.transaction() as session:
        assert not await inbox.take_last_step(session, only, "welcome.greet")
        assert await inbox.take_last_step(session, only, "questions.hear")


async def test_a_last_step_that_is_taken_back_can_be_taken(database: Database) -> None:
    await keep(database, event("1"))
    (only,) = [one.id for one in await waiting(database)]
    with suppress(InterruptedError):
        async with database.transaction() as session:
            assert await inbox.take_last_step(session, only, "welcome.greet")
            raise InterruptedError
    assert [one.id for one in await waiting(database)] == [only]


async def test_the_dead_stay_visible_and_the_done_go_after_a_week_with_their_marks(database: Database) -> None:
    await keep(database, event("done"), event("dead"), event("waiting"))
    done, dead, _ = [one.id for one in await waiting(database)]
    async with database.transaction() as session:
        await inbox.mark_handled(session, done, "welcome.greet")
        await inbox.finish(session, [done])
        await inbox.finish(session, [])
        await inbox.bury(session, dead, 8, "RuntimeError at here:1")
    week = timedelta(days=7)
    for later, left in ((week, 3), (week + timedelta(seconds=1), 2)):
        async with database.transaction() as session:
            await inbox.forget_done(session, START + later, week)
        async with database.reading() as session:
            assert len((await session.exec(select(InboxEvent))).all()) == left
    async with database.reading() as session:
        assert await inbox.dead(session) == [(dead, "fake", START, "RuntimeError at here:1")]
        assert await inbox.count_waiting(session) == 1
        assert (await session.exec(select(HandledEvent))).all() == []


async def test_a_failed_event_keeps_its_tries_and_its_moment(database: Database) -> None:
    await keep(database, event("a"))
    moment = START + timedelta(seconds=4, microseconds=1)
    async with database.transaction() as session:
        await inbox.retry_later(session, 1, 3, moment, "RuntimeError")
    (one,) = await waiting(database)
    assert (one.attempts, one.retry_at) == (3, moment)


async def test_what_was_told_of_a_message_is_found_by_its_activity_key(database: Database) -> None:
    await keep(database, event("1", message="m1", body=b"posted"), event("2", message="m2"), event("3"))
    await keep(database, event("4", message="m1", body=b"unreadable"), event("5", message="m1", tenant="another"))
    await keep(database, event("6", message="m1", body=b"edited"))
    ids = [one.id for one in await waiting(database)]
    async with database.transaction() as session:
        await inbox.finish(session, [ids[0]])
        await inbox.bury(session, ids[3], 1, "unreadable")
    async with database.reading() as session:
        found = await inbox.about_message(session, activity_key("fake", "tenant", "m1"))
        assert found == [("fake", b"posted"), ("fake", b"edited")]
        assert await inbox.about_message(session, activity_key("fake", "tenant", "m3")) == []
