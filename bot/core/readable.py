"""People's words without the characters that nobody sees."""

from __future__ import annotations

import re
import unicodedata

_KEPT = frozenset(
    "\n\t\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
"""Joiners, and the signs of Arabic, Syriac and Kaithi that Unicode counts as format although they are seen."""
_FLAG = re.compile("(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f)")
"""The flag of a region: a black flag and the region's code in characters that are hidden anywhere else."""


def clean(value: str) -> str:
    """A person's words without the characters that reorder or hide a line; a lone surrogate becomes a mark."""
    parts = _FLAG.split(value.replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(part if number % 2 else "".join(filter(_shows, part)) for number, part in enumerate(parts))
    return kept.encode("utf-8", "replace").decode("utf-8")


def _shows(char: str) -> bool:
    return char in _KEPT or unicodedata.category(char) not in ("Cc", "Cf", "Co")
