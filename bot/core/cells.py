"""What people wrote, in the cells of a spreadsheet or of a CSV file, where it must never become a formula."""

from __future__ import annotations

import re

LONGEST_CELL = 32_767
_FORMULA = re.compile(r"^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠−]|^[\t\r\n]")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # not characters of XML 1.0


def writable(text: str) -> str:
    """``text`` with a mark in the place of what neither XML 1.0 nor UTF-8 can hold."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def neutralised(text: str) -> str:
    """``text`` as it may stand in a cell: never the beginning of a formula, and writable as XML.

    An apostrophe goes before ``= + - @``, their full-width forms, a tab or a line break, also where blanks or
    invisible characters come first (OWASP, "CSV Injection").
    """
    clean = writable(text)
    return ("'" + clean if _FORMULA.search(clean) else clean)[:LONGEST_CELL]
