"""The menu of commands that Telegram shows to each person, and how it changes with what they may do."""

from __future__ import annotations

from pathlib import Path

from tests.platforms.phone import Phone
from tests.platforms.telegram.nurses import Nurses, nurses


def names(phone: Phone, here: Nurses | None = None) -> set[str]:
    """The commands that this person is offered: in private, or in the group."""
    return {line.partition(" - ")[0] for line in phone.person.commands(here.place if here else None)}


async def test_each_is_offered_what_they_may_do_from_the_moment_on_when_that_changes(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben")
        assert {"ask", "find", "help"} <= names(ben)
        assert {"settings", "today", "prompt"} <= names(here.fatima)
        assert not {"settings", "today", "answer"} & names(ben)
        await here.fatima.says("/settings role Ben expert")
        assert {"ask", "answer", "away"} <= names(ben)
        assert "settings" not in names(ben)
        await here.fatima.says("/settings role Ben facilitator")
        assert {"settings", "today"} <= names(ben)
        await here.fatima.says("/settings role Ben member")
        assert not {"settings", "today", "answer"} & names(ben)


async def test_who_speaks_another_language_is_offered_the_same(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben")
        zoe = await here.member("Zoé", language_code="fr")
        assert zoe.person.commands() == ben.person.commands()
        assert zoe.person.commands(here.place) == ben.person.commands(here.place)
        await here.fatima.says("/settings role Zoé expert")
        assert "answer" in names(zoe)
