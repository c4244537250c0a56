"""The spreadsheet, read back by another library."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from handlers.health._figures import NAMES
from handlers.health._formulas import Share
from handlers.health._spreadsheet import SheetWords, spreadsheet
from storage.figures import Group
from storage.weekly_figures import Week
from tests.handlers.health.communities import figures

NOW = figures(
    messages=10,
    participation_rate=0.25,
    shares={"participation_rate": Share(5, 20)},
    parity={"unit": {"=cmd()": 0.5, "office": 1.5, "tiny": 1.0, "small": 1.0}},
    groups={"unit": {"=cmd()": Group(9, 1), "office": Group(9, 3), "tiny": Group(2, 1), "small": Group(4, 1)}},
    reasons={"gini": "nobody wrote in this window"},
)
BEFORE = figures(messages=4)
WEEKS = [
    Week(datetime(2026, 3, 1, 21, tzinfo=UTC), datetime(2026, 3, 8, 21, tzinfo=UTC), 7, 3, 2, 12.5),
    Week(datetime(2026, 3, 8, 21, tzinfo=UTC), datetime(2026, 3, 15, 21, tzinfo=UTC), 0, 0, 0, None),
]


def made(community: str = "Nurses", **words: Any) -> bytes:
    return spreadsheet(NOW, BEFORE, WEEKS, SheetWords(community, "March 2026", **words), "Africa/Nairobi")


def cells(content: bytes, sheet: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = [[cell.value for cell in row] for row in book[sheet].iter_rows()]
    book.close()
    return found


def test_figures_with_their_change_and_reasons() -> None:
    labels = {"messages": "Messages", "gini": "Evenness"}
    rows = cells(made(figures=labels, reasons={"nobody wrote in this window": "niemand schrieb"}), "Figures")
    assert rows[0][0] == "Nurses"
    by_name = {row[0]: row[1:] for row in rows[4:]}
    assert by_name["Messages"] == [10, 4, 6, None, None]
    assert by_name["Evenness"] == ["—", "—", None, None, "niemand schrieb"]
    assert by_name["participation_rate"] == [0.25, "—", None, 20, None]
    assert len(by_name) == len(NAMES) - 1


def test_weeks_are_dated_where_the_community_lives() -> None:
    rows = cells(made(), "Weeks")
    assert rows[1] == [datetime(2026, 3, 2), 7, 3, 2, 12.5]  # noqa: DTZ001
    assert rows[2] == [datetime(2026, 3, 9), 0, 0, 0, "—"]  # noqa: DTZ001


def test_small_groups_are_left_out_and_names_are_no_formulas() -> None:
    assert cells(made(), "Who is heard")[1:] == [["'=cmd()", 0.5], ["office", 1.5]]


def test_without_groups_there_is_no_sheet_for_them() -> None:
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet(BEFORE, BEFORE, [], SheetWords("x", "y"), "UTC")))
    assert book.sheetnames == ["Figures", "Weeks"]
    book.close()


@pytest.mark.parametrize("community", ["=1+1", '=HYPERLINK("http://x")', "\x00\ud800", "+49", "@here", "http://x.org"])
def test_a_name_is_text_whatever_it_is(community: str) -> None:
    with zipfile.ZipFile(io.BytesIO(made(community))) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)
    assert not str(cells(made(community), "Figures")[0][0]).startswith(("=", "+", "@"))


@pytest.mark.parametrize("name", ["Zahlen: [alle]/*?", "x" * 60, "", "''", "Weeks", "weeks"])
def test_any_word_makes_a_sheet(name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made(figures_sheet=name)))
    assert len(book.sheetnames) == 3
    book.close()
