"""One event through its handlers: what is planned for it, and each step in a transaction of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import perf_counter

from bot import form_conversation, reachability
from bot.core.addresses import Account
from bot.core.dispatch import NotAllowed, Registry, Step, acting_on, check_roles
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CarriedOut, CommandUsed, Event, FormSubmitted, MessagePosted, ShortcutUsed
from bot.core.forms import filled_in
from bot.core.messages import Button, Kind, Message, mark
from bot.core.serialization import form_from_json, form_to_json
from bot.form_conversation import FORM_OVER
from bot.form_questions import ACTIONS, CANCEL, START
from bot.loops import STEP_PATIENCE
from bot.messenger import OPEN_FORM, open_form_button
from bot.metrics import Metrics
from bot.recording import record
from bot.services import Frame, Services
from bot.who_acts import services_for
from storage import buttons, forms, inbox, tasks
from storage.database import Database, DatabaseUnavailable, Session
from storage.forms import OpenedForm

_NO_LONGER = mark("This button is from an earlier time and no longer works. Please use /help.")
_FAILED = mark("Something went wrong here, and I could not do that. Please try again, or tell a facilitator.")
_STRANGER = mark("This works in a community. Join one of its places first, or start one with /help.")
_UNNAMED = mark("I can't see who you are here, so I can't do that. Please write to me privately, or in your own name.")


@dataclass(slots=True)
class _Run:
    """How far an event has come. ``is_last``: when the step that runs now is done, all are."""

    event_id: int
    events: Sequence[Event]
    recorded: bool
    finished: bool = False
    is_last: bool = False


class Handling:
    """Runs the steps of events. Every step is done once, whatever happens in between.

    ``added_tasks``: a step that is done has added some; whoever sees to them takes that back.
    """

    def __init__(self, database: Database, frame: Frame, metrics: Metrics) -> None:
        self._database = database
        self._frame = frame
        self._metrics = metrics
        self.patience = STEP_PATIENCE
        self.added_tasks = False
        self._answer = Step("forms.answer", self._answered, for_strangers=True)
        self._unnamed = Step("unnamed", self._ask_for_a_name, for_strangers=True)

    def plan(self, event: Event) -> list[tuple[Event, Step | None]]:
        """The steps of an event. None stands for what must be looked up first: a command, a button, a form.

        What nobody does is not done: who acts in the name of a whole group can be anybody.
        What somebody writes privately may answer a question of a form; then nobody else hears of it.
        """
        if isinstance(event, CommandUsed) and not self._frame.registry.concerns(event):
            return []
        if acting_on(event):
            return [(event, None if event.by.account.user else self._unnamed)]
        first = [self._answer] if self._may_answer(event) else []
        return [(event, step) for step in (*first, *self._frame.registry.listeners(event))]

    def _may_answer(self, event: Event) -> bool:
        """Whether it was written where the questions of a form are answered."""
        step_by_step = event.private and event.by.account.platform in self._frame.asks_step_by_step
        return step_by_step and isinstance(event, MessagePosted)

    async def run(
        self,
        event_id: int,
        events: Sequence[Event],
        steps: Sequence[tuple[Event, Step | None]],
        *,
        recorded: bool = False,
    ) -> BaseException | None:
        """Record the events, do every step that isn't done, and finish. The first error, where a step failed.

        They are recorded with the first step, unless that was done before, and finished with the last one: most
        events have one step, and so one transaction.
        """
        run = _Run(event_id, events, recorded)
        names = [f"{number}.{step.name if step else 'act'}" for number, (_, step) in enumerate(steps)]
        failed: BaseException | None = None
        unanswered: Event | None = None
        for number, (event, step) in enumerate(steps):
            if event is unanswered:
                continue
            later = [name for name, (other, _) in zip(names, steps, strict=True) if other is event][1:]
            run.is_last = failed is None and number == len(steps) - 1
            try:
                await self._step(run, names[number], event, step, later if step is self._answer else ())
            except DatabaseUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the other steps still get their turn
                failed = failed or error
                unanswered = event if step is self._answer else unanswered  # nobody else may take it for theirs
        if not run.recorded or not (failed or run.finished):
            async with self._working_on(run) as session:
                if failed is None:
                    await inbox.finish(session, [event_id])
        return failed

    @asynccontextmanager
    async def _working_on(self, run: _Run) -> AsyncIterator[Session]:
        """A transaction of an event's; the first one that is kept records it, where that isn't done yet."""
        before = replace(run)
        try:
            async with self._database.transaction() as session:
                if not run.recorded:
                    await record(session, run.events, self._frame.clock.now())
                    await reachability.keep(session, self._frame, run.events)
                    run.recorded = True
                yield session
        except BaseException:  # however it ended, nothing of it was kept
            run.recorded, run.finished = before.recorded, before.finished
            raise

    async def apologise(self, events: Sequence[Event]) -> None:
        """Tell who waits for an answer that there will be none, when an event has become a dead letter."""
        for event in events:
            if not event.by.account.user or not (acting_on(event) or self._may_answer(event)):
                continue
            async with self._database.transaction() as session:
                services = await services_for(self._frame, session, event)
                if not await form_conversation.refused(event, services, Refusal(_FAILED)) and acting_on(event):
                    back = await self._way_back(services, event)
                    await services.answer(Message(services.wording.say(_FAILED), back), Kind.RECEIPT)

    async def _step(
        self, run: _Run, mark_name: str, event: Event, step: Step | None, instead_of: Sequence[str]
    ) -> None:
        """Do a step; if it is the answer to a form's question, it is done ``instead_of`` the steps with these marks."""
        started = perf_counter()
        try:
            async with self._working_on(run) as session:
                if not await self._is_mine(run, session, mark_name):
                    return
                async with asyncio.timeout(self.patience.total_seconds()):  # inside, so that it is taken back in peace
                    if step is not self._answer or await self._takes(session, run.event_id, event, instead_of):
                        await self._act(session, event, step)
            self.added_tasks |= tasks.were_added(session)
        except Refusal as refusal:
            async with self._working_on(run) as session:
                if await self._is_mine(run, session, mark_name):
                    await self._refused(session, run.event_id, event, refusal, instead_of)
            self.added_tasks |= tasks.were_added(session)
        finally:
            self._metrics.handled.observe(perf_counter() - started)

    async def _is_mine(self, run: _Run, session: Session, mark_name: str) -> bool:
        """Whether nobody has done this step, and nobody else will; with the last one the event is finished."""
        if not run.is_last:
            return await inbox.mark_handled(session, run.event_id, mark_name)
        run.finished = await inbox.take_last_step(session, run.event_id, mark_name)
        return run.finished

    async def _takes(self, session: Session, event_id: int, event: Event, instead_of: Sequence[str]) -> bool:
        """Whether it answers a question of a form; then it is nobody else's any more."""
        assert isinstance(event, MessagePosted)  # noqa: S101 - nothing else is planned so
        taken = await form_conversation.takes(await services_for(self._frame, session, event), event)
        for other in instead_of if taken else ():
            await inbox.mark_handled(session, event_id, other)
        return taken

    async def _act(self, session: Session, event: Event, step: Step | None) -> None:
        services = await services_for(self._frame, session, event)
        if step is None:
            event, step, community_id = await self._look_up(services, event)
            services = await replace(services, event=event).within(community_id)
        if services.known_community is None and not step.for_strangers:
            if acting_on(event):
                raise Refusal(_STRANGER)
            return
        check_roles(step, event, services.roles)
        await step.handler(event, services)
        if services.known_community is not None and acting_on(event):
            await services.announce(CarriedOut(step.name))

    async def _look_up(self, services: Services, event: Event) -> tuple[Event, Step, int | None]:
        """What a command, a button or a form is about, and in which community; None leaves that as it is.

        Raises Refusal where it is about nothing (any more).
        """
        registry = self._frame.registry
        if isinstance(event, CommandUsed):
            return event, await self._look_up_command(services, event, registry), None
        if isinstance(event, ShortcutUsed):
            return event, registry.shortcut(event.name), None
        if isinstance(event, ButtonPressed):
            return await self._look_up_button(services, event, registry)
        assert isinstance(event, FormSubmitted)  # noqa: S101 - acting_on knows no other
        form = await self._still_open(services, event.form, event.by.account)
        if form is None or not await forms.take(services.session, form.id, services.now()):
            raise Refusal(FORM_OVER)
        submitted = replace(event, action=form.action, subject=form.subject)
        return submitted, registry.form(form.action), form.community_id

    async def _look_up_command(self, services: Services, event: CommandUsed, registry: Registry) -> Step:
        """The command's own step; in the middle of a form the question whether to leave that."""
        step = registry.command(event)
        check_roles(step, event, services.roles)
        goes_on = step.name == f"command.{START}" and not event.arguments.strip()
        if goes_on or step.name == f"command.{CANCEL}" or await form_conversation.open_steps(services, event) is None:
            return step
        return Step("forms.interrupted", form_conversation.interrupted, for_strangers=True)

    async def _look_up_button(
        self, services: Services, event: ButtonPressed, registry: Registry
    ) -> tuple[ButtonPressed, Step, int | None]:
        button = await buttons.pressed(services.session, event.button)
        if button is None:
            raise Refusal(_NO_LONGER)
        pressed = replace(event, action=button.action, subject=button.subject, reference=button.reference)
        if button.action == OPEN_FORM:
            return pressed, Step(OPEN_FORM, self._open_again, for_strangers=True), button.community_id
        if button.action in ACTIONS:
            return pressed, Step(button.action, self._pressed_in_form, for_strangers=True), button.community_id
        return pressed, registry.button(button.action), button.community_id

    async def _ask_for_a_name(self, event: Event, services: Services) -> None:
        """There is nobody who could be answered privately, so it is said in the place, where I may speak there."""
        if event.place is not None and services.known_community is not None:
            said = Message(services.community_wording.say(_UNNAMED))
            await services.post(event.place, said, Kind.RECEIPT)

    async def _answered(self, event: MessagePosted, services: Services) -> None:
        await self._go_on_with(services, await form_conversation.answered(event, services))

    async def _pressed_in_form(self, event: ButtonPressed, services: Services) -> None:
        await self._go_on_with(services, await form_conversation.pressed(event, services))

    async def _go_on_with(self, services: Services, event: Event | None) -> None:
        """What a form's conversation led to, in the same transaction: the form itself, or what it was left for."""
        if event is not None:
            await self._act(services.session, event, None)

    async def _open_again(self, event: ButtonPressed, services: Services) -> None:
        form = await self._still_open(services, event.subject, event.by.account)
        if form is None:
            raise Refusal(FORM_OVER)
        await services.open_again(form)

    async def _still_open(self, services: Services, form_id: str, account: Account) -> OpenedForm | None:
        """The form of this id where it was opened for this account and has not been sent, else None."""
        form = await forms.by_id(services.session, form_id)
        person = forms.person_digest(self._frame.cipher, form_id, account)
        return form if form and form.person == person and form.submitted_at is None else None

    async def _refused(
        self, session: Session, event_id: int, event: Event, refusal: Refusal, instead_of: Sequence[str]
    ) -> None:
        for other in instead_of:
            await inbox.mark_handled(session, event_id, other)
        services = await services_for(self._frame, session, event)
        if await form_conversation.refused(event, services, refusal) or not acting_on(event):
            return
        back = () if isinstance(refusal, NotAllowed) else await self._way_back(services, event)
        await services.answer(Message(services.wording.say(refusal.key, **refusal.values), back), Kind.RECEIPT)

    async def _way_back(self, services: Services, event: Event) -> tuple[Button, ...]:
        """The button to a form that was sent in vain: what was typed into it is still there."""
        if not isinstance(event, FormSubmitted):
            return ()
        form = await self._still_open(services, event.form, event.by.account)
        if form is None:
            return ()
        typed = filled_in(form_from_json(form.body), event.values)
        await forms.keep_typed(services.session, form.id, form_to_json(typed))
        return (replace(open_form_button(services.wording.label(mark("Open the form"))), subject=form.id),)
