"""What facilitators do with a contribution: publish it, edit it, or set it aside. The first to act decides."""

from __future__ import annotations

from typing import Any

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Form, LongTextField
from bot.core.messages import Kind, Message, Value, joined, mark
from bot.core.roles import Role
from bot.services import Services
from handlers.contributions import _wording as words
from handlers.contributions._capability import capability
from handlers.contributions._form import contribution_form, filled_in, of_row
from handlers.contributions._state import Act, State, after, allowed_from
from storage import contributions, members
from storage.contributions import Contribution
from storage.members import Member

REVIEW = "contributions.review"
_EDITED, _SET_ASIDE = "contributions.edited", "contributions.put_aside"
_MOST_AT_ONCE = 5
_CHANGED_MEANWHILE = mark("This was changed meanwhile. Please look at it again above; nothing was changed now.")
FACILITATORS = (Role.FACILITATOR,)


async def show_to_facilitators(services: Services, row: Contribution) -> None:
    """Every facilitator has the contribution before them as it stands: who has a card sees it change."""
    shown = {member.id: reference for member, reference in await contributions.cards(services.session, row.id)}
    for facilitator in await members.with_role(services.session, row.community_id, Role.FACILITATOR):
        await _show(services, row, facilitator, shown.get(facilitator.id))


async def _show(services: Services, row: Contribution, facilitator: Member, reference: str | None) -> None:
    author = await author_of(services, row)
    wording = services.wording_for(facilitator)
    card = words.review_card(wording, row, author.name if author else wording.label(mark("somebody")))
    if reference is not None:
        await services.edit(reference, card)
        return
    sent = await services.tell(facilitator, card, Kind.RECEIPT)
    if sent is not None:
        await contributions.keep_card(services.session, row.id, facilitator.id, sent.reference)


async def close_cards(services: Services, row: Contribution, key: str, **values: str) -> None:
    """The cards of all facilitators lose their buttons and say what came of it."""
    for facilitator, reference in await contributions.cards(services.session, row.id):
        text = services.wording_for(facilitator).say(key, code=row.code, **values)
        await services.edit(reference, Message(text))
    await contributions.forget_cards(services.session, row.id)


@capability.button(REVIEW, roles=FACILITATORS)
async def review(event: ButtonPressed, services: Services) -> None:
    """What waits, from a list or a menu; with a subject that one alone."""
    await review_waiting(services, only=event.subject)


async def review_waiting(services: Services, _rest: str = "", *, only: str = "") -> None:
    """The cards of what waits, once more, for who acts. Raises Refusal for who is no facilitator.

    ``only``: of the one with this number, or of all when that waits no longer.
    """
    check_facilitator(services)
    waiting = await contributions.to_review(services.session, services.community.id)
    waiting = [one for one in waiting if str(one.id) == only] or waiting
    say = services.wording.say
    if not waiting:
        await services.answer_privately(Message(say(mark("Nothing waits for your review. Good work!"))))
        return
    for row in waiting[:_MOST_AT_ONCE]:
        shown = {member.id: reference for member, reference in await contributions.cards(services.session, row.id)}
        if former := shown.get(services.member.id):
            await services.edit(former, Message(say(mark("**{code}** is further below."), code=row.code)))
        await _show(services, row, services.member, None)
    if len(waiting) > _MOST_AT_ONCE:
        text = services.wording.plural(
            "{count} more waits. Type /log review again when these are done.",
            "{count} more wait. Type /log review again when these are done.",
            len(waiting) - _MOST_AT_ONCE,
        )
        await services.answer_privately(Message(text))


def check_facilitator(services: Services) -> None:
    """Raise Refusal for everybody else."""
    if Role.FACILITATOR not in services.roles:
        raise Refusal(mark("Only facilitators can do this. Please ask one of them."))


@capability.button(words.PUBLISH, roles=FACILITATORS)
async def publish(event: ButtonPressed, services: Services) -> None:
    """Everybody finds it from now on."""
    row, revision = await as_seen(services, event.subject, Act.PUBLISH)
    await advance(services, row, Act.PUBLISH, revision, published_at=services.now())
    key = mark("**{code}** {title}: published by {name}.")
    await close_cards(services, row, key, title=row.title, name=services.member.name)
    author = await author_of(services, row)
    if author is not None:
        wording = services.wording_for(author)
        text = wording.say(
            mark("**{code}**, {title}, is published: others find it with /find now. Thank you for sharing it!"),
            code=row.code, title=row.title,
        )  # fmt: skip
        await services.tell(author, Message(text, (words.withdraw_button(wording, row),)), Kind.RECEIPT)


