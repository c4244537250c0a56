"""Finding what the community knows, and telling that it was of use."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted
from bot.core.forms import Form, TextField
from bot.core.messages import Button, Emphasis, Kind, Message, Text, Value, joined, mark
from bot.core.roles import Role
from bot.core.serialization import destination_from_json, destination_to_json
from bot.services import Services, WorkServices
from bot.texts import Wording
from handlers.contributions import _wording as words
from handlers.contributions._capability import capability
from handlers.contributions._search import LONGEST_QUERY, Entry, best
from handlers.contributions._state import State
from storage import contributions, deep_links, members, questions
from storage.contributions import Contribution
from storage.database import Session
from storage.questions import Question

_FIND, _SEARCH = "contributions.find", "contributions.search"
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
    """Everything is decrypted and ranked for it, which takes a moment in a large community: others don't wait."""
    payload = {"for": services.member.id, "back": destination_to_json(services.back), "words": query[:LONGEST_QUERY]}
    await services.later(_SEARCH, payload)


async def _show(payload: Mapping[str, Any], codes: Sequence[str], services: Services) -> None:
    """One message for each of the best, so that each has its own buttons, then how many more there are."""
    asking = await as_member(services, payload["for"])
    if asking is None:
        return
    found = [one for code in codes[:_MOST_SHOWN] if (one := await still_there(asking, code)) is not None]
    answers = [await _shown(asking, one) for one in found] or [_nothing(asking, payload["words"])]
    if len(codes) > _MOST_SHOWN:
        answers.append(Message(_more(asking.wording, len(codes) - _MOST_SHOWN)))
    back = destination_from_json(payload["back"])
    for answer in answers:
        await services.messenger.send(back, answer, Kind.RECEIPT)


@capability.task(_SEARCH, finish=_show)
async def search(payload: Mapping[str, Any], services: WorkServices) -> list[str]:
    """The codes of what fits, the best first."""
    async with services.database.reading() as session:
        entries = await entries_of(session, services.community.id)
    return [entry.key for entry in await asyncio.to_thread(best, payload["words"], entries)]


async def entries_of(session: Session, community_id: int, *, confidential: bool = True) -> list[Entry]:
    """Everything that everybody here may find: what was published, and answers that helped and were shared.

    Without ``confidential`` nothing that was asked confidentially is among them.
    """
    shared = await contributions.findable(session, community_id)
    answered = await questions.shared_answers(session, community_id, _ACCEPTED)
    entries = [Entry(one.code, one.title, one.text, tuple(one.topics)) for one in shared]
    entries += [
        Entry(one.code, one.text or "", one.answer or "", (one.topic,) if one.topic else ())
        for one in answered
        if confidential or not one.confidential
    ]
    return entries


async def as_member(services: Services, member_id: int) -> Services | None:
    """The services for a member of the community, as if they acted; None for who has left it meanwhile."""
    membership = await members.membership(services.session, services.community.id, member_id)
    if membership is None or membership.left_at is not None:
        return None
    member = await members.by_id(services.session, member_id)
    roles = await members.roles_of(services.session, services.community.id, member_id)
    return replace(services, known_member=member, roles=roles)


async def still_there(services: Services, code: str) -> Contribution | Question | None:
    """What has this code, if everybody here may find it now."""
    session, community_id = services.session, services.community.id
    if code.startswith("Q"):
        question = await questions.by_number(session, community_id, int(code[1:]))
        if question is None or question.state != _ACCEPTED or not question.share:
            return None
        return question if question.text is not None and question.answer is not None else None
    row = await contributions.by_code(session, community_id, code)
    return row if row is not None and State(row.state) is State.PUBLISHED else None


def _nothing(services: Services, query: str) -> Message:
    key = mark("I found nothing about {words} here yet. Somebody may know it: ask, and the answer can be found later.")
    ask = Button(services.wording.label(mark("Ask something")), "questions.ask", emphasis=Emphasis.PRIMARY)
    return Message(services.wording.say(key, words=words.shortened(query)), (ask,))


