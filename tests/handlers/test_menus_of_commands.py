"""The menus of commands that platforms show: what everybody may use, and what one person may, once that changes."""

from __future__ import annotations

from pathlib import Path

from bot.core.addresses import Person
from bot.core.platform import ShowCommands
from storage import members
from tests.handlers.group import Group, group


def shown_again(here: Group) -> list[str]:
    """Whose menus were brought up to date since the last time."""
    found = [one.destination.account.user for one in here.fake.done if isinstance(one, ShowCommands)]
    here.fake.done.clear()
    return found


async def with_ana(here: Group) -> None:
    async with here.running.database.transaction() as session:
        ana = await members.ensure(session, Person(here.fake.account("ana"), "Ana"), here.running.clock.now())
        await members.arrive(session, here.place.community_id or 0, here.place.id, ana.id, here.running.clock.now())
    await here.starts("ana")
    here.fake.done.clear()


async def test_who_gets_or_loses_a_role_sees_other_commands(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await with_ana(here)
        for words in ("role Ana expert", "role Ana member"):
            await here.commands("fatima", "settings", words)
            assert shown_again(here) == ["ana"]
        for words in ("add Ana water", "remove Ana"):
            await here.commands("fatima", "experts", words)
            assert shown_again(here) == ["ana"]


async def test_who_chooses_a_language_sees_the_commands_in_it(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await with_ana(here)
        await here.commands("ana", "lang", "fr")
        assert shown_again(here) == ["ana"]


async def test_who_holds_a_role_sees_its_commands_from_the_first_word_on(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        assert shown_again(here) == ["fatima"]  # who wrote at the beginning
        await with_ana(here)
        await here.starts("ana")
        assert shown_again(here) == []


async def test_what_everybody_may_use_is_told_in_every_language(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        app = here.running.app
        menus = app.menus()
        assert set(menus) == {"", *app.frame.texts.languages}
        names = {language: {one.name for one in hints} for language, hints in menus.items()}
        assert all({"ask", "help", "start"} <= found for found in names.values())
        assert all(not {"settings", "today"} & found for found in names.values())
        assert {one.name for one in await app.commands_for(here.fake.account("fatima"))} > names[""]
