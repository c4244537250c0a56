"""The greeting seen again, and facilitators' own words in its place: previewed, edited, undone, with their history."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.core.dispatch import NotAllowed
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted
from bot.core.forms import REQUIRED, Form, LongTextField
from bot.core.messages import Button, Emphasis, Message, Text, Value, joined, mark
from bot.core.readable import clean
from bot.core.roles import Purpose, Role
from bot.services import Services
from handlers.welcome._capability import capability
from handlers.welcome._greeting import greeting, place_of
from handlers.welcome._journey import has_declined, tips_again
from handlers.welcome._target import Target, read
from handlers.welcome._texts import LONGEST, Part, Written, filled, written
from storage import communities, members, welcome_texts
from storage.communities import CommunityPlace
from storage.members import Member
from storage.welcome_texts import WelcomeText

PREVIEW, EDIT, UNDO, AGAIN = "welcome.preview", "welcome.edit", "welcome.undo", "welcome.use_again"
_USAGE = mark("welcome show, or welcome preview|edit|history [norms] [language] [#place]")
_ONLY = (Role.FACILITATOR,)
_VERSIONS_SHOWN = 5
_LANGUAGES_SHOWN = 5
_WORDS_IN_HISTORY = 100
_GONE = mark("I am no longer in that place, so there is nothing to change. Type /welcome preview to start again.")


@capability.command("welcome", summary=mark("See the greeting again; facilitators preview and edit it"), usage=_USAGE)
async def welcome(event: CommandUsed, services: Services) -> None:
    """The greeting again, or what the words after the command say."""
    act, _, rest = event.arguments.strip().partition(" ")
    if not act or act.casefold() == "show":
        await _show_again(services)
        return
    serve = _ACTS.get(act.casefold())
    if serve is None:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE))
    if Role.FACILITATOR not in services.roles:
        raise NotAllowed("welcome", [Role.FACILITATOR])
    await serve(services, await read(services, rest))


async def _show_again(services: Services) -> None:
    message = await greeting(services, services.member, await place_of(services, services.member))
    buttons = message.buttons
    if await has_declined(services):
        buttons = (*buttons, tips_again(services.wording))
    await services.answer(Message(message.text, buttons))


async def _preview(services: Services, target: Target) -> None:
    await services.answer(await preview(services, target))


@capability.button(PREVIEW, roles=_ONLY)
async def preview_language(event: ButtonPressed, services: Services) -> None:
    """The same in another language."""
    await services.answer(await preview(services, await Target.of(services, event.subject)))


async def preview(services: Services, target: Target, head: Text | None = None) -> Message:
    """The text as a newcomer reads it, who wrote it, and what can be done with it."""
    place = await _where(services, target)
    text = await _as_read(services, target, place)
    wording = services.wording
    language = wording.language_name(target.language)
    titles = {
        Part.GREETING: mark("**The greeting as newcomers in #{place} read it** ({language}):"),
        Part.NORMS: mark("**How we treat each other, as #{place} reads it** ({language}):"),
    }
    name = place.name if place else ""
    parts: list[Value] = [head] if head else []
    parts.append(wording.say(titles[target.part], place=name, language=language))
    parts.append(filled(text.markdown, name=services.member.name, community=services.community.name, place=name))
    parts.append(await _origin(services, text.version))
    return Message(joined(parts), await _buttons(services, target, place, text.version))


async def _where(services: Services, target: Target) -> CommunityPlace | None:
    """The place in which it is previewed: the one named, the one at hand, or the main one."""
    return (
        target.place
        or services.known_place
        or await communities.place_for(services.session, services.community.id, Purpose.MAIN)
    )


async def _as_read(services: Services, target: Target, place: CommunityPlace | None) -> Written:
    wording = services.frame.texts.wording(target.language, services.community.language)
    return await written(services, target.part, place, wording, target.language)


async def _origin(services: Services, version: WelcomeText | None) -> Text:
    """Whose words these are, and for where."""
    wording = services.wording
    if version is None:
        return wording.say(mark("These are my own words. Yours can take their place."))
    where = await communities.place_by_id(services.session, version.place_id) if version.place_id else None
    values = {
        "author": await _author(services, version),
        "day": wording.short_day(version.written_at.astimezone(ZoneInfo(services.community.time_zone))),
        "language": wording.language_name(version.language),
    }
    if where is None:
        return wording.say(mark("Written by {author} ({day}) in {language}, for every place."), **values)
    key = mark("Written by {author} ({day}) in {language}, for #{place} alone.")
    return wording.say(key, place=where.name, **values)


async def _author(services: Services, version: WelcomeText) -> str:
    member = await members.by_id(services.session, version.author_id) if version.author_id else None
    return _name(services, member)


def _name(services: Services, member: Member | None) -> str:
    return member.name if member else services.wording.label(mark("somebody who has left"))


async def _buttons(
    services: Services, target: Target, place: CommunityPlace | None, version: WelcomeText | None
) -> tuple[Button, ...]:
    """Change it, undo the last change, and see the other languages."""
    label = services.wording.label
    buttons = [Button(label(mark("Change this text")), EDIT, target.subject, Emphasis.PRIMARY)]
    if version is not None:
        buttons.append(Button(label(mark("Undo")), UNDO, f"{version.id}|{target.subject}"))
    spaces = {None, place.id if place else None}
    own = await welcome_texts.languages_of(services.session, services.community.id, target.part.value, spaces)
    others = dict.fromkeys([*own, services.community.language, *services.frame.texts.languages])
    others.pop(target.language, None)
    for language in list(others)[:_LANGUAGES_SHOWN]:
        name = services.wording.language_name(language)
        buttons.append(
            Button(label(mark("See it in {language}"), language=name), PREVIEW, target.into(language).subject)
        )
    return tuple(buttons)


@capability.button(EDIT, roles=_ONLY)
async def edit_previewed(event: ButtonPressed, services: Services) -> None:
    """The button under a preview."""
    await _edit(services, await Target.of(services, event.subject))


async def _edit(services: Services, target: Target) -> None:
    """Open the form with the text that is used now."""
    label = services.wording.label
    text = await _as_read(services, target, await _where(services, target))
    base = await welcome_texts.in_use(services.session, target.which(services))
    language = services.wording.language_name(target.language)
    titles = {Part.GREETING: mark("The greeting"), Part.NORMS: mark("How we treat each other")}
    where = (
        services.wording.say(mark("In {language}, for #{place} alone."), language=language, place=target.place.name)
        if target.place
        else services.wording.say(mark("In {language}, for every place without a text of its own."), language=language)
    )
    hint = label(
        mark("{name}, {community} and {place} are filled in. **bold**, *italic* and lines that begin with - work."),
        name="{name}",
        community="{community}",
        place="{place}",
    )
    form = Form(
        action="welcome.text",
        subject=f"{base.id if base else ''}|{target.subject}",
        title=label(titles[target.part]),
        submit=label(mark("Save")),
        intro=where,
        language=services.wording.language,
        fields=(LongTextField(name="text", label=label(mark("Text")), hint=hint, max_length=LONGEST,
                              initial=text.markdown),),
    )  # fmt: skip
    await services.open_form(form)


@capability.form("welcome.text", roles=_ONLY)
async def save(event: FormSubmitted, services: Services) -> None:
    """Keep what was written as a new version, and show it as newcomers will read it."""
    base, _, subject = event.subject.partition("|")
    target = await Target.of(services, subject)
    text = clean(str(event.values["text"])).strip()
    if not text:
        raise Refusal(REQUIRED)
    before = await welcome_texts.in_use(services.session, target.which(services))
    seen = before.text if before else (await _as_read(services, target, await _where(services, target))).markdown
    say = services.wording.say
    if text == seen:
        await services.answer(await preview(services, target, say(mark("Nothing has changed."))))
        return
    await welcome_texts.keep(services.session, target.which(services), text, services.member.id, services.now())
    head = say(mark("**Saved.**"))
    if before is not None and str(before.id) != base:
        key = mark("**Saved.** {name} had saved another text while you were writing. It is kept: /welcome history")
        head = say(key, name=await _author(services, before))
    await services.answer(await preview(services, target, head))


@capability.button(UNDO, roles=_ONLY)
async def undo(event: ButtonPressed, services: Services) -> None:
    """Back to the version before this one, once, however often it is pressed."""
    version_id, _, subject = event.subject.partition("|")
    target = await Target.of(services, subject)
    version = await welcome_texts.by_id(services.session, services.community.id, int(version_id))
    if version is None or not await welcome_texts.undo(services.session, version, services.now()):
        raise Refusal(mark("This text is not in use any more, so nothing was undone. See it all: /welcome history"))
    head = services.wording.say(mark("**Undone.** The text before it is used again."))
    await services.answer(await preview(services, target, head))


async def _history(services: Services, target: Target) -> None:
    """The newest versions: who wrote them, when, and which one is used."""
    say, label = services.wording.say, services.wording.label
    which = target.which(services)
    kept = await welcome_texts.versions(services.session, which, _VERSIONS_SHOWN)
    used = await welcome_texts.in_use(services.session, which)
    language = services.wording.language_name(target.language)
    where = target.place.name if target.place else ""
    if not kept:
        key = (
            mark("Nobody has written a text of its own for #{place} in {language} yet: /welcome edit")
            if target.place
            else mark("Nobody has written a text in {language} yet: /welcome edit")
        )
        await services.answer(Message(say(key, place=where, language=language)))
        return
    title = (
        mark("**Versions for #{place} in {language}, the newest first**")
        if target.place
        else mark("**Versions for every place in {language}, the newest first**")
    )
    parts: list[Value] = [say(title, place=where, language=language)]
    buttons = []
    for number, (version, author) in enumerate(kept, start=1):
        is_used = used is not None and version.id == used.id
        parts.append(_line(services, str(number), version, author, is_used=is_used))
        if not is_used:
            again = label(mark("Use {number} again"), number=str(number))
            buttons.append(Button(again, AGAIN, f"{version.id}|{target.subject}"))
    await services.answer(Message(joined(parts), tuple(buttons)))


def _line(services: Services, number: str, version: WelcomeText, author: Member | None, *, is_used: bool) -> Text:
    if is_used:
        key = mark("**{number}.** {name}, {moment}, in use: {words}")
    elif version.undone_at is not None:
        key = mark("**{number}.** {name}, {moment}, undone: {words}")
    else:
        key = mark("**{number}.** {name}, {moment}: {words}")
    line = " ".join((version.text or "").split())
    words = line if len(line) <= _WORDS_IN_HISTORY else line[: _WORDS_IN_HISTORY - 1] + "…"
    moment = services.wording.moment(version.written_at, services.community.time_zone)
    return services.wording.say(key, number=number, name=_name(services, author), moment=moment, words=words)


@capability.button(AGAIN, roles=_ONLY)
async def use_again(event: ButtonPressed, services: Services) -> None:
    """An earlier version becomes the newest one."""
    version_id, _, subject = event.subject.partition("|")
    target = await Target.of(services, subject)
    version = await welcome_texts.by_id(services.session, services.community.id, int(version_id))
    if version is None or version.text is None:
        raise Refusal(mark("That version is gone. See those that are kept: /welcome history"))
    used = await welcome_texts.in_use(services.session, target.which(services))
    if used is not None and used.text == version.text:
        raise Refusal(mark("This text is in use already."))
    which = target.which(services)
    await welcome_texts.keep(services.session, which, version.text, services.member.id, services.now())
    head = services.wording.say(mark("**Saved.** This text is used again."))
    await services.answer(await preview(services, target, head))


_ACTS = {"preview": _preview, "edit": _edit, "history": _history}
