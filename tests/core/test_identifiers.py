"""What could tell who somebody is, taken out of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.identifiers import one_line, tells_who, without_identifiers


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask @ana or <@U012ABC>, <!channel>, <#C01|ops>.", "Ask […] or […], […], […]."),
        ("Write to ana.b+c@mail.example.org today", "Write to […] today"),
        ("Call +256 (700) 123-456 or 0700123456 at 9:30", "Call […] or […] at 9:30"),
        ("See https://example.org/a?b=c#d and www.example.org/x", "See […] and […]"),
        ("It is on example.org/page, mailto:ana@example.org", "It is on […] […]"),
        ("My number is ＋２５６７００１２３４５６", "My number is […]"),
        ("Between 2 and 8 degrees, 24/7, since 2026-03", "Between 2 and 8 degrees, 24/7, since 2026-03"),
        ("I, Ana Lovelace, say: ANA knows; Anabel does too", "I, […] […], say: […] knows; Anabel does too"),
        ("Ask Jose or Bo, not bo or José", "Ask […] or […], not bo or […]"),
        ("one\ntwo \u202ethree\x00 four", "one two three four"),
        ("My number is 0700\u200b123\u200b456.", "My number is […]."),
    ],
)
def test_what_could_tell_who_somebody_is_is_taken_out(text: str, left: str) -> None:
    assert without_identifiers(text, ["Ana Lovelace", "José Bo"]) == left


@given(st.text(max_size=300), st.lists(st.text(max_size=12), max_size=5))
def test_whatever_is_taken_out_nothing_is_left_of_it(text: str, names: list[str]) -> None:
    cleaned = without_identifiers(f"{text} ana@example.org {text}", names)
    assert not tells_who(cleaned)
    assert "example" not in cleaned
    assert cleaned == one_line(cleaned)


def test_absurd_texts_are_cleaned_in_no_time() -> None:
    for text in ("a." * 50_000, "+1" * 50_000, "<@" * 50_000, "@" * 100_000, "a@" * 50_000, "1 " * 50_000):
        assert len(without_identifiers(text, [text[:50]])) <= 9000
