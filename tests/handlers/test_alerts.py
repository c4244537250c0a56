"""Facilitators hear when something could not be done: privately, at most once an hour, without words or names."""

from __future__ import annotations

from pathlib import Path

from bot.core.capability import Capability
from bot.core.events import CommandUsed, MessagePosted
from bot.core.messages import Kind, Message, Text
from bot.core.platform import Undeliverable
from bot.core.roles import Role
from bot.services import Services
from handlers.alerts import capability
from storage import communities, members
from tests.community import START
from tests.frame import Program, dead_letters, program

ALERT = "Something could not be done ({count}). Please tell who looks after Baraza: `baraza doctor` shows it."


def breaking() -> Capability:
    """Breaks at every message in a place; ``/tell`` writes there, ``/task`` asks for work that can't be done."""
    made = Capability("breaking")

    @made.on(MessagePosted, strangers=True)
    async def heard(_event: MessagePosted, _services: Services) -> None:
        raise RuntimeError("Ana's secret words")

    @made.command("tell", summary="")
    async def tell(event: CommandUsed, services: Services) -> None:
        await services.write_to(event.by.account, Message(Text("hello")), Kind.ANSWER)

    @made.command("task", summary="")
    async def task(_event: CommandUsed, services: Services) -> None:
        await services.later("breaking.unknown", {})

    return made


async def settled_community(running: Program, *facilitators: str) -> None:
    """Everybody here is in one community."""
    async with running.database.transaction() as session:
        place = await communities.discover(session, running.fake.place("circle"))
        community = await communities.found(session, place, name="N", language="en", time_zone="UTC", now=START)
    for person in ("ana", "ben"):
        await running.fake.joins(person, "circle")
    await running.settle()
    async with running.database.transaction() as session:
        for person in facilitators:
            member = await members.find(session, running.fake.account(person))
            assert member is not None
            await members.give_role(session, community.id, member.id, Role.FACILITATOR)


def alerts(running: Program, person: str = "ben") -> list[str]:
    return [words for words in running.fake.words(f"person:{person}") if "could not be done" in words]


def counted(*counts: int) -> list[str]:
    return [ALERT.format(count=count) for count in counts]


async def test_an_event_that_nobody_could_handle_is_told_once_an_hour(tmp_path: Path) -> None:
    async with program(tmp_path, breaking(), capability) as running:
        await settled_community(running, "ben")
        for number in range(3):
            await running.fake.writes("ana", f"secret {number}", place="circle")
        await running.settle()
        await running.wait_through_all_tries()
        assert (len(await dead_letters(running)), alerts(running)) == (1, counted(1))
        for _ in range(2):
            await running.wait_through_all_tries()
        assert (len(await dead_letters(running)), alerts(running)) == (3, counted(1))
        await running.wait(minutes=55)
        assert alerts(running) == counted(1)
        await running.wait(minutes=5)
        assert alerts(running) == counted(1, 2)
        await running.wait(hours=5)
        assert alerts(running) == counted(1, 2)
        assert alerts(running, "ana") == []
        assert not [words for words in running.fake.words("place:circle") if "done" in words]
        assert "secret" not in " ".join(running.fake.words())


async def test_work_that_cannot_be_done_is_told(tmp_path: Path) -> None:
    async with program(tmp_path, breaking(), capability) as running:
        await settled_community(running, "ben")
        await running.fake.commands("ana", "task", place="circle")
        await running.settle()
        await running.wait_through_all_tries()
        assert alerts(running) == counted(1)


async def test_a_message_that_cannot_arrive_is_told_and_its_alert_goes_round_for_ever_nowhere(tmp_path: Path) -> None:
    async with program(tmp_path, breaking(), capability) as running:
        await settled_community(running, "ben", "ana")
        blocked = [Undeliverable("blocked the bot")] * 9
        running.fake.fails(*blocked, conversation="person:ana")
        await running.fake.commands("ana", "tell", place="circle")
        await running.settle()
        for _ in range(3):
            await running.wait(hours=2)
        assert alerts(running) == counted(1)
        assert len(await dead_letters(running)) == 2  # the message, and the alert to Ana


async def test_what_belongs_to_no_community_is_told_nobody(tmp_path: Path) -> None:
    async with program(tmp_path, breaking(), capability) as running:
        await settled_community(running, "ben")
        await running.fake.writes("ana", "elsewhere", place="square")
        await running.fake.arrives(b"unreadable")
        await running.settle()
        await running.wait_through_all_tries()
        assert len(await dead_letters(running)) == 2
        assert alerts(running) == []


async def test_an_alert_that_breaks_changes_nothing(tmp_path: Path) -> None:
    async with program(tmp_path, breaking(), capability) as running:
        await settled_community(running, "ben")
        del running.app.frame.registry.tasks["alerts.tell"]
        await running.fake.writes("ana", "secret", place="circle")
        await running.settle()
        await running.wait_through_all_tries()
        assert len(await dead_letters(running)) == 1
        assert alerts(running) == counted(1)
