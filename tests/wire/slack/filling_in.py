"""What somebody puts into the fields of a modal, as Slack sends it in ``state.values``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from tests.wire.slack.refusal import Json

if TYPE_CHECKING:
    from tests.wire.slack.workspace import Workspace


class CannotSubmit(AssertionError):
    """Slack's own client doesn't let a form go like this; the app hears nothing of it."""


def state_of(workspace: Workspace, view: Json, by_label: Json, *, checked: bool = True) -> Json:
    """``state`` of a modal: what it began with, and over it what somebody put in, by the fields' labels.

    Raises CannotSubmit for what Slack's own client would not send, unless it isn't to be ``checked``.
    """
    wanted = {label.replace("_", " "): value for label, value in by_label.items()}
    inputs = [block for block in view["blocks"] if block["type"] == "input"]
    unknown = set(wanted) - {block["label"]["text"] for block in inputs}
    if unknown:
        raise CannotSubmit(f"no fields {unknown}, but {[block['label']['text'] for block in inputs]}")
    values: Json = {}
    for block in inputs:
        element, label = block["element"], block["label"]["text"]
        value = initial(element)
        if label in wanted:
            value = _put_in(workspace, element, wanted[label])
        if checked:
            _check(block, value)
        values[block["block_id"]] = {element["action_id"]: {"type": element["type"], **value}}
    return {"values": values}


def initial(element: Json) -> Json:
    """What an element holds before anybody touched it."""
    name, _ = _VALUE[element["type"]]
    given = element.get(_INITIAL.get(name, name.replace("selected", "initial")))
    if name.endswith("s"):
        return {name: given or []}
    return {name: given}


def _put_in(workspace: Workspace, element: Json, value: Any) -> Json:
    name, find = _VALUE[element["type"]]
    if name.endswith("s"):
        many = [value] if isinstance(value, str) or not isinstance(value, Sequence) else value
        return {name: [find(workspace, element, one) for one in many]}
    return {name: None if value in (None, "") else find(workspace, element, value)}


def _check(block: Json, value: Json) -> None:
    element, label, (given,) = block["element"], block["label"]["text"], value.values()
    if not given and not block.get("optional", False):
        raise CannotSubmit(f"{label}: please complete this required field")
    if isinstance(given, str) and not element.get("min_length", 0) <= len(given) <= element.get("max_length", 3_000):
        raise CannotSubmit(f"{label}: too long or too short")
    if isinstance(given, list) and len(given) > element.get("max_selected_items", len(given)):
        raise CannotSubmit(f"{label}: too many were chosen")


def _option(_: Workspace, element: Json, label: Any) -> Json:
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    for option in (option for group in groups for option in group["options"]):
        if label in {option["text"]["text"], option["value"]}:
            found: Json = option
            return found
    raise CannotSubmit(f"no option {label}")


def _user(workspace: Workspace, _: Json, who: Any) -> str:
    wanted = getattr(who, "id", who)
    for user in workspace.users.values():
        if wanted in {user.id, user.name}:
            return user.id
    raise CannotSubmit(f"nobody called {wanted}")


def _channel(workspace: Workspace, _: Json, which: Any) -> str:
    return workspace.find(which).id


def _as_it_is(_: Workspace, __: Json, value: Any) -> Any:
    return value


_Find = Callable[["Workspace", Json, Any], Any]
_VALUE: dict[str, tuple[str, _Find]] = {
    "plain_text_input": ("value", _as_it_is),
    "email_text_input": ("value", _as_it_is),
    "url_text_input": ("value", _as_it_is),
    "number_input": ("value", _as_it_is),
    "static_select": ("selected_option", _option),
    "multi_static_select": ("selected_options", _option),
    "external_select": ("selected_option", _option),
    "multi_external_select": ("selected_options", _option),
    "radio_buttons": ("selected_option", _option),
    "checkboxes": ("selected_options", _option),
    "users_select": ("selected_user", _user),
    "multi_users_select": ("selected_users", _user),
    "channels_select": ("selected_channel", _channel),
    "multi_channels_select": ("selected_channels", _channel),
    "conversations_select": ("selected_conversation", _channel),
    "multi_conversations_select": ("selected_conversations", _channel),
    "datepicker": ("selected_date", _as_it_is),
    "timepicker": ("selected_time", _as_it_is),
    "datetimepicker": ("selected_date_time", _as_it_is),
}
"""By kind of element: under which name its value stands, and how a person's choice becomes that value."""
_INITIAL = {"value": "initial_value"}
