"""What Slack would refuse, cut off, or read as more than words: told without a server, and without Baraza.

It asks the emulator's rules and the validators of slack_sdk.models, and adds what Slack's documents leave out or say in
prose only: characters counted as UTF-16, the whole of a message, and mentions.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.wire.slack.blocks import check_message_blocks, check_view
from tests.wire.slack.refusal import Refused

Json = dict[str, Any]

ARGUMENTS = {
    "channel", "text", "blocks", "thread_ts", "reply_broadcast", "metadata", "mrkdwn", "parse", "link_names",
    "unfurl_links", "unfurl_media", "ts", "user",
}  # fmt: skip
TEXT_CHARACTERS = 40_000
UPDATE_TEXT_BYTES = 4_000
"""What ``chat.update`` takes; it counts bytes, although its documentation says characters."""
BLOCK_CHARACTERS = 3_000
MESSAGE_CHARACTERS = 12_000
BLOCK_OVERHEAD = 100
"""No document says what ``msg_blocks_too_long`` counts; people measured about 13,200, with 100 for each header."""
VIEW_BYTES = 250_000

_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_MENTIONS = {"user", "usergroup", "channel", "broadcast", "team", "link", "emoji", "date", "color"}


def problems_of_message(arguments: Json) -> list[str]:
    """Everything that is wrong with the arguments of a call that posts, edits or shows a message."""
    found = [f"unknown argument {name}" for name in arguments if name not in ARGUMENTS]
    found += list(_of_text(arguments.get("text")))
    found += [f"{name} must be off" for name in ("link_names", "unfurl_links", "unfurl_media") if arguments.get(name)]
    if arguments.get("parse", "none") != "none":
        found.append("parse makes links and mentions of words")
    blocks = arguments.get("blocks")
    if blocks is None:
        return found
    refusal = _refusal(check_message_blocks, blocks)
    return found + (refusal or [*_of_models(lambda: _validate(Block.parse_all(blocks))), *_of_blocks(blocks)])


def problems_of_view(view: Json) -> list[str]:
    """Everything that is wrong with a modal."""
    found = _refusal(check_view, view)
    if found:
        return found
    found += _of_models(lambda: View(**view).validate_json())
    found += _of_models(lambda: _validate(View(**view).blocks))
    found += _of_words(view, "view")
    found += [f"{block['type']} has no input" for block in view["blocks"] if block["type"] == "actions"]
    for block in view["blocks"]:
        found += _of_options(block.get("element", {}))
        found += _of_rich_text(block)
    if len(json.dumps(view, ensure_ascii=False).encode("utf-8", "replace")) > VIEW_BYTES:
        found.append("view_too_large")
    return found


def problems_of_home(view: Json) -> list[str]:
    """Everything that is wrong with a Home tab."""
    found = _refusal(lambda home: check_view(home, home=True), view)
    if found:
        return found
    found += _of_models(lambda: View(**view).validate_json())
    found += _of_models(lambda: _validate(View(**view).blocks))
    found += _of_words(view, "view")
    for block in view["blocks"]:
        found += _of_rich_text(block)
    ids = [one["action_id"] for block in view["blocks"] for one in block.get("elements", []) if "action_id" in one]
    if len(ids) != len(set(ids)):
        found.append("two elements have one action_id")
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        found.append("view_too_large")
    return found


def words_of_block(block: Json) -> str:
    """The words that a block shows, whatever they look like."""
    return "\n".join(_texts(block))


def characters(text: str) -> int:
    """How long a text is for Slack, at the most: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _of_text(text: Any) -> Iterator[str]:
    if not isinstance(text, str) or not text.strip():
        yield "no_text"
        return
    if characters(text) > TEXT_CHARACTERS or len(text.encode("utf-8", "replace")) > UPDATE_TEXT_BYTES:
        yield "msg_too_long"
    if re.search("[<>]", text) or "&" in _ENTITY.sub("", text):
        yield "text is not escaped: people may be called, links may hide"
    if _UNREADABLE.search(text):
        yield "text has characters that nobody can read"


