"""Forgetting somebody: asked for twice, done in one transaction, confirmed in one line, and then silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from bot.core.addresses import Account
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Emphasis, Kind, Message, joined, mark, points
from bot.core.roles import Role
from bot.services import Frame, Services, WorkServices
from handlers.events import MemberForgotten, PageForgotten
from handlers.privacy._capability import FORGET_ME, capability, known
from handlers.privacy._mentions import ask_facilitators
from storage import erasure, erasure_queues, homes, linking, members, mentions
from storage.communities import Community
from storage.erasure_queues import Found, Wanted
from storage.members import FORMER_MEMBER
from storage.traces import Traces

_ALL, _BUT_SHARED, _STAY = "privacy.forget_all", "privacy.forget_but_shared", "privacy.stay"
_ERASE, _SWEEP = "privacy.erase", "privacy.sweep"
_LOOK_AGAIN = timedelta(minutes=1)
A_MEMBER = mark("a member")


@capability.command("forgetme", summary=mark("Have everything about you removed"), for_strangers=True)
async def forgetme(_event: CommandUsed, services: Services) -> None:
    """Say what it means, and ask."""
    await _ask(services)


@capability.button(FORGET_ME, for_strangers=True)
async def forgetme_by_button(_event: ButtonPressed, services: Services) -> None:
    """The same by button."""
    await _ask(services)


async def _ask(services: Services) -> None:
    member = known(services)
    await _check_that_others_can_go_on(services, member.id)
    say, label, me = services.wording.say, services.wording.label, str(member.id)
    lines = [
        say(mark("Your name, profile, accounts and roles go, in every community, and your confidential questions too. "
                 "This can't be undone.")),
        say(mark("The figures stay as they are, counted for nobody in particular.")),
        say(mark("You choose what becomes of what you shared: published questions, answers, contributions, thanks.")),
        say(mark("What you wrote in the places themselves stays there. You can delete it there. Answers that I posted "
                 "for you under prompts lose your name, as far back as I can change them: 60 days.")),
    ]  # fmt: skip
    buttons = (
        Button(label(mark("Forget me and delete what I wrote")), _ALL, me, Emphasis.DANGER),
        Button(label(mark("Forget me, keep what I shared without my name")), _BUT_SHARED, me, Emphasis.DANGER),
        Button(label(mark("Stay")), _STAY, me, Emphasis.PRIMARY),
    )
    await services.answer(Message(joined([say(mark("**Shall I forget you?**")), points(lines)]), buttons))


async def _check_that_others_can_go_on(services: Services, member_id: int) -> None:
    """Raise Refusal where somebody is the only facilitator of others."""
    session = services.session
    for community in await members.communities_of(session, member_id):
        facilitators = await members.with_role(session, community.id, Role.FACILITATOR)
        alone = len(await members.of_community(session, community.id)) == 1
        if [one.id for one in facilitators] == [member_id] and not alone:
            raise Refusal(
                mark("You are the only facilitator of {community}. Make somebody else facilitator first: /settings"),
                community=community.name,
            )


@capability.button(_STAY, for_strangers=True)
async def stay(event: ButtonPressed, services: Services) -> None:
    """Nothing happens."""
    text = services.wording.say(mark("Good that you stay. Nothing was changed."))
    await services.edit(event.reference, Message(text))


@capability.button(_ALL, for_strangers=True)
async def forget_all(event: ButtonPressed, services: Services) -> None:
    """Everything goes, their words too."""
    await _begin(event, services, keep_shared=False)


@capability.button(_BUT_SHARED, for_strangers=True)
async def forget_but_shared(event: ButtonPressed, services: Services) -> None:
    """What they shared stays, as nobody's."""
    await _begin(event, services, keep_shared=True)


async def _begin(event: ButtonPressed, services: Services, *, keep_shared: bool) -> None:
    """Only for who was asked, and once. Who is forgotten already hears nothing any more."""
    member = services.known_member
    if member is None:
        return
    if str(member.id) != event.subject:
        raise Refusal(mark("This is for somebody else to decide. For yourself, type /forgetme."))
    await _check_that_others_can_go_on(services, member.id)
    payload = {
        "member": member.id,
        "names": [member.name, event.by.name],
        "account": asdict(event.by.account),
        "card": event.reference,
        "keep_shared": keep_shared,
    }
    if await services.later(_ERASE, payload, once=f"{_ERASE}:{member.id}"):
        text = services.wording.say(mark("One moment: I am forgetting you."))
        await services.edit(event.reference, Message(text))


