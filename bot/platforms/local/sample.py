"""The sample community of the local page: people, places, and six weeks of talk behind them.

Everything here is invented. The talk lies in ``sample_talk.json``: threads, each with the day it began
(counted backwards from the end), the hour, the place, and its messages with the minutes since the first. What is a
``prompt`` there was posted by Baraza. It is written as if the end were a Wednesday at three in the afternoon; on any
other moment it only shifts. What the community asked, learned and gave thanks for lies in ``sample_knowledge.json``,
dated in the same way; the chat knows nothing of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from bot.core.roles import Purpose, Role

TALK_FILE = Path(__file__).with_name("sample_talk.json")
KNOWLEDGE_FILE = Path(__file__).with_name("sample_knowledge.json")
END_OF_TALK = timedelta(hours=15)
"""The local hour at which the written talk ends, since midnight."""
PROMPT_TITLES = {
    "what_went_wrong": "What went wrong",
    "resource_swap": "Resource swap",
    "look_back": "Look back",
    "own": "A question for you all",
}
"""The kinds of the prompts in the talk, with what stands above them."""


@dataclass(frozen=True, slots=True)
class SampleCommunity:
    """What the community is called, and the language and time zone it lives in."""

    name: str
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody who can be chosen on the local page, with the profile they filled in."""

    id: str
    name: str
    role: str
    language: str
    unit: str
    languages: tuple[str, ...]
    topics_known: tuple[str, ...]
    topics_wanted: tuple[str, ...]
    joined_days_ago: int


@dataclass(frozen=True, slots=True)
class SamplePlace:
    """Where people write. ``purpose`` is a value of ``bot.core.roles.Purpose``."""

    id: str
    name: str
    purpose: str
    topic: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SampleMessage:
    """One message, ``before_end`` the first start. ``answers`` is the index of the thread's first message.

    ``prompt`` is the kind of one that Baraza posted; then ``person`` is empty.
    """

    person: str
    place: str
    before_end: timedelta
    text: str
    answers: int | None
    reactions: tuple[tuple[str, str], ...]
    prompt: str = ""


COMMUNITY = SampleCommunity(name="Field Health Circle", language="en", time_zone="Africa/Nairobi")

HEADQUARTERS = "Headquarters"
REGIONAL_OFFICE = "Regional office"
LAKESIDE = "Lakeside mission"

PEOPLE: tuple[SamplePerson, ...] = (
    SamplePerson(
        id="amina",
        name="Amina Wekesa",
        role=Role.FACILITATOR,
        language="en",
        unit=REGIONAL_OFFICE,
        languages=("en", "sw"),
        topics_known=("facilitation", "training", "health promotion"),
        topics_wanted=("data",),
        joined_days_ago=420,
    ),
    SamplePerson(
        id="lucie",
        name="Lucie Ferrandier",
        role=Role.FACILITATOR,
        language="fr",
        unit=HEADQUARTERS,
        languages=("fr", "en"),
        topics_known=("guides and translation", "data protection"),
        topics_wanted=("health promotion",),
        joined_days_ago=400,
    ),
    SamplePerson(
        id="hassan",
        name="Hassan El-Amry",
        role=Role.EXPERT,
        language="ar",
        unit=REGIONAL_OFFICE,
        languages=("ar", "en", "fr"),
        topics_known=("cold chain", "vaccination"),
        topics_wanted=("training",),
        joined_days_ago=390,
    ),
    SamplePerson(
        id="mei",
        name="Mei Kawaguchi",
        role=Role.EXPERT,
        language="en",
        unit=REGIONAL_OFFICE,
        languages=("en",),
        topics_known=("WASH", "safe water"),
        topics_wanted=("community committees",),
        joined_days_ago=310,
    ),
    SamplePerson(
        id="paulo",
        name="Paulo Macuane",
        role=Role.EXPERT,
        language="pt",
        unit=REGIONAL_OFFICE,
        languages=("pt", "es", "en"),
        topics_known=("logistics", "customs", "fleet"),
        topics_wanted=("cold chain",),
        joined_days_ago=365,
    ),
    SamplePerson(
        id="nadia",
        name="Nadia Rahimov",
        role=Role.EXPERT,
        language="en",
        unit=LAKESIDE,
        languages=("en", "fr"),
        topics_known=("mental health", "health promotion", "community committees"),
        topics_wanted=("nutrition",),
        joined_days_ago=280,
    ),
    SamplePerson(
        id="ingrid",
        name="Ingrid Solheimdal",
        role=Role.STAKEHOLDER,
        language="en",
        unit=HEADQUARTERS,
        languages=("en",),
        topics_known=("programme funding",),
        topics_wanted=("data",),
        joined_days_ago=200,
    ),
    SamplePerson(
        id="baraka",
        name="Baraka Ndunguru",
        role=Role.MEMBER,
        language="sw",
        unit=LAKESIDE,
        languages=("sw", "en"),
        topics_known=("outreach", "cold chain"),
        topics_wanted=("vaccination", "training"),
        joined_days_ago=350,
    ),
    SamplePerson(
        id="celine",
        name="Céline Mbuyi",
        role=Role.MEMBER,
        language="fr",
        unit=LAKESIDE,
        languages=("fr", "en"),
        topics_known=("nutrition", "training"),
        topics_wanted=("health promotion", "mental health"),
        joined_days_ago=240,
    ),
    SamplePerson(
        id="rafael",
        name="Rafael Quispe Mora",
        role=Role.MEMBER,
        language="es",
        unit=REGIONAL_OFFICE,
        languages=("es", "en"),
        topics_known=("data", "maps"),
        topics_wanted=("vaccination",),
        joined_days_ago=150,
    ),
    SamplePerson(
        id="samira",
        name="Samira Haddadine",
        role=Role.MEMBER,
        language="ar",
        unit=LAKESIDE,
        languages=("ar", "fr", "en"),
        topics_known=("vaccination",),
        topics_wanted=("cold chain", "outreach"),
        joined_days_ago=19,
    ),
    SamplePerson(
        id="valeria",
        name="Valeria Ponce Aldaz",
        role=Role.MEMBER,
        language="es",
        unit=LAKESIDE,
        languages=("es", "en"),
        topics_known=("data", "reporting"),
        topics_wanted=("logistics",),
        joined_days_ago=12,
    ),
)