def _more(wording: Wording, count: int) -> Text:
    return wording.plural(
        "There is {count} more. Add a word to narrow it down.",
        "There are {count} more. Add a word to narrow it down.",
        count,
    )


async def _shown(services: Services, one: Contribution | Question, *, whole: bool = False) -> Message:
    if isinstance(one, Contribution):
        names = await contributions.names_of(services.session, [one])
        return _result(services, one, names.get(one.id), whole=whole)
    return await _answered(services, one, whole=whole)


def _result(services: Services, one: Contribution, author: str | None, *, whole: bool = False) -> Message:
    say, label = services.wording.say, services.wording.label
    head = say(mark("**{code}** ({kind}): {title}"), code=one.code, kind=label(words.KINDS[one.kind]), title=one.title)
    parts: list[Value] = [head, quoted(one.text, whole=whole)]
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
    if Role.FACILITATOR in services.roles:
        buttons.append(Button(label(mark("Take it down")), words.TAKE_DOWN, f"{one.id}:{one.revision}"))
    return Message(joined(parts), tuple(buttons))


async def _answered(services: Services, one: Question, *, whole: bool = False) -> Message:
    """A question with its answer. Who asked is not shown, whether they asked by name or confidentially."""
    say, label = services.wording.say, services.wording.label
    question, answer = one.text or "", one.answer or ""
    parts: list[Value] = [say(mark("**{code}**:"), code=one.code), quoted(question, whole=whole)]
    expert = await members.by_id(services.session, one.expert_id) if one.expert_id else None
    expert = expert if expert and expert.forgotten_at is None else None
    key = mark("{name} answered:") if expert else mark("The answer:")
    parts += [say(key, name=expert.name if expert else ""), quoted(answer, whole=whole)]
    too_long = not whole and max(len(question), len(answer)) > _LONGEST_SHOWN
    buttons = (Button(label(mark("Read it all")), words.READ, one.code),) if too_long else ()
    return Message(joined(parts), buttons)


def quoted(text: str, *, whole: bool = False) -> Text:
    """Somebody's words, or as many of them as fit into a list of several."""
    if whole or len(text) <= _LONGEST_SHOWN:
        return words.quoted(text)
    return words.quoted(text[: _LONGEST_SHOWN - 1].rstrip() + "…")


@capability.button(words.READ)
async def read(event: ButtonPressed, services: Services) -> None:
    """The whole of what was found, if it still may be."""
    await services.check_belongs()
    one = await still_there(services, event.subject)
    if one is None:
        raise Refusal(_NO_LONGER)
    await services.answer(await _shown(services, one, whole=True))


@capability.start("c_")
async def contribution_by_link(event: CommandUsed, services: Services) -> None:
    """What was shared, by a link to the private chat."""
    row_id = deep_links.row_of("c_", event.arguments)
    row = await contributions.by_id(services.session, row_id) if row_id is not None else None
    await _show_by_link(services, row)


@capability.start("q_")
async def question_by_link(event: CommandUsed, services: Services) -> None:
    """A question whose answer everybody here may read, by such a link."""
    row_id = deep_links.row_of("q_", event.arguments)
    row = await questions.by_id(services.session, row_id) if row_id is not None else None
    await _show_by_link(services, row)


async def _show_by_link(services: Services, row: Contribution | Question | None) -> None:
    """Show it to a member of the community that it belongs to, if everybody there may find it now. Raises Refusal."""
    if row is None:
        raise Refusal(_NO_LONGER)
    there = await services.within(row.community_id)
    await there.check_belongs()
    one = await still_there(there, row.code)
    if one is None:
        raise Refusal(_NO_LONGER)
    await there.answer(await _shown(there, one, whole=True))


@capability.button(words.USE)
async def used(event: ButtonPressed, services: Services) -> None:
    """It counts once for each person; the author hears of it at most once a day, and not of whom."""
    await services.check_belongs()
    one = await contributions.by_id(services.session, int(event.subject))
    if one is None or one.community_id != services.community.id or State(one.state) is not State.PUBLISHED:
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