async def _erase(payload: Mapping[str, Any], found: Found | None, services: Services) -> None:
    """All of it in one transaction: whatever stops it, either nothing has happened, or everything."""
    session, now = services.session, services.now()
    member = await members.by_id(session, payload["member"])
    account = Account(**payload["account"])
    if member is None or member.forgotten_at is not None or found is None:
        return
    own = await members.ever_in(session, member.id)
    wording = services.frame.texts.wording(member.language, own[0].language if own else None)
    try:
        await _check_that_others_can_go_on(services, member.id)
    except Refusal as refusal:  # the other facilitator was faster
        await services.write_to(account, Message(wording.say(refusal.key, **refusal.values)), Kind.RECEIPT)
        return
    accounts = await members.accounts_of(session, member.id)
    wanted = _wanted(services.frame, [*payload["names"], *await linking.names_of(session, member.id)], accounts, own)
    keep_shared = bool(payload["keep_shared"])
    looked_at = await homes.looked_at_by(session, accounts)
    for community in own:
        await services.about(community).announce(MemberForgotten(member.id, keep_shared))
    cipher = services.frame.cipher
    former = services.frame.texts.wording(own[0].language if own else None).label(FORMER_MEMBER)
    await erasure.erase(session, cipher, member.id, former, now, keep_shared=keep_shared)
    await erasure_queues.clear(session, cipher, wanted, found, spare=[payload["card"]])
    for one in looked_at:
        await services.announce(PageForgotten(one, wording.language))
    reviewed = await mentions.look_for(session, cipher, wanted.traces, [one.id for one in own], now)
    for community in own:
        if community.id in reviewed:
            await ask_facilitators(services.about(community))
    goodbye = Message(wording.say(mark("It is done: nothing here leads to you any more. All the best!")))
    row = await services.write_to(account, goodbye, Kind.RECEIPT)
    await services.later(_SWEEP, _what_is_left(wanted, [row.reference, payload["card"]], now), at=now + _LOOK_AGAIN)


@capability.task(_ERASE, finish=_erase)
async def look_ahead(payload: Mapping[str, Any], services: WorkServices) -> Found | None:
    """Search the many events and messages before anything is changed, so that nobody has to wait for it."""
    async with services.database.reading() as session:
        member = await members.by_id(session, payload["member"])
        if member is None:
            return None
        accounts = await members.accounts_of(session, member.id)
        own = await members.ever_in(session, member.id)
        wanted = _wanted(
            services.frame, [*payload["names"], *await linking.names_of(session, member.id)], accounts, own
        )
        return await erasure_queues.look_ahead(session, wanted)


def _wanted(frame: Frame, names: list[str], accounts: list[Account], own: list[Community]) -> Wanted:
    def did(platform: str, body: bytes) -> bool:
        try:
            return any(event.by.account in accounts for event in frame.understand(platform, body))
        except ValueError:
            return True  # nobody will ever read it

    instead = frame.texts.wording(own[0].language if own else None).label(A_MEMBER)
    traces = Traces(frozenset(names), frozenset(account.user for account in accounts))
    return Wanted(accounts, traces, did, instead)


def _what_is_left(wanted: Wanted, references: list[str], now: datetime) -> dict[str, Any]:
    return {
        "names": sorted(wanted.traces.names),
        "accounts": [asdict(account) for account in wanted.accounts],
        "references": references,
        "instead": wanted.instead,
        "until": now.isoformat(),
    }


@capability.due(_SWEEP)
async def sweep(payload: Mapping[str, Any], services: Services) -> None:
    """The goodbye has arrived: it goes too, with whatever was on its way while everything else went."""
    session = services.session
    for reference in payload["references"]:
        if await erasure_queues.is_open(session, reference):
            await services.later(_SWEEP, dict(payload), at=services.now() + _LOOK_AGAIN)
            return
    for reference in payload["references"]:
        await erasure_queues.delete_message(session, reference)
    accounts = [Account(**one) for one in payload["accounts"]]
    wanted = _wanted(services.frame, payload["names"], accounts, [])
    until = datetime.fromisoformat(payload["until"])
    await erasure_queues.clear(session, services.frame.cipher, wanted, Found(), until=until)
