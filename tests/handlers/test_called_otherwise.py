"""What a platform tells of somebody counts until they say themselves who they are and which language they speak."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from storage.members import Member
from tests.conversations import founded
from tests.handlers.welcome.acting import introduces, joined
from tests.slack_community import OnSlack, SlackSomeone, SlackTalk


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[SlackTalk]:
    stage = OnSlack(socket=True)
    async with stage.running(tmp_path) as running:
        yield running
    await stage.close()


async def becomes(talk: SlackTalk, who: SlackSomeone, name: str, locale: str) -> tuple[str, str | None]:
    """Somebody takes another name and language on their platform; by which they go here then."""
    before = who.name
    await who.person.changes(name=name, locale=locale)
    await talk.settle()
    async with talk.running.database.reading() as session:
        found = (await session.exec(select(Member))).all()
    (member,) = [one for one in found if one.name in (before, name, "Dr Ben")]
    return member.name, member.language


async def test_who_has_not_introduced_themselves_goes_by_what_is_told(talk: SlackTalk) -> None:
    fatima = await founded(talk)
    ben = await joined(talk, "Ben")
    assert isinstance(ben, SlackSomeone)
    assert await becomes(talk, ben, "Benedict", "fr-FR") == ("Benedict", "fr")
    await fatima.says("/experts add @Benedict water")
    assert "Benedict answers questions now" in await fatima.last()


async def test_a_language_that_somebody_chose_stays(talk: SlackTalk) -> None:
    await founded(talk)
    ben = await joined(talk, "Ben")
    assert isinstance(ben, SlackSomeone)
    await ben.says("/lang sw")
    assert await becomes(talk, ben, "Benedict", "fr-FR") == ("Benedict", "sw")


async def test_what_somebody_said_of_themselves_stays(talk: SlackTalk) -> None:
    await founded(talk)
    ben = await joined(talk, "Ben")
    assert isinstance(ben, SlackSomeone)
    await introduces(ben, Name_to_show="Dr Ben")
    assert await becomes(talk, ben, "Benedict", "fr-FR") == ("Dr Ben", "en")


async def test_nobody_becomes_known_by_it(talk: SlackTalk) -> None:
    await founded(talk)
    zoe = await talk.newcomer("Zoe")
    await zoe.person.changes(name="Zoe B", locale="fr-FR")
    await talk.settle()
    async with talk.running.database.reading() as session:
        assert [one.name for one in (await session.exec(select(Member))).all()] == ["Fatima"]
