"""Telegram's HTML, read as strictly as Telegram reads it, and refused in its own words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.utf16 import part, units

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,7})|#([0-9]{1,8})|(lt|gt|amp|quot)(?![a-zA-Z]));?")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"[^\s=>]*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_BLANKS = re.compile(r"\s*")


def parsed_html(source: str) -> tuple[str, list[Json]]:
    """The plain text, and its entities."""
    return _Parser(source).run()


@dataclass
class _Tag:
    name: str
    offset: int
    attributes: dict[str, str] = field(default_factory=dict)


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text = ""
        self._open: list[_Tag] = []
        self._entities: list[Json] = []

    def run(self) -> tuple[str, list[Json]]:
        while self._at < len(self._source):
            if self._source.startswith("</", self._at):
                self._end_tag()
            elif self._source[self._at] == "<":
                self._start_tag()
            else:
                self._text += self._character()
        if self._open:
            raise _refused(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        if any("\ud800" <= char <= "\udfff" for char in self._text):
            raise _refused(
                "Text contains invalid Unicode characters after decoding HTML entities,"
                " check for unmatched surrogate code units"
            )
        return self._text, self._entities

    def _character(self) -> str:
        """One character, perhaps written as an HTML entity."""
        found = _CHARACTER.match(self._source, self._at)
        if found:
            code = int(found[1], 16) if found[1] else int(found[2] or 0)
            if found[3] or 0 < code < 0x10FFFF:
                self._at = found.end()
                return _NAMED[found[3]] if found[3] else chr(code)
        self._at += 1
        return self._source[self._at - 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._source, self._at)
        assert found is not None
        self._at = found.end()
        return found[0]

    def _next(self) -> str:
        return self._source[self._at : self._at + 1]

    def _bytes(self, position: int) -> int:
        return len(self._source[:position].encode("utf-8", "surrogatepass"))

    # Tags

    def _start_tag(self) -> None:
        begin = self._at
        self._at += 1
        name = self._take(_NAME).lower()
        if not self._next():
            raise _refused(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        if name not in _TAGS:
            raise _refused(f'Unsupported start tag "{name}" at byte offset {self._bytes(begin)}')
        tag = _Tag(name, units(self._text))
        while self._take(_BLANKS) is not None and self._next() != ">":
            self._attribute(tag, begin)
        self._at += 1
        if name == "span" and tag.attributes.get("class") != "tg-spoiler":
            raise _refused(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self._open.append(tag)

    def _attribute(self, tag: _Tag, begin: int) -> None:
        if not self._next():
            raise _refused(f'Unclosed start tag "{tag.name}" at byte offset {self._bytes(begin)}')
        name = self._take(_ATTRIBUTE).lower()
        if not name:
            raise _refused(f'Empty attribute name in the tag "{tag.name}" at byte offset {self._bytes(begin)}')
        self._take(_BLANKS)
        if self._next() != "=":
            tag.attributes[name] = ""
            return
        self._at += 1
        self._take(_BLANKS)
        if not self._next():
            raise _refused(f'Unclosed start tag "{tag.name}" at byte offset {self._bytes(begin)}')
        tag.attributes[name] = self._quoted(begin) if self._next() in "\"'" else self._token(begin)

    def _quoted(self, begin: int) -> str:
        mark, value = self._next(), ""
        self._at += 1
        while self._next() != mark:
            if not self._next():
                raise _refused(f"Unclosed start tag at byte offset {self._bytes(begin)}")
            value += self._character()
        self._at += 1
        if not self._next():
            raise _refused(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        return value

    def _token(self, begin: int) -> str:
        first = self._at
        value = self._take(_TOKEN).lower()
        if not self._next():
            raise _refused(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        if self._next() != ">" and not self._next().isspace():
            raise _refused(f"Unexpected end of name token at byte offset {self._bytes(first)}")
        return value

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise _refused(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        self._at += 2
        name = self._take(_NAME).lower()
        self._take(_BLANKS)
        if self._next() != ">":
            raise _refused(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        self._at += 1
        tag = self._open.pop()
        if name not in {"", tag.name}:
            raise _refused(
                f'Unmatched end tag at byte offset {self._bytes(begin)}, expected "</{tag.name}>", found "</{name}>"'
            )
        self._close(tag)

    def _close(self, tag: _Tag) -> None:
        length = units(self._text) - tag.offset
        entity: Json = {"type": _TAGS[tag.name], "offset": tag.offset, "length": length}
        if tag.name == "a":
            entity["url"] = tag.attributes.get("href") or part(self._text, tag.offset, length)
            if "." not in entity["url"] and "://" not in entity["url"]:
                return
        elif tag.name == "tg-emoji":
            entity["custom_emoji_id"] = tag.attributes.get("emoji-id", "")
        elif tag.name == "blockquote" and "expandable" in tag.attributes:
            entity["type"] = "expandable_blockquote"
        elif tag.name == "code":
            entity["_language"] = tag.attributes.get("class", "").removeprefix("language-")
        if tag.name == "pre":
            self._take_over_language(entity)
        if length:
            self._entities.append(entity)
        if not self._open:
            for one in self._entities:
                one.pop("_language", None)

    def _take_over_language(self, pre: Json) -> None:
        """``<pre><code class="language-...">`` is one block of code."""
        inner = self._entities[-1] if self._entities else {}
        place = (pre["offset"], pre["length"])
        if inner.get("_language") and (inner["offset"], inner["length"]) == place:
            self._entities.pop()
            pre["language"] = inner["_language"]


def _refused(what: str) -> Refused:
    return Refused(f"Can't parse entities: {what}")
