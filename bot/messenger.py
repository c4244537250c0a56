"""The way into the outbox: what is said here goes out when the transaction around it commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.core.addresses import (
    Account,
    Destination,
    InPlace,
    Place,
    Privately,
    conversation_of,
    platform_of,
    tenant_of,
)
from bot.core.clock import Clock
from bot.core.events import Trigger
from bot.core.forms import Form
from bot.core.home import Home
from bot.core.messages import FOLLOW_START, Button, Kind, Message
from bot.core.serialization import (
    destination_from_json,
    destination_to_json,
    form_to_json,
    home_to_json,
    message_to_json,
    trigger_to_json,
)
from storage import buttons, forms, outbox
from storage.buttons import StoredButton
from storage.columns import new_token
from storage.database import Session
from storage.encryption import Cipher
from storage.forms import OpenedForm, person_digest
from storage.outbox import OutboxRow

OPEN_FORM = "forms.open"
"""The button action that shows a form which could not be opened in time. The frame serves it itself."""


HOME = "home"
"""The operation of outbox rows that show the bot's own page."""


def open_form_button(label: str) -> Button:
    """The button that opens a form later; the messenger fills in which form."""
    return Button(label, OPEN_FORM)


def conversation_digest(cipher: Cipher, destination: Destination) -> bytes:
    """What stands in the outbox for the conversation that a destination is part of."""
    return cipher.digest("conversation", platform_of(destination), tenant_of(destination), conversation_of(destination))


class Messenger:
    """Writes outbox rows, and remembers what their buttons and forms mean, inside one transaction."""

    def __init__(self, session: Session, cipher: Cipher, clock: Clock, community_id: int | None = None) -> None:
        self._session = session
        self._cipher = cipher
        self._clock = clock
        self._community_id = community_id

    async def send(self, destination: Destination, message: Message, kind: Kind) -> OutboxRow:
        """Say something. The row's ``reference`` names the message for later edits."""
        reference = new_token()
        body = {"message": message_to_json(await self._with_tokens(message, reference))}
        return await self._write("send", kind, destination, body, reference)

    async def edit(self, reference: str, message: Message) -> None:
        """Put ``message`` in the place of an earlier one; nothing happens when that one is unknown.

        What would take the place of the bot's own page, where a button of it was pressed, is said privately.
        """
        earlier = await outbox.by_reference(self._session, reference)
        if earlier is None:
            return
        if earlier.operation == HOME:
            await self.send(destination_from_json(earlier.destination), message, Kind.RECEIPT)
            return
        body = {"message": message_to_json(await self._with_tokens(message, reference))}
        await self._change(earlier, "edit", body)

    async def take_down(self, reference: str) -> None:
        """Take an earlier message away again, also before it went out; nothing happens when that one is unknown."""
        earlier = await outbox.by_reference(self._session, reference)
        if earlier is None or await outbox.withdraw(self._session, reference):
            return
        await self._change(earlier, "delete", {})

    async def _change(self, earlier: OutboxRow, operation: str, body: dict[str, Any]) -> None:
        now = self._clock.now()
        row = OutboxRow(
            platform=earlier.platform,
            conversation=earlier.conversation,
            operation=operation,
            kind=earlier.kind,
            destination=earlier.destination,
            body=body,
            target=earlier.reference,
            created_at=now,
            not_before=now,
        )
        await outbox.add(self._session, row)

    async def show_home(self, account: Account, home: Home) -> OutboxRow:
        """Show ``home`` on the bot's own page for this account, where its platform has one."""
        reference = new_token()
        with_tokens = home.changed(_with_token)
        await self._remember(with_tokens.buttons, reference)
        # A line of its own: messages don't wait for a page, nor a page for messages.
        line = f"home:{account.user}"
        return await self._write(
            HOME, Kind.RECEIPT, Privately(account), {"home": home_to_json(with_tokens)}, reference, line
        )

    async def follow(self, place: Place, to: Place) -> None:
        """What has not gone out yet to a place that has moved goes to where it is now."""
        old, new = InPlace(place), InPlace(to)
        digests = (conversation_digest(self._cipher, old), conversation_digest(self._cipher, new))
        await outbox.readdress(self._session, *digests, destination_to_json(new))

    async def do(self, operation: str, destination: Destination, body: dict[str, Any], line: str = "") -> None:
        """Have the platform do something that is no message; ``bot.outgoing`` knows the operations.

        It comes after what was written before it in its ``line``, a conversation: without one, its destination's own.
        """
        await self._write(operation, Kind.RECEIPT, destination, body, new_token(), line)

    async def keep_form(self, form: Form, person: Account) -> OpenedForm:
        """Keep a form that is about to be shown to this person, so that it can come back."""
        form_id = new_token()
        stored = OpenedForm(
            id=form_id,
            action=form.action,
            subject=form.subject,
            person=person_digest(self._cipher, form_id, person),
            community_id=self._community_id,
            body=form_to_json(form),
            opened_at=self._clock.now(),
        )
        return await forms.add(self._session, stored)

    async def show(self, form: OpenedForm, destination: Destination, trigger: Trigger | None, instead: Message) -> None:
        """Show a form that is kept already."""
        reference = new_token()
        pointing = replace(
            instead,
            buttons=tuple(
                replace(button, subject=form.id) if button.action == OPEN_FORM else button for button in instead.buttons
            ),
        )
        body = {
            "form_id": form.id,
            "form": form.body,
            "trigger": trigger_to_json(trigger) if trigger else None,
            "instead": message_to_json(await self._with_tokens(pointing, reference)),
        }
        await self._write("form", Kind.RECEIPT, destination, body, reference)

    async def _write(
        self,
        operation: str,
        kind: Kind,
        destination: Destination,
        body: dict[str, Any],
        reference: str,
        line: str = "",
    ) -> OutboxRow:
        now = self._clock.now()
        where = (platform_of(destination), tenant_of(destination), line or conversation_of(destination))
        row = OutboxRow(
            reference=reference,
            platform=platform_of(destination),
            conversation=self._cipher.digest("conversation", *where),
            operation=operation,
            kind=kind.value,
            destination=destination_to_json(destination),
            body=body,
            created_at=now,
            not_before=now,
        )
        return await outbox.add(self._session, row)

    async def _with_tokens(self, message: Message, reference: str) -> Message:
        """The message with an opaque id for each of its buttons, remembered in storage."""
        with_tokens = tuple(map(_with_token, message.buttons))
        await self._remember(with_tokens, reference)
        return replace(message, buttons=with_tokens)

    async def _remember(self, shown: Sequence[Button], reference: str) -> None:
        now = self._clock.now()
        rows = [
            StoredButton(
                token=one.token,
                action=one.action,
                subject=one.subject,
                reference=reference,
                community_id=self._community_id,
                created_at=now,
            )
            for one in shown
            if one.token
        ]
        if rows:
            await buttons.remember(self._session, rows)


def _with_token(button: Button) -> Button:
    return button if button.goes_to else replace(_acting(button), token=new_token())


def _acting(button: Button) -> Button:
    """The button with the action that it has where it is a button like any other."""
    return replace(button, action=FOLLOW_START, subject=button.starts) if button.starts else button