def _of_blocks(blocks: list[Json]) -> Iterator[str]:
    yield from _of_words(blocks, "blocks")
    for block in blocks:
        yield from _of_rich_text(block)
    if sum(characters(words_of_block(block)) + BLOCK_OVERHEAD for block in blocks) > MESSAGE_CHARACTERS:
        yield "msg_blocks_too_long"


def _of_rich_text(block: Json) -> Iterator[str]:
    """A rich text block: no longer than a section, and never empty."""
    if block["type"] != "rich_text":
        return
    words = words_of_block(block)
    if characters(words) > BLOCK_CHARACTERS:
        yield "rich text is too long"
    if not words.strip():
        yield "rich text is empty"


def _of_words(value: Any, path: str) -> Iterator[str]:
    """Of any structure: text that is parsed, mentions, shortcodes that become emoji, unreadable characters."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _of_words(one, f"{path}/{number}")
    elif isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield f"{path}: mrkdwn parses what people wrote"
        if value.get("type") in _MENTIONS:
            yield f"{path}: {value['type']} is more than words"
        if value.get("type") == "plain_text":
            yield from _of_plain_text(value, path)
        yield from _of_lengths(value, path)
        for name, one in value.items():
            yield from _of_words(one, f"{path}/{name}")
    elif isinstance(value, str) and _UNREADABLE.search(value):
        yield f"{path}: characters that nobody can read"


def _of_plain_text(value: Json, path: str) -> Iterator[str]:
    if value.get("emoji") is not False:
        yield f"{path}: emoji turns :words: into pictures"
    if not value["text"].strip():
        yield f"{path}: empty"


def _of_lengths(owner: Json, path: str) -> Iterator[str]:
    for name, one in owner.items():
        limit = _LIMITS.get((str(owner.get("type")), name))
        if limit is not None and isinstance(one, dict) and characters(one["text"]) > limit:
            yield f"{path}/{name}: longer than {limit}"


_LIMITS = {
    ("modal", "title"): 24, ("modal", "submit"): 24, ("modal", "close"): 24, ("button", "text"): 75,
    ("input", "label"): 2_000, ("input", "hint"): 2_000, ("header", "text"): 150, ("section", "text"): 3_000,
}  # fmt: skip


def _of_options(element: Json) -> Iterator[str]:
    groups = element.get("option_groups") or [{"options": element.get("options") or []}]
    values = [option["value"] for group in groups for option in group["options"]]
    if len(values) != len(set(values)):
        yield "option values must be unique"
    if any(characters(option["text"]["text"]) > 75 for group in groups for option in group["options"]):
        yield "an option's text is too long"
    if any(characters(value) > 150 for value in values):
        yield "an option's value is too long"
    if any(characters(group["label"]["text"]) > 75 for group in groups if "label" in group):
        yield "a group's label is too long"


def _texts(value: Any) -> Iterator[str]:
    """Words by line: each text object, and the elements of rich text up to the end of their section."""
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        elements = value.get("elements")
        if isinstance(elements, list) and elements and all(one.get("type") == "text" for one in elements):
            yield "".join(one["text"] for one in elements)
        elif isinstance(value.get("text"), str):
            yield value["text"]
        else:
            for one in value.values():
                yield from _texts(one)


def fallback_words(text: str) -> str:
    """What people read of a fallback text."""
    return html.unescape(text)


def _refusal(check: Callable[[Any], object], value: Any) -> list[str]:
    try:
        check(value)
    except Refused as refused:
        return [refused.code, *refused.messages]
    return []


def _of_models(build: Callable[[], object]) -> list[str]:
    try:
        build()
    except (SlackObjectFormationError, TypeError, ValueError) as refused:
        return [f"slack_sdk: {refused}"]
    return []


def _validate(blocks: Any) -> None:
    for block in blocks:
        block.validate_json()
        for element in [*(getattr(block, "elements", None) or []), getattr(block, "element", None)]:
            if hasattr(element, "validate_json"):
                element.validate_json()
