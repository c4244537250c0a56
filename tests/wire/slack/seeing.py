"""A message as a person sees it: its words, its formatting, whom it calls, and what can be pressed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.wire.slack.blocks import interactive
from tests.wire.slack.refusal import Json

_ANGLE = re.compile(r"<([^<>\n]+)>")
_BARE_URL = re.compile(r"(?<![\w<|\"])https?://[^\s<>|]+")
_BARE_CALL = re.compile(r"(?<![\w@])@(here|channel|everyone)\b")
_EMOJI = re.compile(r"(?<![\w:]):([a-z0-9_+'-]+):(?!\w)")
_MARKS = (
    ("preformatted", re.compile(r"```(.+?)```", re.DOTALL)),
    ("code", re.compile(r"(?<![\w`])`(?!`)([^`\n]+)`(?![\w`])")),
    ("bold", re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")),
    ("italic", re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])")),
    ("strike", re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])")),
)
_QUOTE = re.compile(r"^(?:&gt;|>)[ ]?(.*)$", re.MULTILINE)


@dataclass
class Rendering:
    """What became of blocks or of text."""

    lines: list[str] = field(default_factory=list)
    buttons: list[Json] = field(default_factory=list)
    formatting: list[tuple[str, str]] = field(default_factory=list)
    """What shows as formatting: ``("bold", "the words")``, also ``quote``, ``list``, ``heading`` and the like."""
    links: list[tuple[str, str]] = field(default_factory=list)
    """What leads out of Slack: the words, and the address."""
    pings: list[str] = field(default_factory=list)
    """Whom it calls: ``here``, ``channel``, ``everyone``, or the id of a person or group."""
    emoji: list[str] = field(default_factory=list)
    """Names between colons that turn into pictures."""

    @property
    def text(self) -> str:
        """The words alone."""
        return "\n".join(self.lines)


class Renderer:
    """Renders as Slack's clients do. ``name`` says what an id of a person or channel is called."""

    def __init__(self, name: Callable[[str], str]) -> None:
        self._name = name

    def message(self, message: Json) -> Rendering:
        """A message: its blocks, or its text when it has none; its fallback text calls people all the same."""
        rendering = Rendering()
        if message.get("blocks"):
            self._mrkdwn(Rendering(pings=rendering.pings), message.get("text", ""))
            for block in message["blocks"]:
                self._block(rendering, block)
        elif message.get("text"):
            rendering.lines.append(self._mrkdwn(rendering, message["text"]))
        return rendering

    def blocks(self, blocks: list[Json]) -> Rendering:
        """The blocks of a modal or of a Home tab."""
        rendering = Rendering()
        for block in blocks:
            self._block(rendering, block)
        return rendering

    def _block(self, rendering: Rendering, block: Json) -> None:
        kind = block["type"]
        if kind == "rich_text":
            for part in block["elements"]:
                self._rich(rendering, part)
        elif kind == "table":
            self._table(rendering, block)
        elif kind == "markdown":
            rendering.lines.append(block["text"])
        else:
            rendering.lines += [self._text(rendering, text) for text in _texts(block)]
        if kind == "header":
            rendering.formatting.append(("heading", rendering.lines[-1]))
        rendering.buttons += [
            {**element, "block_id": block.get("block_id", "")}
            for element in interactive(block)
            if element["type"] == "button"
        ]

    def _table(self, rendering: Rendering, block: Json) -> None:
        for row in block["rows"]:
            cells = []
            for cell in row:
                inner = Rendering()
                if cell["type"] == "rich_text":
                    for part in cell["elements"]:
                        self._rich(inner, part)
                cells.append(inner.text or cell.get("text", ""))
            rendering.lines.append("\t".join(cells))

    def _text(self, rendering: Rendering, text: Json) -> str:
        if text["type"] == "plain_text":
            if text.get("emoji", True):
                rendering.emoji += _EMOJI.findall(text["text"])
            return str(text["text"])
        return self._mrkdwn(rendering, text["text"], verbatim=text.get("verbatim", False))

    def _rich(self, rendering: Rendering, part: Json) -> None:
        kind = part["type"]
        if kind == "rich_text_list":
            for item in part["elements"]:
                self._rich(rendering, item)
                rendering.formatting.append(("list", rendering.lines[-1]))
            return
        rendering.lines.append("".join(self._inline(rendering, one) for one in part["elements"]))
        named = {"rich_text_quote": "quote", "rich_text_preformatted": "preformatted"}.get(kind)
        if named:
            rendering.formatting.append((named, rendering.lines[-1]))

    def _inline(self, rendering: Rendering, one: Json) -> str:
        kind: str = one["type"]
        shown = str(one.get("text", ""))
        if kind == "link":
            shown = shown or one["url"]
            rendering.links.append((shown, one["url"]))
        elif kind in {"user", "usergroup"}:
            shown = f"@{self._name(one[f'{kind}_id'])}"
            rendering.pings.append(one[f"{kind}_id"])
        elif kind == "broadcast":
            shown = f"@{one['range']}"
            rendering.pings.append(one["range"])
        elif kind == "channel":
            shown = f"#{self._name(one['channel_id'])}"
        elif kind == "emoji":
            shown = f":{one['name']}:"
            rendering.emoji.append(one["name"])
        elif kind == "date":
            shown = one.get("fallback", "")
        rendering.formatting += [(style, shown) for style, on in (one.get("style") or {}).items() if on]
        return shown

    def _mrkdwn(self, rendering: Rendering, text: str, *, verbatim: bool = True) -> str:
        if not verbatim:
            rendering.pings += _BARE_CALL.findall(text)
        rendering.links += [(url, url) for url in _BARE_URL.findall(text)]
        rendering.emoji += _EMOJI.findall(text)
        shown = _ANGLE.sub(lambda found: self._angle(rendering, found[1]), text)
        for name, pattern in _MARKS:

            def mark(found: re.Match[str], name: str = name) -> str:
                rendering.formatting.append((name, html.unescape(found[1])))
                return found[1]

            shown = pattern.sub(mark, shown)

        def quote(found: re.Match[str]) -> str:
            rendering.formatting.append(("quote", html.unescape(found[1])))
            return found[1]

        return html.unescape(_QUOTE.sub(quote, shown))

    def _angle(self, rendering: Rendering, inside: str) -> str:
        target, _, label = inside.partition("|")
        if target.startswith("@"):
            rendering.pings.append(target[1:])
            return f"@{self._name(target[1:])}"
        if target.startswith("#"):
            return f"#{self._name(target[1:])}"
        if target.startswith("!date^"):
            return label
        if target.startswith("!"):
            called = target[1:].removeprefix("subteam^")
            rendering.pings.append(called)
            return label or f"@{called}"
        rendering.links.append((html.unescape(label or target), html.unescape(target)))
        return label or target


