"""The menu: whoever calls Baraza and says nothing more gets buttons for what they may do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.events import CommandUsed
from bot.core.messages import Message, Text
from bot.core.roles import Role
from bot.services import Services
from handlers.help import capability as help_capability
from handlers.menu import MOST_BUTTONS, capability
from storage import communities, members
from tests.community import START, founded, running
from tests.frame import program


async def test_each_gets_buttons_for_what_they_may_do(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await founded(talk), await talk.newcomer("Ben")
        await ben.joins("circle")
        for words in ("/baraza", "/menu", "/"):
            await ben.says(words)
            menu = await ben.last()
            assert "What would you like to do?" in menu
            assert "/help shows everything that I understand." in menu
            assert {"Ask something", "My questions", "My profile", "How we treat each other"} <= {*menu.buttons}
            assert not {"Settings", "Post a health check"} & {*menu.buttons}
        await fatima.says("/baraza")
        offered = (await fatima.last()).buttons
        assert {"Settings", "Post a health check"} <= {*offered[offered.index("Ask something") :]}
        assert len(set(offered)) == len(offered) <= MOST_BUTTONS
        everybodys = offered[: offered.index("My day")]
        assert everybodys == sorted(everybodys)  # as they read, not as their commands are called


async def test_a_button_does_what_its_command_does(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await talk.newcomer("Ben")
        await ben.joins("circle")
        await ben.says("/baraza", place="circle")
        assert (await ben.last("circle")).raw["only_me"]
        await ben.presses("How we treat each other", place="circle")
        assert "How we treat each other in Field Nurses" in await ben.last("circle")
        await ben.presses("My profile", place="circle")  # it comes with the permission to open a form
        form = await ben.form()
        assert form is not None
        assert form.title == "Introduce yourself"


async def test_who_has_left_does_nothing_more_with_an_old_menu(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await talk.newcomer("Ben")
        await ben.joins("circle")
        await ben.says("/menu")
        await ben.leaves("circle")
        await ben.presses("Find people")
        assert await ben.form() is None
        assert (await ben.last()).text == "You have left this community. Join one of its places again first."
        await ben.joins("circle")
        await ben.presses("Find people")
        assert await ben.form() is not None


async def test_the_role_counts_when_it_is_pressed(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await founded(talk), await talk.newcomer("Ben")
        await ben.joins("circle")
        await fatima.says("/settings role @Ben facilitator")
        await ben.says("/baraza")
        await fatima.says("/settings role @Ben member")
        await ben.presses("Settings")
        assert (await ben.last()).text == "Only facilitators can do this. Please ask one of them."


async def test_a_stranger_gets_the_help(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        zoe = await talk.newcomer("Zoe")
        await zoe.says("/baraza")
        assert "Join a place of a community and I will welcome you." in await zoe.last()
        assert (await zoe.last()).buttons == []


async def test_a_command_behind_the_name_is_that_command(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/baraza rules")
        assert "How we treat each other in Field Nurses" in await fatima.last()


def many(everybodys: int, experts: int) -> Capability:
    """So many commands with a title."""
    made = Capability("many")

    async def do(event: CommandUsed, services: Services) -> None:
        await services.answer(Message(Text(f"{event.name} is done")))

    for number in range(everybodys):
        made.command(f"all{number:02}", summary="", title=f"For all {number}")(do)
    for number in range(experts):
        made.command(f"expert{number:02}", summary="", title=f"Expert {number}", roles=(Role.EXPERT,))(do)
    return made


@pytest.mark.parametrize(("everybodys", "experts"), [(30, 0), (22, 4), (3, 2), (2, 30)])
async def test_it_never_has_too_many_buttons_and_those_of_ones_role_stay(
    tmp_path: Path, everybodys: int, experts: int
) -> None:
    async with program(tmp_path, capability, help_capability, many(everybodys, experts)) as running_program:
        fake = running_program.fake
        await fake.joins("ana", "circle")
        async with running_program.database.transaction() as session:
            place = await communities.discover(session, fake.place("circle"))
            community = await communities.found(session, place, name="N", language="en", time_zone="UTC", now=START)
        await fake.writes("ana", "hello", place="circle")
        await running_program.settle()
        async with running_program.database.transaction() as session:
            ana = await members.find(session, fake.account("ana"))
            assert ana is not None
            await members.give_role(session, community.id, ana.id, Role.EXPERT)
        await fake.commands("ana", "")
        await running_program.settle()
        buttons = fake.shown[-1].message.buttons
        labels = [button.label for button in buttons]
        assert len(labels) == min(MOST_BUTTONS, everybodys + experts)
        mine = [label for label in labels if label.startswith("Expert")]
        assert len(mine) == min(MOST_BUTTONS, experts)
        assert labels[len(labels) - len(mine) :] == mine  # what everybody does comes first
        await fake.presses("ana", buttons[-1].token)
        await running_program.settle()
        assert fake.words()[-1].endswith("is done")
