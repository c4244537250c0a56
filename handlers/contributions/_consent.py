"""The consent of who wrote what somebody else saved. Silence is no."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, MessageDeleted
from bot.core.messages import Kind, Message, mark
from bot.services import Services
from handlers.contributions import _wording as words
from handlers.contributions._capability import capability
from handlers.contributions._review import close_cards, show_to_facilitators
from handlers.contributions._state import Act, State, after, allowed_from
from handlers.events import MemberForgotten
from storage import contributions, members
from storage.activity import activity_key
from storage.contributions import Contribution
from storage.members import Member

ANSWER_WITHIN = timedelta(days=14)
_MOST_WAITING = 5
_LAPSE = "contributions.lapse"
_STAYS_OUT = mark("It stays out.")


async def ask_author(services: Services, row: Contribution, author: Member) -> None:
    """Keep what somebody else saved, sealed, and ask its author. Raises Refusal when they can't be asked now."""
    waiting = await contributions.waiting_for_author(services.session, row.community_id, author.id)
    if waiting >= _MOST_WAITING:
        raise Refusal(mark("{name} has several such requests to answer. Please try again later."), name=author.name)
    await contributions.add(services.session, row)
    message = words.request(services.wording_for(author), row, services.member.name)
    sent = await services.tell(author, message, Kind.ANSWER)
    if sent is None:
        raise Refusal(mark("I can't reach {name}, so I can't ask them. It stays out."), name=author.name)
    await contributions.change(services.session, row, card=sent.reference)
    await services.later(_LAPSE, {"contribution": row.id}, at=services.now() + ANSWER_WITHIN)
    text = services.wording.say(
        mark("Thank you. I have asked {name}; nobody else sees it before they say yes."), name=author.name
    )
    await services.answer_privately(Message(text))


@capability.button(words.AGREE)
async def agreed(event: ButtonPressed, services: Services) -> None:
    """The author shares it by name."""
    await agree(services, await _asked(services, event.subject))


@capability.button(words.AGREE_UNNAMED)
async def agreed_unnamed(event: ButtonPressed, services: Services) -> None:
    """The author shares it, and their name is not shown with it."""
    await agree(services, await _asked(services, event.subject), named=False)


@capability.button(words.REFUSE)
async def refused(event: ButtonPressed, services: Services) -> None:
    """The author keeps it out: the words are deleted now."""
    row = await _asked(services, event.subject)
    after(Act.REFUSE, State(row.state))
    await _keep_out(services, row, mark("All right, it stays out. The words are deleted here."))


@capability.on(MessageDeleted)
async def message_taken_back(event: MessageDeleted, services: Services) -> None:
    """Who takes the message back, before they answered, need not answer any more."""
    source = activity_key(event.message.platform, event.message.tenant, event.key)
    row = await contributions.from_message(services.session, services.community.id, source)
    if row is not None and State(row.state) is State.ASKED:
        await _keep_out(services, row, mark("The message was taken back, so it stays out. The words are deleted here."))


@capability.due(_LAPSE)
async def lapsed(payload: Mapping[str, Any], services: Services) -> None:
    """Two weeks without an answer are a no."""
    row = await contributions.by_id(services.session, payload["contribution"])
    if row is not None and State(row.state) is State.ASKED:
        await _keep_out(
            services, row, mark("There was no answer for two weeks, so it stays out. The words are deleted.")
        )


async def agree(services: Services, row: Contribution, *, named: bool = True) -> None:
    """The author, who acts, shares what somebody else saved. Raises Refusal where that was decided already."""
    state = after(Act.AGREE, State(row.state))
    changed: dict[str, Any] = {"state": state.value, "agreed_at": services.now(), "named": named}
    if not await contributions.move(services.session, row, allowed_from(Act.AGREE), **changed):
        after(Act.AGREE, State(row.state))
    await show_to_facilitators(services, row)
    thanks = services.wording.say(
        mark("Thank you for sharing **{code}**, {title}. A facilitator has a look; once it is published, "
             "others find it with /find."),
        code=row.code, title=row.title,
    )  # fmt: skip
    message = Message(thanks, words.own_buttons(services.wording, row))
    if row.card is not None:
        await services.edit(row.card, message)
    saver = await members.by_id(services.session, row.saver_id) if row.saver_id else None
    if saver is not None:
        key = mark("What you saved may be shared: **{code}**. A facilitator has a look now. Thank you!")
        await services.tell(saver, Message(services.wording_for(saver).say(key, code=row.code)), Kind.RECEIPT)


async def _keep_out(services: Services, row: Contribution, key: str) -> None:
    author = await members.by_id(services.session, row.author_id) if row.author_id else None
    saver = await members.by_id(services.session, row.saver_id) if row.saver_id else None
    card = row.card
    if not await contributions.end(services.session, row, allowed_from(Act.REFUSE), State.DECLINED):
        after(Act.REFUSE, State(row.state))
    if author is not None and card is not None:
        await services.edit(card, Message(services.wording_for(author).say(key)))
    await _tell_saver(services, saver)


async def _tell_saver(services: Services, saver: Member | None) -> None:
    """That it stays out: not whether that was a no or silence."""
    if saver is not None:
        await services.tell(saver, Message(services.wording_for(saver).say(_STAYS_OUT)), Kind.RECEIPT)


@capability.hears(MemberForgotten)
async def author_forgotten(news: MemberForgotten, services: Services) -> None:
    """What was published stays as the words of nobody, if its author lets others keep it; all else ends here."""
    for row in await contributions.written_by(services.session, services.community.id, news.member_id):
        state = State(row.state)
        if state is State.PUBLISHED and news.keep_shared:
            await contributions.change(services.session, row, named=False)
            continue
        saver = await members.by_id(services.session, row.saver_id) if row.saver_id else None
        await close_cards(services, row, mark("**{code}**: its author has taken it back."))
        await contributions.end(
            services.session, row, [state.value], State.DECLINED if state is State.ASKED else State.WITHDRAWN
        )
        if state is State.ASKED:
            await _tell_saver(services, saver)


async def _asked(services: Services, subject: str) -> Contribution:
    """What its author, who acts, was asked about. Raises Refusal."""
    row = await contributions.by_id(services.session, int(subject))
    if row is None:
        raise Refusal(_STAYS_OUT)
    after(Act.AGREE, State(row.state))
    if row.author_id != services.member.id:
        raise Refusal(mark("Only who wrote it can answer that."))
    return row