PLACES: tuple[SamplePlace, ...] = (
    SamplePlace(
        id="circle",
        name="Circle",
        purpose=Purpose.MAIN,
        topic="Questions, answers and good days from the field, in your own language",
        members=tuple(person.id for person in PEOPLE),
    ),
    SamplePlace(
        id="steering",
        name="Steering",
        purpose=Purpose.STAKEHOLDERS,
        topic="How the circle is doing, for those who carry it",
        members=("amina", "lucie", "ingrid"),
    ),
    SamplePlace(
        id="experts",
        name="Experts",
        purpose=Purpose.EXPERTS,
        topic="Where the people who answer compare notes",
        members=("amina", "lucie", "hassan", "mei", "paulo", "nadia"),
    ),
)


class _WrittenMessage(TypedDict):
    after: int
    who: NotRequired[str]
    prompt: NotRequired[str]
    text: str
    reactions: NotRequired[dict[str, list[str]]]


class _WrittenThread(TypedDict):
    day: int
    at: str
    place: str
    talk: list[_WrittenMessage]


@dataclass(frozen=True, slots=True)
class _Dated:
    """A written message with its time, not yet in the order of the whole talk."""

    thread: int
    is_root: bool
    place: str
    before_end: timedelta
    message: _WrittenMessage


def talk() -> list[SampleMessage]:
    """Six weeks of talk, oldest first. The file is read anew on each call."""
    threads = cast("list[_WrittenThread]", json.loads(TALK_FILE.read_text(encoding="utf-8")))
    dated = [one for number, thread in enumerate(threads) for one in _dated(number, thread)]
    dated.sort(key=lambda one: one.before_end, reverse=True)
    root_of = {one.thread: index for index, one in enumerate(dated) if one.is_root}
    return [
        SampleMessage(
            person=one.message.get("who", ""),
            place=one.place,
            before_end=one.before_end,
            text=one.message["text"],
            answers=None if one.is_root else root_of[one.thread],
            reactions=_reactions(one.message),
            prompt=one.message.get("prompt", ""),
        )
        for one in dated
    ]


def before_end(day: int, at: str) -> timedelta:
    """How long before the end something is that is written down for ``at`` (14:30), so many days before the last."""
    hours, minutes = at.split(":")
    return timedelta(days=day) + END_OF_TALK - timedelta(hours=int(hours), minutes=int(minutes))


def _dated(number: int, thread: _WrittenThread) -> list[_Dated]:
    began = before_end(thread["day"], thread["at"])
    return [
        _Dated(
            thread=number,
            is_root=position == 0,
            place=thread["place"],
            before_end=began - timedelta(minutes=message["after"]),
            message=message,
        )
        for position, message in enumerate(thread["talk"])
    ]


def _reactions(message: _WrittenMessage) -> tuple[tuple[str, str], ...]:
    given = message.get("reactions", {})
    return tuple((person, emoji) for emoji, people in given.items() for person in people)
