"""Forms step by step, on a platform that shows none: every kind of field, there and back, through restarts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.events import CommandUsed, FormSubmitted, MessagePosted
from bot.core.forms import (
    Choice,
    ChoiceField,
    ConsentField,
    DateField,
    Field,
    Form,
    LongTextField,
    MultiChoiceField,
    TextField,
)
from bot.core.messages import Message, Text, mark
from bot.services import Services
from tests.community import StandingClock
from tests.fakes import FakePlatform
from tests.frame import program
from tests.phones import Phone

OVER = "This form was sent already, or is no longer open. Nothing was changed."
NOTHING_TO_LEAVE = "There is nothing to leave: you are not in the middle of a form."
MIDDLE = "You are in the middle of **A trip**. Go on with it, or leave it?"
MEALS = (Choice("meat", "Meat"), Choice("none", "No meat"))
SPOKEN = (Choice("en", "English"), Choice("fr", "French"), Choice("sw", "Swahili"))
TRIP: tuple[Field, ...] = (
    TextField(name="where", label="Where to?", hint="A town", max_length=10),
    ChoiceField(name="meal", label="Meal", choices=MEALS, initial="meat"),
    MultiChoiceField(name="spoken", label="Languages", choices=SPOKEN),
    DateField(name="day", label="When?"),
    LongTextField(name="why", label="Why?", required=False),
    ConsentField(name="agreed", label="I pay for it myself"),
)


def travelling(received: list[dict[str, Any]]) -> Capability:
    """``/trip`` opens a form with six questions, ``/note`` one with a single question."""
    capability = Capability("travelling")

    @capability.command("trip", summary="", for_strangers=True)
    async def trip(_event: CommandUsed, services: Services) -> None:
        await services.open_form(Form("travelling.trip", "A trip", TRIP, "Book it", intro=Text("You travel alone.")))

    @capability.command("note", summary="", for_strangers=True)
    async def note(event: CommandUsed, services: Services) -> None:
        field = TextField(name="words", label="Your note", initial=event.arguments or None)
        await services.open_form(Form("travelling.note", "A note", (field,), "Keep"))

    @capability.form("travelling.trip", for_strangers=True)
    async def booked(event: FormSubmitted, services: Services) -> None:
        if event.values["where"] == "Moon":
            raise Refusal(mark("I don't know /{command}. Type /help for everything you can do."), command="moon")
        received.append(dict(event.values))
        await services.answer(Message(Text("Booked.")))

    @capability.form("travelling.note", for_strangers=True)
    async def kept(event: FormSubmitted, services: Services) -> None:
        if event.values["words"] == "secret":
            raise Refusal(mark("I don't know /{command}. Type /help for everything you can do."), command="secret")
        if event.values["words"] == "broken":
            raise RuntimeError("broken")
        received.append(dict(event.values))
        await services.answer(Message(Text("Kept.")))

    @capability.on(MessagePosted, private=True, strangers=True)
    async def written_to(_event: MessagePosted, services: Services) -> None:
        await services.answer(Message(Text("I understand commands.")))

    return capability


def asides() -> Capability:
    """Commands that have nothing to do with any form."""
    capability = Capability("asides")

    @capability.command("day", summary="", for_strangers=True)
    async def day(event: CommandUsed, services: Services) -> None:
        await services.answer(Message(Text("It is {day}.", {"day": event.arguments or "Monday"})))

    @capability.command("never", summary="", for_strangers=True)
    async def never(_event: CommandUsed, _services: Services) -> None:
        raise Refusal(mark("I don't know /{command}. Type /help for everything you can do."), command="ever")

    return capability


class Trips:
    """One program after the other over the same database and platform, with Ana's and Ben's phones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fake = FakePlatform(StandingClock(), shows_forms=False)
        self.received: list[dict[str, Any]] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[tuple[Phone, Phone]]:
        async with program(self.folder, travelling(self.received), asides(), fake=self.fake) as running:
            await running.settle()
            yield Phone(running, "ana"), Phone(running, "ben")


@pytest.fixture
def trips(tmp_path: Path) -> Trips:
    return Trips(tmp_path)


async def fill_in(ana: Phone) -> None:
    """Every question of the trip, up to the look at the end."""
    await ana.says("Goma")
    await ana.presses("No meat", "French", "English", "Done", "Tomorrow", "Skip", "Yes")


