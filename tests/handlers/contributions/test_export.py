"""What was published, as a file: nothing else, and nothing in it comes to life."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.texts import Texts
from handlers.contributions._export import Row, as_csv, as_markdown, as_xlsx
from tests.handlers.contributions.circle import circle

ENGLISH = Texts().wording("en")
FORMULAS = ["=1+1", "+1", "-1", "@x", "\t=1", "\n=1", "＝1", "  =1", "\u200b@x", '=HYPERLINK("http://x")']


def row(**values: object) -> Row:
    given = {
        "code": "C1", "kind": "lesson", "title": "Cold boxes", "text": "Nine hours.", "topics": ("cold chain",),
        "link": "", "author": "Ana", "published": "2 March 2026", "used": 3,
    }  # fmt: skip
    return Row(**{**given, **values})  # type: ignore[arg-type]


def cells(content: bytes) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    found: list[list[object]] = [[cell.value for cell in line] for line in book.active.iter_rows()]
    assert not any(cell.data_type == "f" for line in book.active.iter_rows() for cell in line)
    book.close()
    return found


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_table_has_a_line_for_each() -> None:
    expected = ["C1", "Lesson", "Cold boxes", "Nine hours.", "cold chain", None, "Ana", "2 March 2026", 3]
    rows = cells(as_xlsx([row(), row(code="C2", author="")], ENGLISH, "Nurses"))
    assert rows[0][:3] == ["Code", "Kind", "Title"]
    assert [cell or None for cell in rows[1]] == expected
    assert len(rows) == 3
    content = as_csv([row()], ENGLISH, "Nurses")
    assert content.startswith(b"\xef\xbb\xbf")
    assert [cell or None for cell in read_csv(content)[1]] == [*expected[:-1], "3"]


@pytest.mark.parametrize("words", FORMULAS)
def test_nothing_is_a_formula(words: str) -> None:
    one = row(title=words, text=words, topics=(words,), link=words, author=words)
    for line in (cells(as_xlsx([one], ENGLISH, words))[1], read_csv(as_csv([one], ENGLISH, words))[1]):
        assert all(str(cell).startswith("'") for cell in line[2:7])


@given(st.text(st.characters(exclude_categories=[]), max_size=80))
def test_any_words_can_be_written(words: str) -> None:
    one = row(title=words, text=words, topics=(words,), link=words, author=words)
    assert len(read_csv(as_csv([one], ENGLISH, words))) == 2
    assert len(cells(as_xlsx([one], ENGLISH, words))) == 2
    as_markdown([one], ENGLISH, words).decode()


@given(st.text("ab \n\\`*_[]()<>&~|#-+=.1!:\"'\t{}", max_size=60).filter(str.strip))
def test_words_are_plain_in_markdown(words: str) -> None:
    page = as_markdown([row(text=words, title="t", topics=(), author="")], ENGLISH, "Nurses").decode()
    tokens = MarkdownIt("commonmark").parse(page)
    start = next(place for place, token in enumerate(tokens) if token.tag == "h4" and token.nesting == -1)
    body = tokens[start + 4 :]  # behind the line of facts
    assert {token.type for token in body} <= {"paragraph_open", "inline", "paragraph_close"}
    inline = [token for token in body if token.type == "inline"]
    assert {child.type for token in inline for child in token.children or []} <= {"text", "text_special", "hardbreak"}
    read = " ".join(child.content for token in inline for child in token.children or []).split()
    assert "".join(read) == "".join(words.split())


def test_markdown_goes_by_kind_and_topic() -> None:
    rows = [
        row(code="C1", kind="story", topics=(), link="https://example.org/a"),
        row(code="C2", kind="lesson", topics=("water",), author=""),
        row(code="C3", kind="lesson", topics=("Cold chain", "water"), link="javascript:alert(1)"),
        row(code="C4", kind="lesson", topics=("cold chain",)),
    ]
    page = as_markdown(rows, ENGLISH, "Nurses").decode()
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings == [
        "# What Nurses has learned",
        "## Lesson", "### Cold chain", "#### C3 Cold boxes", "#### C4 Cold boxes", "### water", "#### C2 Cold boxes",
        "## Story", "### Without a topic", "#### C1 Cold boxes",
    ]  # fmt: skip
    assert "<https://example.org/a>" in page
    assert "<javascript" not in page
    assert "*2 March 2026 – shared by Ana – topics: Cold chain, water*" in page


def test_what_turns_the_direction_of_a_line_is_left_out() -> None:
    one = row(title="abc\u202edef\u2066", author="\u202eAna")
    for content in (as_csv([one], ENGLISH, "x"), as_markdown([one], ENGLISH, "x")):
        assert "\u202e" not in content.decode()
        assert "abcdef" in content.decode()


def test_a_sheet_in_arabic_begins_at_the_right() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([row()], Texts().wording("ar"), "x")))
    assert bool(book.active.sheet_view.rightToLeft) == ("ar" in Texts().languages)
    book.close()


async def test_a_facilitator_gets_the_file_in_the_chat(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana, Title="=1+1")
        await here.logs(here.ben, "Not published.")
        for how in ("", "md", "csv", "xlsx"):
            await here.fatima.says(f"/log export {how}", place="circle")
            assert "I am writing the file." in await here.fatima.last("circle")
            (file,) = (await here.fatima.last()).files
            assert file.name == f"contributions-2026-03-02.{how or 'xlsx'}"
        await here.fatima.says("/log export pdf")
        assert "I understand: log export, or log export md|csv|xlsx" in await here.fatima.last()
        await here.ana.says("/log export")
        assert "Only facilitators can do this." in await here.ana.last()
