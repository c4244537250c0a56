"""The plot: a week in the life of the sample community, scene by scene."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.demo.members import Member, Seen, Stage
from bot.demo.process import DemoStopped
from bot.demo.secrecy import nobody_can_tell_who_asked, nobody_sees_the_words
from bot.demo.talk import MONDAY_TALK, THURSDAY_TALK, TUESDAY_TALK, WEDNESDAY_TALK, talk_goes_on

COMMUNITY = "Field Health Circle"
CIRCLE, STEERING = "Circle", "Steering"
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)

QUESTION = (
    "Depuis l'épidémie, je dors mal et je pleure au travail. À qui puis-je parler sans que mes chefs l'apprennent ?"
)
QUESTION_IN_ENGLISH = (
    "Since the outbreak I sleep badly and cry at work. Whom can I talk to without my superiors hearing of it?"
)
ANSWER = (
    "Après une urgence, c'est fréquent, et cela se soigne. L'écoute pour le personnel est gratuite et ne dit rien "
    "à l'employeur. Commencez par un seul appel."
)
ANSWER_IN_ENGLISH = (
    "After an emergency this is common, and it can be helped. The listening line for staff is free and tells your "
    "employer nothing. Begin with a single call."
)
_CODE = re.compile(r"\bQ\d+\b")
_FIGURES = 5


@dataclass
class Cast:
    """Who appears, and what they hold in their hands from one scene to the next."""

    stage: Stage
    chloe: Member
    everybody: dict[str, Member] = field(default_factory=dict)
    code: str = ""
    card: Seen | None = None
    answer: Seen | None = None

    def __getitem__(self, name: str) -> Member:
        """Somebody of the sample community, by first name."""
        if name not in self.everybody:
            raise DemoStopped(f"The sample community has nobody called {name}.")
        return self.everybody[name]


@dataclass(frozen=True, slots=True)
class Scene:
    """When it plays (a day of the week, Monday being 0), what it is about, and why that matters."""

    day: int
    hour: int
    title: str
    why: str
    played: Callable[[Cast], Awaitable[None]]


async def gathered(stage: Stage) -> Cast:
    """Everybody of the sample community, and Chloé, who is new."""
    everybody = {member.name: member for member in await stage.everybody()}
    return Cast(stage, await stage.newcomer("Chloé Vasseur", "fr"), everybody)


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


async def some_talk(cast: Cast) -> None:
    """Baraka asks in the open, and Hassan answers in the thread."""
    baraka, hassan, mei, samira = (cast[name] for name in ("Baraka", "Hassan", "Mei", "Samira"))
    asked = await baraka.writes("The fridge stood at 11 degrees this morning. Are the vaccines lost?", CIRCLE)
    await hassan.sees("it", "11 degrees", place=CIRCLE, told="briefly")
    cast.stage.transcript.does("Twenty minutes pass.")
    await cast.stage.wait(minutes=20)
    advice = "Not yet. Keep it shut, mark every vial, and read the monitors before you throw anything away."
    await hassan.writes(advice, CIRCLE, under=asked)
    answer = await baraka.sees("Hassan's answer below the question", advice, place=CIRCLE, under=asked, told="briefly")
    await baraka.reacts(answer, "🙏")
    await mei.writes("The power was out in the whole valley. Who else should look at a fridge today?", CIRCLE)
    await samira.writes("I did: ours held, with the ice packs from Sunday.", CIRCLE)
    await talk_goes_on(cast.stage, cast.everybody, CIRCLE, MONDAY_TALK)


async def a_hard_question(cast: Cast) -> None:
    """Chloé asks confidentially; an expert gets it without her name."""
    stage, chloe, nadia = cast.stage, cast.chloe, cast["Nadia"]
    await chloe.types("/ask")
    await chloe.fills_in(text=QUESTION, topic="mental health", manner="confidential", share="yes")
    stage.transcript.remarks(f"In English: {QUESTION_IN_ENGLISH}")
    receipt = await chloe.sees("that her question has arrived", that=lambda message: bool(_CODE.search(message.text)))
    cast.code = _CODE.findall(receipt.text)[0]
    stage.transcript.does(
        "A few minutes pass. A confidential question leaves after a random while, so that the moment at which "
        "somebody was typing tells nothing."
    )
    await stage.wait(minutes=5)
    cast.card = await nadia.sees("the question, as its expert", cast.code, QUESTION, without=(chloe.name,))
    await nobody_sees_the_words(chloe, nadia, QUESTION)
    await talk_goes_on(stage, cast.everybody, CIRCLE, TUESDAY_TALK)


async def a_reminder(cast: Cast) -> None:
    """A day later the expert is reminded, and answers; the answer reaches the asker."""
    nadia, chloe = cast["Nadia"], cast.chloe
    await nadia.sees("a reminder", cast.code, that=lambda message: message.from_baraza)
    await cast["Amina"].types("/questions open")
    await cast["Amina"].sees("the queue", cast.code, nadia.full_name, without=(chloe.name,))
    await nadia.presses_main_button(_held(cast.card))
    await nadia.fills_in(text=ANSWER)
    cast.stage.transcript.remarks(f"In English: {ANSWER_IN_ENGLISH}")
    await nadia.sees("that her answer is on its way", cast.code, without=(chloe.name,))
    cast.answer = await chloe.sees("the answer to her question", cast.code, nadia.name, ANSWER)
    await talk_goes_on(cast.stage, cast.everybody, CIRCLE, WEDNESDAY_TALK)


async def an_answer_for_everybody(cast: Cast) -> None:
    """The answer helped; everybody may read it, and nobody learns who asked."""
    chloe, nadia, samira = cast.chloe, cast["Nadia"], cast["Samira"]
    answer = _held(cast.answer)
    await chloe.presses_main_button(answer)
    await chloe.sees("that it is shared", cast.code, CIRCLE, instead_of=answer)
    cast.stage.transcript.does("A few minutes pass; what comes of her answer leaves after a random while, too.")
    await cast.stage.wait(minutes=5)
    await nadia.sees("that her answer helped", cast.code, without=(chloe.name,))
    names = (*chloe.full_name.split(), chloe.id)
    await samira.sees("question and answer", cast.code, QUESTION, nadia.name, ANSWER, place=CIRCLE, without=names)
    await nobody_can_tell_who_asked(chloe, cast.code, QUESTION, ANSWER)
    await talk_goes_on(cast.stage, cast.everybody, CIRCLE, THURSDAY_TALK)


async def a_health_check(cast: Cast) -> None:
    """A stakeholder asks how the community is doing."""
    ingrid, amina = cast["Ingrid"], cast["Amina"]
    await ingrid.types("/health 7d", STEERING)
    check = await ingrid.sees(
        "five figures and a picture",
        place=STEERING,
        that=lambda message: len(message.points) == _FIGURES and bool(message.pictures),
    )
    cast.stage.picture = await cast.stage.file(check.pictures[0]["id"])
    cast.stage.transcript.remarks(f"The picture in words, for those who can't see it: {check.pictures[0]['alt']}")
    await amina.sees("it there too", place=STEERING, that=lambda message: message.id == check.id, told="briefly")


def _held(message: Seen | None) -> Seen:
    """What an earlier scene put into somebody's hands."""
    if message is None:
        raise DemoStopped("An earlier scene of the story is missing.")
    return message


WEEK: tuple[Scene, ...] = (
    Scene(
        MONDAY,
        9,
        "A newcomer",
        "Nobody arrives unnoticed: Baraza greets who joins, in private, and introduces them if they wish.",
        a_newcomer,
    ),
    Scene(
        MONDAY,
        11,
        "Colleagues help each other",
        "Baraza stays out of the way here. It only notes that an answer came, and how soon.",
        some_talk,
    ),
    Scene(
        TUESDAY,
        10,
        "A question that is hard to ask",
        "Asked confidentially, a question travels alone: its expert and even the facilitators never learn whose it is.",
        a_hard_question,
    ),
    Scene(
        WEDNESDAY,
        11,
        "A reminder, and an answer",
        "Experts are busy. Who has not answered within a day is asked again, kindly; no question is forgotten.",
        a_reminder,
    ),
    Scene(
        THURSDAY,
        8,
        "One answer for everybody",
        "One person dared to ask; now all can learn from the answer, and who asked stays unknown.",
        an_answer_for_everybody,
    ),
    Scene(
        FRIDAY,
        9,
        "How is the community doing?",
        "Those who carry the community get five honest figures, read in a minute, each beside the week before.",
        a_health_check,
    ),
)
