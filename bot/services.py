"""What a handler is given: who, where, the session, the clock, the words, and the one way to say something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import naming, recurrence
from bot.assistant import Assistant
from bot.core.addresses import Account, Destination, InPlace, OnlyVisibleTo, Place, Privately, conversation_of
from bot.core.capability import Command
from bot.core.clock import Clock
from bot.core.dispatch import Registry, check_roles
from bot.core.errors import Refusal
from bot.core.events import CommandUsed, Event, MessagePosted, Trigger, as_it_stands, thread_of
from bot.core.forms import Form
from bot.core.messages import Kind, Message, mark
from bot.core.platform import InlineResult
from bot.core.roles import Role
from bot.core.serialization import text_to_json
from bot.form_asking import FormAsking
from bot.form_questions import CANCEL
from bot.messenger import Messenger, open_form_button
from bot.settings import Settings
from bot.texts import Texts, Wording
from storage import accounts, communities, inbox, members, private_chats, tasks
from storage.communities import Community, CommunityPlace
from storage.database import Database, Session
from storage.encryption import Cipher
from storage.forms import OpenedForm
from storage.members import Member
from storage.outbox import OutboxRow
from storage.schedules import StoredSchedule
from storage.tasks import Task

Understand = Callable[[str, bytes], Sequence[Event]]
"""What a raw body means that came from a platform of this name. Raises ValueError for what can't be read."""


def _nothing_understood(_platform: str, _body: bytes) -> Sequence[Event]:
    return ()


@dataclass(frozen=True)
class Frame:
    """What stays the same from event to event. ``understand`` reads what the inbox keeps.

    ``assistant`` is None where it is switched off; only slow work may wait for it. ``asks_step_by_step`` names the
    platforms that show no forms: there each question of a form is asked by itself, in the private chat.
    ``needs_first_word`` names those where people have to write to the bot before it may write to them.
    """

    clock: Clock
    texts: Texts
    cipher: Cipher
    registry: Registry
    settings: Settings
    understand: Understand = _nothing_understood
    assistant: Assistant | None = None
    asks_step_by_step: frozenset[str] = frozenset()
    needs_first_word: frozenset[str] = frozenset()

    def commands(self, roles: frozenset[Role], platform: str) -> list[Command]:
        """The commands that somebody with these roles may use there: none leaves a form where forms are shown."""
        allowed = self.registry.allowed(roles)
        return [one for one in allowed if one.name != CANCEL or platform in self.asks_step_by_step]


