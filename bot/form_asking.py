"""Forms step by step: what is asked and kept, inside one transaction. What comes in: ``bot.form_conversation``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from bot import form_questions as words
from bot.core.addresses import Account, Destination, Privately
from bot.core.form_steps import Standing, begun, decided_in, questions_of
from bot.core.forms import Form, FormValue, filled_in
from bot.core.messages import Kind, Message, Text, mark
from bot.core.serialization import destination_to_json, form_from_json, form_to_json
from bot.form_questions import Asking
from bot.messenger import Messenger, open_form_button
from bot.texts import Texts
from storage import form_steps, forms, outbox, tasks
from storage.database import Session
from storage.encryption import Cipher
from storage.form_steps import FormSteps
from storage.forms import OpenedForm
from storage.outbox import OutboxState
from storage.tasks import Task

EXPIRE = "forms.expire"
"""The task that looks whether a form was left alone."""

CLOSES_AFTER = timedelta(days=1)
"""How long a form may be left alone."""


Names = Mapping[str, str]
"""What people among the answers are called, by their ids on the platform."""

NOBODY: Names = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OpenSteps:
    """A form that somebody is in the middle of, with its row. ``form`` has what is asked of it."""

    row: FormSteps
    stored: OpenedForm
    form: Form
    account: Account

    @classmethod
    def of(cls, row: FormSteps, stored: OpenedForm, account: Account) -> OpenSteps:
        """The form as it was opened, at the step that its row tells."""
        return cls(row, stored, questions_of(form_from_json(stored.body)), account)

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return Standing(self.row.position, self.row.answers["values"])

    def all_answers(self, standing: Standing) -> dict[str, FormValue]:
        """The answers, with what needed no asking."""
        return {**decided_in(form_from_json(self.stored.body)), **standing.answers}

    @property
    def names(self) -> Names:
        """Those of the people among the answers."""
        called: Names = self.row.answers["names"]
        return called


@dataclass(frozen=True, slots=True)
class FormAsking:
    """Asks for forms in private chats. ``today`` is the day in the community.

    ``shown`` is that chat for who acts, told so that where they can't be written to yet they are shown the way into it.
    """

    session: Session
    cipher: Cipher
    texts: Texts
    messenger: Messenger
    now: datetime
    today: date
    shown: Destination | None = None

    async def open_for(self, account: Account) -> OpenSteps | None:
        """The form that somebody is in the middle of."""
        row = await form_steps.in_private_chat(self.session, self.cipher, account)
        return None if row is None else await self.with_form(row, account)

    async def with_form(self, row: FormSteps, account: Account) -> OpenSteps | None:
        """The form of a row. None for one that is over, whatever ended it."""
        stored = await forms.by_id(self.session, row.form_id)
        if stored is None or stored.submitted_at is not None:
            await form_steps.end(self.session, row)
            return None
        return OpenSteps.of(row, stored, account)

    async def begin(self, stored: OpenedForm, account: Account) -> None:
        """Ask a form's first question. In the middle of another one, ask first whether to leave that."""
        already = await self.open_for(account)
        if already is not None and already.stored.id == stored.id:
            await self.ask_again(already)
            return
        if already is not None:
            await self.ask_whether_to_leave(already, {"form": stored.id})
            return
        nothing: dict[str, Any] = {"values": {}, "names": {}}
        row = await form_steps.begin(self.session, self.cipher, account, stored.id, nothing, self.now)
        steps = OpenSteps.of(row, stored, account)
        await self.ask(steps, begun(steps.form))
        await self.look_in_a_day(row, account, stored.community_id)

    async def look_in_a_day(self, row: FormSteps, account: Account, community_id: int | None) -> None:
        """Look, when a day has passed, whether somebody still is at it."""
        due = row.touched_at + CLOSES_AFTER
        whom = destination_to_json(Privately(account))
        task = Task(
            kind=EXPIRE,
            once=f"{EXPIRE}:{row.form_id}",
            community_id=community_id,
            payload={"form": row.form_id, "to": whom},
            created_at=self.now,
            due_at=due,
            retry_at=due,
        )
        await tasks.add(self.session, task)

    async def ask(
        self, steps: OpenSteps, standing: Standing, trouble: Text | None = None, names: Names = NOBODY
    ) -> None:
        """Ask the question at which it stands now, in a message of its own."""
        turn = steps.row.turn + 1
        answers = {"values": dict(standing.answers), "names": {**steps.names, **names}}
        await form_steps.move(self.session, steps.row, self.now, position=standing.position, answers=answers, turn=turn)
        message = words.question(self.asking(steps), trouble, first=turn == 1)
        sent = await self.messenger.send(self._chat(steps), message, Kind.RECEIPT)
        await form_steps.move(self.session, steps.row, self.now, question=sent.reference)

    async def ask_again(self, steps: OpenSteps, trouble: Text | None = None) -> None:
        """Bring the question down to where the talk is now."""
        await self.edit(steps, words.asked_below(self.asking(steps)))
        await self.ask(steps, steps.standing, trouble)

    async def goes_on(self, account: Account) -> bool:
        """Ask who is in the middle of a form its question again, unless that is to come. Whether they are in one."""
        steps = await self.open_for(account)
        if steps is None:
            return False
        asked = await outbox.by_reference(self.session, steps.row.question)
        if asked is None or asked.state not in (OutboxState.WAITING, OutboxState.SENDING):
            await self.ask_again(steps)
        return True

    async def show_choices(self, steps: OpenSteps, standing: Standing) -> None:
        """Show in the question itself what is chosen by now."""
        answers = {"values": dict(standing.answers), "names": dict(steps.names)}
        await form_steps.move(self.session, steps.row, self.now, answers=answers)
        await self.edit(steps, words.question(self.asking(steps), first=steps.row.turn == 1))

    async def edit(self, steps: OpenSteps, message: Message) -> None:
        """Put something in the place of the question."""
        await self.messenger.edit(steps.row.question, message)

    async def ask_whether_to_leave(self, steps: OpenSteps, instead: Mapping[str, Any]) -> None:
        """Ask what to do, in the middle of a form; ``instead`` is done once it was left."""
        wording = self.texts.wording(steps.form.language)
        message = words.whether_to_leave(wording, steps.form.title, steps.stored.id, json.dumps(instead))
        await self.messenger.send(self._chat(steps), message, Kind.RECEIPT)

    def _chat(self, steps: OpenSteps) -> Destination:
        return self.shown or Privately(steps.account)

    async def leave(self, steps: OpenSteps, in_its_place: Message | None = None) -> Message:
        """Leave the form, and the question without its buttons; what is to be said about it."""
        await self.edit(steps, in_its_place or words.unasked(self.asking(steps)))
        await form_steps.end(self.session, steps.row)
        return words.left(self.texts.wording(steps.form.language), steps.form.title)

    async def close(self, steps: OpenSteps) -> Message:
        """End what was left alone, and keep what was written; what is to be said about it."""
        typed = filled_in(form_from_json(steps.stored.body), steps.all_answers(steps.standing))
        await self.leave(steps)
        await forms.keep_typed(self.session, steps.stored.id, form_to_json(typed))
        wording = self.texts.wording(steps.form.language)
        again = replace(open_form_button(wording.label(mark("Begin again"))), subject=steps.stored.id)
        return words.expired(wording, steps.form.title, again)

    def asking(self, steps: OpenSteps, standing: Standing | None = None) -> Asking:
        """The form with all that its words need; as it stood, or where it would stand."""
        return Asking(
            wording=self.texts.wording(steps.form.language),
            form=steps.form,
            form_id=steps.stored.id,
            turn=steps.row.turn,
            standing=standing or steps.standing,
            today=self.today,
            names=steps.names,
        )
