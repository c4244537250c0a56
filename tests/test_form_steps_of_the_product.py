"""Baraza's own forms, step by step: a community begins, somebody introduces themself, asks, and shares."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import discover_capabilities
from bot.core.capability import Capability
from bot.core.events import CommandUsed, FormSubmitted
from bot.core.forms import Form, PersonField, TextField
from bot.core.messages import Message, Text
from bot.core.roles import Role
from bot.services import Services
from storage import members, subject_access
from tests.community import StandingClock
from tests.fakes import FakePlatform
from tests.frame import program
from tests.phones import Phone


def pairing() -> Capability:
    """``/pair`` asks for a person and a word."""
    capability = Capability("pairing")

    @capability.command("pair", summary="")
    async def pair(_event: CommandUsed, services: Services) -> None:
        fields = (PersonField(name="who", label="With whom?"), TextField(name="why", label="Why?", required=False))
        await services.open_form(Form("pairing.pair", "A pair", fields, "Pair us"))

    @capability.command("decree", summary="")
    async def decree(_event: CommandUsed, services: Services) -> None:
        field = TextField(name="words", label="Words")
        await services.open_form(Form("pairing.decree", "A decree", (field,), "Decree"))

    @capability.form("pairing.decree", roles=(Role.FACILITATOR,))
    async def decreed(_event: FormSubmitted, services: Services) -> None:
        await services.answer(Message(Text("So be it")))

    @capability.form("pairing.pair")
    async def paired(event: FormSubmitted, services: Services) -> None:
        await services.answer(Message(Text("Paired with {who}", {"who": str(event.values["who"])})))

    return capability


@asynccontextmanager
async def baraza(folder: Path) -> AsyncIterator[tuple[Phone, Phone]]:
    """Every capability, on a platform that shows no forms; Ana has invited the bot, and Ben comes once it begins."""
    fake = FakePlatform(StandingClock(), shows_forms=False)
    async with program(folder, *discover_capabilities(), pairing(), fake=fake) as running:
        await fake.invites_the_bot("ana", "circle")
        await running.settle()
        yield Phone(running, "ana"), Phone(running, "ben")


async def founded(ana: Phone, ben: Phone) -> None:
    """Ana starts a community, and Ben joins it."""
    await ana.presses("Start a community here")
    await ana.says("Field Nurses")
    await ana.says("Africa/Nairobi")
    await ana.presses("Start")
    await ana.running.fake.joins("ben", "circle")
    await ana.running.settle()
    assert ben.buttons == ["Introduce me", "Ask something", "The norms"]


async def test_a_community_begins(tmp_path: Path) -> None:
    async with baraza(tmp_path) as (ana, _):
        await ana.presses("Start a community here")
        assert ana.last == (
            "**Start a community**\n\n**Community name** (1 of 2)\n\n"
            "This is there already. Keep it, or write it anew:\n\n> circle"
        )
        await ana.says("Field Nurses")
        await ana.says("Nairobbi")
        await ana.presses("Start")
        assert ana.last.startswith("I don't know the time zone Nairobbi. Write it like Africa/Nairobi.")
        assert "Nothing was sent yet. Go back to what you want to change." in ana.last
        await ana.presses("Back")
        await ana.says("africa/nairobi")
        assert "**Time zone** africa/nairobi" in ana.last
        await ana.presses("Start")
        assert ana.last.startswith("**Field Nurses has begun.** You are its first facilitator.")
        assert ana.pressable == ["Start a community here", "Join this place to a community"]


async def test_somebody_introduces_themself(tmp_path: Path) -> None:
    async with baraza(tmp_path) as (ana, ben):
        await founded(ana, ben)
        await ben.presses("Introduce me", "Keep it")
        assert ben.last == "**Unit** (2 of 5)\n\nYour mission, office or team"
        await ben.says("Mission Goma")
        await ben.presses("French", "Done")
        await ben.says("cold chain, fuel")
        await ben.presses("Skip")
        assert ben.last.splitlines()[4:] == [
            "- **Name to show** ben",
            "- **Unit** Mission Goma",
            "- **Languages** French",
            "- **Topics I know** cold chain, fuel",
            "- **Topics I want to learn** (nothing)",
        ]
        await ben.presses("Save")
        assert ben.last.startswith("Thank you, ben. Shall I introduce you in **#circle**")
        await ben.says("/profile")
        await ben.presses("Keep it")
        assert ben.last.endswith("> Mission Goma")
        assert ben.buttons == ["Keep it", "Leave empty", "Back", "Cancel"]
        await ben.presses("Leave empty", "Done", "Keep it", "Skip", "Save")
        assert ben.last == "Thank you, ben. Your profile is up to date."


async def test_somebody_asks_confidentially(tmp_path: Path) -> None:
    async with baraza(tmp_path) as (ana, ben):
        await founded(ana, ben)
        await ben.says("/ask How do we keep the vaccines cold?")
        await ben.presses("Keep it", "English")
        assert ben.last == (
            "**By name or confidentially** (3 of 4)\n\nConfidentially: no member, expert or facilitator sees who asked."
        )
        assert ben.buttons == ["✓ By name", "Confidentially", "Back", "Cancel"]
        await ben.presses("Confidentially", "Yes", "Ask")
        assert ben.last.startswith("Thank you, I have your question: **Q1**. No member, expert or facilitator sees")


async def test_somebody_shares_what_they_learned(tmp_path: Path) -> None:
    async with baraza(tmp_path) as (ana, ben):
        await founded(ana, ben)
        await ben.says("/log")
        assert ben.last.startswith("**Share something**\n\nA facilitator has a look first;")
        await ben.presses("Practice", "Skip")
        await ben.says("Freeze the packs the evening before.")
        await ben.presses("Skip", "Skip", "No")
        await ben.presses("Save")
        assert ben.last.startswith("Thank you, I have it: **C1**")
        await ana.presses("Edit it")
        assert ana.last.endswith("**Kind** (1 of 5)")
        assert ana.buttons == ["Lesson", "✓ Practice", "Resource", "Story", "Cancel"]
        await ana.says("/cancel")
        assert ana.last == "You have left **Share something**. Nothing was sent."


async def test_a_person_is_meant_by_a_mention_or_a_name(tmp_path: Path) -> None:
    async with baraza(tmp_path) as (ana, ben):
        await founded(ana, ben)
        await ana.says("/pair")
        assert ana.last.endswith("**With whom?** (1 of 2)\n\nMention the person, or write the name.")
        await ana.says("Zoe")
        assert ana.last.startswith("I know nobody called Zoe in this community.\n\n**With whom?** (1 of 2)")
        await ana.says("@Ben")
        await ana.presses("Skip")
        assert "- **With whom?** ben" in ana.last
        await ana.presses("Back", "Back", "Keep it", "Skip", "Pair us")
        assert ana.last == "Paired with ben"


async def test_the_command_to_leave_is_offered_where_forms_are_left_so(tmp_path: Path) -> None:
    async with baraza(tmp_path) as (ana, ben):
        await founded(ana, ben)
        await ben.says("/help")
        assert "- **/cancel** Leave a form that you are in the middle of" in ben.last
        offered = await ben.running.app.commands_for(ben.running.fake.account("ben"))
        assert "cancel" in {hint.name for hint in offered}


async def test_who_may_send_a_form_is_looked_at_when_it_is_sent(tmp_path: Path) -> None:
    async with baraza(tmp_path) as (ana, ben):
        await founded(ana, ben)
        for phone, end in ((ana, "So be it"), (ben, "Only facilitators can do this. Please ask one of them.")):
            await phone.says("/decree")
            await phone.says("Tea for all")
            assert phone.last == end
            assert "You are in the middle of" not in phone.last
            await phone.says("/rules")
            assert "middle" not in phone.last


async def test_what_is_on_its_way_is_among_what_is_held_about_somebody(tmp_path: Path) -> None:
    async with baraza(tmp_path) as (ana, ben):
        await founded(ana, ben)
        await ben.says("/ask")
        await ben.says("Is this in it?")
        app = ben.running.app
        async with app.database.reading() as session:
            member = await members.find(session, ben.running.fake.account("ben"))
            assert member is not None
            held = await subject_access.held_about(session, app.database.cipher, member.id, app.frame.understand)
        assert held["form"][0]["answers_so_far"]["text"] == "Is this in it?"
