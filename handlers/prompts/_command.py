"""The command ``prompt``: how things stand, posting one now, and the way to everything else."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Message, Value, joined, mark
from bot.core.roles import Role
from bot.services import Services
from handlers.prompts import _library
from handlers.prompts._capability import capability
from handlers.prompts._drafts import start_drafting
from handlers.prompts._library import is_ready, kind_called, words_of
from handlers.prompts._list import add, show_library
from handlers.prompts._pack import OWN
from handlers.prompts._posting import Reason, chosen_places, places_of, publish
from handlers.prompts._report import shortened
from handlers.prompts._schedules import for_all_places, line_of_next, name_of, next_of_all, schedule, skip
from storage import communities, prompts
from storage.prompts import LibraryPrompt

_USAGE = mark("prompt, or prompt now|list|add|schedule|skip|draft; to vote: prompt now Which day? | Monday | Tuesday")

Act = Callable[[Services, str], Awaitable[None]]


@capability.command(
    "prompt",
    summary=mark("Post discussion prompts, now or by a schedule"),
    usage=_USAGE,
    roles=(Role.FACILITATOR,),
    title=mark("Prompts"),
)
async def prompt(event: CommandUsed, services: Services) -> None:
    """How things stand, or what the words after the command say."""
    word, rest = (*event.arguments.split(maxsplit=1), "", "")[:2]
    act = _ACTS.get(unicodedata.normalize("NFKC", word).casefold())
    if act is None:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE))
    await act(services, rest.strip())


async def _overview(services: Services, _rest: str) -> None:
    say, label = services.wording.say, services.wording.label
    parts: list[Value] = [say(mark("**Prompts of {community}**"), community=services.community.name)]
    soonest, last = await next_of_all(services), await prompts.last_posted(services.session, services.community.id)
    if soonest is None:
        parts.append(say(mark("Nothing is scheduled. Try: /prompt schedule every monday 9:00")))
    else:
        parts.append(await line_of_next(services, soonest))
    if last is not None:
        parts.append(await _line_of_last(services, last))
    ready = sum(is_ready(one, services.now()) for one in await _library.open_library(services))
    parts.append(
        services.wording.plural(
            "{count} prompt of the library is ready.", "{count} prompts of the library are ready.", ready
        )
    )
    buttons = [
        Button(label(mark("Post one now")), "prompts.now", str(last.id) if last else ""),
        Button(label(mark("The library")), "prompts.list"),
        Button(label(mark("Draft new prompts")), "prompts.draft"),
    ]
    if soonest is not None:
        buttons.append(Button(label(mark("Skip the next one")), "prompts.skip", name_of(soonest)))
        buttons.append(Button(label(mark("Schedules")), "prompts.schedules"))
    await services.answer(Message(joined(parts), tuple(buttons)))


async def _line_of_last(services: Services, last: prompts.PostedPrompt) -> Value:
    """The newest prompt, and how many have answered it until now."""
    session, community = services.session, services.community
    known = await prompts.prompt(session, community.id, last.prompt_id)
    return services.wording.plural(
        "Last: {day} in **#{place}**, {count} person has answered. {prompt}",
        "Last: {day} in **#{place}**, {count} people have answered. {prompt}",
        len(await prompts.answerers(session, last)),
        day=services.wording.day(last.posted_at.astimezone(community.working_time.zone)),
        place=communities.names_of(await places_of(services, last)) or "?",
        prompt=shortened(words_of(known, services.community_wording)) if known else "",
    )


async def _now(services: Services, rest: str) -> None:
    """Post at once: the next by rotation, the next of a kind, or somebody's own words."""
    everywhere, rest = for_all_places(rest)
    places = await chosen_places(services, everywhere=everywhere)
    chosen = await _asked_for(services, rest)
    if chosen is None:
        key = mark("The community has seen every such prompt within 90 days. Write your own behind the command, "
                   "or let me draft some: /prompt draft")  # fmt: skip
        raise Refusal(key)
    await publish(services, chosen, places, Reason.NOW)
    text = services.wording.say(
        mark("Posted in **#{place}**. In a week I tell you how many answered."), place=communities.names_of(places)
    )
    await services.answer(Message(text))


async def _asked_for(services: Services, rest: str) -> LibraryPrompt | None:
    kind = kind_called(rest, services.wording) if rest else None
    if rest and kind is None:
        return await _library.add_own(services, OWN, rest, keep=False)
    found = await _library.line_up(services, kind=kind)
    return found[0] if found else None


@capability.button("prompts.now", roles=(Role.FACILITATOR,))
async def now_from_button(event: ButtonPressed, services: Services) -> None:
    """The overview's button *Post one now*. A second click does not post a second one."""
    await prompts.hold_library(services.session, services.community.id)
    last = await prompts.last_posted(services.session, services.community.id)
    if event.subject != (str(last.id) if last else ""):
        raise Refusal(mark("A prompt was posted since you opened this. For one more, type /prompt now"))
    await _now(services, "")


@capability.button("prompts.skip", roles=(Role.FACILITATOR,))
async def skip_from_button(event: ButtonPressed, services: Services) -> None:
    """The overview's button *Skip the next one*. A second click finds it left out."""
    await skip(services, event.subject)


@capability.button("prompts.draft", roles=(Role.FACILITATOR,))
async def draft_from_button(_event: ButtonPressed, services: Services) -> None:
    """The button *Draft new prompts*."""
    await start_drafting(services)


async def _skip(services: Services, _rest: str) -> None:
    await skip(services)


async def _draft(services: Services, _rest: str) -> None:
    await start_drafting(services)


_ACTS: dict[str, Act] = {
    "": _overview,
    "now": _now,
    "list": show_library,
    "add": add,
    "schedule": schedule,
    "skip": _skip,
    "draft": _draft,
}
