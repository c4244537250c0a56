"""Forms on bad days: opened once or offered by a button, never twice; sent once; and what is wrong is said in time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.core.capability import Capability
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted
from bot.core.forms import Form, TextField
from bot.core.messages import Button, Kind, Message, Text
from bot.services import Services
from storage.inbox import InboxEvent
from tests.platforms.slack.faults.installation import Installed, installed
from tests.platforms.slack.faults.test_outbound import EVERY, with_each
from tests.wire.slack.faults import Fault, rate_limited, says

READY = "Your form is ready: A question"
OVER = "This form was sent already, or is no longer open. Nothing was changed."
BOTH = pytest.mark.parametrize("socket", [True, False], ids=["socket", "http"])


def asking() -> Capability:
    """``/baraza ask``, or a button, opens a form, which is thanked for."""
    capability = Capability("asking")

    async def ask(_event: CommandUsed | ButtonPressed, services: Services) -> None:
        fields = (TextField(name="question", label="Your question", max_length=20),)
        await services.open_form(Form("asking.asked", "A question", fields, "Send"))

    @capability.command("offer", summary="", for_strangers=True)
    async def offer(event: CommandUsed, services: Services) -> None:
        assert event.place is not None
        message = Message(Text("Any questions?"), buttons=(Button("Ask something", "asking.ask"),))
        await services.post(event.place, message, Kind.PROMPT)

    @capability.form("asking.asked", for_strangers=True)
    async def asked(event: FormSubmitted, services: Services) -> None:
        await services.answer(Message(Text("Thank you for: {it}", {"it": str(event.values["question"])})))

    capability.command("ask", summary="", for_strangers=True)(ask)
    capability.button("asking.ask", for_strangers=True)(ask)
    return capability


async def in_the_inbox(here: Installed) -> int:
    async with here.running.database.reading() as session:
        return len((await session.exec(select(InboxEvent))).all())


async def opens_by_its_button(here: Installed) -> None:
    """The one message that came instead leads to the form, which works."""
    assert here.ana.hears() == [READY]
    await here.ana.presses("Open the form")
    await here.settles()
    await works(here)


async def works(here: Installed) -> None:
    assert await here.ana.fills_in(Your_question="Why?") == {}
    await here.settles()
    assert here.ana.form() is None
    assert [words for words in here.ana.hears() if words != READY] == ["Thank you for: Why?"]
    assert await here.dead() == []


@with_each(EVERY | {"expired": says("expired_trigger_id"), "exchanged": says("exchanged_trigger_id")})
async def test_a_form_is_opened_or_else_offered_by_one_button(tmp_path: Path, fault: Fault) -> None:
    async with installed(tmp_path, asking(), form=0.5) as here:
        here.slack.faults.plan("views.open", fault)
        await here.ana.types("/baraza ask")
        await here.settles()
        here.slack.faults.release()
        await here.waits_long()
        assert len(here.slack.web_api.called("views.open")) == fault.delivered
        if fault.delivered:
            await here.ana.closes_form()
        await opens_by_its_button(here)


async def test_a_form_that_had_to_wait_for_too_long_is_offered_by_a_button(tmp_path: Path) -> None:
    async with installed(tmp_path, asking()) as here:
        await here.ana.types("/baraza ask")
        await here.settles()
        here.slack.faults.plan("chat.postMessage", rate_limited(10))
        await here.ana.fills_in(Your_question="First?")
        await here.ana.types("/baraza ask")
        await here.settles()
        assert here.ana.form() is None
        await here.waits(11)
        assert here.ana.hears() == ["Thank you for: First?", READY]
        assert len(here.slack.web_api.called("views.open")) == 1
        await here.ana.presses("Open the form")
        await here.settles()
        assert here.ana.form() is not None
        assert await here.dead() == []


async def test_a_form_on_its_way_when_the_program_ends_is_offered_by_a_button(tmp_path: Path) -> None:
    async with installed(tmp_path, asking()) as here:
        here.slack.faults.plan("views.open", EVERY["no answer after it"])
        await here.ana.types("/baraza ask")
        await here.slack.faults.struck("views.open")
        await here.dies()
        here.slack.faults.release()
        await here.ana.closes_form()
        await here.starts()
        await here.settles()
        await here.waits_long()
        await opens_by_its_button(here)


@BOTH
async def test_what_is_wrong_is_said_with_the_acknowledgement_and_nothing_is_kept(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, asking(), socket=socket) as here:
        await here.ana.types("/baraza ask")
        await here.settles()
        before = await in_the_inbox(here)
        found = await here.ana.fills_in(Your_question="   ")
        assert list(found) == ["Your question"]
        assert await in_the_inbox(here) == before
        assert here.slack.deliveries[-1].response["response_action"] == "errors"
        await works(here)


@BOTH
async def test_a_form_sent_twice_at_once_counts_once(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, asking(), socket=socket) as here:
        await here.ana.types("/baraza ask")
        await here.settles()
        view = here.ana.form()
        assert view is not None
        state: Any = {"values": {"field_question": {"value": {"type": "plain_text_input", "value": "Why?"}}}}
        sending = here.ana._interactions.submission
        await asyncio.gather(*(sending(view, state) for _ in range(10)))
        await here.settles()
        assert here.ana.hears() == ["Thank you for: Why?"]
        await sending(view | {"hash": "1700000000.another"}, state)
        await here.settles()
        assert here.ana.hears() == ["Thank you for: Why?", OVER]
        assert await here.dead() == []


@BOTH
async def test_a_button_pressed_twice_at_once_opens_forms_of_which_one_counts(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, asking(), socket=socket) as here:
        await here.ana.types("/baraza offer", "circle")
        await here.settles()
        told = await here.ana.presses("Ask something", "circle")
        here.slack.repeat(told, 5)
        await here.settles()
        assert len(here.slack.web_api.called("views.open")) == 1
        await here.ana.presses("Ask something", "circle")
        await here.settles()
        assert len(here.slack.web_api.called("views.open")) == 2
        await here.ana.fills_in(Your_question="Why?")
        await here.settles()
        assert here.ana.hears("circle")[1:] == ["Thank you for: Why?"]


@BOTH
async def test_while_the_database_is_away_a_form_stays_open_and_can_be_sent_again(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, asking(), socket=socket) as here:
        here.slack.socket.redelivered.discard("interactive")
        await here.ana.types("/baraza ask")
        await here.settles()
        here.running.database.down = True
        here.slack.patience = 0.2
        assert await here.ana.fills_in(Your_question="Why?") == {"": "We had some trouble connecting. Try again?"}
        here.running.database.down = False
        here.slack.patience = 5.0
        await here.slack.clock.move(4)
        await works(here)
