"""Scenes: a question for everybody each week, and one that comes early when it has become silent."""

from __future__ import annotations

from bot.demo.cast import CIRCLE, Cast
from bot.demo.members import Member
from bot.demo.process import DemoStopped
from bot.demo.seen import Seen

WEEKLY = "every monday 9:00"
RAIN = "What have the rains changed in your work this week?"
_DATES = 3


async def a_weekly_question(cast: Cast) -> None:
    """The weekly prompt moves from Tuesday to Monday, and waits no longer than three days in a silence."""
    amina = cast["Amina"]
    await amina.types("/prompt schedule")
    running = await amina.sees("what runs now", "every tuesday 10:00")
    await amina.presses(running, "Stop 1")
    await amina.sees("that it is stopped", "Stopped", told="not at all")
    await amina.types(f"/prompt schedule {WEEKLY}: {RAIN}")
    proposed = await amina.sees(
        "the next three dates", "every monday", that=lambda message: len(message.points) == _DATES
    )
    await amina.presses_main_button(proposed)
    await amina.sees("that it counts from now on", "The first prompt goes out", instead_of=proposed)
    await amina.types("/settings silence 3")
    await amina.sees("that it is set", "3 days of silence")


async def the_question_of_the_week(cast: Cast) -> None:
    """The prompt comes by itself; it is answered in its thread, and with its button."""
    samira, valeria, daniel = cast["Samira"], cast["Valeria"], cast.daniel
    prompt = await samira.sees("the question of the week", RAIN, place=CIRCLE)
    boxes = "The landing at Reed Bay is under water, so we carry the boxes the last 200 metres. Still 4 degrees."
    await samira.writes(boxes, CIRCLE, under=prompt)
    await _answers_by_button(
        valeria, prompt, "Reports come a day late. I note both days: the one they tell of, and today."
    )
    await samira.sees("Valeria's answer below it", valeria.full_name, "a day late", place=CIRCLE, under=prompt)
    await daniel.writes("Rain washes the panels for me. All but the bird droppings.", CIRCLE, under=prompt)


async def _answers_by_button(member: Member, prompt: Seen, text: str) -> None:
    await member.presses_main_button(prompt)
    await member.fills_in(text=text)


async def after_a_silence(cast: Cast) -> None:
    """On the fourth day the next prompt comes by itself, though it was due on Monday."""
    celine, rafael, amina = cast["Céline"], cast["Rafael"], cast["Amina"]
    prompt = await celine.sees("the next question, three days before its time", place=CIRCLE, that=_is_prompt)
    cast.keep("the early question", prompt)
    await _answers_by_button(celine, prompt, "Les enfants qui chantent devant l'école : tous vaccinés avant midi !")
    cast.stage.transcript.remarks(
        "In English: The children singing in front of the school: all vaccinated before noon!"
    )
    await rafael.sees("her answer below it", "vaccinés", place=CIRCLE, under=prompt, told="briefly")
    await rafael.writes("The truck, a day early, with everything on it. I can see it from here.", CIRCLE, under=prompt)
    await amina.types("/prompt")
    await amina.sees("when the next one comes", "Next:", "2 people have answered")


async def one_and_not_two(cast: Cast) -> None:
    """On Monday at nine nothing comes: its question was asked on Friday. And Amina hears how that of last week did."""
    amina, early = cast["Amina"], cast.held("the early question")
    prompts = [one for one in await amina.messages(CIRCLE) if _is_prompt(one) and one.at > early.at]
    if prompts:
        raise DemoStopped(f"{amina.full_name} sees a second prompt (in #{CIRCLE}), though it had come early already.")
    cast.stage.transcript.does(f"{amina.name} looks into #{CIRCLE}: since Friday no other question has come.")
    await amina.sees("how many answered the week before", "3 people answered", RAIN)
    cast.stage.transcript.remarks(
        "Daniel is one of the three: what he did still counts, and nobody knows whose it was."
    )


def _is_prompt(message: Seen) -> bool:
    """What Baraza posts for everybody to answer, with a button for it."""
    return message.from_baraza and len(message.buttons) == 1 and message.buttons[0]["emphasis"] == "primary"
