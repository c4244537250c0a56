"""Cutting words: within a limit, nothing lost, and what belongs together kept whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.cutting import pieces, shortened, units

LETTERS = st.text(st.sampled_from("ab. \n😀\u0301"), min_size=1, max_size=300)


@given(LETTERS, st.integers(2, 40), st.lists(st.tuples(st.integers(0, 300), st.integers(1, 30)), max_size=8))
def test_nothing_is_lost_or_too_long_and_what_fits_stays_whole(
    text: str, limit: int, wholes: list[tuple[int, int]]
) -> None:
    ranges, place = [], 0
    for gap, size in wholes:  # beside each other, as looks that don't nest are
        first, last = place + gap % 20, place + gap % 20 + size
        if last <= len(text):
            ranges.append((first, last))
            place = last
    found = list(pieces(text, limit, units, ranges))
    assert "".join(found) == text
    assert all(0 < units(piece) <= limit for piece in found)
    ends, end = set(), 0
    for piece in found:
        end += len(piece)
        ends.add(end)
    for first, last in ranges:
        if units(text[first:last]) <= limit:
            assert not any(first < place < last for place in ends)


@given(LETTERS)
def test_what_fits_is_one_piece(text: str) -> None:
    assert list(pieces(text, 1_000, units)) == [text]
    assert shortened(text, 1_000, units) == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("First part.\n\nSecond part.", ["First part.\n\n", "Second part."]),
        ("One sentence. Another one here.", ["One sentence. ", "Another one here."]),
        ("words and words and words", ["words and words and ", "words"]),
        ("x" * 25, ["x" * 20, "x" * 5]),
        ("😀" * 12, ["😀" * 10, "😀" * 2]),
    ],
)
def test_where_people_pause(text: str, parts: list[str]) -> None:
    assert list(pieces(text, 20, units)) == parts
