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


async def test_administrators_of_a_group_are_offered_there_what_facilitators_may_do(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben")
        zoe = await here.member("Zoé", language_code="fr")
        assert {"ask", "help", "prompt", "welcome"} <= names(here.fatima, here)
        assert not {"prompt", "today"} & (names(ben, here) | names(zoe, here))
        await here.fatima.person.promotes(zoe.person, here.place)
        assert names(zoe, here) == names(here.fatima, here) > names(ben, here)


async def test_wherever_nothing_else_is_set_everybody_is_offered_what_works_everywhere(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben")
        sets = here.here.telegram.bot.commands
        offered = {one["command"] for one in sets['{"type": "default"}', ""]}
        assert "help" in offered
        assert offered <= names(ben) & names(ben, here)
        languages = {scope: {code for name, code in sets if name == scope} for scope, _ in sets if "_id" not in scope}
        assert len(languages) == 4
        assert all(codes == {"", *here.here.running.app.frame.texts.languages} for codes in languages.values())


async def test_who_speaks_another_language_is_offered_the_same(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben")
        zoe = await here.member("Zoé", language_code="fr")
        assert zoe.person.commands() == ben.person.commands()
        assert zoe.person.commands(here.place) == ben.person.commands(here.place)
        await here.fatima.says("/settings role Zoé expert")
        assert "answer" in names(zoe)
