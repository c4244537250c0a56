"""Scenes: what one of them learned becomes something that all can find; and somebody is thanked."""

from __future__ import annotations

import re

from bot.demo.asking import ADVICE
from bot.demo.cast import CIRCLE, Cast
from bot.demo.members import Member
from bot.demo.process import DemoStopped
from bot.demo.seen import Seen
from bot.demo.talk import SECOND_MONDAY_TALK, talk_goes_on

_CODE = re.compile(r"\bC\d+\b")
_SEARCH = "/find vaccines in a warm fridge"
_MAP = "A map of the boat times"


async def worth_keeping(cast: Cast) -> None:
    """Mei wants Hassan's advice kept; nobody finds it before he says yes."""
    mei, hassan, rafael = cast["Mei"], cast["Hassan"], cast["Rafael"]
    await mei.reacts(cast.held("Hassan's advice"), "📌")
    asked = await hassan.sees("what she would like to save", mei.full_name, ADVICE)
    await rafael.types(_SEARCH)
    await rafael.sees("what is known until now, without it", without=(ADVICE,), told="briefly")
    await hassan.presses_main_button(asked)
    await hassan.sees("that a facilitator has a look", "/find", instead_of=asked)
    shared = await mei.sees("that he agreed", that=lambda message: bool(_CODE.search(message.text)))
    cast.stage.transcript.remarks(f"{_CODE.findall(shared.text)[0]}: every contribution has a number.")


async def the_facilitators_day(cast: Cast) -> None:
    """At eight Amina is told what waits, and does it."""
    amina, hassan = cast["Amina"], cast["Hassan"]
    day = await amina.sees("her day", "to review", "Next:")
    await amina.presses(day, "Show what to review")
    for words in (_MAP, ADVICE):
        card = await amina.sees("a card", words, told="its beginning" if words is _MAP else "word by word")
        await amina.presses_main_button(card)
    await hassan.sees("that it is published", "is published", "/find")
    await amina.types("/today")
    await amina.sees("that nothing waits any more", "Nothing waits")


async def found_and_used(cast: Cast) -> None:
    """Chloé has the same trouble a week later, and finds the advice."""
    chloe, hassan = cast.chloe, cast["Hassan"]
    await chloe.types(_SEARCH)
    found = await chloe.sees("Hassan's advice", ADVICE, hassan.full_name)
    await chloe.presses_main_button(found)
    await chloe.sees("that it counts", _CODE.findall(found.text)[0], told="briefly")
    await hassan.sees("that it helped somebody, and not whom", "used what you shared", without=(chloe.name,))
    await talk_goes_on(cast.stage, cast.everybody, CIRCLE, SECOND_MONDAY_TALK)


async def a_thank_you(cast: Cast) -> None:
    """Baraka thanks Daniel in front of everybody, and Nadia thanks Baraka in private."""
    baraka, daniel, nadia = cast["Baraka"], cast.daniel, cast["Nadia"]
    await baraka.types(f"/thanks @{daniel.full_name} for the fridge at Hilltop, which makes ice again", CIRCLE)
    await cast["Samira"].sees("it, as everybody does", "thanks", daniel.full_name, "makes ice again", place=CIRCLE)
    await daniel.sees("it", baraka.full_name, "makes ice again", told="briefly")
    await nadia.types(f"/thanks @{baraka.full_name} for taking {daniel.full_name} across the lake")
    await baraka.sees("her thanks", nadia.full_name, "across the lake")
    cast.stage.transcript.does("Then the boats leave for the campaign on the east shore: three days without a signal.")


async def found(member: Member, query: str, *words: str) -> Seen:
    """What somebody finds, which has to hold these words."""
    await member.types(query)
    return await member.sees("it", *words, told="its beginning")


async def not_found(member: Member, query: str, *words: str) -> None:
    """What somebody finds, which must not hold any of these words. Raises DemoStopped."""
    await member.types(query)
    answer = await member.sees("what is left", told="its beginning")
    if any(word in answer.text for word in words):
        raise DemoStopped(f"{member.full_name} still finds something of who was forgotten.")
