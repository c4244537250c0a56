"""A health check as a spreadsheet (.xlsx). Pure: figures and words in, bytes out.

XlsxWriter is loaded when the first one is made. Texts are written as strings and never as formulas, and what
people wrote (the community's name, the names of units) is neutralised besides: a copy saved as CSV would bring
a formula back to life.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.cells import neutralised, writable
from bot.core.messages import mark
from handlers.health._figures import NAMES, Figures, shown_parity
from storage.weekly_figures import Week

_LONGEST_SHEET_NAME = 31

_RATES = frozenset(
    name
    for name in NAMES
    if name.endswith(("_rate", "_share", "_coverage_24h", "_w2", "_d30")) or name == "solo_threads"
)


@dataclass(frozen=True)
class SheetWords:
    """What stands in the spreadsheet, in somebody's language. ``figures`` and ``reasons`` translate keys."""

    community: str
    period: str
    figures: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    figures_sheet: str = mark("Figures")
    weeks_sheet: str = mark("Weeks")
    groups_sheet: str = mark("Who is heard")
    figure: str = mark("Figure")
    now: str = mark("This period")
    before: str = mark("The period before")
    change: str = mark("Change")
    rests_on: str = mark("Out of")
    reason: str = mark("Why there is no figure")
    week: str = mark("Week from")
    messages: str = mark("Messages")
    active_members: str = mark("Active members")
    new_members: str = mark("New voices")
    first_response: str = mark("Time to a first answer (median, minutes)")
    group: str = mark("Group")
    compared: str = mark("Participation compared with everybody's")


def spreadsheet(current: Figures, previous: Figures, weeks: Sequence[Week], words: SheetWords, time_zone: str) -> bytes:
    """An .xlsx with the figures and how they changed, who is heard, and the weeks.

    Weeks are dated in ``time_zone``. Groups that are too small to be shown are left out.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheets = _Sheets(book, words)
        sheets.write_figures(current, previous)
        if groups := shown_parity(current):
            sheets.write_groups(groups)
        sheets.write_weeks(weeks, ZoneInfo(time_zone))
    return buffer.getvalue()


class _Sheets:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, words: SheetWords) -> None:
        self._book, self._words = book, words
        self._bold = book.add_format({"bold": True})
        self._head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._formats = {
            "rate": book.add_format({"num_format": "0.0%"}),
            "number": book.add_format({"num_format": "0.00"}),
            "count": book.add_format({"num_format": "0"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        }

    def write_figures(self, current: Figures, previous: Figures) -> None:
        words, sheet = self._words, self._sheet(self._words.figures_sheet, (44, 14, 18, 14, 14, 60))
        sheet.write_string(0, 0, neutralised(words.community), self._bold)
        sheet.write_string(1, 0, neutralised(words.period))
        headings = (words.figure, words.now, words.before, words.change, words.rests_on, words.reason)
        self._head_row(sheet, 3, headings)
        sheet.freeze_panes(4, 1)
        for row, name in enumerate((name for name in NAMES if name != "parity"), start=4):
            now, before = current.value(name), previous.value(name)
            sheet.write_string(row, 0, neutralised(words.figures.get(name, name)))
            self._number(sheet, row, 1, now, _look(name, now))
            self._number(sheet, row, 2, before, _look(name, before))
            if now is not None and before is not None:
                self._number(sheet, row, 3, now - before, _look(name, now - before))
            if name in current.shares:
                self._number(sheet, row, 4, current.shares[name].whole, "count")
            if reason := current.reasons.get(name):
                sheet.write_string(row, 5, neutralised(words.reasons.get(reason, reason)))

    def write_groups(self, groups: Mapping[str, Mapping[str, float]]) -> None:
        words, sheet = self._words, self._sheet(self._words.groups_sheet, (40, 40))
        self._head_row(sheet, 0, (words.group, words.compared))
        named = [(group, value) for kind in groups.values() for group, value in kind.items()]
        for row, (group, value) in enumerate(named, start=1):
            sheet.write_string(row, 0, neutralised(group))
            self._number(sheet, row, 1, value, "number")

    def write_weeks(self, weeks: Sequence[Week], zone: ZoneInfo) -> None:
        words, sheet = self._words, self._sheet(self._words.weeks_sheet, (14, 12, 12, 12, 24))
        headings = (words.week, words.messages, words.active_members, words.new_members, words.first_response)
        self._head_row(sheet, 0, headings)
        sheet.freeze_panes(1, 1)
        for row, week in enumerate(weeks, start=1):
            day = datetime.combine(week.starts.astimezone(zone).date(), datetime.min.time())
            sheet.write_datetime(row, 0, day, self._formats["day"])
            for column, count in enumerate((week.messages, week.active_members, week.new_members), start=1):
                self._number(sheet, row, column, count, "count")
            self._number(sheet, row, 4, week.first_response_median, "number")

    def _sheet(self, name: str, widths: Sequence[int]) -> Any:
        plain = re.sub(r"[\[\]:*?/\\\N{REPLACEMENT CHARACTER}]", " ", writable(name))
        allowed = plain.strip(" '")[:_LONGEST_SHEET_NAME]
        taken = {sheet.get_name().lower() for sheet in self._book.worksheets()}
        sheet = self._book.add_worksheet(None if not allowed or allowed.lower() in taken else allowed)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        return sheet

    def _head_row(self, sheet: Any, row: int, headings: Sequence[str]) -> None:
        for column, heading in enumerate(headings):
            sheet.write_string(row, column, neutralised(heading), self._head)

    def _number(self, sheet: Any, row: int, column: int, value: float | None, look: str) -> None:
        if value is None:
            sheet.write_string(row, column, "—")
        else:
            sheet.write_number(row, column, value, self._formats[look])


def _look(name: str, value: float | None) -> str:
    if name in _RATES:
        return "rate"
    return "count" if isinstance(value, int) else "number"
