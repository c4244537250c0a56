"""Scenes: colleagues who help each other in the open, and a question that is hard to ask."""

from __future__ import annotations

import re

from bot.demo.cast import CIRCLE, Cast
from bot.demo.secrecy import nobody_can_tell_who_asked, nobody_sees_the_words
from bot.demo.talk import MONDAY_TALK, THURSDAY_TALK, TUESDAY_TALK, WEDNESDAY_TALK, talk_goes_on

ADVICE = (
    "Vaccines from a warm fridge are not lost yet. Keep it shut, mark every vial, and read the monitors before you "
    "throw anything away."
)
QUESTION = (
    "Depuis l'épidémie, je dors mal et je pleure au travail. À qui puis-je parler sans que mes chefs l'apprennent ?"
)
_QUESTION_IN_ENGLISH = (
    "Since the outbreak I sleep badly and cry at work. Whom can I talk to without my superiors hearing of it?"
)
_ANSWER = (
    "Après une urgence, c'est fréquent, et cela se soigne. L'écoute pour le personnel est gratuite et ne dit rien "
    "à l'employeur. Commencez par un seul appel."
)
_ANSWER_IN_ENGLISH = (
    "After an emergency this is common, and it can be helped. The listening line for staff is free and tells your "
    "employer nothing. Begin with a single call."
)
_CODE = re.compile(r"\bQ\d+\b")


async def some_talk(cast: Cast) -> None:
    """Baraka asks in the open, and Hassan answers in the thread."""
    baraka, hassan, mei, samira = (cast[name] for name in ("Baraka", "Hassan", "Mei", "Samira"))
    asked = await baraka.writes("The fridge stood at 11 degrees this morning. Are the vaccines lost?", CIRCLE)
    await hassan.sees("it", "11 degrees", place=CIRCLE, told="briefly")
    cast.stage.transcript.does("Twenty minutes pass.")
    await cast.stage.wait(minutes=20)
    await hassan.writes(ADVICE, CIRCLE, under=asked)
    answer = await baraka.sees("Hassan's answer below the question", ADVICE, place=CIRCLE, under=asked, told="briefly")
    await baraka.reacts(answer, "🙏")
    cast.keep("Hassan's advice", answer)
    await mei.writes("The power was out in the whole valley. Who else should look at a fridge today?", CIRCLE)
    await samira.writes("I did: ours held, with the ice packs from Sunday.", CIRCLE)
    await talk_goes_on(cast.stage, cast.everybody, CIRCLE, MONDAY_TALK)


async def a_hard_question(cast: Cast) -> None:
    """Chloé asks confidentially; an expert gets it without her name."""
    stage, chloe, nadia = cast.stage, cast.chloe, cast["Nadia"]
    await chloe.types("/ask")
    await chloe.fills_in(text=QUESTION, topic="mental health", manner="confidential", share="yes")
    stage.transcript.remarks(f"In English: {_QUESTION_IN_ENGLISH}")
    receipt = await chloe.sees("that her question has arrived", that=lambda message: bool(_CODE.search(message.text)))
    cast.code = _CODE.findall(receipt.text)[0]
    stage.transcript.does(
        "A few minutes pass. A confidential question leaves after a random while, so that the moment at which "
        "somebody was typing tells nothing."
    )
    await stage.wait(minutes=5)
    card = await nadia.sees("the question, as its expert", cast.code, QUESTION, without=(chloe.name,))
    cast.keep("Nadia's question", card)
    await nobody_sees_the_words(chloe, nadia, QUESTION)
    await talk_goes_on(stage, cast.everybody, CIRCLE, TUESDAY_TALK)


async def a_reminder(cast: Cast) -> None:
    """A day later the expert is reminded, and answers; the answer reaches the asker."""
    nadia, chloe = cast["Nadia"], cast.chloe
    await nadia.sees("a reminder", cast.code, that=lambda message: message.from_baraza)
    await cast["Amina"].types("/questions open")
    await cast["Amina"].sees("the queue", cast.code, nadia.full_name, without=(chloe.name,))
    await nadia.presses_main_button(cast.held("Nadia's question"))
    await nadia.fills_in(text=_ANSWER)
    cast.stage.transcript.remarks(f"In English: {_ANSWER_IN_ENGLISH}")
    await nadia.sees("that her answer is on its way", cast.code, without=(chloe.name,), told="briefly")
    cast.keep("the answer", await chloe.sees("the answer to her question", cast.code, nadia.name, _ANSWER))
    await talk_goes_on(cast.stage, cast.everybody, CIRCLE, WEDNESDAY_TALK)


async def an_answer_for_everybody(cast: Cast) -> None:
    """The answer helped; everybody may read it, and nobody learns who asked."""
    chloe, nadia, samira = cast.chloe, cast["Nadia"], cast["Samira"]
    answer = cast.held("the answer")
    await chloe.presses_main_button(answer)
    await chloe.sees("that it is shared", cast.code, CIRCLE, instead_of=answer)
    cast.stage.transcript.does("A few minutes pass; what comes of her answer leaves after a random while, too.")
    await cast.stage.wait(minutes=5)
    await nadia.sees("that her answer helped", cast.code, without=(chloe.name,))
    names = (*chloe.full_name.split(), chloe.id)
    await samira.sees("question and answer", cast.code, QUESTION, nadia.name, _ANSWER, place=CIRCLE, without=names)
    await nobody_can_tell_who_asked(chloe, cast.code, QUESTION, _ANSWER)
    await talk_goes_on(cast.stage, cast.everybody, CIRCLE, THURSDAY_TALK)
