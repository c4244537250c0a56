"""Scenes: how the community is doing, what is kept of people, and that somebody is forgotten who wishes it."""

from __future__ import annotations

import json

from bot.demo.asking import QUESTION
from bot.demo.cast import CIRCLE, STEERING, Cast
from bot.demo.members import Member
from bot.demo.newcomers import PANELS, PANELS_TEXT, SOLAR
from bot.demo.process import DemoStopped
from bot.demo.seen import Seen
from bot.demo.sharing import found, not_found

_FIGURES = 5
_OWN_WORK = ("prompt", "Thanks", "published")
_WHAT_PEOPLE_DID = ("- Messages", "- Active members", "- New voices")


async def a_health_check(cast: Cast) -> None:
    """A stakeholder asks how the community is doing."""
    ingrid, amina = cast["Ingrid"], cast["Amina"]
    await ingrid.types("/health 30d", STEERING)
    check = await ingrid.sees("five figures and a picture", place=STEERING, that=_is_check)
    cast.stage.picture = await cast.stage.file(check.pictures[0]["id"])
    cast.stage.transcript.remarks(f"The picture in words, for those who can't see it: {check.pictures[0]['alt']}")
    details = await ingrid.sees("every figure", *_OWN_WORK, place=STEERING, under=check, told="not at all")
    cast.stage.transcript.does("Below it stands every figure, and what came of the bot's own work:")
    cast.stage.transcript.shows(line for line in details.lines if any(word in line for word in _OWN_WORK))
    await amina.sees("it there too", place=STEERING, that=lambda message: message.id == check.id, told="briefly")


def _is_check(message: Seen) -> bool:
    return len(message.points) == _FIGURES and bool(message.pictures)


async def what_is_kept(cast: Cast) -> None:
    """Chloé asks for everything that is kept about her, and looks into it."""
    chloe = cast.chloe
    await chloe.types("/mydata")
    files = await chloe.sees("two files", "/forgetme", that=lambda message: bool(message.files))
    held = json.loads(await chloe.opens(files, ".json"))["about_you"]
    words = json.dumps(held, ensure_ascii=False)
    for what in (chloe.full_name, "Lakeside mission", "cold chain", QUESTION):
        if what not in words:
            raise DemoStopped(f"{chloe.full_name} does not find “{what}” in her file.")
    if "ice packs from Sunday" in words:
        raise DemoStopped(f"{chloe.full_name} finds in her file what others wrote to each other.")
    cast.stage.transcript.does(
        "Her profile is in it, what she did and what Baraza wrote to her, and her confidential question: only she gets "
        "to see that. Nothing that others wrote to each other."
    )


async def somebody_is_forgotten(cast: Cast) -> None:
    """Daniel's two weeks are over; he wants nothing to stay. Nothing does, except the figures."""
    daniel, amina, rafael, ingrid = cast.daniel, cast["Amina"], cast["Rafael"], cast["Ingrid"]
    await found(rafael, f"/who {SOLAR}", daniel.full_name)
    await found(rafael, "/find solar panels", PANELS, daniel.full_name)
    before = await _figures(ingrid)
    await _leaves_for_good(daniel)
    cast.stage.transcript.does("A minute passes, and they look for him.")
    await cast.stage.wait(minutes=1)
    await not_found(rafael, f"/who {SOLAR}", *daniel.full_name.split())
    await not_found(rafael, "/find solar panels", PANELS, PANELS_TEXT, *daniel.full_name.split())
    await nothing_in_an_export(amina, daniel)
    card = await amina.sees("that his name stands in what others wrote", "forgotten", "a thank-you")
    await amina.presses_main_button(card)
    await amina.sees("that it is taken out", "is decided", instead_of=card, told="briefly")
    if (after := await _figures(ingrid)) != before:
        raise DemoStopped(f"{ingrid.full_name} sees other figures than before: {after} and not {before}.")
    cast.stage.transcript.does(f"It is the same again: {'; '.join(after)}. What he did still counts, as somebody's.")


async def _leaves_for_good(daniel: Member) -> None:
    await daniel.leaves(CIRCLE)
    await daniel.types("/forgetme")
    question = await daniel.sees("what it means", "Shall I forget you?")
    await daniel.presses(question, "Forget me and delete what I wrote")
    await daniel.sees("that it is done", "nothing here leads to you")


async def nothing_in_an_export(facilitator: Member, gone: Member) -> None:
    """What was published is exported without anything of somebody who is gone. Raises DemoStopped."""
    await facilitator.types("/log export md")
    export = await facilitator.opens(
        await facilitator.sees("the file", that=lambda message: bool(message.files), told="not at all"), ".md"
    )
    if any(words in export for words in (PANELS, PANELS_TEXT, *gone.full_name.split())):
        raise DemoStopped(f"{facilitator.full_name} finds something of {gone.full_name} in the export.")
    facilitator.stage.transcript.does("Everything that is published stands in it, and nothing of his.")


async def _figures(member: Member) -> list[str]:
    """What everybody did in the last seven days, in figures."""
    await member.types("/health 7d", STEERING)
    check = await member.sees("what everybody did in the last week", place=STEERING, that=_is_check, told="briefly")
    return [point.removeprefix("- ") for point in check.points if point.startswith(_WHAT_PEOPLE_DID)]
