"""Finding what the community knows, and telling that it was of use."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted
from bot.core.forms import Form, TextField
from bot.core.messages import Button, Emphasis, Kind, Message, Text, Value, joined, mark
from bot.services import Services
from handlers.contributions import _wording as words
from handlers.contributions._capability import capability
from handlers.contributions._search import LONGEST_QUERY, Entry, best
from handlers.contributions._state import State
from storage import contributions, members, questions
from storage.contributions import Contribution
from storage.questions import Question

_FIND = "contributions.find"
_MOST_SHOWN = 3
_LONGEST_SHOWN = 600
_ACCEPTED = "accepted"
"""The state of questions whose answer helped; see ``storage.questions.shared_answers``."""
_TELL_AGAIN_AFTER = timedelta(days=1)
_NO_LONGER = mark("That is no longer there. Look again with /find.")


@capability.command(
    "find",
    summary=mark("Search what this community knows"),
    usage=mark("find a few words"),
    title=mark("Find something"),
)
async def find(event: CommandUsed, services: Services) -> None:
    """Search for the words; without any a form asks for them."""
    if event.arguments.strip():
        await _search(services, event.arguments)
        return
    label = services.wording.label
    form = Form(
        action=_FIND,
        title=label(mark("Find something")),
        submit=label(mark("Search")),
        language=services.wording.language,
        fields=(
            TextField(
                name="words",
                label=label(mark("What are you looking for?")),
                hint=label(mark("A few words are enough, for example: cold box transport")),
                max_length=LONGEST_QUERY,
            ),
        ),
    )
    await services.open_form(form)


@capability.form(_FIND)
async def find_by_form(event: FormSubmitted, services: Services) -> None:
    """The same by form."""
    await _search(services, str(event.values["words"]))


async def _search(services: Services, query: str) -> None:
    """One message for each of the best, so that each has its own buttons, then how many more there are."""
    known = await _Known.read(services)
    found = await asyncio.to_thread(best, query, known.entries)  # a large community takes a moment
    say, label = services.wording.say, services.wording.label
    if not found:
        nothing = say(
            mark(
                "I found nothing about {words} here yet. Somebody may know it: ask, and the answer can be found later."
            ),
            words=words.shortened(query),
        )
        ask = Button(label(mark("Ask something")), "questions.ask", emphasis=Emphasis.PRIMARY)
        await services.answer(Message(nothing, (ask,)))
        return
    shown = [known.by_key[entry.key] for entry in found[:_MOST_SHOWN]]
    names = await contributions.names_of(services.session, [one for one in shown if isinstance(one, Contribution)])
    for one in shown:
        if isinstance(one, Contribution):
            await services.answer(_result(services, one, names.get(one.id)))
        else:
            await services.answer(await _answered(services, one))
    if more := len(found) - len(shown):
        text = services.wording.plural(
            "There is {count} more. Add a word to narrow it down.",
            "There are {count} more. Add a word to narrow it down.",
            more,
        )
        await services.answer(Message(text))


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that everybody here may find: answers that helped and were shared, and what was published."""

    by_key: dict[str, Contribution | Question]
    entries: list[Entry]

    @classmethod
    async def read(cls, services: Services) -> _Known:
        session, community_id = services.session, services.community.id
        shared = await contributions.findable(session, community_id)
        answered = await questions.shared_answers(session, community_id, _ACCEPTED)
        by_key: dict[str, Contribution | Question] = {one.code: one for one in shared}
        by_key |= {one.code: one for one in answered}
        entries = [Entry(one.code, one.title, one.text, tuple(one.topics)) for one in shared]
        entries += [
            Entry(one.code, one.text or "", one.answer or "", (one.topic,) if one.topic else ()) for one in answered
        ]
        return cls(by_key, entries)


