"""What can be done with a message on the local page, and where buttons lead: over its addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import App
from bot.core.addresses import MessageRef
from bot.core.capability import Capability
from bot.core.events import ButtonPressed, CommandUsed, ShortcutUsed
from bot.core.forms import Form, TextField
from bot.core.messages import Button, Message, Text
from bot.core.roles import Role
from bot.platforms.local.incoming import PLATFORM, TENANT
from bot.platforms.local.platform import LocalPlatform
from bot.services import Services
from bot.settings import Settings
from handlers.beginning import capability as beginning
from storage.database import Database
from tests.community import Someone, StandingClock, Talk, founded
from tests.databases import SECRET_KEY

_ABOUT = "{who} wrote {words}, {place}, {thread}"


def keeping() -> Capability:
    """Tells what a command or a shortcut is about, with a button that leads there."""
    made = Capability("keeping")

    async def tell(event: Any, services: Services) -> None:
        about = event.about
        if about is None:
            await services.answer_privately(Message(Text("about nothing")))
            return
        values = {"who": about.by.name, "words": about.text, "place": about.place.name if about.place else "privately"}
        text = Text(_ABOUT, {**values, "thread": "in a thread" if about.thread_key else "at the top"})
        await services.answer_privately(Message(text, (Button("Go there", goes_to=about.message),)))

    made.shortcut("keeping.keep", label="Keep this")(tell)
    made.command("keep", summary="")(tell)

    @made.shortcut("keeping.form", label="Keep this as")
    async def ask(_event: ShortcutUsed, services: Services) -> None:
        await services.open_form(Form("keeping.kept", "Keep it", (TextField(name="as", label="As"),), "Keep"))

    @made.shortcut("keeping.hide", label="Hide this", roles=(Role.FACILITATOR,))
    async def hide(_event: ShortcutUsed, services: Services) -> None:
        await services.answer_privately(Message(Text("hidden")))

    @made.command("elsewhere", summary="")
    async def elsewhere(_event: CommandUsed, services: Services) -> None:
        there = MessageRef("slack", "T1", "C1", "1.0")
        await services.answer(Message(Text("?"), (Button("Go", goes_to=there), Button("Stay", "keeping.stay"))))

    @made.button("keeping.stay")
    async def stay(_event: ButtonPressed, services: Services) -> None:
        await services.answer(Message(Text("staying")))

    return made


@asynccontextmanager
async def circle(folder: Path) -> AsyncIterator[tuple[Talk, Someone, Someone]]:
    """A community with its facilitator and Ben, on the local page alone."""
    clock, url = StandingClock(), f"sqlite:///{folder}/baraza.sqlite3"
    app = App(
        Settings(_env_file=None, database_url=url, http_port=0),
        Database(url, SECRET_KEY),
        [LocalPlatform(folder / "chat.sqlite3", clock)],
        clock=clock,
        capabilities=[beginning, keeping()],
        declared_schedules=(),
    )
    await app.start()
    try:
        async with aiohttp.ClientSession() as session:
            talk = Talk(session, app.web.url, app)  # type: ignore[arg-type]
            fatima, ben = await founded(talk), await talk.newcomer("Ben")
            await ben.joins("circle")
            yield talk, fatima, ben
    finally:
        await app.stop()


async def test_a_shortcut_is_told_with_its_message_and_a_button_leads_back(tmp_path: Path) -> None:
    async with circle(tmp_path) as (_, fatima, ben):
        root = await fatima.says("boil the water", place="circle")
        reply = await fatima.says("for a *minute* <!channel>", place="circle", under=root)
        for message, told in {
            root: "Fatima wrote boil the water, circle, at the top",
            reply: "Fatima wrote for a *minute* <!channel>, circle, in a thread",
        }.items():
            await ben.uses_shortcut(message, "Keep this")
            seen = await ben.last()
            assert seen.text == told
            assert seen.leads_to == {"Go there": message}
        place = await ben.place("circle")
        (button,) = seen.raw["buttons"]
        there = {"place": place, "message": reply, "thread": root}
        assert button == {"label": "Go there", "emphasis": "normal", "goes_to": there}


async def test_a_shortcut_may_open_a_form(tmp_path: Path) -> None:
    async with circle(tmp_path) as (_, fatima, ben):
        message = await fatima.says("boil the water", place="circle")
        await ben.uses_shortcut(message, "Keep this as")
        form = await ben.form()
        assert form is not None
        assert form.title == "Keep it"


async def test_everybody_is_offered_what_they_may_do_and_the_role_is_checked(tmp_path: Path) -> None:
    async with circle(tmp_path) as (talk, fatima, ben):
        zoe = await talk.newcomer("Zoe")
        assert await zoe.shortcuts() == []
        assert await ben.shortcuts() == ["Keep this as", "Keep this"]
        assert await fatima.shortcuts() == ["Keep this as", "Hide this", "Keep this"]
        message = await fatima.says("boil the water", place="circle")
        for name, answer in {
            "keeping.hide": "Only facilitators can do this. Please ask one of them.",
            "keeping.gone": "I can't do that with a message (any more). Please use /help.",
        }.items():
            await talk.post("/local/shortcuts", person=ben.id, message=message, shortcut=name)
            await talk.settle()
            assert (await ben.last("circle")).text == answer
            assert (await ben.last("circle")).raw["only_me"]


async def test_a_command_can_be_a_reply(tmp_path: Path) -> None:
    async with circle(tmp_path) as (_, fatima, ben):
        root = await fatima.says("boil the water", place="circle")
        await ben.says("/keep", place="circle", about=root)
        assert (await ben.last()).text == "Fatima wrote boil the water, circle, at the top"
        await ben.says("/keep", place="circle", under=root)
        assert (await ben.last()).leads_to == {"Go there": root}
        await ben.says("/keep", place="circle")
        assert (await ben.last()).text == "about nothing"
        private = await ben.says("just for me")
        await ben.says("/keep", about=private)
        assert (await ben.last()).text == "Ben wrote just for me, privately, at the top"


async def test_what_is_not_theirs_to_see_is_refused_in_a_sentence(tmp_path: Path) -> None:
    async with circle(tmp_path) as (talk, fatima, ben):
        secret = await fatima.says("between us")
        for path, more in (("shortcuts", {"shortcut": "keeping.keep"}), ("commands", {"text": "/keep"})):
            body = {"person": ben.id, "place": ben.direct, "message": secret, **more}
            answer = await talk.post(f"/local/{path}", expect=(400,), **body)
            assert answer["error"].endswith(".")
            assert "between" not in str(answer)


async def test_a_button_to_another_platform_is_left_out_and_the_others_work(tmp_path: Path) -> None:
    async with circle(tmp_path) as (_, _, ben):
        await ben.says("/elsewhere")
        assert (await ben.last()).buttons == ["Stay"]
        await ben.presses("Stay")
        assert (await ben.last()).text == "staying"


@pytest.mark.parametrize("words", ["\ud800 lone", "x" * 40_000, "\u202egnp"])
async def test_whatever_the_words_are_they_arrive_as_they_were(tmp_path: Path, words: str) -> None:
    async with circle(tmp_path) as (talk, fatima, ben):
        message = await fatima.says(words, place="circle")
        assert talk.app is not None
        raws = []
        accept = talk.app.intake.accept

        async def overhear(events: Any) -> None:
            raws.extend(events)
            await accept(events)

        talk.app.intake.accept = overhear  # type: ignore[method-assign]
        await ben.uses_shortcut(message, "Keep this")
        (event,) = talk.app.platforms[PLATFORM].translate(raws[-1].body)
        assert isinstance(event, ShortcutUsed)
        assert (event.about.text, event.about.by.account.tenant) == (words, TENANT)