async def test_a_form_is_asked_question_by_question_and_sent_after_a_last_look(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        assert ana.last == "**A trip**\n\nYou travel alone.\n\n**Where to?** (1 of 6)\n\nA town"
        assert ana.buttons == ["Cancel"]
        await ana.says("Goma")
        assert (ana.last, ana.buttons) == ("**Meal** (2 of 6)", ["✓ Meat", "No meat", "Back", "Cancel"])
        await ana.presses("No meat")
        assert ana.last == "**Languages** (3 of 6)\n\nPress all that fit, then Done."
        assert ana.buttons == ["English", "French", "Swahili", "Back", "Cancel"]
        await ana.presses("French", "English", "French", "Swahili")
        assert ana.buttons == ["✓ English", "French", "✓ Swahili", "Done", "Back", "Cancel"]
        await ana.presses("Done")
        assert ana.last == "**When?** (4 of 6)\n\nPress a day, or write a date such as 2026-03-02."
        assert ana.buttons == ["Today", "Tomorrow", "Back", "Cancel"]
        await ana.presses("Tomorrow")
        assert (ana.last, ana.buttons) == ("**Why?** (5 of 6)", ["Skip", "Back", "Cancel"])
        await ana.says("A course\nin nursing")
        assert (ana.last, ana.buttons) == ("**I pay for it myself** (6 of 6)", ["Yes", "No", "Back", "Cancel"])
        await ana.presses("Yes")
        assert ana.last.splitlines() == [
            "**A trip**",
            "",
            "Is this right?",
            "",
            "- **Where to?** Goma",
            "- **Meal** No meat",
            "- **Languages** English and Swahili",
            "- **When?** 3 March 2026",
            "- **Why?** A course in nursing",
            "- **I pay for it myself** Yes",
        ]
        assert ana.buttons == ["Book it", "Back", "Cancel"]
        assert trips.received == []
        await ana.presses("Book it")
        assert ana.last == "Booked."
        assert ana.pressable == []
    (values,) = trips.received
    assert values == {
        "where": "Goma", "meal": "none", "spoken": ["en", "sw"], "day": "2026-03-03",
        "why": "A course\nin nursing", "agreed": True,
    }  # fmt: skip


async def test_what_is_answered_shows_its_answer_and_no_buttons(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await fill_in(ana)
        assert ana.words[:-1] == [
            "**A trip**\n\nYou travel alone.\n\n**Where to?** Goma",
            "**Meal** No meat",
            "**Languages** English and French",
            "**When?** 3 March 2026",
            "**Why?** (nothing)",
            "**I pay for it myself** Yes",
        ]
        assert ana.pressable == []


async def test_what_does_not_fit_is_said_with_the_question_asked_again(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await ana.says("a town far away")
        assert ana.last.startswith("Please keep this under 10 characters; it has 15.\n\n**Where to?** (1 of 6)")
        assert ana.pressable == []
        await ana.says("")  # a picture
        assert ana.last.startswith("Please write this as text.")
        await ana.says("Goma")
        await ana.says("fish")
        assert ana.last.startswith("Please choose from the list.\n\n**Meal** (2 of 6)")
        await ana.says("no meat")
        await ana.says("french, english")
        await ana.says("31.3.2026")
        assert ana.last.startswith("Please give a date such as 2026-03-31.\n\n**When?** (4 of 6)")
        await ana.says("2026-03-31")
        await ana.presses("Skip")
        await ana.says("of course")
        assert ana.last.startswith("Please press one of the buttons.\n\n**I pay for it myself**")
        await ana.says("yes")
        await ana.says("go")
        assert ana.last.startswith("Please press one of the buttons.\n\n**A trip**")
        await ana.presses("Book it")
    assert trips.received[0]["day"] == "2026-03-31"


async def test_back_leads_to_the_question_before_with_what_was_answered(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await fill_in(ana)
        await ana.presses("Back", "Back")
        assert (ana.last, ana.buttons) == ("**Why?** (5 of 6)", ["Skip", "Back", "Cancel"])
        await ana.presses("Back")
        assert "This is there already. Keep it, or write it anew:\n\n> 3 March 2026" in ana.last
        assert ana.buttons == ["Today", "Tomorrow", "Keep it", "Back", "Cancel"]
        await ana.presses("Back")
        assert ana.buttons == ["✓ English", "✓ French", "Swahili", "Done", "Back", "Cancel"]
        await ana.presses("Back", "Back")
        assert "> Goma" in ana.last
        assert ana.buttons == ["Keep it", "Cancel"]
        await ana.says("Bukavu")
        await ana.presses("Meat", "Done", "Keep it", "Skip", "Yes", "Book it")
    assert (trips.received[0]["where"], trips.received[0]["meal"]) == ("Bukavu", "meat")


@pytest.mark.parametrize("way", ["the button", "the command", "the command in a place"])
async def test_a_form_can_be_left_at_any_moment(trips: Trips, way: str) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await ana.says("Goma")
        if way == "the button":
            await ana.presses("Cancel")
        elif way == "the command":
            await ana.says("/cancel")
        else:
            await trips.fake.commands("ana", "cancel", place="circle")
            await ana.running.settle()
        assert ana.last == "You have left **A trip**. Nothing was sent."
        assert (ana.buttons, ana.pressable) == ([], [])
        await ana.says("/cancel")
        assert ana.last == NOTHING_TO_LEAVE
        await ana.says("Hello?")
        assert ana.last == "I understand commands."


async def test_a_needed_yes_that_is_not_given_leaves_the_form_with_a_word(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await ana.says("Goma")
        await ana.presses("Meat", "French", "Done", "Today", "Skip", "No")
        assert ana.last == "That is fine. **A trip** needs a yes here, so nothing was sent."
        await ana.says("/cancel")
        assert ana.last == NOTHING_TO_LEAVE


async def test_a_form_with_one_question_is_sent_with_its_answer(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note")
        assert (ana.last, ana.buttons) == ("**A note**\n\n**Your note**", ["Cancel"])
        await ana.says("Buy tea")
        assert ana.words == ["**A note**\n\n**Your note** Buy tea", "Kept."]
    assert trips.received == [{"words": "Buy tea"}]


async def test_what_is_filled_in_already_is_kept_with_a_button_or_written_anew(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note Buy *tea*")
        assert ana.last.endswith("This is there already. Keep it, or write it anew:\n\n> Buy *tea*")
        await ana.presses("Keep it")
        assert ana.last == "Kept."
    assert trips.received == [{"words": "Buy *tea*"}]


async def test_it_goes_on_after_a_restart_at_every_step(trips: Trips) -> None:
    acts = ["/trip", "Goma", "[No meat]", "[French]", "[Done]", "[Tomorrow]", "[Skip]", "[Yes]", "[Book it]"]
    for act in acts:
        async with trips.running() as (ana, _):
            await (ana.presses(act[1:-1]) if act.startswith("[") else ana.says(act))
    assert [one["where"] for one in trips.received] == ["Goma"]


async def test_two_peoples_forms_do_not_mix(trips: Trips) -> None:
    async with trips.running() as (ana, ben):
        await ana.says("/trip")
        await ben.says("/trip")
        await ana.says("Goma")
        await ben.says("Beni")
        await trips.fake.presses("ben", ana.button("No meat"))
        await ben.running.settle()
        assert ben.last == OVER
        await ana.presses("No meat")
        await ben.presses("Meat")
        for phone in (ana, ben):
            await phone.presses("French", "Done", "Today", "Skip", "Yes", "Book it")
    assert [(one["where"], one["meal"]) for one in trips.received] == [("Goma", "none"), ("Beni", "meat")]


async def test_pressing_twice_counts_once_and_says_nothing(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await ana.says("Goma")
        meat, before = ana.button("Meat"), len(ana.words)
        for _ in range(3):
            await trips.fake.presses("ana", meat)
        await ana.running.settle()
        assert len(ana.words) == before + 1
        french = ana.button("French")
        for _ in range(2):
            await trips.fake.presses("ana", french)
        await ana.running.settle()
        assert ana.buttons[1] == "✓ French"
        await ana.presses("Done")
        await trips.fake.presses("ana", meat)
        await ana.running.settle()
        assert ana.last == "That question is answered already. With *Back* you can return to it."
        await ana.presses("Today", "Skip", "Yes")
        send = ana.button("Book it")
        await trips.fake.presses("ana", send)
        await trips.fake.presses("ana", send)
        await ana.running.settle()
        assert ana.words[-2:] == ["Booked.", OVER]
    assert len(trips.received) == 1


async def test_a_form_from_a_place_is_asked_in_the_private_chat(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await trips.fake.commands("ana", "note", place="circle")
        await ana.running.settle()
        assert ana.words == ["**A note**\n\n**Your note**"]
        await trips.fake.writes("ana", "This is for everybody", place="circle")
        await ana.running.settle()
        assert trips.received == []
        await ana.says("Buy tea")
        assert ana.last == "Kept."


async def test_a_reply_to_something_else_is_no_answer(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/day")
        await ana.says("/note")
        day, question = ana.shown
        await ana.says("Thank you", reply_to=day.ref.event_key)
        assert ana.last == "I understand commands."
        await ana.says("Buy tea", reply_to=question.ref.event_key)
        assert ana.last == "Kept."