def _result(services: Services, one: Contribution, author: str | None, *, whole: bool = False) -> Message:
    say, label = services.wording.say, services.wording.label
    head = say(mark("**{code}** ({kind}): {title}"), code=one.code, kind=label(words.KINDS[one.kind]), title=one.title)
    parts: list[Value] = [head, _quoted(one.text, whole=whole)]
    if one.topics:
        parts.append(say(mark("Topics: {topics}"), topics=", ".join(one.topics)))
    if one.link:
        parts.append(say(mark("Link: {link}"), link=one.link))
    if author is not None:
        parts.append(say(mark("Shared by {name}."), name=author))
    buttons = []
    if one.author_id != services.member.id:
        buttons.append(Button(label(mark("I used this")), words.USE, str(one.id), Emphasis.PRIMARY))
    if not whole and len(one.text) > _LONGEST_SHOWN:
        buttons.append(Button(label(mark("Read it all")), words.READ, one.code))
    return Message(joined(parts), tuple(buttons))


async def _answered(services: Services, one: Question, *, whole: bool = False) -> Message:
    """A question with its answer. Who asked is not shown, whether they asked by name or confidentially."""
    say, label = services.wording.say, services.wording.label
    question, answer = one.text or "", one.answer or ""
    parts: list[Value] = [say(mark("**{code}**:"), code=one.code), _quoted(question, whole=whole)]
    expert = await members.by_id(services.session, one.expert_id) if one.expert_id else None
    key = mark("{name} answered:") if expert else mark("The answer:")
    parts += [say(key, name=expert.name if expert else ""), _quoted(answer, whole=whole)]
    too_long = not whole and max(len(question), len(answer)) > _LONGEST_SHOWN
    buttons = (Button(label(mark("Read it all")), words.READ, one.code),) if too_long else ()
    return Message(joined(parts), buttons)


def _quoted(text: str, *, whole: bool) -> Text:
    if whole or len(text) <= _LONGEST_SHOWN:
        return words.quoted(text)
    return words.quoted(text[: _LONGEST_SHOWN - 1].rstrip() + "…")


@capability.button(words.READ)
async def read(event: ButtonPressed, services: Services) -> None:
    """The whole of what was found, if it still may be."""
    await _check_belongs(services)
    one = (await _Known.read(services)).by_key.get(event.subject)
    if one is None:
        raise Refusal(_NO_LONGER)
    if isinstance(one, Contribution):
        names = await contributions.names_of(services.session, [one])
        await services.answer(_result(services, one, names.get(one.id), whole=True))
    else:
        await services.answer(await _answered(services, one, whole=True))


@capability.button(words.USE)
async def used(event: ButtonPressed, services: Services) -> None:
    """It counts once for each person; the author hears of it at most once a day, and not of whom."""
    await _check_belongs(services)
    one = await contributions.by_id(services.session, int(event.subject))
    if one is None or State(one.state) is not State.PUBLISHED:
        raise Refusal(_NO_LONGER)
    if one.author_id == services.member.id:
        raise Refusal(mark("You shared this yourself. When others use it, I tell you."))
    if not await contributions.use(services.session, one.id, services.member.id, services.now()):
        raise Refusal(mark("I have counted that already. Thank you!"))
    thanks = services.wording.say(mark("Thank you for telling me. It counts for **{code}**."), code=one.code)
    await services.answer(Message(thanks))
    await _tell_author(services, one, services.now())


async def _tell_author(services: Services, one: Contribution, now: datetime) -> None:
    author = await members.by_id(services.session, one.author_id) if one.author_id else None
    since = now - _TELL_AGAIN_AFTER
    if author is None or not await contributions.may_tell_author(services.session, one, now, since):
        return
    key = mark("Somebody used what you shared: **{code}**, {title}. Thank you!")
    text = services.wording_for(author).say(key, code=one.code, title=one.title)
    await services.tell(author, Message(text), Kind.RECEIPT)


async def _check_belongs(services: Services) -> None:
    """A button outlives its message's reader: who has left reads nothing more. Raises Refusal."""
    belongs = await members.membership(services.session, services.community.id, services.member.id)
    if belongs is None or belongs.left_at is not None:
        raise Refusal(mark("You are not in this community any more. Join one of its places first."))
