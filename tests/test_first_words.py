"""Where people have to write to the bot first: what is for them waits for that, and nobody is asked in vain."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.addresses import OnlyVisibleTo, Person, Privately
from bot.core.capability import Capability
from bot.core.events import CommandUsed
from bot.core.messages import Kind, Message, Text
from bot.core.roles import Role
from bot.messenger import Messenger
from bot.services import Services
from handlers import alerts
from storage import communities, members, outbox, private_chats
from tests.community import START, StandingClock
from tests.fakes import FakePlatform
from tests.frame import Program, dead_letters, program

ANA, BEN = "person:ana", "person:ben"


def starting() -> Capability:
    capability = Capability("starting")

    @capability.command("start", summary="Begin", for_strangers=True)
    async def start(_event: CommandUsed, services: Services) -> None:
        await services.answer(Message(Text("hello")))

    return capability


@asynccontextmanager
async def bot(folder: Path, *capabilities: Capability) -> AsyncIterator[Program]:
    fake = FakePlatform(StandingClock(), needs_first_word=True)
    async with program(folder, starting(), *capabilities, fake=fake) as running:
        yield running


async def say(running: Program, text: str, person: str = "ana", *, place: str = "") -> str:
    fake = running.fake
    account = fake.account(person)
    to = OnlyVisibleTo(account, fake.place(place)) if place else Privately(account)
    async with running.database.transaction() as session:
        messenger = Messenger(session, running.database.cipher, running.clock)
        return (await messenger.send(to, Message(Text(text)), Kind.ANSWER)).reference


async def change(running: Program, reference: str, text: str) -> None:
    async with running.database.transaction() as session:
        await Messenger(session, running.database.cipher, running.clock).edit(reference, Message(Text(text)))


async def a_community(running: Program) -> None:
    """Ana, and Ben who looks after it and can be written to."""
    async with running.database.transaction() as session:
        place = await communities.discover(session, running.fake.place("circle"))
        community = await communities.found(
            session, place, name="Nurses", language="en", time_zone="UTC", now=running.clock.now()
        )
        for name in ("ana", "ben"):
            person = Person(running.fake.account(name), name)
            member = await members.ensure(session, person, running.clock.now())
            await members.arrive(session, community.id, place.id, member.id, running.clock.now())
        await members.give_role(session, community.id, member.id, Role.FACILITATOR)
    await running.fake.starts("ben")
    await running.settle()


async def test_what_somebody_cannot_get_yet_comes_in_order_when_they_have_written(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        for text in ("one", "two"):
            await say(running, text)
        await say(running, "only you", place="circle")
        await running.settle()
        await running.wait(hours=50)
        assert running.fake.words() == []
        assert len(running.fake.attempts) == 3
        await running.fake.starts("ana")
        await running.settle()
        assert running.fake.words() == ["one", "two", "only you", "hello"]
        assert await dead_letters(running) == []


async def test_how_to_begin_is_shown_although_something_private_waits_already(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        await say(running, "private")
        await running.settle()
        await say(running, "only you", place="circle")
        await running.settle()
        assert running.fake.doors == [("ana", "circle")]


async def test_others_do_not_wait_for_who_has_not_written_yet(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        await running.fake.starts("ben")
        await running.settle()
        await say(running, "for Ana")
        await say(running, "for Ben", "ben")
        await running.settle()
        assert running.fake.words() == ["hello", "for Ben"]


async def test_a_message_that_waits_comes_as_it_was_changed_meanwhile(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        reference = await say(running, "before")
        await running.settle()
        await change(running, reference, "after")
        await running.settle()
        assert await dead_letters(running) == []
        await running.fake.starts("ana")
        await running.settle()
        assert running.fake.words() == ["after", "hello"]


async def test_after_three_days_it_is_given_up(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        await say(running, "never")
        await running.settle()
        await running.wait(days=3, seconds=-1)
        assert await dead_letters(running) == []
        await running.wait(seconds=1)
        assert await dead_letters(running) == ["undeliverable: the person never wrote to the bot"]


async def test_it_waits_across_a_restart(tmp_path: Path) -> None:
    fake = FakePlatform(StandingClock(), needs_first_word=True)
    async with program(tmp_path, starting(), fake=fake) as running:
        await say(running, "waits")
        await running.settle()
        await running.stop()
    await fake.starts("ana")
    async with program(tmp_path, starting(), fake=fake) as running:
        await running.settle()
        assert fake.words() == ["waits", "hello"]


async def test_a_first_word_that_comes_while_the_message_is_on_its_way_counts(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        fake, account = running.fake, running.fake.account("ana")
        deliver = fake.deliver

        async def slowly(outgoing: object) -> object:
            try:
                return await deliver(outgoing)  # type: ignore[arg-type]
            finally:  # the refusal is under way when the person writes
                if "ana" not in fake.started:
                    fake.started.add("ana")
                    async with running.database.transaction() as session:
                        await private_chats.open_up(session, account, running.clock.now())

        fake.deliver = slowly  # type: ignore[assignment, method-assign]
        await say(running, "in time")
        await running.settle()
        await running.wait(seconds=1)
        assert fake.words() == ["in time"]


async def test_who_closed_the_chat_gets_nothing_until_they_open_it_again(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        await running.fake.starts("ana")
        await running.settle()
        await running.fake.blocks_the_bot("ana")
        await running.settle()
        tries = len(running.fake.attempts)
        await say(running, "lost")
        await running.settle()
        assert len(running.fake.attempts) == tries
        assert await dead_letters(running) == ["undeliverable: the person closed the chat"]
        await running.fake.unblocks_the_bot("ana")
        await running.settle()
        await say(running, "arrives")
        await running.settle()
        assert running.fake.words() == ["hello", "arrives"]


async def test_a_closed_chat_is_learned_from_the_platforms_refusal_too(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        await running.fake.starts("ana")
        await running.settle()
        running.fake.blocked.add("ana")
        for text in ("lost", "lost too"):
            await say(running, text)
        await running.settle()
        assert len(await dead_letters(running)) == 2
        assert len(running.fake.attempts) == 2
        await running.fake.starts("ana")
        await running.settle()
        assert running.fake.words() == ["hello", "hello"]


async def test_facilitators_hear_once_a_day_that_somebody_is_out_of_reach_and_not_who(tmp_path: Path) -> None:
    async with bot(tmp_path, alerts.capability) as running:
        await a_community(running)
        await running.fake.blocks_the_bot("ana")
        for hours in (0, 1, 22, 2):
            await running.wait(hours=hours)
            await say(running, "lost")
            await running.settle()
        told = running.fake.words(BEN)[1:]
        assert len(told) == 2
        assert "I can't write to one of the members" in told[0]
        assert "ana" not in told[0].casefold().replace("can't", "")


async def test_that_a_facilitator_is_out_of_reach_goes_round_no_further(tmp_path: Path) -> None:
    async with bot(tmp_path, alerts.capability) as running:
        await a_community(running)
        await running.fake.blocks_the_bot("ben")
        await say(running, "lost", "ben")
        await running.settle()
        assert len(await dead_letters(running)) == 2


async def test_whether_somebody_can_be_written_to_is_known(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        fake = running.fake
        seen = []
        for act in (fake.starts, fake.blocks_the_bot, fake.unblocks_the_bot):
            async with running.database.reading() as session:
                services = Services(running.app.frame, session)
                seen.append(await services.can_write_to_account(fake.account("ana")))
            await act("ana")
            await running.settle()
        async with running.database.reading() as session:
            services = Services(running.app.frame, session)
            assert [*seen, await services.can_write_to_account(fake.account("ana"))] == [False, True, False, True]


async def test_elsewhere_everybody_can_be_written_to(tmp_path: Path) -> None:
    async with program(tmp_path) as running, running.database.reading() as session:
        assert await Services(running.app.frame, session).can_write_to_account(running.fake.account("ana"))


async def test_what_waits_for_somebody_is_no_backlog(tmp_path: Path) -> None:
    async with bot(tmp_path) as running:
        await say(running, "waits")
        await running.settle()
        async with running.database.reading() as session:
            assert await outbox.depth(session) == (0, None)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(seconds=1)])
async def test_a_refusal_from_before_the_first_word_does_not_shut_the_chat(tmp_path: Path, later: timedelta) -> None:
    async with bot(tmp_path) as running:
        account = running.fake.account("ana")
        async with running.database.transaction() as session:
            await private_chats.open_up(session, account, START + later)
            assert not await private_chats.not_opened(session, account, START)
            assert await private_chats.open_among(session, [account]) == {account}
