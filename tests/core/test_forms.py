"""Forms: what comes back is clean, or each field says what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.forms import (
    CONSENT_NEEDED,
    NOT_A_CHOICE,
    NOT_A_DATE,
    NOT_A_TEXT,
    REQUIRED,
    TOO_LONG,
    Choice,
    ChoiceField,
    ConsentField,
    DateField,
    Field,
    Form,
    LongTextField,
    MultiChoiceField,
    PersonField,
    TextField,
    validate,
)

CHOICES = (Choice("a", "First"), Choice("b", "Second"))
FIELDS: list[Field] = [
    TextField(name="x", label="X", max_length=5),
    LongTextField(name="x", label="X", max_length=5),
    ChoiceField(name="x", label="X", choices=CHOICES),
    MultiChoiceField(name="x", label="X", choices=CHOICES),
    DateField(name="x", label="X"),
    PersonField(name="x", label="X"),
    ConsentField(name="x", label="X"),
]
any_text = st.text(st.characters(exclude_categories=[]))
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text | st.sampled_from(["a", "b", "2026-03-31"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
)


def checked(field: Field, value: object) -> tuple[Any, str | None]:
    """The cleaned value, and the sentence about it, if any."""
    cleaned, problems = validate(Form("act", "Title", (field,), "Send"), {"x": value})
    return cleaned["x"], problems["x"].key if problems else None


def optional(field: Field) -> Field:
    return replace(field, required=False)


@given(st.sampled_from(FIELDS), st.booleans(), anything)
def test_whatever_arrives_the_answer_is_a_value_of_the_fields_kind_or_a_problem(
    field: Field, required: bool, value: object
) -> None:
    field = field if required else optional(field)
    cleaned, problem = checked(field, value)
    kinds: dict[type[Field], Any] = {MultiChoiceField: list, ConsentField: bool}
    assert isinstance(cleaned, kinds.get(type(field), str | None))
    if problem is None and required:
        assert cleaned
    if isinstance(cleaned, str) and not isinstance(field, PersonField):
        cleaned.encode()  # no lone surrogate
        assert "\x00" not in cleaned


@given(st.sampled_from(FIELDS), anything)
def test_what_passed_once_passes_again_unchanged(field: Field, value: object) -> None:
    cleaned, problem = checked(field, value)
    if problem is None:
        assert checked(field, cleaned) == (cleaned, None)


@pytest.mark.parametrize("value", [None, "", "  \n", [], False, "\x00", " \x00 ", "\u200b\u2060"])
@pytest.mark.parametrize("field", FIELDS[:3] + FIELDS[4:6], ids=lambda field: type(field).__name__)
def test_nothing_is_a_problem_where_something_is_asked_for(field: Field, value: object) -> None:
    assert checked(field, value) == (None, REQUIRED)
    assert checked(optional(field), value) == (None, None)


def test_a_value_that_did_not_come_at_all_is_nothing() -> None:
    form = Form("act", "Title", (TextField(name="x", label="X"), optional(FIELDS[6])), "Send")
    cleaned, problems = validate(form, {"unknown": "dropped"})
    assert cleaned == {"x": False} or cleaned["x"] is False
    assert problems["x"].key == REQUIRED


@pytest.mark.parametrize("field", FIELDS[:2])
def test_a_text_is_stripped_and_counted_as_people_count(field: Field) -> None:
    assert checked(field, "  hello ") == ("hello", None)
    assert checked(field, "12345") == ("12345", None)
    assert checked(field, "123456") == ("123456", TOO_LONG)
    _, problems = validate(Form("act", "Title", (field,), "Send"), {"x": "x" * 100_000})
    assert problems["x"].values == {"limit": "5", "length": "100000"}
    for no_text in (5, ["a"], {"a": "b"}, True):
        assert checked(field, no_text) == (None, NOT_A_TEXT)


def test_letters_that_no_keyboard_sends_alone_become_a_mark() -> None:
    assert checked(FIELDS[0], "a\ud800b\x00c") == ("a?bc", None)


def test_a_choice_is_one_of_the_list_by_its_value() -> None:
    assert checked(FIELDS[2], "b") == ("b", None)
    for wrong in ("First", "c", ["a"], 5):
        assert checked(FIELDS[2], wrong) == (None, NOT_A_CHOICE)


def test_several_choices_come_sorted_and_once() -> None:
    assert checked(FIELDS[3], ["b", "a", "b"]) == (["a", "b"], None)
    assert checked(FIELDS[3], "a") == (["a"], None)
    assert checked(FIELDS[3], []) == ([], REQUIRED)
    assert checked(optional(FIELDS[3]), None) == ([], None)
    for wrong in (["a", "c"], [["a"]], {"a": True}, 7):
        assert checked(FIELDS[3], wrong) == ([], NOT_A_CHOICE)


@given(st.dates())
def test_a_date_comes_back_as_it_is_written(day: date) -> None:
    assert checked(FIELDS[4], day.isoformat()) == (day.isoformat(), None)


@pytest.mark.parametrize("wrong", ["31.3.2026", "2026-02-30", "tomorrow", ["2026-01-01"], 5])
def test_what_is_no_date_is_a_problem(wrong: object) -> None:
    assert checked(FIELDS[4], wrong) == (None, NOT_A_DATE)


def test_a_person_is_an_id() -> None:
    assert checked(FIELDS[5], "U123") == ("U123", None)
    assert checked(FIELDS[5], ["U123"]) == (None, NOT_A_CHOICE)


@pytest.mark.parametrize("no", [False, None, "", "yes", "true", 1, ["x"]])
def test_consent_is_a_yes_and_nothing_else(no: object) -> None:
    assert checked(FIELDS[6], True) == (True, None)
    assert checked(FIELDS[6], no) == (False, CONSENT_NEEDED)


def test_consent_that_may_be_withheld_is_no_problem() -> None:
    assert checked(optional(FIELDS[6]), False) == (False, None)
