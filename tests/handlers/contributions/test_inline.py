"""Looking up what the community knows while writing to others."""

from __future__ import annotations

from pathlib import Path

from bot.core.addresses import Person
from bot.core.platform import AnswerInline
from storage import members
from tests.frame import dead_letters
from tests.handlers.group import Group, group

COLD = "The cold box keeps for nine hours when the ice packs were frozen for two days."


async def finds(here: Group, person: str, words: str) -> dict[str, str]:
    """The titles of what somebody is shown for these words, with the texts."""
    here.fake.done.clear()
    await here.fake.looks_up(person, words)
    await here.running.settle()
    (answer,) = [one for one in here.fake.done if isinstance(one, AnswerInline)]
    assert answer.destination.account.user == person
    return {one.title: one.text.plain() for one in answer.results}


async def publishes(here: Group, text: str, title: str) -> None:
    await here.commands("fatima", "log")
    await here.fills_in("fatima", text=text, title=title)
    await here.presses("fatima", "Publish it")


async def accepted(here: Group, question: str, manner: str) -> None:
    """Ana asks, Ben answers, and that helps."""
    await here.commands("ana", "ask")
    await here.fills_in("ana", text=question, manner=manner)
    await here.running.wait(minutes=5)
    await here.presses("ben", "Answer")
    await here.fills_in("ben", text="One minute.")
    await here.running.wait(minutes=5)
    await here.presses("ana", "This helps")
    await here.running.wait(minutes=5)


async def with_ana_and_ben(here: Group) -> None:
    async with here.running.database.transaction() as session:
        for name in ("ana", "ben"):
            who = await members.ensure(session, Person(here.fake.account(name), name), here.running.clock.now())
            now = here.running.clock.now()
            await members.arrive(session, here.place.community_id or 0, here.place.id, who.id, now)
    for name in ("ana", "ben"):
        await here.starts(name)
    await here.commands("fatima", "experts", "add ben water")


async def test_members_find_what_is_published_without_anybodys_name(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await with_ana_and_ben(here)
        await publishes(here, COLD, "Cold boxes")
        found = await finds(here, "ana", "cold box")
        assert list(found) == ["Cold boxes"]
        assert COLD in found["Cold boxes"]
        assert "fatima" not in found["Cold boxes"].casefold()
        assert await finds(here, "ana", "elephants") == {}
        assert await finds(here, "ana", " ") == {}


async def test_what_was_asked_confidentially_is_never_among_it(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await with_ana_and_ben(here)
        await accepted(here, "How long must water boil?", "name")
        await accepted(here, "Is my water making me ill?", "confidential")
        await here.commands("fatima", "find", "water")
        assert "making me ill" in " ".join(here.told("fatima")), "in the community it may be found"
        found = await finds(here, "fatima", "water")
        assert list(found) == ["How long must water boil?"]
        assert "One minute." in found["How long must water boil?"]
        assert await dead_letters(here.running) == []


async def test_who_is_in_no_community_hears_how_to_begin(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await publishes(here, COLD, "Cold boxes")
        found = await finds(here, "zoe", "cold box")
        assert list(found) == ["Join a community first"]
        assert await here.member("zoe") is None


async def test_looking_up_does_not_open_the_private_chat(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.joins("ana")
        await finds(here, "ana", "cold box")
        assert here.told("ana") == []
        assert len(here.lines()) == 1
