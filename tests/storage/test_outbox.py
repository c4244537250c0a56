"""The outbox hands out the first open message of each conversation, when it is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from storage import outbox
from storage.database import Database
from storage.outbox import OutboxRow, OutboxState
from tests.community import START


async def write(database: Database, conversation: str, text: str, not_before: datetime = START) -> int:
    row = OutboxRow(
        platform="fake",
        conversation=conversation.encode(),
        operation="send",
        kind="prompt",
        destination={"to": "somebody"},
        body={"message": text},
        created_at=START,
        not_before=not_before,
    )
    async with database.transaction() as session:
        await outbox.add(session, row)
    async with database.reading() as session:
        found = await outbox.by_reference(session, row.reference)
    assert found is not None
    return found.id


async def claim(database: Database, now: datetime = START, limit: int = 99) -> list[str]:
    async with database.transaction() as session:
        return [row.body["message"] for row in await outbox.claim_due(session, now, limit)]


async def test_one_of_each_conversation_is_handed_out_once(database: Database) -> None:
    for number in range(3):
        for conversation in ("circle", "square"):
            await write(database, conversation, f"{conversation} {number}")
    assert await claim(database) == ["circle 0", "square 0"]
    assert await claim(database) == []


async def test_what_follows_is_handed_out_when_what_came_before_has_ended(database: Database) -> None:
    first, second, _ = [await write(database, "circle", str(number)) for number in range(3)]
    await claim(database)
    async with database.transaction() as session:
        await outbox.mark_sent(session, {first: {"id": "1"}})
    assert await claim(database) == ["1"]
    async with database.transaction() as session:
        await outbox.bury(session, second, "undeliverable")
    assert await claim(database) == ["2"]


async def test_what_waits_for_its_moment_holds_its_conversation_and_no_other(database: Database) -> None:
    later = START + timedelta(hours=1)
    await write(database, "circle", "late", not_before=later)
    await write(database, "circle", "behind it")
    await write(database, "square", "elsewhere")
    assert await claim(database) == ["elsewhere"]
    assert await claim(database, later - timedelta(microseconds=1)) == []
    async with database.reading() as session:
        assert await outbox.anything_due(session, later)
    assert await claim(database, later) == ["late"]


async def test_a_limit_takes_the_oldest(database: Database) -> None:
    for number in range(5):
        await write(database, f"c{number}", str(number))
    assert await claim(database, limit=2) == ["0", "1"]


async def test_what_is_sent_again_is_handed_out_again_with_its_tries(database: Database) -> None:
    number = await write(database, "circle", "hello")
    await claim(database)
    async with database.reading() as session:
        assert [row.id for row in await outbox.interrupted(session)] == [number]
    async with database.transaction() as session:
        await outbox.send_again(session, number, START + timedelta(seconds=1), 1, "not sent yet")
    assert await claim(database) == []
    async with database.transaction() as session:
        (row,) = await outbox.claim_due(session, START + timedelta(seconds=1), 9)
        assert (row.attempts, row.state) == (1, OutboxState.SENDING)
    async with database.reading() as session:
        assert len(await outbox.interrupted(session)) == 1


async def test_depth_counts_what_is_open_and_since_when(database: Database) -> None:
    async with database.reading() as session:
        assert await outbox.depth(session) == (0, None)
    number = await write(database, "circle", "hello")
    await write(database, "circle", "next")
    await claim(database)
    async with database.reading() as session:
        assert await outbox.depth(session) == (2, START)
    async with database.transaction() as session:
        await outbox.bury(session, number, "undeliverable: gone")
    async with database.reading() as session:
        assert await outbox.depth(session) == (1, START)
        assert await outbox.dead(session) == [(number, "fake", START, "undeliverable: gone")]


async def test_after_a_week_the_words_go_and_the_address_stays_for_edits(database: Database) -> None:
    sent, waits = await write(database, "circle", "sent"), await write(database, "circle", "waits")
    async with database.transaction() as session:
        await outbox.mark_sent(session, {sent: {"id": "1"}})
        await outbox.forget_sent(session, START + timedelta(days=8), timedelta(days=7), timedelta(days=60))
    async with database.reading() as session:
        rows = {number: await session.get_one(OutboxRow, number) for number in (sent, waits)}
        assert (rows[sent].body, rows[sent].sent) == ({}, {"id": "1"})
        assert rows[waits].body == {"message": "waits"}
        assert await outbox.by_reference(session, rows[sent].reference) is rows[sent]
        assert await outbox.by_reference(session, "unknown") is None
    async with database.transaction() as session:
        await outbox.forget_sent(session, START + timedelta(days=61), timedelta(days=7), timedelta(days=60))
        assert await session.get(OutboxRow, waits) is not None
    async with database.reading() as session:
        assert await session.get(OutboxRow, sent) is None
