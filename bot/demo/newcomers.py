"""Scenes: two people arrive, one who speaks at once and one who does not."""

from __future__ import annotations

from bot.demo.cast import CIRCLE, COMMUNITY, Cast
from bot.demo.process import DemoStopped

HELLO = "Good morning! I repair solar fridges, two weeks at a time. Which posts have panels that need a look?"
PANELS = "Wash solar panels before eight in the morning"
PANELS_TEXT = (
    "Wash them early, with rain water and a soft cloth. Cold water on a hot panel can crack the glass. Six panels take "
    "twenty minutes, and the fridge gains an hour of ice."
)
SOLAR = "solar fridges"


async def a_newcomer(cast: Cast) -> None:
    """Chloé joins, is greeted, and introduces herself."""
    chloe = cast.chloe
    await chloe.joins(CIRCLE)
    greeting = await chloe.sees("a welcome", COMMUNITY, chloe.name)
    await chloe.presses_main_button(greeting)
    await chloe.fills_in(unit="Lakeside mission", languages=["fr", "en"], knows="first aid", wants="cold chain")
    offer = await chloe.sees("whether she would like to be introduced", CIRCLE, chloe.name)
    await chloe.presses_main_button(offer)
    introduced = await cast["Céline"].sees("who is new", chloe.name, "first aid", place=CIRCLE)
    await cast["Céline"].writes("Bienvenue, Chloé ! Je suis au bureau à côté du tien.", CIRCLE, under=introduced)
    cast.stage.transcript.remarks("In English: Welcome, Chloé! I sit in the office next to yours.")
    await chloe.sees("Céline's hello below it", "Bienvenue", place=CIRCLE, under=introduced, told="briefly")
    await chloe.writes("Merci ! Je passe te voir à midi.", CIRCLE, under=introduced)
    cast.stage.transcript.remarks("In English: Thank you! I'll come by at noon.")


async def another_newcomer(cast: Cast) -> None:
    """Daniel joins, passes over the greeting, and writes; everybody is out."""
    daniel = cast.daniel
    await daniel.joins(CIRCLE)
    await daniel.sees("a welcome, and has no time for it now", COMMUNITY, daniel.name, told="briefly")
    cast.keep("Daniel's hello", await daniel.writes(HELLO, CIRCLE))
    cast.stage.transcript.does("Everybody is at work outside. Nobody answers him, today or tomorrow morning.")


async def a_first_post(cast: Cast) -> None:
    """After a day without an answer facilitators are shown the post; Amina answers."""
    amina, daniel = cast["Amina"], cast.daniel
    shown = await amina.sees("that a first post waits", daniel.full_name, HELLO)
    post = await amina.follows(shown, CIRCLE)
    if post.id != cast.held("Daniel's hello").id:
        raise DemoStopped(f"{amina.full_name} was led to another message than {daniel.full_name}'s.")
    await amina.writes("Karibu, Daniel! Hilltop and Upper Ford, please. Baraka knows the way.", CIRCLE, under=post)
    await daniel.sees("Amina's answer", "Karibu, Daniel", place=CIRCLE, under=post, told="briefly")
    await daniel.writes("Then I begin at Hilltop tomorrow. Asante!", CIRCLE, under=post)


async def still_a_stranger(cast: Cast) -> None:
    """On the third day Daniel is asked once who he is; then he leaves something that others can use."""
    amina, daniel, stage = cast["Amina"], cast.daniel, cast.stage
    nudge = await daniel.sees("a friendly word", COMMUNITY, that=lambda message: len(message.buttons) > 1)
    await daniel.presses_main_button(nudge)
    await daniel.fills_in(unit="Technical support", languages=["en"], knows=SOLAR, wants="vaccination")
    await daniel.presses_main_button(
        await daniel.sees("whether he would like to be introduced", CIRCLE, daniel.name, told="not at all")
    )
    await cast["Mei"].sees("who he is", daniel.full_name, SOLAR, place=CIRCLE)
    stage.transcript.does("Now that people know him, Daniel leaves them something.")
    await daniel.types("/log practice")
    await daniel.fills_in(title=PANELS, text=PANELS_TEXT, topics=SOLAR)
    await daniel.sees("that it is saved", PANELS)
    card = await amina.sees("what waits for her review", PANELS, daniel.full_name, told="briefly")
    await amina.presses_main_button(card)
    await daniel.sees("that it is published", PANELS, "/find")


async def a_week_here(cast: Cast) -> None:
    """After a week Chloé is shown conversations that fit what she wants to learn; she joins one."""
    chloe = cast.chloe
    shown = await chloe.sees("conversations that fit her", COMMUNITY, that=lambda message: bool(message.leads_to))
    conversation = await chloe.follows(shown, CIRCLE)
    await chloe.writes("Je peux venir avec toi mercredi pour apprendre ?", CIRCLE, under=conversation)
    cast.stage.transcript.remarks("In English: May I come with you on Wednesday, to learn?")
