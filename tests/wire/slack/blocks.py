"""Messages, modals and Home tabs, and what Slack refuses of them.

Left out, and so refused as unknown, are blocks that need more than words: video, call, remote files, agents' cards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.wire.slack.elements import IN_ACTIONS, IN_INPUT, IN_SECTION, check_element
from tests.wire.slack.inspection import ANY_TEXT, Inspection
from tests.wire.slack.refusal import Json, Refused
from tests.wire.slack.rich_text import check_rich_text

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MARKDOWN_CHARACTERS = 12_000
BLOCK_CHARACTERS = 40_000
VIEW_BYTES = 250_000


def check_message_blocks(blocks: Any) -> list[Json]:
    """The blocks of a message, if Slack takes them; else ``invalid_blocks`` or ``msg_blocks_too_long``."""
    inspection = Inspection()
    checked = _check_all(inspection, blocks, "/blocks", at_most=MESSAGE_BLOCKS, at_least=0, surface="message")
    if inspection.messages:
        raise Refused("invalid_blocks", inspection.messages)
    if inspection.characters > BLOCK_CHARACTERS:
        raise Refused("msg_blocks_too_long")
    return checked


def check_view(view: Any, *, home: bool = False) -> Json:
    """A modal or a Home tab, if Slack takes it; else ``invalid_arguments``, as Slack says for views."""
    inspection = Inspection()
    kind = "home" if home else "modal"
    may = ["private_metadata", "callback_id", "external_id"]
    may += [] if home else ["submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"]
    needs = ("type", "blocks") if home else ("type", "blocks", "title")
    if inspection.properties(view, "/view", needs=needs, may=may):
        inspection.choice(view, "type", "/view", among=(kind,))
        _check_all(inspection, view["blocks"], "/view/blocks", at_most=VIEW_BLOCKS, at_least=1, surface=kind)
        _check_frame(inspection, view)
    if inspection.messages:
        raise Refused("invalid_arguments", inspection.messages)
    if len(str(view)) > VIEW_BYTES:
        raise Refused("view_too_large")
    checked: Json = view
    return checked


def _check_frame(inspection: Inspection, view: Json) -> None:
    for name in ("title", "submit", "close"):
        if view.get(name) is not None:
            inspection.text(view[name], f"/view/{name}", at_most=24)
    inspection.string(view, "private_metadata", "/view", at_most=3_000)
    inspection.string(view, "callback_id", "/view", at_most=255)
    inspection.string(view, "external_id", "/view", at_most=255)
    for name in ("clear_on_close", "notify_on_close", "submit_disabled"):
        inspection.flag(view, name, "/view")
    inputs = [block for block in view["blocks"] if isinstance(block, dict) and block.get("type") == "input"]
    if view["type"] == "modal" and inputs and view.get("submit") is None:
        inspection.wrong("/view", "missing required field: submit")
    if view["type"] == "modal" and not inputs and view.get("submit") is not None:
        inspection.wrong("/view/blocks", "a view with a submit button needs an input block")
    if inspection.focused > 1:
        inspection.wrong("/view", "focus_on_load may be set on one element only")


def _check_all(
    inspection: Inspection, blocks: Any, path: str, *, at_least: int, at_most: int, surface: str
) -> list[Json]:
    allowed = _BLOCKS_OF[surface]

    def check(block: Any, where: str) -> None:
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(kind, str) or kind not in allowed:
            inspection.wrong(f"{where}/type", f"unsupported type: {kind}")
            return
        inspection.string(block, "block_id", where, at_least=1, at_most=255)
        _CHECKS[kind](inspection, block, where)
        _check_action_ids(inspection, block, where)

    checked = inspection.items(blocks, path, check, at_least=at_least, at_most=at_most)
    ids = [block["block_id"] for block in checked if isinstance(block, dict) and block.get("block_id")]
    for twice in {one for one in ids if ids.count(one) > 1}:
        inspection.wrong(path, f"`block_id` already exists: {twice}")
    if inspection.markdown > MARKDOWN_CHARACTERS:
        inspection.wrong(path, f"markdown blocks must be less than {MARKDOWN_CHARACTERS + 1} characters in all")
    if sum(isinstance(block, dict) and block.get("type") == "table" for block in checked) > 1:
        inspection.wrong(path, "only one table allowed")
    return checked


def interactive(block: Json) -> Iterator[Json]:
    """The interactive elements of a block."""
    candidates = [block.get("accessory"), block.get("element")]
    if block.get("type") == "actions" and isinstance(block.get("elements"), list):
        candidates += block["elements"]
    yield from (one for one in candidates if isinstance(one, dict) and one.get("type") != "image")


def _check_action_ids(inspection: Inspection, block: Json, path: str) -> None:
    ids = [element["action_id"] for element in interactive(block) if element.get("action_id")]
    for twice in {one for one in ids if ids.count(one) > 1}:
        inspection.wrong(path, f"`action_id` already exists in this block: {twice}")


def _section(inspection: Inspection, block: Json, path: str) -> None:
    inspection.properties(block, path, needs=("type",), may=("block_id", "text", "fields", "accessory", "expand"))
    if block.get("text") is None and not block.get("fields"):
        inspection.wrong(path, "text or fields must be provided")
    if block.get("text") is not None:
        inspection.text(block["text"], f"{path}/text", at_most=3_000, kinds=ANY_TEXT)
    if block.get("fields") is not None:
        inspection.items(
            block["fields"],
            f"{path}/fields",
            lambda one, at: inspection.text(one, at, at_most=2_000, kinds=ANY_TEXT),
            at_most=10,
        )
    if block.get("accessory") is not None:
        check_element(inspection, block["accessory"], f"{path}/accessory", among=IN_SECTION)
    inspection.flag(block, "expand", path)


def _divider(inspection: Inspection, block: Json, path: str) -> None:
    inspection.properties(block, path, needs=("type",), may=("block_id",))


def _header(inspection: Inspection, block: Json, path: str) -> None:
    if inspection.properties(block, path, needs=("type", "text"), may=("block_id",)):
        inspection.text(block["text"], f"{path}/text", at_most=150)


def _image(inspection: Inspection, block: Json, path: str) -> None:
    inspection.properties(block, path, needs=("type", "alt_text"), may=("block_id", "image_url", "slack_file", "title"))
    inspection.url(block, "image_url", path)
    inspection.string(block, "alt_text", path, at_least=1, at_most=2_000)
    if ("image_url" in block) == ("slack_file" in block):
        inspection.wrong(path, "exactly one of image_url and slack_file must be provided")
    if block.get("title") is not None:
        inspection.text(block["title"], f"{path}/title", at_most=2_000)


def _actions(inspection: Inspection, block: Json, path: str) -> None:
    if inspection.properties(block, path, needs=("type", "elements"), may=("block_id",)):
        inspection.items(
            block["elements"],
            f"{path}/elements",
            lambda one, at: check_element(inspection, one, at, among=IN_ACTIONS),
            at_most=25,
        )


def _context(inspection: Inspection, block: Json, path: str) -> None:
    def element(one: Any, where: str) -> None:
        if isinstance(one, dict) and one.get("type") == "image":
            check_element(inspection, one, where, among={"image"})
        else:
            inspection.text(one, where, at_most=2_000, kinds=ANY_TEXT)

    if inspection.properties(block, path, needs=("type", "elements"), may=("block_id",)):
        inspection.items(block["elements"], f"{path}/elements", element, at_most=10)


def _input(inspection: Inspection, block: Json, path: str) -> None:
    may = ("block_id", "hint", "optional", "dispatch_action")
    if inspection.properties(block, path, needs=("type", "label", "element"), may=may):
        inspection.text(block["label"], f"{path}/label", at_most=2_000)
        check_element(inspection, block["element"], f"{path}/element", among=IN_INPUT)
    if block.get("hint") is not None:
        inspection.text(block["hint"], f"{path}/hint", at_most=2_000)
    inspection.flag(block, "optional", path)
    inspection.flag(block, "dispatch_action", path)


def _markdown(inspection: Inspection, block: Json, path: str) -> None:
    if inspection.properties(block, path, needs=("type", "text"), may=("block_id",)):
        inspection.string(block, "text", path, at_least=1, at_most=MARKDOWN_CHARACTERS)
        inspection.markdown += len(str(block["text"]))


def _table(inspection: Inspection, block: Json, path: str) -> None:
    def cell(one: Any, where: str) -> None:
        if isinstance(one, dict) and one.get("type") == "rich_text":
            check_rich_text(inspection, one, where)
        elif inspection.properties(one, where, needs=("type", "text")):
            inspection.choice(one, "type", where, among=("raw_text",))
            inspection.string(one, "text", where, at_least=1, at_most=BLOCK_CHARACTERS)

    def row(one: Any, where: str) -> None:
        inspection.items(one, where, cell, at_most=20)

    if inspection.properties(block, path, needs=("type", "rows"), may=("block_id", "column_settings")):
        inspection.items(block["rows"], f"{path}/rows", row, at_most=100)


_CHECKS: dict[str, Callable[[Inspection, Json, str], None]] = {
    "section": _section,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "actions": _actions,
    "context": _context,
    "input": _input,
    "markdown": _markdown,
    "table": _table,
    "rich_text": check_rich_text,
}
_BLOCKS_OF = {
    "message": set(_CHECKS) - {"input"},
    "modal": set(_CHECKS) - {"markdown", "table"},
    "home": set(_CHECKS) - {"markdown", "table"},
}
