"""What Telegram finds in plain text: commands, mentions, hashtags and addresses become entities."""

from __future__ import annotations

import re

from tests.wire.telegram.refusal import Json
from tests.wire.telegram.utf16 import units

_KINDS = (
    ("url", re.compile(r"(?<![\w@.])(?:https?://[^\s<>\"]+|(?:t|telegram)\.me/[^\s<>\"]+)(?<![.,!?;:)])", re.I)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    ("bot_command", re.compile(r"(?<![\w/<>.@])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])", re.ASCII)),
    ("mention", re.compile(r"(?<![\w@/.])@[A-Za-z]\w{2,31}(?!\w)", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#/])#(?=\w*[^\W\d_])\w{1,256}")),
)


def found_in(text: str) -> list[Json]:
    """The entities of a text, in order; none lies in another."""
    found: list[tuple[int, int, str]] = []
    taken = bytearray(len(text))
    for kind, pattern in _KINDS:
        for one in pattern.finditer(text):
            if not any(taken[one.start() : one.end()]):
                taken[one.start() : one.end()] = b"1" * len(one[0])
                found.append((one.start(), one.end(), kind))
    entities, at, offset = [], 0, 0
    for first, last, kind in sorted(found):
        offset += units(text[at:first])
        length = units(text[first:last])
        entities.append({"type": kind, "offset": offset, "length": length})
        at, offset = last, offset + length
    return entities
