"""What a handler is given: who and where, the words for each, and the ways to say something."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.core.addresses import Account, MessageRef, Person, Place, Privately
from bot.core.dispatch import Registry
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, Event, FormSubmitted, MessagePosted, ShortcutUsed
from bot.core.messages import Button, Kind, Message, Text
from bot.core.roles import Role
from bot.core.serialization import destination_from_json
from bot.services import Frame, Services
from bot.settings import Settings
from bot.texts import Texts
from bot.who_acts import services_for
from storage import buttons, communities, members
from storage.activity import Activity, ActivityKind, activity_key
from storage.buttons import StoredButton
from storage.database import Database, Session
from storage.members import MemberAccount
from storage.outbox import OutboxRow
from storage.tasks import Task
from tests.community import START, StandingClock, Talk, founded, running

CIRCLE, ELSEWHERE = (Place("fake", "tenant", name, name) for name in ("circle", "elsewhere"))
ANA = Person(Account("fake", "tenant", "ana"), "Ana", "en")


def frame(database: Database) -> Frame:
    return Frame(StandingClock(), Texts(), database.cipher, Registry([]), Settings(_env_file=None))


@asynccontextmanager
async def acting(database: Database, place: Place | None = CIRCLE, by: Person = ANA) -> AsyncIterator[Services]:
    """What a handler is given when somebody writes in a place, privately without one."""
    ref = MessageRef("fake", "tenant", place.id if place else by.account.user, "1")
    event = MessagePosted(at=START, by=by, place=place, key="1", message=ref)
    async with database.transaction() as session:
        yield await services_for(frame(database), session, event)


async def found(database: Database, name: str = "Nurses") -> int:
    async with database.transaction() as session:
        place = await communities.discover(session, CIRCLE)
        return (await communities.found(session, place, name=name, language="en", time_zone="UTC", now=START)).id


async def sayings(session: Session) -> list[OutboxRow]:
    return list((await session.exec(select(OutboxRow).order_by(OutboxRow.id))).all())  # type: ignore[arg-type]


async def test_in_a_place_of_a_community_everything_is_known(database: Database) -> None:
    community = await found(database)
    async with acting(database) as services:
        assert services.community.id == community
        assert services.member.name == "Ana"
        assert services.known_place is not None
        assert services.known_place.external_id == "circle"
        assert services.roles == frozenset()
        await members.belong(services.session, community, services.member.id, START)
        await members.give_role(services.session, community, services.member.id, Role.EXPERT)
    async with acting(database) as services:
        assert services.roles == {Role.EXPERT}


@pytest.mark.parametrize("place", [ELSEWHERE, None])
async def test_elsewhere_a_stranger_is_told_so(database: Database, place: Place | None) -> None:
    await found(database)
    async with acting(database, place) as services:
        for ask in ("community", "member"):
            with pytest.raises(Refusal, match="You are not in a community yet"):
                getattr(services, ask)
        assert (await services.session.exec(select(members.Member))).all() == []  # and is not remembered


async def test_in_private_a_member_is_known_by_the_community_joined_last(database: Database) -> None:
    community = await found(database)
    async with acting(database) as services:
        await members.belong(services.session, community, services.member.id, START)
    async with acting(database, None) as services:
        assert services.community.id == community


_WRITTEN = MessagePosted(at=START, by=ANA, place=CIRCLE, key="1", message=MessageRef("fake", "tenant", "circle", "1"))
_OUTLIVES: list[Event] = [
    ButtonPressed(at=START + timedelta(days=2), by=ANA, place=CIRCLE, button="b"),
    FormSubmitted(at=START + timedelta(days=2), by=ANA, place=CIRCLE, form="f", values={}),
    ShortcutUsed(at=START + timedelta(days=2), by=ANA, place=CIRCLE, name="s", about=_WRITTEN),
]
_TYPED: list[Event] = [CommandUsed(at=START + timedelta(days=2), by=ANA, place=CIRCLE, name="help")]


@pytest.mark.parametrize("left", [True, False])
@pytest.mark.parametrize("event", [*_OUTLIVES, *_TYPED], ids=lambda event: type(event).__name__)
async def test_only_who_is_there_comes_back_by_what_they_do(database: Database, event: Event, left: bool) -> None:
    community = await found(database)
    async with acting(database) as services:
        assert services.known_place is not None
        if left:
            here = (services.session, community, services.known_place.id, services.member.id)
            await members.arrive(*here, START)
            await members.depart(*here, START + timedelta(days=1))
    async with database.transaction() as session:
        services = await services_for(frame(database), session, event)
        belongs = await members.membership(session, community, services.member.id)
    assert belongs is not None
    assert (belongs.left_at is None) is (event in _TYPED or not left)


async def test_a_place_out_of_reach_counts_as_elsewhere(database: Database) -> None:
    await found(database)
    async with database.transaction() as session:
        place = await communities.place_at(session, CIRCLE)
        assert place is not None
        await communities.close_place(session, place.address)
    async with acting(database) as services:
        assert services.known_community is None


async def test_an_answer_goes_back_to_where_it_was_asked_for_that_person_alone(database: Database) -> None:
    await found(database)
    async with acting(database) as services:
        await services.answer(Message(Text("in the place")))
    async with acting(database, None) as services:
        await services.answer(Message(Text("in private")))
        there, private = [destination_from_json(row.destination) for row in await sayings(services.session)]
    assert (type(there).__name__, type(private).__name__) == ("OnlyVisibleTo", "Privately")


async def test_somebody_is_told_on_the_account_that_came_last(database: Database) -> None:
    await found(database)
    async with acting(database) as services:
        nobody = members.Member(name="No account", created_at=START)
        services.session.add(nobody)
        await services.session.flush()
        assert await services.tell(nobody, Message(Text("hello")), Kind.WELCOME) is None
        phone = Account("other", "tenant", "a phone")
        values: dict[str, Any] = {
            "platform": phone.platform,
            "tenant": phone.tenant,
            "user": phone.user,
            "user_key": b"phone",
        }
        services.session.add(MemberAccount(member_id=services.member.id, **values))
        row = await services.tell(services.member, Message(Text("hello")), Kind.WELCOME)
        assert row is not None
        assert destination_from_json(row.destination) == Privately(phone)
        assert (row.platform, row.kind) == ("other", "welcome")


async def test_what_is_said_is_said_only_when_the_transaction_ends_well(database: Database) -> None:
    await found(database)
    with pytest.raises(InterruptedError):
        async with acting(database) as services:
            await services.post(CIRCLE, Message(Text("hello")), Kind.PROMPT)
            raise InterruptedError
    async with database.reading() as session:
        assert await sayings(session) == []


async def test_a_button_gets_an_opaque_id_and_its_meaning_stays_here(database: Database) -> None:
    await found(database)
    async with acting(database) as services:
        said = Message(
            Text("?"), (Button("Answer", "questions.answer", "17"), Button("Not mine", "questions.pass", "17"))
        )
        row = await services.post(CIRCLE, said, Kind.PROMPT)
        tokens = [button["token"] for button in row.body["message"]["buttons"]]
        assert len(set(tokens)) == 2
        stored = await services.session.get_one(StoredButton, tokens[0])
        assert (stored.action, stored.subject, stored.reference) == ("questions.answer", "17", row.reference)
        assert await buttons.pressed(services.session, "unknown") is None
        assert await buttons.pressed(services.session, "\ud800") is None


async def test_an_edit_of_what_is_unknown_does_nothing(database: Database) -> None:
    await found(database)
    async with acting(database) as services:
        await services.edit("unknown", Message(Text("changed")))
        assert await sayings(services.session) == []


async def test_what_is_to_be_done_later_is_kept_with_its_community(database: Database) -> None:
    community = await found(database)
    async with acting(database) as services:
        assert await services.later("things.work", {"who": "Ana"}, at=START + timedelta(hours=1), once="one")
        assert not await services.later("things.work", {}, once="one")
        (task,) = (await services.session.exec(select(Task))).all()
    assert (task.community_id, task.payload, task.due_at) == (community, {"who": "Ana"}, START + timedelta(hours=1))


async def test_about_a_community_nobody_acts(database: Database) -> None:
    await found(database)
    async with acting(database) as services:
        about = services.about(services.community)
        assert (about.event, about.known_member, about.known_place, about.roles) == (None, None, None, frozenset())
        with pytest.raises(AssertionError, match="nobody acts"):
            await about.answer(Message(Text("to whom?")))


async def test_the_words_are_those_of_the_member_then_of_the_device_then_of_the_community(database: Database) -> None:
    await found(database)
    async with acting(database) as services:
        spoken = services.frame.texts.languages
        assert services.wording.language in spoken
        silent = replace(services, event=None, known_member=None)
        assert silent.wording.language == silent.community_wording.language == "en"


async def asked_for(talk: Talk, key: int, community: str = "Field Nurses") -> str | None:
    """The words of a message by its activity key, as a handler of the community gets them."""
    assert talk.app is not None
    async with talk.app.database.transaction() as session:
        (known,) = [one for one in await communities.all_communities(session) if one.name == community]
        said = await Services(talk.app.frame, session, known_community=known).said(key)
    return said.text if said else None


async def test_the_words_of_a_message_can_be_asked_for_while_it_stands(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ana = await talk.newcomer("Ana")
        await ana.joins("circle")
        written = [await ana.says(words, place="circle") for words in ("boil the water", "sell the water", "hello")]
        boil, sell, hello = (activity_key("local", "local", message) for message in written)
        await ana.rewrites(written[0], "boil the water for a minute \ud800")
        await ana.takes_back(written[1])
        assert await asked_for(talk, boil) == "boil the water for a minute \ud800"
        assert await asked_for(talk, sell) is None
        assert await asked_for(talk, hello) == "hello"
        assert await asked_for(talk, 1) is None
        await talk.wait(days=6)
        assert await asked_for(talk, hello) == "hello"
        await talk.wait(days=3)
        assert await asked_for(talk, hello) is None


async def test_the_key_of_a_message_is_the_one_that_activity_is_kept_under(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ana = await talk.newcomer("Ana")
        await ana.joins("circle")
        await ana.says("boil the water", place="circle")
        assert talk.app is not None
        async with talk.app.database.reading() as session:
            (row,) = (await session.exec(select(Activity).where(Activity.kind == ActivityKind.MESSAGE))).all()
        assert await asked_for(talk, row.key) == "boil the water"


async def test_words_of_another_community_or_of_a_private_chat_are_not_told(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        other = await founded(talk, place="square", name="Others")
        private = await other.says("between us")
        elsewhere = await other.says("over there", place="square")
        for message in (private, elsewhere):
            assert await asked_for(talk, activity_key("local", "local", message)) is None
        assert await asked_for(talk, activity_key("local", "local", elsewhere), "Others") == "over there"