@dataclass
class Services:
    """Everything for one handler, inside one transaction. ``known_*`` are None for strangers."""

    frame: Frame
    session: Session
    event: Event | None = None
    known_community: Community | None = None
    known_place: CommunityPlace | None = None
    known_member: Member | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)

    @property
    def community(self) -> Community:
        """The community this is about. Raises Refusal for strangers."""
        if self.known_community is None:
            raise Refusal(mark("You are not in a community yet. Join one of its places first."))
        return self.known_community

    @property
    def member(self) -> Member:
        """The member who acts. Raises Refusal for strangers."""
        if self.known_member is None:
            raise Refusal(mark("You are not in a community yet. Join one of its places first."))
        return self.known_member

    def now(self) -> datetime:
        """The present moment, UTC."""
        return self.frame.clock.now()

    @property
    def wording(self) -> Wording:
        """The words for the person who acts."""
        person = self.event.by if self.event else None
        return self.frame.texts.wording(
            self.known_member.language if self.known_member else None,
            person.language if person else None,
            self.known_community.language if self.known_community else None,
        )

    @property
    def community_wording(self) -> Wording:
        """The words for what everybody in the community reads."""
        return self.frame.texts.wording(self.community.language)

    def wording_for(self, member: Member) -> Wording:
        """The words for one member."""
        fallback = self.known_community.language if self.known_community else None
        return self.frame.texts.wording(member.language, fallback)

    def commands(self) -> list[Command]:
        """The commands that the person who acts may use."""
        return self.frame.commands(self.roles, self._acting.by.account.platform)

    async def use_command(self, name: str) -> None:
        """Do what the command does for the person who acts, as if they had typed it here without arguments.

        Raises Refusal where there is no such command (any more), and where this person may not use it now.
        """
        acting = self._acting
        used = CommandUsed(at=acting.at, by=acting.by, place=acting.place, name=name, trigger=self._trigger)
        step = self.frame.registry.command(used)
        check_roles(step, used, self.roles)
        if not step.for_strangers:
            await self.check_belongs()
        await step.handler(used, replace(self, event=used))

    async def follow_start(self, payload: str) -> bool:
        """Do what a link to the bot with this payload is for; False where nobody serves it (any more)."""
        acting, found = self._acting, self.frame.registry.start(payload)
        if found is None:
            return False
        handler, rest = found
        used = CommandUsed(
            at=acting.at, by=acting.by, place=acting.place, name="start", arguments=rest, trigger=self._trigger
        )
        await handler(used, replace(self, event=used))
        return True

    async def check_belongs(self) -> None:
        """Raise Refusal where who acts has left the community: a button or a form outlives the stay of who has it."""
        belongs = await members.membership(self.session, self.community.id, self.member.id)
        if belongs is None or belongs.left_at is not None:
            raise Refusal(mark("You have left this community. Join one of its places again first."))

    async def member_called(self, who: str) -> Member:
        """The member meant by an @mention or a name. Raises Refusal. Whom a facilitator mentions becomes one."""
        return await naming.member_called(self.session, self.community.id, self._acting, self.roles, who, self.now())

    async def with_names(self, words: str) -> str:
        """Words from behind a command as everybody reads them: mentions become names."""
        return await naming.with_names(self.session, self._acting.by.account, words)

    async def said(self, key: int) -> MessagePosted | None:
        """The message with this activity key, with the words that it has now.

        None when it is unknown, was taken back, was not written in a place of this community, or came longer ago
        than events are kept: a week.
        """
        posted = as_it_stands(await self._told_about(key))
        if posted is None or posted.place is None:
            return None
        place = await communities.place_at(self.session, posted.place)
        return posted if place and place.active and place.community_id == self.community.id else None

    async def _told_about(self, key: int) -> list[Event]:
        told: list[Event] = []
        for platform, body in await inbox.about_message(self.session, key):
            with suppress(ValueError):  # it becomes a dead letter; what else is told of the message still counts
                told.extend(self.frame.understand(platform, body))
        return told

    @property
    def messenger(self) -> Messenger:
        """The way into the outbox of this transaction."""
        community_id = self.known_community.id if self.known_community else None
        return Messenger(self.session, self.frame.cipher, self.frame.clock, community_id)

    @property
    def form_asking(self) -> FormAsking:
        """The way to ask for a form step by step, in this transaction."""
        zone = ZoneInfo(self.known_community.time_zone if self.known_community else "UTC")
        now, frame = self.now(), self.frame
        today = now.astimezone(zone).date()
        return FormAsking(self.session, frame.cipher, frame.texts, self.messenger, now, today)

    async def post(self, place: Place, message: Message, kind: Kind, *, thread: str | None = None) -> OutboxRow:
        """Say something to everybody in a place."""
        return await self.messenger.send(InPlace(place, thread), message, kind)

    async def tell(self, member: Member, message: Message, kind: Kind) -> OutboxRow | None:
        """Say something to one member privately, on the account they chose for that, else on the one they used last.

        One that can be written to goes first: where they have to write first on all of them, it waits for that. None
        when none can be reached.
        """
        reachable = await accounts.reachable(self.session, member.id)
        open_ones = [account for account in reachable if await self.can_write_to_account(account)]
        return await self.write_to((open_ones or reachable)[0], message, kind) if reachable else None

    async def can_write_to(self, member: Member) -> bool:
        """Whether what is told to a member privately arrives now, as far as is known."""
        reachable = await accounts.reachable(self.session, member.id)
        return any([await self.can_write_to_account(account) for account in reachable])

    async def can_write_to_account(self, account: Account) -> bool:
        """The same for an account, also of somebody who is no member."""
        if account.platform not in self.frame.needs_first_word:
            return True
        return bool(await private_chats.open_among(self.session, [account]))

    async def write_to(self, account: Account, message: Message, kind: Kind) -> OutboxRow:
        """Say something privately to an account, also of somebody who is no member."""
        return await self.messenger.send(Privately(account), message, kind)

    async def answer(self, message: Message, kind: Kind = Kind.RECEIPT) -> OutboxRow:
        """Answer the person who acts, where they act; in a place nobody else sees it."""
        return await self.messenger.send(self.back, message, kind)

    async def answer_privately(self, message: Message) -> OutboxRow:
        """Answer the person who acts in their private chat, wherever they act."""
        return await self.messenger.send(await self._private_chat(), message, Kind.RECEIPT)

    async def _private_chat(self) -> Destination:
        """Of who acts; where they have to open it first, the way into it is shown where they act."""
        account = self._acting.by.account
        return Privately(account) if await self.can_write_to_account(account) else self.back

    async def edit(self, reference: str, message: Message) -> None:
        """Put ``message`` in the place of the one with this reference."""
        await self.messenger.edit(reference, message)

    async def take_down(self, reference: str) -> None:
        """Take the message with this reference away again, also when it has not gone out yet."""
        await self.messenger.take_down(reference)

    async def show_commands(self, member: Member) -> None:
        """What a member may use has changed, or the language for it: bring the menus that they see up to date.

        Whoever gives or takes a role calls this.
        """
        for account in await accounts.reachable(self.session, member.id):
            await self.messenger.do("commands", Privately(account), {})

    async def check_leads(self, place: Place) -> None:
        """Find out whether who acts is an administrator of a place; the event LeadsChecked tells."""
        person = self._acting.by
        told = {"account": asdict(person.account), "name": person.name, "language": person.language}
        await self.messenger.do("leads", InPlace(place), {"person": told})

    async def let_in(self, place: Place) -> None:
        """Let who acts into a place that they asked to join, once they have what they were told before."""
        account = self._acting.by.account
        after = conversation_of(Privately(account))
        await self.messenger.do("approve", InPlace(place), {"account": asdict(account)}, after)

    async def answer_inline(self, asker: Account, query_id: str, results: Sequence[InlineResult]) -> None:
        """Show what was found to who looks it up while writing to others."""
        found = [{"id": one.id, "title": one.title, "text": text_to_json(one.text)} for one in results]
        await self.messenger.do("inline", Privately(asker), {"query": query_id, "results": found})

    async def open_form(self, form: Form) -> None:
        """Show a form to the person who acts; when that comes too late, a button to open it comes instead.

        On a platform that shows no forms its questions are asked one by one, in the private chat.
        """
        await self.open_again(await self.messenger.keep_form(form, self._acting.by.account))

    async def open_again(self, form: OpenedForm) -> None:
        """Show a form that was kept because it could not be opened in time, or ended without being sent."""
        person = self._acting.by.account
        if person.platform in self.frame.asks_step_by_step:
            await replace(self.form_asking, shown=await self._private_chat()).begin(form, person)
            return
        await self.messenger.show(form, self.back, self._trigger, self._form_is_ready(str(form.body["title"])))

    async def later(
        self, kind: str, payload: dict[str, Any], *, at: datetime | None = None, once: str | None = None
    ) -> bool:
        """Do slow work of this kind, now or at a moment (UTC). With ``once``, at most one such task waits."""
        moment = at or self.now()
        task = Task(
            kind=kind,
            once=once,
            community_id=self.known_community.id if self.known_community else None,
            payload=payload,
            created_at=self.now(),
            due_at=moment,
            retry_at=moment,
        )
        return await tasks.add(self.session, task)

    async def announce(self, news: object) -> None:
        """Tell the capabilities that hear of such news (``Capability.hears``); they act in this transaction."""
        for hear in self.frame.registry.hearers(news):
            await hear(news, self)

    async def every(self, name: str, cadence: str, subject: str = "") -> None:
        """Do this for the community as often as ``cadence`` says, in its time zone, from now on.

        ``name`` is that of a ``capability.recurring`` handler, which is given ``subject``, or of a declared schedule,
        whose cadence is then the community's own choice. Raises UnknownCadence for words that nobody taught, and
        Refusal for more than once an hour (``bot.core.cadence.too_often`` tells before).
        """
        await recurrence.choose(self.session, self.frame.registry, self.community, name, cadence, subject, self.now())

    async def no_longer(self, name: str, subject: str = "") -> None:
        """Do this for the community no longer; nothing happens where it didn't recur.

        What ``capability.recurring`` did is forgotten; a declared schedule is switched off, until ``every``.
        """
        await recurrence.stop(self.session, self.frame.registry, self.community, name, subject, self.now())

    async def cadences(self) -> list[StoredSchedule]:
        """What recurs for the community, by name and subject, also what is switched off (not ``active``).

        Only where it is ``active``, ``next_at`` tells when it is due next (UTC). ``chosen``: not as declared.
        """
        return await recurrence.of_community(self.session, self.frame.registry, self.community, self.now())

    async def within(self, community_id: int | None) -> Services:
        """The same services in the community that a button or a form belongs to, whichever others the person is in."""
        if community_id is None or (self.known_community and self.known_community.id == community_id):
            return self
        member = self.known_member
        roles = await members.roles_of(self.session, community_id, member.id) if member else frozenset()
        community = await communities.by_id(self.session, community_id)
        return replace(self, known_community=community, roles=roles)

    def about(self, community: Community) -> Services:
        """The same services for the whole of a community, with nobody acting."""
        return replace(
            self,
            event=None,
            known_community=community,
            known_place=None,
            known_member=None,
            roles=frozenset(),
        )

    @property
    def back(self) -> Destination:
        """Where the person who acts is answered."""
        person = self._acting.by.account
        place = self._acting.place
        return Privately(person) if place is None else OnlyVisibleTo(person, place, thread_of(self._acting))

    @property
    def _acting(self) -> Event:
        assert self.event is not None, "nobody acts, so nobody can be answered"  # noqa: S101 - a programmer's mistake
        return self.event

    @property
    def _trigger(self) -> Trigger | None:
        return getattr(self.event, "trigger", None)

    def _form_is_ready(self, title: str) -> Message:
        label = self.wording.label(mark("Open the form"))
        return Message(self.wording.say(mark("Your form is ready: {title}"), title=title), (open_form_button(label),))


@dataclass(frozen=True)
class WorkServices:
    """What slow work is given: no session of its own, so that it holds no transaction while it takes its time."""

    frame: Frame
    database: Database
    known_community: Community | None

    @property
    def community(self) -> Community:
        """The community that the task belongs to."""
        assert self.known_community is not None, "this task belongs to no community"  # noqa: S101 - a programmer's mistake
        return self.known_community

    def now(self) -> datetime:
        """The present moment, UTC."""
        return self.frame.clock.now()

    @property
    def assistant(self) -> Assistant | None:
        """Suggestions from a language model; None where that is switched off. What it raises, callers do without."""
        return self.frame.assistant

    @property
    def wording(self) -> Wording:
        """The words for what everybody in the community reads."""
        return self.frame.texts.wording(self.community.language)
