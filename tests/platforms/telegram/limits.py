"""What Telegram would refuse, cut off, or read as more than words: told without a server, and without Baraza.

After the documentation of Bot API 10.1, and what its server is known to find in texts by itself: mentions and commands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

PARAMETERS = {
    "sendMessage": {"text", "entities", "link_preview_options", "reply_markup"},
    "sendPhoto": {"photo", "caption", "caption_entities", "reply_markup"},
    "sendDocument": {"document", "caption", "caption_entities", "reply_markup"},
    "sendMediaGroup": {"media"},
    "sendPoll": {"question", "options", "is_anonymous", "allows_multiple_answers"},
    "editMessageText": {"text", "entities", "link_preview_options", "reply_markup"},
    "editMessageCaption": {"caption", "caption_entities", "reply_markup"},
}
MEDIA = {"type", "media", "caption", "caption_entities"}
KINDS = {"bold", "italic", "code", "pre", "blockquote"}
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_PAGE = re.compile(r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}/\S*")
_MENTION = re.compile(r"(?<!\w)@[A-Za-z0-9_]")
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?![\w/<>])")
_BLANK = "\u1680\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2068\u2069\u202e\u2800\ufeff\ufffc"


def characters(text: str) -> int:
    """How long a text is for Telegram: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def part_of(text: str, entity: Json) -> str:
    """The characters that an entity is about."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le", "replace")


def calls_out(text: str, entities: list[Json]) -> list[str]:
    """What in a text would ring at somebody's phone, or be a command to who taps it. Nothing in code does."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    for one in entities:
        if one["type"] in ("code", "pre"):
            first, last = 2 * one["offset"], 2 * (one["offset"] + one["length"])
            encoded = encoded[:first] + "x".encode("utf-16-le") * one["length"] + encoded[last:]
    seen = _PAGE.sub("page", encoded.decode("utf-16-le", "replace"))
    return [*_MENTION.findall(seen), *_COMMAND.findall(seen)]


def problems_of_call(method: str, parameters: Json) -> list[str]:
    """Everything that is wrong with the parameters of a call, but for where it goes."""
    found = [f"unknown parameter {name}" for name in parameters if name not in PARAMETERS[method]]
    if "text" in PARAMETERS[method]:
        found += _of_text(parameters["text"], parameters.get("entities", []), 4_096)
        if parameters.get("link_preview_options") != {"is_disabled": True}:
            found.append("links show a preview")
    if "caption" in parameters:
        found += _of_text(parameters["caption"], parameters.get("caption_entities", []), 1_024)
    if method == "sendMediaGroup":
        found += _of_media(parameters["media"])
    if method == "sendPoll":
        found += _of_poll(parameters)
    return found + list(_of_keyboard(parameters.get("reply_markup")))


def _of_media(media: list[Json]) -> Iterator[str]:
    if not 2 <= len(media) <= 10:
        yield "a group has 2 to 10 items"
    if len({one["type"] for one in media}) != 1:
        yield "mixed group"
    for one in media:
        yield from (f"unknown parameter {name}" for name in one if name not in MEDIA)
        if "caption" in one:
            yield from _of_text(one["caption"], one.get("caption_entities", []), 1_024)


def _of_poll(parameters: Json) -> Iterator[str]:
    options = [one["text"] for one in parameters["options"]]
    yield from _of_text(parameters["question"], [], 300)
    for option in options:
        yield from _of_text(option, [], 100)
    if not 2 <= len(options) <= 12 or len(set(options)) < len(options):
        yield "a poll has 2 to 12 options, each once"
    if any(set(one) != {"text"} for one in parameters["options"]):
        yield "no such field of an option"
    if parameters["is_anonymous"]:
        yield "who votes is told to nobody"


def _of_text(text: str, entities: list[Json], limit: int) -> Iterator[str]:
    if _UNREADABLE.search(text):
        yield "no UTF-8"
    if characters(text) > limit:
        yield f"longer than {limit}"
    if not text.translate(dict.fromkeys(map(ord, _BLANK))).strip():
        yield "text must be non-empty"
    if text != text.strip():
        yield "space at an end, which the server takes away"
    if len(entities) > 100:
        yield "too many entities"
    yield from _of_entities(text, entities)


def _of_entities(text: str, entities: list[Json]) -> Iterator[str]:
    whole = characters(text)
    open_: list[Json] = []
    for one in entities:
        first, last = one["offset"], one["offset"] + one["length"]
        if one["type"] not in KINDS or set(one) != {"type", "offset", "length"}:
            yield f"no such entity {one}"
        if first < 0 or one["length"] < 1 or last > whole or not part_of(text, one).strip():
            yield f"about nothing: {one}"
        if "\ufffd" in part_of(text, one).replace("\ufffd", "", text.count("\ufffd")):
            yield f"cuts a character: {one}"
        while open_ and open_[-1]["offset"] + open_[-1]["length"] <= first:
            open_.pop()
        if open_ and last > open_[-1]["offset"] + open_[-1]["length"]:
            yield f"{one} lies half in {open_[-1]}"
        kinds = [outer["type"] for outer in open_]
        if one["type"] in kinds or "code" in kinds or "pre" in kinds:
            yield f"{one} in {open_}"
        if one["type"] in ("pre", "blockquote") and kinds:
            yield f"{one} in {open_}"
        open_.append(one)


def _of_keyboard(markup: Json | None) -> Iterator[str]:
    if markup is None:
        return
    rows = markup["inline_keyboard"]
    if not rows or not all(1 <= len(row) <= 8 for row in rows) or sum(map(len, rows)) > 100:
        yield "rows of 1 to 8 buttons, 100 in all"
    for one in (button for row in rows for button in row):
        if len({"url", "callback_data"} & set(one)) != 1 or set(one) - {"text", "style", "url", "callback_data"}:
            yield f"a button does one thing: {one}"
        if not 1 <= len(one.get("callback_data", "b").encode()) <= 64:
            yield "BUTTON_DATA_INVALID"
        if not one["text"].strip() or characters(one["text"]) > 75 or _UNREADABLE.search(one["text"]):
            yield "BUTTON_TEXT_INVALID"
        if one.get("style", "primary") not in ("primary", "success", "danger"):
            yield "no such style"
