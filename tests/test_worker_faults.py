"""What the worker meets on bad days: bodies that can't be read, strange words, a database that goes away."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.events import CommandUsed
from bot.core.messages import Message, Text
from bot.services import Services
from storage import communities, inbox, members
from tests.frame import dead_letters, echo, failing, program, waiting

# What can't be read


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"\x00", b'{"type": "message"}', b"[" * 100_000],
    ids=["empty", "cut", "list", "null", "text", "not-utf8", "nul", "a-part-is-missing", "deep"],
)
async def test_what_cannot_be_read_becomes_a_dead_letter_and_the_rest_goes_on(tmp_path: Path, body: bytes) -> None:
    async with program(tmp_path, echo()) as running:
        await running.fake.writes("ana", "before", place="circle")
        await running.fake.arrives(body, "circle")
        await running.fake.writes("ana", "after", place="circle")
        await running.settle()
        assert running.fake.words() == ["before", "after"]
        (reason,) = await dead_letters(running)
        assert reason.startswith("unreadable: ")


@pytest.mark.parametrize(
    "text", ["\ud800", "a\x00b", "x" * 100_000, "e" + "\u0301" * 5000], ids=["surrogate", "nul", "long", "marks"]
)
async def test_strange_words_go_through_every_table_and_back(tmp_path: Path, text: str) -> None:
    capability = Capability("parrot")

    @capability.command("say", summary="", for_strangers=True)
    async def say(event: CommandUsed, services: Services) -> None:
        await services.answer(Message(Text("{text}", {"text": event.arguments})))

    async with program(tmp_path, capability, echo()) as running:
        await running.fake.writes("ana", text, place="circle")
        await running.fake.commands("ana", "say", text)
        await running.fake.commands("ana", text)
        await running.settle()
        assert await dead_letters(running) == []
        assert running.fake.words("place:circle") == [text]
        assert running.fake.words("person:ana")[0] == text
        assert running.fake.words("person:ana")[1].startswith("I don't know /")


async def test_an_event_that_cannot_be_recorded_dies_alone(tmp_path: Path) -> None:
    """A place whose id no database can hold breaks the transaction that it shares with others."""
    async with program(tmp_path, Capability("silent")) as running:
        async with running.database.transaction() as session:
            circle = await communities.discover(session, running.fake.place("circle"))
            await communities.found(
                session, circle, name="Nurses", language="en", time_zone="UTC", now=running.clock.now()
            )
        await running.fake.tell("message", "ana", place="\ud800", text="hello")
        await running.fake.writes("ana", "hello", place="circle")
        await running.settle()
        async with running.database.reading() as session:
            assert await members.find(session, running.fake.account("ana")) is not None
        await running.wait_through_all_tries()
        assert len(await dead_letters(running)) == 1
        assert await waiting(running) == 0


async def test_an_event_that_cannot_be_recorded_is_retried_like_any_other_failure(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as running:
        await running.fake.tell("message", "ana", place="\ud800", text="hello")
        await running.settle()
        await running.wait_through_all_tries()
        assert len(await dead_letters(running)) == 1


# The database goes away


async def test_while_the_database_is_away_nothing_is_lost_reordered_or_counted_as_a_try(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as running:
        said = [f"line {number}" for number in range(20)]
        for text in said:
            await running.fake.writes("ana", text, place="circle")
        running.database.down = True
        await running.settle()
        for _ in range(12):
            await running.wait(seconds=20)
        running.database.down = False
        await running.wait_in_seconds(3)
        assert running.fake.words() == said
        assert await dead_letters(running) == []
        async with running.database.reading() as session:
            assert all(row.attempts == 0 for row in await inbox.waiting(session, limit=99))


@pytest.mark.parametrize("answers", range(12))
async def test_wherever_the_database_goes_away_the_event_has_its_effect_once(tmp_path: Path, answers: int) -> None:
    """It answers so many more times, and is away for a while then."""
    tries: list[str] = []
    async with program(tmp_path, echo("one"), echo("two"), failing(0, tries)) as running:
        await running.fake.writes("ana", "hello", place="circle")
        running.database.answers_left = answers
        await running.settle()
        await running.wait_in_seconds(4)
        running.database.down, running.database.answers_left = False, None
        await running.wait_in_seconds(5)
        assert sorted(running.fake.words()) == ["at last", "hello", "hello"]
        assert await dead_letters(running) == []
        assert await waiting(running) == 0
