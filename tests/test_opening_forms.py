"""Forms on their way: opened once within their moment, a button instead when it has passed, sent in once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.events import CommandUsed, FormSubmitted
from bot.core.forms import ConsentField, Form, TextField
from bot.core.messages import Message, Text, mark
from bot.core.platform import NotSent, TriggerExpired, Undeliverable
from bot.services import Services
from tests.fakes import Hang, Unknown
from tests.frame import Program, dead_letters, program

OVER = "This form was sent already, or is no longer open. Nothing was changed."


def asking() -> Capability:
    """``/ask`` opens a form, which is thanked for."""
    capability = Capability("asking")
    question = TextField(name="question", label="Question")

    @capability.command("ask", summary="", for_strangers=True)
    async def ask(_event: CommandUsed, services: Services) -> None:
        await services.open_form(Form("asking.asked", "A question", (question,), "Send"))

    @capability.form("asking.asked", for_strangers=True)
    async def asked(event: FormSubmitted, services: Services) -> None:
        if event.values["question"] == "refuse":
            raise Refusal(
                mark("I don't know the time zone {zone}. Write it like Africa/Nairobi."),
                zone="x",
            )
        await services.answer(Message(Text("Thank you for: {it}", {"it": str(event.values["question"])})))

    return capability


async def opened(running: Program) -> str:
    """The id of the form that ``/ask`` opened for Ana."""
    await running.fake.commands("ana", "ask")
    await running.settle()
    return running.fake.opened[-1].form_id


def button_of(running: Program) -> str:
    return running.fake.shown[-1].message.buttons[0].token


async def test_a_form_opens_and_is_sent_in(tmp_path: Path) -> None:
    async with program(tmp_path, asking()) as running:
        form = await opened(running)
        await running.fake.submits("ana", form, question="Why?")
        await running.settle()
        assert running.fake.words() == ["Thank you for: Why?"]


async def test_a_form_sent_twice_counts_once_and_the_second_is_told(tmp_path: Path) -> None:
    async with program(tmp_path, asking()) as running:
        form = await opened(running)
        await running.fake.submits("ana", form, question="Why?")
        await running.fake.submits("ana", form, question="Why?")
        await running.settle()
        assert running.fake.words() == ["Thank you for: Why?", OVER]


async def test_a_form_of_somebody_else_is_refused(tmp_path: Path) -> None:
    async with program(tmp_path, asking()) as running:
        form = await opened(running)
        await running.fake.submits("ben", form, question="Mine now?")
        await running.fake.submits("ana", form, question="Still mine?")
        await running.settle()
        assert running.fake.words("person:ben") == [OVER]
        assert running.fake.words("person:ana") == ["Thank you for: Still mine?"]


@pytest.mark.parametrize("form", ["unknown", "", "\ud800"])
async def test_a_form_that_nobody_opened_is_refused(tmp_path: Path, form: str) -> None:
    async with program(tmp_path, asking()) as running:
        await running.fake.submits("ana", form, question="Why?")
        await running.settle()
        assert running.fake.words() == [OVER]


async def test_a_form_that_was_refused_may_be_sent_again(tmp_path: Path) -> None:
    async with program(tmp_path, asking()) as running:
        form = await opened(running)
        await running.fake.submits("ana", form, question="refuse")
        await running.settle()
        await running.fake.submits("ana", form, question="Why?")
        await running.settle()
        assert running.fake.words()[-1] == "Thank you for: Why?"


@pytest.mark.parametrize("who_notices", ["the frame", "the platform"])
async def test_too_late_for_a_form_a_button_comes_that_opens_it(tmp_path: Path, who_notices: str) -> None:
    async with program(tmp_path, asking()) as running:
        if who_notices == "the platform":
            running.fake.fails(TriggerExpired())
            await running.fake.commands("ana", "ask")
        else:
            running.app.worker._stopping = True  # it comes back four seconds later
            running.app.worker.wake()
            await running.fake.commands("ana", "ask")
            await running.kill()
            running.clock.move_to(running.clock.now().replace(second=4))
    async with program(tmp_path, asking(), fake=running.fake) as running:
        await running.settle()
        assert running.fake.opened == []
        assert running.fake.words() == ["Your form is ready: A question"]
        assert [button.label for button in running.fake.shown[0].message.buttons] == ["Open the form"]

        await running.fake.presses("ben", button_of(running))
        await running.settle()
        assert running.fake.words("person:ben") == [OVER]
        await running.fake.presses("ana", running.fake.shown[0].message.buttons[0].token)
        await running.settle()
        (form,) = running.fake.opened
        await running.fake.submits("ana", form.form_id, question="Why?")
        await running.fake.presses("ana", running.fake.shown[0].message.buttons[0].token)
        await running.settle()
        assert running.fake.words("person:ana")[1:] == ["Thank you for: Why?", OVER]


async def test_a_kill_while_a_form_opens_leads_to_a_button_and_never_to_a_second_form(tmp_path: Path) -> None:
    async with program(tmp_path, asking()) as first:
        first.fake.fails(Hang(delivered=True))
        await first.fake.commands("ana", "ask")
        await first.fake.hanging.wait()
        await first.kill()
    async with program(tmp_path, asking(), fake=first.fake) as second:
        await second.settle()
        await second.wait(seconds=1)
        assert len(second.fake.opened) == 1
        assert second.fake.words() == ["Your form is ready: A question"]


@pytest.mark.parametrize("can_tell", [True, False])
async def test_a_form_whose_opening_is_unknown_is_never_opened_twice(tmp_path: Path, can_tell: bool) -> None:
    async with program(tmp_path, asking()) as running:
        running.fake.can_tell = can_tell
        running.fake.fails(Unknown(delivered=True))
        await running.fake.commands("ana", "ask")
        await running.settle()
        await running.wait(seconds=1)  # the trigger would still be good
        assert len(running.fake.opened) == 1
        assert running.fake.words() == ["Your form is ready: A question"]


@pytest.mark.parametrize("fault", [NotSent("busy"), Undeliverable("gone")])
async def test_a_form_that_could_not_open_holds_nobody_up(tmp_path: Path, fault: Exception) -> None:
    async with program(tmp_path, asking()) as running:
        running.fake.fails(fault)
        await running.fake.commands("ana", "ask")
        await running.settle()
        await running.wait(seconds=1)
        await opened(running)
        busy = isinstance(fault, NotSent)
        assert running.fake.words() == (["Your form is ready: A question"] if busy else [])
        assert len(await dead_letters(running)) == (0 if busy else 1)


@pytest.mark.parametrize("can_tell", [True, False])
async def test_a_button_of_unknown_outcome_in_a_place_comes_once(tmp_path: Path, can_tell: bool) -> None:
    async with program(tmp_path, asking()) as running:
        running.fake.can_tell = can_tell
        running.fake.fails(TriggerExpired(), Unknown(delivered=True))
        await running.fake.commands("ana", "ask", place="circle")
        await running.settle()
        await running.wait(seconds=5)
        assert running.fake.words() == ["Your form is ready: A question"]


async def test_what_was_typed_into_a_form_that_was_refused_is_still_there(tmp_path: Path) -> None:
    async with program(tmp_path, asking()) as running:
        form = await opened(running)
        await running.fake.submits("ana", form, question="refuse")
        await running.settle()
        assert [button.label for button in running.fake.shown[-1].message.buttons] == ["Open the form"]
        await running.fake.presses("ben", button_of(running))
        await running.settle()
        assert running.fake.words("person:ben") == [OVER]
        button = next(one for one in running.fake.shown if one.message.buttons).message.buttons[0].token
        await running.fake.presses("ana", button)
        await running.settle()
        again = running.fake.opened[-1]
        assert (again.form_id, again.form.fields[0].initial) == (form, "refuse")
        await running.fake.submits("ana", form, question="Why?")
        await running.settle()
        assert running.fake.words("person:ana")[-1] == "Thank you for: Why?"
        await running.fake.presses("ana", button)
        await running.settle()
        assert running.fake.words("person:ana")[-1] == OVER


async def test_what_was_typed_is_still_there_when_the_form_could_not_be_handled(tmp_path: Path) -> None:
    capability = Capability("asking")

    @capability.command("ask", summary="", for_strangers=True)
    async def ask(_event: CommandUsed, services: Services) -> None:
        fields = (TextField(name="question", label="Question"), ConsentField(name="yes", label="Yes", required=False))
        await services.open_form(Form("asking.asked", "A question", fields, "Send"))

    @capability.form("asking.asked", for_strangers=True)
    async def asked(_event: FormSubmitted, _services: Services) -> None:
        raise RuntimeError("broken")

    async with program(tmp_path, capability) as running:
        form = await opened(running)
        await running.fake.submits("ana", form, question="Why?", yes=True)
        await running.settle()
        await running.wait_through_all_tries()
        await running.fake.presses("ana", button_of(running))
        await running.settle()
        initial = [one.initial for one in running.fake.opened[-1].form.fields]
        assert initial == ["Why?", None]  # a consent is given anew
