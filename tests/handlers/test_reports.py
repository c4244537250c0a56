"""Telling the facilitators about a message: they alone learn of it, and of who told only if that is wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.community import Someone, Talk, founded, running

LABEL = "May the facilitators know that it was you?".replace(" ", "_")
WRONG = "What is wrong?".replace(" ", "_")
RUDE = "You are all <!channel> fools."


@dataclass
class Circle:
    talk: Talk
    fatima: Someone
    ana: Someone
    ben: Someone


@asynccontextmanager
async def circle(folder: Path, **settings: Any) -> AsyncIterator[Circle]:
    async with running(folder, **settings) as talk:
        fatima = await founded(talk)
        ana, ben = await talk.newcomer("Ana"), await talk.newcomer("Ben")
        for person in (ana, ben):
            await person.joins("circle")
        yield Circle(talk, fatima, ana, ben)


async def reports(who: Someone, message: str, **filled: str) -> None:
    await who.uses_shortcut(message, "Report privately")
    await who.fills_in(**filled)


async def test_the_facilitators_get_the_way_to_the_message_and_no_name(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.ben.says(RUDE, place="circle")
        in_the_circle = await here.ben.hears("circle")
        await reports(here.ana, message, **{WRONG: "This is *unkind*."})
        assert (await here.ana.last()).text == "Thank you. The facilitators will look at it."
        told = await here.fatima.last()
        assert "Somebody reports a message in #circle." in told
        assert "This is *unkind*." in told
        assert "Ana" not in told
        assert RUDE not in told
        assert told.leads_to == {"Show me the message": message}
        assert await here.ben.hears("circle") == in_the_circle
        assert not any("report" in said.casefold() for said in await here.ben.hears())


async def test_by_name_they_can_ask(tmp_path: Path) -> None:
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        message = await here.ben.says(RUDE, place="circle")
        await reports(here.ana, message, **{LABEL: "by name"})
        assert "Ana reports a message in #circle." in await here.fatima.last()


async def test_a_nameless_report_arrives_after_a_random_while(tmp_path: Path) -> None:
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        message = await here.ben.says(RUDE, place="circle")
        await reports(here.ana, message)
        assert not any("reports a message" in said for said in await here.fatima.hears())
        await here.talk.wait(seconds=120)
        assert "Somebody reports a message in #circle." in await here.fatima.last()


async def test_who_wrote_it_is_not_told_even_as_a_facilitator(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.fatima.says(RUDE, place="circle")
        await here.ana.uses_shortcut(message, "Report privately")
        assert (await here.ana.last("circle")).text.startswith("There is nobody whom I could tell:")
        await here.fatima.says("/settings role @Ben facilitator")
        await reports(here.ana, message)
        assert "Somebody reports a message" in await here.ben.last()
        assert not any("reports a message" in said for said in await here.fatima.hears())
