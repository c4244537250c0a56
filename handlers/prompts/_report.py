"""A week after a prompt: facilitators learn how many answered, and who did so as their first word ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.messages import Message, Value, joined, mark
from bot.services import Services
from bot.texts import Wording
from handlers.prompts._capability import capability
from handlers.prompts._library import words_of
from handlers.prompts._options import question_and_options
from handlers.prompts._posting import REPORT, places_of, tell_facilitators
from storage import communities, members, prompts

_LONGEST = 90


@capability.due(REPORT)
async def tell_how_it_did(payload: Mapping[str, Any], services: Services) -> None:
    """One short private message for each prompt, in open hours, with one thing to do."""
    session, community = services.session, services.community
    opens = community.working_time.next_open(services.now())
    if opens > services.now():  # quiet hours were changed, or nothing ran when it was due
        await services.later(REPORT, dict(payload), at=opens)
        return
    posted = await prompts.posted(session, community.id, payload["posted"])
    if posted is None or not await prompts.report(session, posted.id, services.now()):
        return
    answered = await prompts.answerers(session, posted)
    newly = [await members.by_id(session, one.member_id) for one in answered if one.first_ever]
    names = [member.name for member in newly if member is not None and member.forgotten_at is None]
    places = communities.names_of(await places_of(services, posted))
    prompt = await prompts.prompt(session, community.id, posted.prompt_id)

    def said(wording: Wording) -> Message:
        asked = words_of(prompt, services.community_wording) if prompt else ""
        question, options = question_and_options(asked)
        values = {
            "place": places or "?",
            "day": wording.day(posted.posted_at.astimezone(community.working_time.zone)),
            "prompt": shortened(question),
        }
        lines = _lines(wording, len(answered), names, values)
        if options:
            lines.append(
                wording.say(mark("Where people could vote in a poll, their votes are not among these answers."))
            )
        return Message(joined(lines))

    await tell_facilitators(services, said)


def _lines(wording: Wording, count: int, names: list[str], values: dict[str, str]) -> list[Value]:
    if not count:
        key = mark("Nobody has answered the prompt of {day} in **#{place}** (“{prompt}”). "
                   "Ask one person directly what they think; one answer often brings others.")  # fmt: skip
        return [wording.say(key, **values)]
    lines: list[Value] = [
        wording.plural(
            "{count} person answered the prompt of {day} in **#{place}** (“{prompt}”).",
            "{count} people answered the prompt of {day} in **#{place}** (“{prompt}”).",
            count,
            **values,
        )
    ]
    if names:
        key = mark("It was the very first word here from **{names}**. Thank them: who gets an answer comes back.")
        lines.append(wording.say(key, names=wording.listing(names)))
    else:
        lines.append(wording.say(mark("Did an answer teach you something? Save it for everybody with /log.")))
    return lines


def shortened(words: str, longest: int = _LONGEST) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
