"""The vocabulary as JSON, for the outbox and for forms that were opened, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.core import forms
from bot.core.addresses import Account, Destination, InPlace, MessageRef, OnlyVisibleTo, Place, Privately
from bot.core.events import Trigger
from bot.core.home import Home, HomeRow, HomeSection
from bot.core.messages import Attachment, Button, Emphasis, Message, Poll, Text, Value

Json = dict[str, Any]

_FIELDS: dict[str, type[forms.Field]] = {
    "text": forms.TextField,
    "long_text": forms.LongTextField,
    "choice": forms.ChoiceField,
    "multi_choice": forms.MultiChoiceField,
    "date": forms.DateField,
    "person": forms.PersonField,
    "consent": forms.ConsentField,
}
_FIELD_NAMES = {kind: name for name, kind in _FIELDS.items()}


def destination_to_json(destination: Destination) -> Json:
    """Any destination, with the word for its kind."""
    return {"to": type(destination).__name__, **asdict(destination)}


def destination_from_json(data: Mapping[str, Any]) -> Destination:
    """The inverse of ``destination_to_json``."""
    if data["to"] == "InPlace":
        return InPlace(Place(**data["place"]), data["thread"])
    if data["to"] == "Privately":
        return Privately(Account(**data["account"]))
    return OnlyVisibleTo(Account(**data["account"]), Place(**data["place"]), data.get("thread"))


def text_to_json(text: Text) -> Json:
    """Markdown with its values."""
    values = {name: text_to_json(value) if isinstance(value, Text) else value for name, value in text.values.items()}
    return {"markdown": text.markdown, "values": values}


def text_from_json(data: Mapping[str, Any]) -> Text:
    """The inverse of ``text_to_json``."""
    values: dict[str, Value] = {
        name: value if isinstance(value, str) else text_from_json(value) for name, value in data["values"].items()
    }
    return Text(data["markdown"], values)


def message_to_json(message: Message) -> Json:
    """A whole message."""
    return {
        "text": text_to_json(message.text),
        "buttons": [asdict(button) for button in message.buttons],
        "attachments": [asdict(attachment) for attachment in message.attachments],
        "details": None if message.details is None else text_to_json(message.details),
        "poll": None if message.poll is None else asdict(message.poll),
    }


def message_from_json(data: Mapping[str, Any]) -> Message:
    """The inverse of ``message_to_json``."""
    return Message(
        text=text_from_json(data["text"]),
        buttons=tuple(_button_from_json(one) for one in data["buttons"]),
        attachments=tuple(Attachment(**one) for one in data["attachments"]),
        details=None if data["details"] is None else text_from_json(data["details"]),
        poll=_poll_from_json(data.get("poll")),
    )


def home_to_json(home: Home) -> Json:
    """A whole page."""
    return {
        "language": home.language,
        "sections": [
            {
                "heading": one.heading,
                "rows": [_row_to_json(row) for row in one.rows],
                "empty": None if one.empty is None else _row_to_json(one.empty),
            }
            for one in home.sections
        ],
    }


def home_from_json(data: Mapping[str, Any]) -> Home:
    """The inverse of ``home_to_json``."""
    return Home(
        language=data["language"],
        sections=tuple(
            HomeSection(
                heading=one["heading"],
                rows=tuple(_row_from_json(row) for row in one["rows"]),
                empty=None if one["empty"] is None else _row_from_json(one["empty"]),
            )
            for one in data["sections"]
        ),
    )


def form_to_json(form: forms.Form) -> Json:
    """A whole form."""
    return {
        "action": form.action,
        "title": form.title,
        "submit": form.submit,
        "subject": form.subject,
        "intro": None if form.intro is None else text_to_json(form.intro),
        "language": form.language,
        "fields": [{"type": _FIELD_NAMES[type(field)], **asdict(field)} for field in form.fields],
    }


def form_from_json(data: Mapping[str, Any]) -> forms.Form:
    """The inverse of ``form_to_json``."""
    return forms.Form(
        action=data["action"],
        title=data["title"],
        submit=data["submit"],
        subject=data["subject"],
        intro=None if data["intro"] is None else text_from_json(data["intro"]),
        language=data["language"],
        fields=tuple(_field_from_json(field) for field in data["fields"]),
    )


def ref_to_json(ref: MessageRef) -> Json:
    """The address of a message."""
    return asdict(ref)


def ref_from_json(data: Mapping[str, Any]) -> MessageRef:
    """The inverse of ``ref_to_json``."""
    return MessageRef(**data)


def trigger_to_json(trigger: Trigger) -> Json:
    """A trigger with its end."""
    return {"id": trigger.id, "expires_at": trigger.expires_at.isoformat()}


def trigger_from_json(data: Mapping[str, Any]) -> Trigger:
    """The inverse of ``trigger_to_json``."""
    return Trigger(data["id"], datetime.fromisoformat(data["expires_at"]))


def _poll_from_json(data: Mapping[str, Any] | None) -> Poll | None:
    return None if data is None else Poll(**{**data, "options": tuple(data["options"])})


def _row_to_json(row: HomeRow) -> Json:
    return {"text": text_to_json(row.text), "buttons": [asdict(button) for button in row.buttons]}


def _row_from_json(data: Mapping[str, Any]) -> HomeRow:
    return HomeRow(text_from_json(data["text"]), tuple(_button_from_json(one) for one in data["buttons"]))


def _button_from_json(data: Mapping[str, Any]) -> Button:
    goes_to = data.get("goes_to")
    return Button(
        **{
            **data,
            "emphasis": Emphasis(data["emphasis"]),
            "goes_to": ref_from_json(goes_to) if goes_to else None,
        }
    )


def _field_from_json(data: Mapping[str, Any]) -> forms.Field:
    values = dict(data)
    kind = _FIELDS[values.pop("type")]
    if "choices" in values:
        values["choices"] = tuple(forms.Choice(**choice) for choice in values["choices"])
    return kind(**values)