@capability.button(words.EDIT, roles=FACILITATORS)
async def edit(event: ButtonPressed, services: Services) -> None:
    """The form with what its author wrote."""
    row, revision = await as_seen(services, event.subject, Act.EDIT)
    _check_revision(row, revision)
    intro = services.wording.say(
        mark("Title, topics and kind are yours to put in order. When you change the words or the link, "
             "its author is told and can take it back.")
    )  # fmt: skip
    form = contribution_form(services.wording, of_row(row), intro, action=_EDITED, subject=event.subject)
    await services.open_form(form)


@capability.form(_EDITED, roles=FACILITATORS)
async def edited(event: FormSubmitted, services: Services) -> None:
    """All cards show it as it is now; an author whose words changed is told."""
    row, revision = await as_seen(services, event.subject, Act.EDIT)
    draft = filled_in(event.values)
    words_changed = (draft.text, draft.link) != (row.text, row.link)
    await advance(services, row, Act.EDIT, revision, revision=revision + 1, **draft.values())
    await show_to_facilitators(services, row)
    author = await author_of(services, row)
    if words_changed and author is not None and author.id != services.member.id:
        wording = services.wording_for(author)
        head = wording.say(mark("{name} has edited **{code}** before it is published. It reads now:"),
                           name=services.member.name, code=row.code)  # fmt: skip
        parts: list[Value] = [head, *words.body(wording, row)]
        await services.tell(author, Message(joined(parts), words.own_buttons(wording, row)), Kind.RECEIPT)
    text = services.wording.say(mark("**{code}** is changed. Publish it with the button on its card."), code=row.code)
    await services.answer(Message(text))


@capability.button(words.SET_ASIDE, roles=FACILITATORS)
async def set_aside(event: ButtonPressed, services: Services) -> None:
    """Ask for a reason, which nobody has to give."""
    row, revision = await as_seen(services, event.subject, Act.SET_ASIDE)
    _check_revision(row, revision)
    label = services.wording.label
    form = Form(
        action=_SET_ASIDE,
        subject=event.subject,
        title=label(mark("Not now")),
        submit=label(mark("Send")),
        language=services.wording.language,
        intro=services.wording.say(mark("**{code}** {title}"), code=row.code, title=words.shortened(row.title)),
        fields=(
            LongTextField(
                name="reason",
                label=label(mark("What would make it ready?")),
                hint=label(mark("The author reads this. You can leave it empty.")),
                required=False,
                max_length=1000,
            ),
        ),
    )
    await services.open_form(form)


@capability.form(_SET_ASIDE, roles=FACILITATORS)
async def put_aside(event: FormSubmitted, services: Services) -> None:
    """It is not published; its author hears why and can change it."""
    row, revision = await as_seen(services, event.subject, Act.SET_ASIDE)
    await advance(services, row, Act.SET_ASIDE, revision)
    key = mark("**{code}** {title}: set aside by {name}.")
    await close_cards(services, row, key, title=row.title, name=services.member.name)
    author = await author_of(services, row)
    if author is None:
        return
    wording, reason = services.wording_for(author), event.values.get("reason")
    parts: list[Value] = [
        wording.say(
            mark("Thank you for **{code}**, {title}. The facilitators would like to wait with it for now. "
                 "You can change it and send it to them again."),
            code=row.code, title=row.title,
        )
    ]  # fmt: skip
    if reason:
        parts += [wording.say(mark("{name} writes:"), name=services.member.name), words.quoted(str(reason))]
    await services.tell(author, Message(joined(parts), words.own_buttons(wording, row)), Kind.RECEIPT)


async def as_seen(services: Services, subject: str, act: Act) -> tuple[Contribution, int]:
    """The contribution that a card shows, and the revision of it. Raises Refusal when it is decided already."""
    number, revision = (int(part) for part in subject.split(":"))
    row = await contributions.by_id(services.session, number)
    if row is None or row.community_id != services.community.id:
        raise Refusal(mark("This is no longer there."))
    after(act, State(row.state))
    return row, revision


def _check_revision(row: Contribution, revision: int) -> None:
    if row.revision != revision:
        raise Refusal(_CHANGED_MEANWHILE)


async def advance(services: Services, row: Contribution, act: Act, seen: int, **changed: Any) -> None:
    """Move it one step, if it is still as it was seen. Raises Refusal where it isn't."""
    state = after(act, State(row.state))
    if not await contributions.move(services.session, row, allowed_from(act), seen=seen, state=state.value, **changed):
        after(act, State(row.state))
        raise Refusal(_CHANGED_MEANWHILE)


async def author_of(services: Services, row: Contribution) -> Member | None:
    """Who wrote it; None once they are forgotten."""
    author = await members.by_id(services.session, row.author_id) if row.author_id else None
    return author if author and author.forgotten_at is None else None
