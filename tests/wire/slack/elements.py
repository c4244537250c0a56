"""The interactive elements of Block Kit, and what Slack refuses of them.

The limits are those of Slack's Block Kit reference (https://docs.slack.dev/reference/block-kit) and of the validators
in slack_sdk.models.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.wire.slack.inspection import ANY_TEXT, Inspection
from tests.wire.slack.refusal import Json

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{2}:\d{2}")
_SELECTS = {
    "static_select", "external_select", "users_select", "conversations_select", "channels_select",
}  # fmt: skip
_MULTI = {f"multi_{kind}" for kind in _SELECTS}
_CHOICES = {"checkboxes", "radio_buttons"}
_PICKERS = {"datepicker", "timepicker", "datetimepicker"}
_TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}

IN_ACTIONS = {"button", "overflow", *_SELECTS, *_CHOICES, *_PICKERS}
IN_SECTION = {"button", "overflow", "image", *_SELECTS, *_MULTI, *_CHOICES, "datepicker", "timepicker"}
IN_INPUT = {*_TYPED, *_SELECTS, *_MULTI, *_CHOICES, *_PICKERS}

_INITIAL = {
    "static_select": "initial_option", "multi_static_select": "initial_options",
    "external_select": "initial_option", "multi_external_select": "initial_options",
    "users_select": "initial_user", "multi_users_select": "initial_users",
    "conversations_select": "initial_conversation", "multi_conversations_select": "initial_conversations",
    "channels_select": "initial_channel", "multi_channels_select": "initial_channels",
}  # fmt: skip


def check_element(inspection: Inspection, element: Any, path: str, *, among: set[str]) -> None:
    """Check one element that may be of the kinds ``among``."""
    kind = element.get("type") if isinstance(element, dict) else None
    if not isinstance(kind, str) or kind not in among:
        inspection.wrong(f"{path}/type", f"unsupported type: {kind}")
        return
    if kind != "image":
        inspection.string(element, "action_id", path, at_least=1, at_most=255)
    _CHECKS[kind](inspection, element, path)
    inspection.focused += element.get("focus_on_load") is True


def _button(inspection: Inspection, element: Json, path: str) -> None:
    may = ("action_id", "url", "value", "style", "confirm", "accessibility_label")
    if inspection.properties(element, path, needs=("type", "text"), may=may):
        inspection.text(element["text"], f"{path}/text", at_most=75)
    inspection.url(element, "url", path)
    inspection.string(element, "value", path, at_most=2_000)
    inspection.string(element, "accessibility_label", path, at_most=75)
    inspection.choice(element, "style", path, among=("primary", "danger"))
    _confirm(inspection, element, path)


def _image(inspection: Inspection, element: Json, path: str) -> None:
    inspection.properties(element, path, needs=("type", "alt_text"), may=("image_url", "slack_file"))
    inspection.url(element, "image_url", path)
    inspection.string(element, "alt_text", path, at_least=1, at_most=2_000)
    if ("image_url" in element) == ("slack_file" in element):
        inspection.wrong(path, "exactly one of image_url and slack_file must be provided")


def _overflow(inspection: Inspection, element: Json, path: str) -> None:
    inspection.properties(element, path, needs=("type", "options"), may=("action_id", "confirm"))
    _options(inspection, element, path, at_most=5, kinds=("plain_text",), extra=("url",))
    _confirm(inspection, element, path)


def _choices(inspection: Inspection, element: Json, path: str) -> None:
    initial = "initial_options" if element["type"] == "checkboxes" else "initial_option"
    inspection.properties(
        element, path, needs=("type", "options"), may=("action_id", initial, "confirm", "focus_on_load")
    )
    _options(inspection, element, path, at_most=10, kinds=ANY_TEXT)
    _initial_options(inspection, element, initial, path, element.get("options") or [])
    _confirm(inspection, element, path)


def _static(inspection: Inspection, element: Json, path: str) -> None:
    initial = _INITIAL[element["type"]]
    may = ["action_id", "options", "option_groups", initial, "confirm", "focus_on_load", "placeholder"]
    may += ["max_selected_items"] if element["type"] == "multi_static_select" else []
    inspection.properties(element, path, needs=("type",), may=may)
    if (element.get("options") is None) == (element.get("option_groups") is None):
        inspection.wrong(path, "exactly one of options and option_groups must be provided")
    offered = list(element.get("options") or [])
    if element.get("options") is not None:
        _options(inspection, element, path, at_most=100, kinds=("plain_text",))
    if element.get("option_groups") is not None:

        def group(value: Any, where: str) -> None:
            if inspection.properties(value, where, needs=("label", "options")):
                inspection.text(value["label"], f"{where}/label", at_most=75)
                _options(inspection, value, where, at_most=100, kinds=("plain_text",))
                offered.extend(value["options"])

        inspection.items(element["option_groups"], f"{path}/option_groups", group, at_most=100)
    _initial_options(inspection, element, initial, path, offered)
    _select(inspection, element, path)


def _dynamic(inspection: Inspection, element: Json, path: str) -> None:
    kind = element["type"]
    may = ["action_id", _INITIAL[kind], "confirm", "focus_on_load", "placeholder"]
    may += ["max_selected_items"] if kind.startswith("multi_") else []
    may += ["response_url_enabled"] if kind in {"conversations_select", "channels_select"} else []
    may += ["filter", "default_to_current_conversation"] if "conversations" in kind else []
    may += ["min_query_length"] if "external" in kind else []
    inspection.properties(element, path, needs=("type",), may=may)
    _select(inspection, element, path)


def _select(inspection: Inspection, element: Json, path: str) -> None:
    _placeholder(inspection, element, path)
    inspection.whole(element, "max_selected_items", path, at_least=1, at_most=10_000)
    _confirm(inspection, element, path)


def _picker(inspection: Inspection, element: Json, path: str) -> None:
    kind = element["type"]
    name = {"datepicker": "initial_date", "timepicker": "initial_time", "datetimepicker": "initial_date_time"}[kind]
    may = ["action_id", name, "confirm", "focus_on_load"]
    may += ["placeholder"] if kind != "datetimepicker" else []
    may += ["timezone"] if kind == "timepicker" else []
    inspection.properties(element, path, needs=("type",), may=may)
    initial, pattern = element.get(name), {"datepicker": _DAY, "timepicker": _TIME}.get(kind)
    if initial is not None and pattern is not None and not pattern.fullmatch(str(initial)):
        inspection.wrong(f"{path}/{name}", "must be a valid date or time")
    _placeholder(inspection, element, path)
    _confirm(inspection, element, path)


def _typed(inspection: Inspection, element: Json, path: str) -> None:
    kind = element["type"]
    may = ["action_id", "initial_value", "placeholder", "dispatch_action_config", "focus_on_load"]
    needs = ["type"]
    may += ["multiline", "min_length", "max_length"] if kind == "plain_text_input" else []
    if kind == "number_input":
        needs.append("is_decimal_allowed")
        may += ["min_value", "max_value"]
    inspection.properties(element, path, needs=needs, may=may)
    _placeholder(inspection, element, path)
    for name in ("multiline", "focus_on_load", "is_decimal_allowed"):
        inspection.flag(element, name, path)
    inspection.whole(element, "min_length", path, at_least=0, at_most=3_000)
    inspection.whole(element, "max_length", path, at_least=1, at_most=3_000)
    longest = element.get("max_length")
    inspection.string(element, "initial_value", path, at_most=longest if isinstance(longest, int) else 3_000)


def _options(
    inspection: Inspection, owner: Json, path: str, *, at_most: int, kinds: tuple[str, ...], extra: tuple[str, ...] = ()
) -> None:
    def option(value: Any, where: str) -> None:
        if inspection.properties(value, where, needs=("text", "value"), may=("description", *extra)):
            inspection.text(value["text"], f"{where}/text", at_most=75, kinds=kinds)
            inspection.string(value, "value", where, at_least=1, at_most=150)
        if isinstance(value, dict) and value.get("description") is not None:
            inspection.text(value["description"], f"{where}/description", at_most=75, kinds=kinds)

    inspection.items(owner.get("options"), f"{path}/options", option, at_most=at_most)


def _initial_options(inspection: Inspection, element: Json, name: str, path: str, offered: list[Any]) -> None:
    initial = element.get(name)
    if initial is None:
        return
    if name.endswith("s") and (not isinstance(initial, list) or not initial):
        inspection.wrong(f"{path}/{name}", "no fewer than 1 items allowed")
        return
    for option in initial if isinstance(initial, list) else [initial]:
        if option not in offered:
            inspection.wrong(f"{path}/{name}", "must be one of the provided options")


def _placeholder(inspection: Inspection, element: Json, path: str) -> None:
    if element.get("placeholder") is not None:
        inspection.text(element["placeholder"], f"{path}/placeholder", at_most=150)


def _confirm(inspection: Inspection, element: Json, path: str) -> None:
    confirm = element.get("confirm")
    if confirm is None:
        return
    path = f"{path}/confirm"
    if inspection.properties(confirm, path, needs=("title", "text", "confirm", "deny"), may=("style",)):
        inspection.text(confirm["title"], f"{path}/title", at_most=100)
        inspection.text(confirm["text"], f"{path}/text", at_most=300, kinds=ANY_TEXT)
        inspection.text(confirm["confirm"], f"{path}/confirm", at_most=30)
        inspection.text(confirm["deny"], f"{path}/deny", at_most=30)
        inspection.choice(confirm, "style", path, among=("primary", "danger"))


_CHECKS: dict[str, Callable[[Inspection, Json, str], None]] = {
    "button": _button,
    "image": _image,
    "overflow": _overflow,
    **dict.fromkeys(_CHOICES, _choices),
    "static_select": _static,
    "multi_static_select": _static,
    **dict.fromkeys((_SELECTS | _MULTI) - {"static_select", "multi_static_select"}, _dynamic),
    **dict.fromkeys(_PICKERS, _picker),
    **dict.fromkeys(_TYPED, _typed),
}
