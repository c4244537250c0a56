"""People: who knows about a topic, what somebody is called, and the language in which they are spoken to."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, utils

from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted, PersonChanged
from bot.core.forms import Form, TextField
from bot.core.messages import Button, Message, Text, Value, joined, mark, points
from bot.services import Services
from bot.texts import OWN_NAMES, Wording, known_language, own_name
from storage import members
from storage.members import Member

capability = Capability("people")

MOST_FOUND = 10
_ALIKE = 80
"""From which likeness (0 to 100) on a topic counts as the one that was asked for."""
_LONGEST_TOPIC = 80


@capability.command(
    "who",
    summary=mark("Find people who know about a topic"),
    usage=mark("who topic"),
    title=mark("Find people"),
)
async def who(event: CommandUsed, services: Services) -> None:
    """The people who know about the topic; without one, a form that asks for it."""
    topic = " ".join(event.arguments.split())
    if topic:
        await _find(services, topic)
        return
    label = services.wording.label
    field = TextField(name="topic", label=label(mark("Topic")), hint=label(mark("For example: cold chain")),
                      max_length=_LONGEST_TOPIC)  # fmt: skip
    title, submit = label(mark("Find people")), label(mark("Find"))
    await services.open_form(Form("people.who", title, (field,), submit, language=services.wording.language))


@capability.form("people.who")
async def asked_who(event: FormSubmitted, services: Services) -> None:
    """The same by form."""
    await _find(services, str(event.values["topic"]))


async def _find(services: Services, topic: str) -> None:
    everybody = await members.of_community(services.session, services.community.id)
    found = knowing(everybody, topic[:_LONGEST_TOPIC])
    say, shown = services.wording.say, topic[:_LONGEST_TOPIC]
    if not found:
        key = mark("Nobody here has said that they know about {topic}. Try another word, or ask everybody: /ask")
        await services.answer(Message(say(key, topic=shown)))
        return
    parts: list[Value] = [say(mark("**Who knows about {topic}**"), topic=shown)]
    parts.append(points([_line(services.wording, member) for member in found[:MOST_FOUND]]))
    if len(found) > MOST_FOUND:
        parts.append(
            services.wording.plural(
                "{count} more person knows about it. A longer word finds fewer.",
                "{count} more people know about it. A longer word finds fewer.",
                len(found) - MOST_FOUND,
            )
        )
    await services.answer(Message(joined(parts)))


def knowing(everybody: Sequence[Member], topic: str) -> list[Member]:
    """Who said, in their introduction, that they know about the topic; who names it most exactly comes first."""
    found = []
    for member in everybody:
        likeness = max((_likeness(known, topic) for known in member.topics_known), default=0.0)
        if member.introduced_at is not None and likeness >= _ALIKE:
            found.append((-likeness, member.name.casefold(), member.id, member))
    return [member for *_, member in sorted(found, key=lambda one: one[:3])]


def _likeness(known: str, asked: str) -> float:
    """How much two topics are the same, 0 to 100; every word of one standing in the other is much, but not all."""
    one, other = utils.default_process(known), utils.default_process(asked)
    if not one or not other:
        return 100.0 if known.casefold() == asked.casefold() else 0.0
    return max(fuzz.ratio(one, other), fuzz.token_set_ratio(one, other) - 1)


def _line(wording: Wording, member: Member) -> Text:
    say = wording.say
    name = (
        say(mark("**{name}** ({unit})"), name=member.name, unit=member.unit)
        if member.unit
        else say(mark("**{name}**"), name=member.name)
    )
    topics = ", ".join(member.topics_known)
    if not member.languages:
        return say(mark("{name}: {topics}"), name=name, topics=topics)
    languages = wording.listing([wording.language_name(code) for code in member.languages])
    return say(mark("{name}: {topics}. Speaks {languages}."), name=name, topics=topics, languages=languages)


@capability.on(PersonChanged, private=True, strangers=True)
async def called_otherwise(event: PersonChanged, services: Services) -> None:
    """Who has not introduced themselves goes by what their platform tells of them; who is unknown stays so."""
    if services.known_member is not None:
        await members.is_called_by_now(services.session, services.known_member, event.by)


@capability.command(
    "lang",
    summary=mark("Choose the language I speak with you"),
    usage=mark("lang [language]"),
    title=mark("My language"),
)
async def lang(event: CommandUsed, services: Services) -> None:
    """Keep the language that was named; without one, buttons to choose from."""
    typed = event.arguments.strip()
    if typed:
        await _choose(services, typed)
        return
    say = services.wording.say
    current = own_name(services.member.language or services.wording.language)
    buttons = tuple(Button(name, "people.lang", code) for code, name in OWN_NAMES.items())
    text = say(mark("Your language here is {language}. Which one shall I speak with you?"), language=current)
    await services.answer(Message(text, buttons))


@capability.button("people.lang")
async def chosen(event: ButtonPressed, services: Services) -> None:
    """One of the languages that were offered."""
    await _choose(services, event.subject)


async def _choose(services: Services, typed: str) -> None:
    code = known_language(typed)
    if code is None:
        names = services.wording.listing([f"{code} ({name})" for code, name in OWN_NAMES.items()])
        raise Refusal(mark("I know no language called {word}. For example: {languages}"), word=typed[:40],
                      languages=names)  # fmt: skip
    await members.speak(services.session, services.member.id, code)
    await services.show_commands(services.member)
    wording = services.frame.texts.wording(code, services.community.language)
    if wording.language.split("-")[0] == code.split("-")[0]:
        text = wording.say(mark("From now on I speak {language} with you."), language=own_name(code))
    else:
        text = wording.say(
            mark(
                "I keep {language} as your language. I don't speak it yet, so until then I go on in {other}. "
                "Texts that your facilitators wrote in {language} reach you in it."
            ),
            language=own_name(code),
            other=own_name(wording.language),
        )
    await services.answer(Message(text))
