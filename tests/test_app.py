"""The composition root: it starts in full or not at all, and lets go of everything."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.core.capability import Capability, DuplicateName
from bot.core.events import CommandUsed
from bot.core.forms import Form
from bot.core.messages import Kind, Message, Text
from bot.core.platform import Host
from bot.core.roles import Role
from bot.services import Services
from bot.settings import Settings
from storage import attachments, communities, members
from storage.database import Database, DatabaseProblem
from tests.community import START, StandingClock
from tests.databases import SECRET_KEY
from tests.fakes import FakePlatform
from tests.frame import echo, program
from tests.test_opening_forms import asking


class Unwilling(FakePlatform):
    """A platform that can't be started."""

    async def start(self, host: Host) -> None:
        raise ConnectionRefusedError("no way in")


async def test_what_cannot_start_lets_go_of_everything(tmp_path: Path) -> None:
    clock = StandingClock()
    async with program(tmp_path) as first:
        url = str(first.database.url)
    for _ in range(2):
        app = App(Settings(_env_file=None, http_port=0), Database(url, SECRET_KEY), [Unwilling(clock)], clock=clock)
        with pytest.raises(ConnectionRefusedError):
            await app.start()
    async with program(tmp_path, fake=first.fake) as after:
        assert await after.app.troubles() == []


async def test_a_second_program_on_the_same_database_is_refused(tmp_path: Path) -> None:
    async with program(tmp_path) as first:
        with pytest.raises(DatabaseProblem, match="Another Baraza is running"):
            async with program(tmp_path, fake=FakePlatform(first.clock)):
                pass
        assert await first.app.troubles() == []


async def test_two_capabilities_of_one_command_do_not_start(tmp_path: Path) -> None:
    with pytest.raises(DuplicateName):
        async with program(tmp_path, asking(), asking()):
            pass


async def test_when_it_stops_it_takes_nothing_new_and_finishes_what_it_has(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as running:
        running.fake.places |= {f"circle{number}" for number in range(30)}
        for number in range(30):
            await running.fake.writes("ana", str(number), place=f"circle{number}")
        await running.stop()
    async with program(tmp_path, echo(), fake=running.fake) as again:
        await again.settle()
        assert sorted(map(int, again.fake.words())) == list(range(30))


async def test_when_the_database_is_away_it_stops_all_the_same(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as running:
        await running.fake.writes("ana", "hello", place="circle")
        running.database.down = True
        await running.stop()
        with pytest.raises(OSError, match="Connect"):
            await asyncio.open_connection("127.0.0.1", running.app.web.port)
    async with program(tmp_path, echo(), fake=running.fake) as again:
        await again.settle()
        assert again.fake.words() == ["hello"]


async def test_the_clock_stands_after_a_restart_where_it_was_moved_to(tmp_path: Path) -> None:
    async with program(tmp_path) as first:
        await first.app.move_clock(START + timedelta(days=3))
        assert first.clock.now() == START + timedelta(days=3)
        await first.app.move_clock(START)  # time only goes forward
        assert first.clock.now() == START + timedelta(days=3)


async def test_a_host_knows_forms_until_they_are_sent(tmp_path: Path) -> None:
    async with program(tmp_path, asking()) as running:
        await running.fake.commands("ana", "ask")
        await running.settle()
        (opened,) = running.fake.opened
        form = await running.app.form(opened.form_id)
        assert isinstance(form, Form)
        assert form == opened.form
        await running.fake.submits("ana", opened.form_id, question="Why?")
        await running.settle()
        assert await running.app.form(opened.form_id) is None
        assert await running.app.form("unknown") is None


async def test_a_host_offers_everybody_what_they_may_use(tmp_path: Path) -> None:
    capability = Capability("things")

    async def nothing(_event: CommandUsed, _services: Services) -> None: ...

    capability.command("help", summary="", for_strangers=True)(nothing)
    capability.command("rules", summary="")(nothing)
    capability.command("settings", summary="", roles=(Role.FACILITATOR,))(nothing)
    capability.shortcut("things.save", label="Save it")(nothing)
    capability.shortcut("things.hide", label="Hide it", roles=(Role.FACILITATOR,))(nothing)

    async with program(tmp_path, capability) as running:
        account = running.fake.account("ana")

        async def offered() -> list[str]:
            return [hint.name for hint in await running.app.commands_for(account)]

        async def with_messages() -> list[str]:
            return [hint.label for hint in await running.app.shortcuts_for(account)]

        assert (await offered(), await with_messages()) == (["help"], [])
        async with running.database.transaction() as session:
            place = await communities.discover(session, running.fake.place("circle"))
            community = await communities.found(session, place, name="N", language="en", time_zone="UTC", now=START)
        await running.fake.joins("ana", "circle")
        await running.settle()
        assert (await offered(), await with_messages()) == (["help", "rules"], ["Save it"])
        async with running.database.transaction() as session:
            member = await members.find(session, account)
            assert member is not None
            await members.give_role(session, community.id, member.id, Role.FACILITATOR)
        assert (await offered(), await with_messages()) == (["help", "rules", "settings"], ["Hide it", "Save it"])


async def test_a_host_has_attachments_and_words(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        async with running.database.transaction() as session:
            kept = await attachments.keep(session, b"\x00picture", START)
        assert await running.app.attachment(kept) == b"\x00picture"
        assert await running.app.attachment("unknown") is None
        assert running.app.translate("tlh", "Hello {name}", {"name": "*Ana*"}) == "Hello *Ana*"


async def test_who_acts_in_a_community_is_answered_where_they_act(tmp_path: Path) -> None:
    capability = Capability("things")

    @capability.command("who", summary="", for_strangers=True)
    async def who(_event: CommandUsed, services: Services) -> None:
        known = services.known_community.name if services.known_community else "nobody"
        await services.answer(Message(Text(f"{known} {sorted(services.roles)}")), Kind.ANSWER)

    @capability.command("mine", summary="")
    async def mine(_event: CommandUsed, services: Services) -> None:
        await services.answer(Message(Text("yours")))

    async with program(tmp_path, capability) as running:
        async with running.database.transaction() as session:
            place = await communities.discover(session, running.fake.place("circle"))
            await communities.found(session, place, name="Nurses", language="en", time_zone="UTC", now=START)
        await running.fake.joins("ana", "circle")
        for where in ("circle", "square", None):
            await running.fake.commands("ana", "who", place=where)
            await running.settle()
        await running.fake.commands("ben", "mine", place="square")
        await running.settle()
        await running.fake.commands("ben", "mine", place="circle")
        await running.settle()
        assert running.fake.words("person:ana") == ["Nurses []", "Nurses []", "Nurses []"]
        stranger, member = running.fake.words("person:ben")
        assert stranger.startswith("This works in a community.")
        assert member == "yours"
        seen_in_place = [one.destination for one in running.fake.shown if "place" in one.destination.__slots__]
        assert len(seen_in_place) == 4  # each shown to the person who acted, in the place where they did
