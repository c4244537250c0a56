"""What was published, as a file that people take elsewhere. Pure: rows and words in, bytes out.

Nothing that somebody wrote may become a formula in a spreadsheet or formatting in Markdown, or turn the direction
of what stands around it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.core.cells import neutralised, writable
from bot.core.messages import mark
from bot.texts import Wording
from handlers.contributions._wording import KINDS

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARKUP = re.compile(r"([\\`*_\[\]<>&~|])")
_LINE_START = re.compile(r"^(\d*)([-+=#.)])")
_ADDRESS = re.compile(r"https?://[^\s<>\\`]+")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})
_COLUMNS = (
    mark("Code"),
    mark("Kind"),
    mark("Title"),
    mark("What was shared"),
    mark("Topics"),
    mark("Link"),
    mark("Shared by"),
    mark("Published on"),
    mark("Used by (people)"),
)
_WIDTHS = (8, 12, 40, 80, 30, 40, 24, 16, 12)


@dataclass(frozen=True, slots=True)
class Row:
    """One contribution as it is exported. ``author`` is empty where no name is to be shown."""

    code: str
    kind: str
    title: str
    text: str
    topics: tuple[str, ...]
    link: str
    author: str
    published: str
    used: int


def as_csv(rows: Sequence[Row], wording: Wording, _community: str) -> bytes:
    """UTF-8 with the mark by which spreadsheet programs know it."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow([neutralised(wording.label(column)) for column in _COLUMNS])
    for row in rows:
        writer.writerow([*(neutralised(cell) for cell in _cells(row, wording)), row.used])
    return lines.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Sequence[Row], wording: Wording, _community: str) -> bytes:
    """A spreadsheet of one sheet. XlsxWriter is loaded when the first one is made."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet()
        if wording.language.split("-")[0] in _RIGHT_TO_LEFT:
            sheet.right_to_left()
        head = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for column, (name, width) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width, wrapped)
            sheet.write_string(0, column, neutralised(wording.label(name)), head)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(_cells(row, wording)):
                sheet.write_string(number, column, neutralised(cell), wrapped)
            sheet.write_number(number, len(_COLUMNS) - 1, row.used, wrapped)
    return buffer.getvalue()


def _cells(row: Row, wording: Wording) -> list[str]:
    """Everything but the last column, which is a number."""
    kind = wording.label(KINDS[row.kind])
    words = (row.code, kind, row.title, row.text, ", ".join(row.topics), row.link, row.author, row.published)
    return [_TURNS.sub("", word) for word in words]


def as_markdown(rows: Sequence[Row], wording: Wording, community: str) -> bytes:
    """By kind, and within a kind by first topic; those without a topic come last."""
    lines = [f"# {_line(wording.label(mark('What {community} has learned'), community=community))}", ""]
    for kind, name in KINDS.items():
        of_kind = sorted((row for row in rows if row.kind == kind), key=_by_topic)
        lines += [f"## {_line(wording.label(name))}", ""] if of_kind else []
        for (no_topic, _), group in groupby(of_kind, key=_by_topic):
            of_topic = list(group)
            topic = wording.label(mark("Without a topic")) if no_topic else of_topic[0].topics[0]
            lines += [f"### {_line(topic)}", ""]
            for row in of_topic:
                lines += _entry(row, wording)
    return "\n".join(lines).encode()


def _by_topic(row: Row) -> tuple[bool, str]:
    return (not row.topics, row.topics[0].casefold() if row.topics else "")


def _entry(row: Row, wording: Wording) -> list[str]:
    facts = [row.published]
    if row.author:
        facts.append(wording.label(mark("shared by {name}"), name=row.author))
    if len(row.topics) > 1:
        facts.append(wording.label(mark("topics: {topics}"), topics=", ".join(row.topics)))
    lines = [f"#### {row.code} {_line(row.title)}", "", f"*{' – '.join(_line(fact) for fact in facts)}*", ""]
    lines += [_paragraphs(row.text), ""]
    if row.link:
        lines += [f"<{row.link}>" if _ADDRESS.fullmatch(row.link) else _line(row.link), ""]
    return lines


def _line(text: str) -> str:
    """``text`` as plain words on one line of Markdown."""
    return _paragraphs(" ".join(text.split()))


def _paragraphs(text: str) -> str:
    """``text`` as plain words of Markdown, with its line breaks."""
    plain = _TURNS.sub("", writable(text))
    return "\n\n".join(
        "\\\n".join(_escaped(line.strip()) for line in paragraph) for paragraph in _by_blank_lines(plain.splitlines())
    )


def _escaped(line: str) -> str:
    return _LINE_START.sub(lambda found: f"{found[1]}\\{found[2]}", _MARKUP.sub(r"\\\1", line))


def _by_blank_lines(lines: Iterable[str]) -> list[list[str]]:
    return [list(group) for filled, group in groupby(lines, key=lambda line: bool(line.strip())) if filled]
