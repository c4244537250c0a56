"""Taking down what is published: a facilitator does it, and its author hears why and can send it again."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Form, LongTextField
from bot.core.messages import Kind, Message, Value, joined, mark
from bot.services import Services
from handlers.contributions import _wording as words
from handlers.contributions._capability import capability
from handlers.contributions._review import FACILITATORS, advance, as_seen, author_of, check_facilitator
from handlers.contributions._state import Act, State, after, allowed_from
from storage import contributions
from storage.contributions import Contribution
from storage.members import Member

_TAKEN_DOWN = "contributions.taken_down"


async def take_down_by_code(services: Services, code: str) -> None:
    """``log takedown C7``. Raises Refusal."""
    check_facilitator(services)
    row = await contributions.by_code(services.session, services.community.id, code)
    if row is None or State(row.state) is not State.PUBLISHED:
        raise Refusal(mark("Nothing called {code} is published here. /find shows what is, with its codes."), code=code)
    await _ask_why(services, row)


@capability.button(words.TAKE_DOWN, roles=FACILITATORS)
async def take_down(event: ButtonPressed, services: Services) -> None:
    """From what was found."""
    row, _ = await as_seen(services, event.subject, Act.TAKE_DOWN)
    await _ask_why(services, row)


async def _ask_why(services: Services, row: Contribution) -> None:
    label = services.wording.label
    intro = services.wording.say(
        mark("Nobody finds **{code}**, {title}, any more. Its author gets your reason and can send it to you again."),
        code=row.code, title=words.shortened(row.title),
    )  # fmt: skip
    reason = LongTextField(
        name="reason",
        label=label(mark("Why is it taken down?")),
        hint=label(mark("The author reads this.")),
        max_length=1000,
    )
    form = Form(
        action=_TAKEN_DOWN,
        subject=f"{row.id}:{row.revision}",
        title=label(mark("Take it down")),
        submit=label(mark("Take it down")),
        language=services.wording.language,
        intro=intro,
        fields=(reason,),
    )
    await services.open_form(form)


@capability.form(_TAKEN_DOWN, roles=FACILITATORS)
async def taken_down(event: FormSubmitted, services: Services) -> None:
    """Nobody finds it from now on. Without an author nobody could ever send it again, so its words go too."""
    row, revision = await as_seen(services, event.subject, Act.TAKE_DOWN)
    author = await author_of(services, row)
    if author is None:
        if not await contributions.end(services.session, row, allowed_from(Act.TAKE_DOWN), State.WITHDRAWN):
            after(Act.TAKE_DOWN, State(row.state))
        key = mark("**{code}** is taken down, and its words are deleted: its author is not here any more.")
    else:
        await advance(services, row, Act.TAKE_DOWN, revision)
        key = mark("**{code}** is taken down: nobody finds it any more. Its author has your reason.")
        if author.id == services.member.id:
            key = mark("**{code}** is taken down: nobody finds it any more. See it with /log mine.")
        else:
            await _tell_author(services, row, author, str(event.values["reason"]))
    await services.answer(Message(services.wording.say(key, code=row.code)))


async def _tell_author(services: Services, row: Contribution, author: Member, reason: str) -> None:
    wording = services.wording_for(author)
    parts: list[Value] = [
        wording.say(
            mark("Thank you again for **{code}**, {title}. {name} has taken it down for now, "
                 "so others don't find it any more. The reason:"),
            code=row.code, title=row.title, name=services.member.name,
        ),
        words.quoted(reason),
        wording.say(mark("You can change it and send it to the facilitators again.")),
    ]  # fmt: skip
    await services.tell(author, Message(joined(parts), words.own_buttons(wording, row)), Kind.RECEIPT)