def _texts(block: Json) -> list[Json]:
    """The text objects of a section, a header, a context or an input."""
    elements = block["elements"] if block["type"] == "context" else []
    texts = [block.get("text"), *(block.get("fields") or []), *elements, block.get("label"), block.get("hint")]
    return [text for text in texts if text and "text" in text]


@dataclass
class Seen:
    """A message as one person sees it."""

    raw: Json
    rendering: Rendering
    by_bot: bool
    files: list[Json] = field(default_factory=list)
    """Files with their ``content``."""

    @property
    def ts(self) -> str:
        return str(self.raw["ts"])

    @property
    def text(self) -> str:
        return self.rendering.text

    @property
    def fallback(self) -> str:
        """What a notification says."""
        return str(self.raw.get("text", ""))

    @property
    def buttons(self) -> list[str]:
        return [str(button["text"]["text"]) for button in self.rendering.buttons]

    @property
    def leads_to(self) -> dict[str, str]:
        """The buttons that lead somewhere: their labels, and the addresses."""
        return {str(one["text"]["text"]): str(one["url"]) for one in self.rendering.buttons if one.get("url")}

    @property
    def ephemeral(self) -> bool:
        """Does this person alone see it?"""
        return bool(self.raw.get("is_ephemeral"))

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def button(self, label: str) -> Json:
        """The button of a label, as it was sent."""
        found: dict[str, Any] = next(one for one in self.rendering.buttons if one["text"]["text"] == label)
        return found
