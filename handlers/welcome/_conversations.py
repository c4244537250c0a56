"""Which conversations a newcomer is shown: those that touch their topics, else the liveliest ones.

Only what they may read anyway: conversations in places that they are in, and questions whose askers agreed that
everybody reads them. Nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz, process, utils

from bot.core.addresses import MessageRef
from bot.core.messages import Button, Message, Text, Value, joined, mark
from bot.core.serialization import ref_from_json, text_from_json
from bot.services import Services
from bot.texts import Wording
from storage import communities, conversations, welcomes
from storage.conversations import Thread
from storage.members import Member

WEEK = timedelta(days=7)
SHOWN = 2
_ALIKE = 85
"""From which likeness (0 to 100) on a word counts as the same: one letter more, less or wrong in a word of seven."""
_LOOKED_AT = 30
_LONGEST_QUOTE = 160
_WORDS_READ = 200


@dataclass(frozen=True, slots=True)
class Conversation:
    """Something to join. ``code`` and ``topic`` are those of a question; ``place`` is where people talk."""

    words: Value
    place: str = ""
    people: int = 0
    code: str = ""
    topic: str = ""
    answered: bool = False
    goes_to: MessageRef | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a newcomer is shown. ``fits``: it touches their topics."""

    conversations: Sequence[Conversation]
    fits: bool


async def for_newcomer(services: Services, member: Member) -> Chosen:
    """The conversations for one newcomer: two at most, and none where nobody talks."""
    lively = await _lively(services, member)
    if not (member.topics_wanted or member.topics_known):
        return Chosen(lively[:SHOWN], fits=False)
    others = [*await _questions(services, member), *await _unanswered(services, member)]
    fitting = choose([*lively, *others], member.topics_wanted, member.topics_known)
    return Chosen(fitting, fits=True) if fitting else Chosen(lively[:SHOWN], fits=False)


def choose(found: Sequence[Conversation], wanted: Sequence[str], known: Sequence[str]) -> list[Conversation]:
    """Those that touch a topic, what somebody wants to learn before what they know, then where most people talk."""

    def order(one: Conversation) -> tuple[bool, bool, int]:
        return (not touches(one, wanted), one.goes_to is None, -one.people)

    return sorted((one for one in found if touches(one, [*wanted, *known])), key=order)[:SHOWN]


def touches(conversation: Conversation, topics: Sequence[str]) -> bool:
    """Whether every word of one of the topics stands in the conversation, as it is or nearly so."""
    said = conversation.words.plain() if isinstance(conversation.words, Text) else conversation.words
    words = utils.default_process(f"{conversation.topic} {said}").split()[:_WORDS_READ]
    return any(_all_stand_in(utils.default_process(topic).split(), words) for topic in topics)


def _all_stand_in(topic: Sequence[str], words: Sequence[str]) -> bool:
    return bool(topic) and all(
        process.extractOne(word, words, scorer=fuzz.ratio, score_cutoff=_ALIKE) is not None for word in topic
    )


async def _lively(services: Services, member: Member) -> list[Conversation]:
    places = await _places(services, member)
    now = services.now()
    found = await conversations.lively(
        services.session, services.community.id, places, member.id, now - WEEK, now, _LOOKED_AT
    )
    return [one for thread in found if (one := await _conversation(services, thread, places)) is not None]


async def _unanswered(services: Services, member: Member) -> list[Conversation]:
    places = await _places(services, member)
    now = services.now()
    found = await conversations.without_a_reply(
        services.session, services.community.id, places, member.id, now - WEEK, now, _LOOKED_AT
    )
    return [one for thread in found if (one := await _conversation(services, thread, places)) is not None]


async def _places(services: Services, member: Member) -> dict[int, str]:
    session, community = services.session, services.community.id
    there = await welcomes.places_with(session, community, member.id)
    return {place.id: place.name for place in await communities.with_topics(session, community, there)}


async def _conversation(services: Services, thread: Thread, places: dict[int, str]) -> Conversation | None:
    """What a conversation is about, by its first message, else by its newest; None when neither is known any more."""
    place = places[thread.place_id]
    prompt = await conversations.prompt_behind(services.session, services.community.id, thread.key)
    if prompt is not None and prompt.sent is not None and "message" in prompt.body:
        text = text_from_json(prompt.body["message"]["text"])
        return Conversation(text, place, thread.people, goes_to=ref_from_json(prompt.sent))
    posted = await services.said(thread.key) or await services.said(thread.newest)
    if posted is None or not posted.text.strip():
        return None
    return Conversation(shortened(posted.text), place, thread.people, goes_to=posted.message)


async def _questions(services: Services, member: Member) -> list[Conversation]:
    found = await conversations.shared_questions(
        services.session, services.community.id, member.id, services.now() - WEEK, _LOOKED_AT
    )
    return [
        Conversation(
            shortened(one.text or ""), code=one.code, topic=one.topic or "", answered=one.closed_at is not None
        )
        for one in found
    ]


def shown(wording: Wording, community: str, name: str, chosen: Chosen) -> Message:
    """The conversations as a newcomer gets them; each has a button that leads there, where there is somewhere to go."""
    parts: list[Value] = [_opening(wording, community, name, chosen)]
    buttons = []
    for number, one in enumerate(chosen.conversations, start=1):
        parts.append(_head(wording, str(number), one))
        parts.append(Text("> {words}", {"words": one.words}))
        if one.goes_to is not None:
            label = wording.label(mark("Go to conversation {number}"), number=str(number))
            buttons.append(Button(label, goes_to=one.goes_to))
    return Message(joined(parts), tuple(buttons))


def _opening(wording: Wording, community: str, name: str, chosen: Chosen) -> Text:
    count = len(chosen.conversations)
    if chosen.fits:
        return wording.plural(
            "**{name}, a week in {community}!** This conversation touches your topics. Join in?",
            "**{name}, a week in {community}!** These {count} conversations touch your topics. Join in?",
            count,
            name=name,
            community=community,
        )
    return wording.plural(
        "**{name}, a week in {community}!** This is the liveliest conversation right now. Join in?",
        "**{name}, a week in {community}!** These are the {count} liveliest conversations right now. Join in?",
        count,
        name=name,
        community=community,
    )


def _head(wording: Wording, number: str, one: Conversation) -> Text:
    say = wording.say
    if one.code:
        topic = one.topic or wording.label(mark("no topic given"))
        key = (
            mark("**{number}.** {code} ({topic}) was answered a few days ago:")
            if one.answered
            else mark("**{number}.** {code} ({topic}) is open:")
        )
        return say(key, number=number, code=one.code, topic=topic)
    if not one.people:
        return say(mark("**{number}.** In #{place}, where nobody has answered yet:"), number=number, place=one.place)
    return wording.plural(
        "**{number}.** In #{place}, where {count} person has answered:",
        "**{number}.** In #{place}, where {count} people have answered:",
        one.people,
        number=number,
        place=one.place,
    )


def shortened(words: str) -> str:
    """The beginning of what somebody wrote, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"
