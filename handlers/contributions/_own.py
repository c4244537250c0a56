"""What members do with their own contributions: see them, change them, take them back."""

from __future__ import annotations

from typing import Any

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.messages import Message, mark
from bot.services import Services
from handlers.contributions import _wording as words
from handlers.contributions._capability import capability
from handlers.contributions._form import contribution_form, filled_in, of_row
from handlers.contributions._review import close_cards, show_to_facilitators
from handlers.contributions._state import ENDED, Act, State, after, allowed_from
from storage import contributions
from storage.contributions import Contribution

_CHANGED = "contributions.changed"
_GONE = mark("It was taken back, and its words are deleted.")
_TAKEN_BACK = mark("**{code}** is taken back, and its words are deleted here.")


async def show_mine(services: Services, _rest: str = "") -> None:
    """Everything that who acts has shared, always in private: a list in a place could be read over a shoulder."""
    await services.answer_privately(words.listing(services.wording, await _listed(services)))


async def _listed(services: Services) -> list[Contribution]:
    return await contributions.mine(services.session, services.community.id, services.member.id)


async def withdraw_by_code(services: Services, code: str) -> None:
    """``log withdraw C7``, which reaches what no message shows any more. Raises Refusal."""
    found = await contributions.by_code(services.session, services.community.id, code)
    if found is None or found.author_id != services.member.id:
        raise Refusal(mark("You have shared nothing called {code}. See it all with /log mine."), code=code)
    row = await _withdraw(services, str(found.id))
    await services.answer_privately(Message(services.wording.say(_TAKEN_BACK, code=row.code)))


@capability.button(words.WITHDRAW)
async def withdraw(event: ButtonPressed, services: Services) -> None:
    """From the message about it."""
    row = await _withdraw(services, event.subject)
    await services.edit(event.reference, Message(services.wording.say(_TAKEN_BACK, code=row.code)))


@capability.button(words.WITHDRAW_LISTED)
async def withdraw_listed(event: ButtonPressed, services: Services) -> None:
    """From the list, which then shows what is left."""
    row = await _withdraw(services, event.subject)
    await services.answer_privately(Message(services.wording.say(_TAKEN_BACK, code=row.code)))
    await services.edit(event.reference, words.listing(services.wording, await _listed(services)))


async def _withdraw(services: Services, subject: str) -> Contribution:
    """Nobody finds it from now on, and no export holds it. Raises Refusal."""
    row = await _own(services, subject)
    if not await contributions.end(services.session, row, allowed_from(Act.WITHDRAW), State.WITHDRAWN):
        after(Act.WITHDRAW, State(row.state))
    await close_cards(services, row, mark("**{code}**: its author has taken it back."))
    return row


@capability.button(words.CHANGE)
async def change(event: ButtonPressed, services: Services) -> None:
    """The form with what was written."""
    row = await _own(services, event.subject)
    after(Act.REVISE, State(row.state))
    intro = services.wording.say(mark("The facilitators get **{code}** as you send it now."), code=row.code)
    form = contribution_form(
        services.wording, of_row(row), intro, action=_CHANGED, subject=f"{row.id}:{row.revision}", own=True
    )
    await services.open_form(form)


@capability.form(_CHANGED)
async def changed(event: FormSubmitted, services: Services) -> None:
    """The facilitators have it before them in its new words."""
    number, revision = (int(part) for part in event.subject.split(":"))
    row = await _own(services, str(number))
    state = after(Act.REVISE, State(row.state))
    draft = filled_in(event.values)
    new: dict[str, Any] = {"state": state.value, "revision": revision + 1, "named": draft.named, **draft.values()}
    if not await contributions.move(services.session, row, allowed_from(Act.REVISE), seen=revision, **new):
        after(Act.REVISE, State(row.state))
        raise Refusal(mark("A facilitator has edited it meanwhile. Please look at it with /log mine and try again."))
    await show_to_facilitators(services, row)
    text = services.wording.say(mark("Thank you. The facilitators have **{code}** in its new words."), code=row.code)
    await services.answer(Message(text))


async def _own(services: Services, subject: str) -> Contribution:
    """The contribution, when who acts is its author. Raises Refusal."""
    row = await contributions.by_id(services.session, int(subject))
    if row is None or State(row.state) in ENDED:
        raise Refusal(_GONE)
    if row.author_id != services.member.id:
        raise Refusal(mark("Only its author can do that."))
    return row
