"""Looking at the library, dropping prompts and taking them back, and adding own ones."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed
from bot.core.messages import Button, Message, Text, Value, joined, mark, points
from bot.core.roles import Role
from bot.services import Services
from handlers.prompts import _library
from handlers.prompts._capability import capability
from handlers.prompts._library import in_use, is_ready, kind_called, kind_name, last_used, words_of
from handlers.prompts._pack import KINDS, OWN
from handlers.prompts._report import shortened
from handlers.prompts._rotation import REST
from storage import prompts
from storage.prompts import LibraryPrompt

_MOST_SHOWN = 20


async def show_library(services: Services, rest: str) -> None:
    """How many prompts of each kind there are, and the next of each; with a kind, all of its prompts."""
    if not rest:
        await services.answer(await _kinds_message(services))
        return
    kind = kind_called(rest, services.wording)
    if kind is None:
        raise Refusal(mark("I know these kinds: {kinds}. For example: /prompt list debate"), kinds=_kinds(services))
    await services.answer(await _kind_message(services, kind))


def _kinds(services: Services) -> str:
    return ", ".join(kind_name(kind, services.wording) for kind in KINDS if kind != OWN)


async def _kinds_message(services: Services) -> Message:
    say, wording, now = services.wording.say, services.wording, services.now()
    known = await _library.open_library(services)
    lines: list[Value] = []
    buttons: list[Button] = []
    for kind in KINDS:
        of_kind = [one for one in known if one.kind == kind and in_use(one)]
        if not of_kind and kind == OWN:
            continue
        ready = sum(is_ready(one, now) for one in of_kind)
        upcoming = await _library.line_up(services, kind=kind)
        words = shortened(words_of(upcoming[0], services.community_wording)) if upcoming else ""
        key = mark("**{kind}**: {ready} of {count} ready. Next: {prompt}") if words else mark(
            "**{kind}**: {ready} of {count} ready.")  # fmt: skip
        values = {"kind": kind_name(kind, wording), "ready": str(ready), "count": str(len(of_kind)), "prompt": words}
        lines.append(say(key, **values))
        buttons.append(Button(kind_name(kind, wording), "prompts.kind", kind))
    count = sum(in_use(one) for one in known)
    head = wording.plural("**The library: {count} prompt**", "**The library: {count} prompts**", count)
    foot = say(mark("Press a kind to see all of its prompts. Add your own: /prompt add debate: your question"))
    return Message(joined([head, points(lines), foot]), tuple(buttons))


async def _kind_message(services: Services, kind: str) -> Message:
    say, label, now = services.wording.say, services.wording.label, services.now()
    known = [one for one in await _library.open_library(services) if one.kind == kind]
    shown = sorted(known, key=lambda one: (not in_use(one), one.pack is not None, one.id))[:_MOST_SHOWN]
    parts: list[Value] = [say(mark("**{kind}**"), kind=kind_name(kind, services.wording))]
    buttons: list[Button] = []
    for number, one in enumerate(shown, start=1):
        text = words_of(one, services.community_wording)
        if not text:
            continue
        values: dict[str, Value] = {"number": str(number), "prompt": text, "state": _state(services, one)}
        parts.append(Text("**{number}.** {prompt}\n*{state}*", values) if values["state"] else
                     Text("**{number}.** {prompt}", values))  # fmt: skip
        name = label(mark("Drop {number}") if in_use(one) else mark("Take back {number}"), number=str(number))
        buttons.append(Button(name, "prompts.drop" if in_use(one) else "prompts.take_back", str(one.id)))
    if not buttons:
        parts.append(say(mark("There is none of this kind. Add one: /prompt add debate: your question")))
    if any(not is_ready(one, now) and in_use(one) for one in shown):
        parts.append(say(mark("A prompt rests for {count} days after it was used."), count=str(REST.days)))
    return Message(joined(parts), tuple(buttons))


def _state(services: Services, one: LibraryPrompt) -> str:
    """Where a prompt stands, in a few words; nothing for one that is simply ready."""
    label, used = services.wording.label, last_used(one)
    if not in_use(one):
        return label(mark("dropped"))
    if used is not None:
        return label(
            mark("last used on {day}"), day=services.wording.day(used.astimezone(services.community.working_time.zone))
        )
    return label(mark("next in line")) if one.wanted_at else ""


@capability.button("prompts.list", roles=(Role.FACILITATOR,))
async def show_from_button(_event: ButtonPressed, services: Services) -> None:
    """The overview's button *The library*."""
    await show_library(services, "")


@capability.button("prompts.kind", roles=(Role.FACILITATOR,))
async def show_kind(event: ButtonPressed, services: Services) -> None:
    """All prompts of one kind."""
    await services.answer(await _kind_message(services, event.subject))


async def _chosen(services: Services, subject: str) -> LibraryPrompt:
    found = await prompts.prompt(services.session, services.community.id, int(subject))
    if found is None:
        raise Refusal(mark("This prompt is no longer there. See the library: /prompt list"))
    return found


@capability.button("prompts.drop", roles=(Role.FACILITATOR,))
async def drop(event: ButtonPressed, services: Services) -> None:
    """The prompt is not used any more, until it is taken back. A second click finds it dropped."""
    found = await _chosen(services, event.subject)
    await prompts.drop(services.session, found.id, services.now())
    await services.edit(event.reference, await _kind_message(services, found.kind))


@capability.button("prompts.take_back", roles=(Role.FACILITATOR,))
async def take_back(event: ButtonPressed, services: Services) -> None:
    """The prompt is used again."""
    found = await _chosen(services, event.subject)
    await prompts.take_back(services.session, found.id)
    await services.edit(event.reference, await _kind_message(services, found.kind))


async def add(services: Services, rest: str) -> None:
    """``add debate: text``: an own prompt joins the library."""
    name, colon, text = rest.partition(":")
    kind = kind_called(name, services.wording) if colon else None
    if kind is None:
        key = mark("Please begin with its kind, such as: /prompt add debate: your question. I know: {kinds}")
        raise Refusal(key, kinds=_kinds(services))
    await _library.add_own(services, kind, text.strip())
    text_said = services.wording.say(
        mark("Added to *{kind}*: {prompt}"), kind=kind_name(kind, services.wording), prompt=text.strip()
    )
    await services.answer(Message(text_said))
