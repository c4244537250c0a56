"""What is attached under a message: inline keyboards, and what changes a person's own keyboard."""

from __future__ import annotations

from typing import Any

from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.text import check_deep_link, check_encoding, sound_url

CALLBACK_BYTES = 64
MOST_BUTTONS = 100
BUTTONS_IN_A_ROW = 8

_ACTIONS = ("url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat", "copy_text", "web_app")
_STYLES = {"danger", "success", "primary"}


def checked_markup(markup: Any, *, bot: str, inline_only: bool = False) -> Json | None:
    """The inline keyboard of a message, as Telegram keeps it; None when there is none."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise Refused("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup, bot)
    if inline_only:
        raise Refused("inline keyboard expected")
    _check_other(markup)
    return None


def _check_other(markup: Json) -> None:
    if "keyboard" in markup:
        for row in _rows(markup, "keyboard"):
            for button in row:
                text = button.get("text") if isinstance(button, dict) else button
                if not isinstance(text, str) or not text:
                    raise Refused('can\'t parse keyboard button: Field "text" must be a non-empty String')
        _only(markup, {"keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "selective",
                       "input_field_placeholder"})  # fmt: skip
    elif "remove_keyboard" in markup or "force_reply" in markup:
        name = "remove_keyboard" if "remove_keyboard" in markup else "force_reply"
        if not isinstance(markup[name], bool):
            raise Refused(f'field "{name}" must be of type Boolean')
        _only(markup, {name, "selective", "input_field_placeholder"})
    elif markup:
        raise Refused("can't parse reply keyboard markup: none of the known kinds")


def _inline(markup: Json, bot: str) -> Json | None:
    _only(markup, {"inline_keyboard"})
    rows = [[_button(button, bot) for button in row] for row in _rows(markup, "inline_keyboard") if row]
    if sum(map(len, rows)) > MOST_BUTTONS or any(len(row) > BUTTONS_IN_A_ROW for row in rows):
        raise Refused("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": rows} if rows else None


def _rows(markup: Json, name: str) -> list[list[Any]]:
    rows = markup[name]
    if not isinstance(rows, list):
        raise Refused(f'field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise Refused(f'field "{name}" must be an Array of Arrays')
    return rows


def _button(button: Any, bot: str) -> Json:
    if not isinstance(button, dict):
        raise Refused("can't parse inline keyboard button: expected an Object")
    made = {name: value for name, value in button.items() if value is not None}
    _only(made, {"text", "style", "icon_custom_emoji_id", *_ACTIONS})
    text = made.get("text")
    if not isinstance(text, str):
        raise Refused("can't parse inline keyboard button: Can't find field \"text\"")
    check_encoding(text)
    if not text.strip():
        raise Refused("inline keyboard button text must be non-empty")
    actions = [name for name in _ACTIONS if name in made]
    if not actions:
        raise Refused("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise Refused(f"a button does one thing, not {' and '.join(actions)} (Telegram would choose one)")
    if made.get("style", "primary") not in _STYLES:
        raise Refused("invalid button style specified")
    if "url" in made:
        made["url"] = _address(made["url"], bot)
    if "callback_data" in made:
        _check_data(made["callback_data"])
    return made


def _check_data(data: Any) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode("utf-8", "replace")) <= CALLBACK_BYTES:
        raise Refused("BUTTON_DATA_INVALID")


def _address(url: Any, bot: str) -> str:
    sound = sound_url(url) if isinstance(url, str) and url else None
    if sound is None:
        raise Refused(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    check_deep_link(sound, bot)
    return sound


def _only(value: Json, known: set[str]) -> None:
    unknown = sorted(set(value) - known)
    if unknown:
        raise Refused(f"unknown fields {', '.join(unknown)} (Telegram would ignore them)")
