"""Rich text, and what Slack refuses of it."""

from __future__ import annotations

from typing import Any

from tests.wire.slack.inspection import Inspection
from tests.wire.slack.refusal import Json

_PLAIN_STYLES = ("bold", "italic", "strike", "code", "underline")
_MENTION_STYLES = ("bold", "italic", "strike", "highlight", "client_highlight", "unlink")

_INLINE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": (("text",), ("style",)),
    "link": (("url",), ("text", "unsafe", "style")),
    "user": (("user_id",), ("style",)),
    "usergroup": (("usergroup_id",), ("style",)),
    "channel": (("channel_id",), ("style",)),
    "broadcast": (("range",), ("style",)),
    "emoji": (("name",), ("unicode", "skin_tone", "style")),
    "date": (("timestamp", "format"), ("url", "fallback", "style")),
    "color": (("value",), ("style",)),
}
"""The inline elements: what each needs, and what it may have besides."""


def check_rich_text(inspection: Inspection, block: Json, path: str) -> None:
    """Check the elements of a ``rich_text`` block."""
    if inspection.properties(block, path, needs=("type", "elements"), may=("block_id",)):
        inspection.items(
            block["elements"], f"{path}/elements", lambda one, at: _part(inspection, one, at), at_most=1_000
        )


def _part(inspection: Inspection, part: Any, path: str) -> None:
    kind = part.get("type") if isinstance(part, dict) else None
    may = {
        "rich_text_section": (),
        "rich_text_list": ("style", "indent", "border", "offset"),
        "rich_text_quote": ("border",),
        "rich_text_preformatted": ("border", "language"),
    }.get(str(kind))
    if may is None:
        inspection.wrong(f"{path}/type", f"unsupported type: {kind}")
        return
    needs = ("type", "elements", "style") if kind == "rich_text_list" else ("type", "elements")
    if not inspection.properties(part, path, needs=needs, may=may):
        return
    inspection.whole(part, "border", path, at_least=0, at_most=1)
    if kind == "rich_text_list":
        inspection.choice(part, "style", path, among=("bullet", "ordered"))
        inspection.whole(part, "indent", path, at_least=0, at_most=8)
        inspection.whole(part, "offset", path, at_least=0, at_most=100_000)
        inspection.items(
            part["elements"], f"{path}/elements", lambda one, at: _item(inspection, one, at), at_most=1_000
        )
        return
    among = ("text", "link") if kind == "rich_text_preformatted" else tuple(_INLINE)
    inspection.items(
        part["elements"], f"{path}/elements", lambda one, at: _inline(inspection, one, at, among), at_most=10_000
    )


def _item(inspection: Inspection, item: Any, path: str) -> None:
    if not isinstance(item, dict) or item.get("type") != "rich_text_section":
        inspection.wrong(f"{path}/type", "must be rich_text_section")
        return
    _part(inspection, item, path)


def _inline(inspection: Inspection, one: Any, path: str, among: tuple[str, ...]) -> None:
    kind = one.get("type") if isinstance(one, dict) else None
    if not isinstance(kind, str) or kind not in among:
        inspection.wrong(f"{path}/type", f"unsupported type: {kind}")
        return
    needs, may = _INLINE[kind]
    inspection.properties(one, path, needs=("type", *needs), may=may)
    for name in ("text", "user_id", "channel_id", "name"):
        inspection.string(one, name, path, at_least=1, at_most=40_000)
    inspection.url(one, "url", path)
    inspection.choice(one, "range", path, among=("here", "channel", "everyone"))
    inspection.characters += len(str(one.get("text", "")))
    style = one.get("style")
    if style is not None and inspection.properties(
        style, f"{path}/style", may=_PLAIN_STYLES if kind in {"text", "link"} else _MENTION_STYLES
    ):
        for name in style:
            inspection.flag(style, name, f"{path}/style")
