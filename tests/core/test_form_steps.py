"""Forms step by step: whatever somebody does, what comes out passes the form's own validation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.form_steps import (
    NO,
    PRESS_A_BUTTON,
    YES,
    Input,
    Move,
    Outcome,
    Picked,
    Standing,
    Switched,
    Turn,
    Typed,
    at_the_end,
    begun,
    decided_in,
    has_answer,
    proceed,
    questions_of,
    returned,
)
from bot.core.forms import (
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

CHOICES = (Choice("a", "First one"), Choice("b", "Second"), Choice("c", "Salt, pepper"))
KINDS: list[Field] = [
    TextField(name="x", label="X", max_length=5),
    LongTextField(name="x", label="X", max_length=8),
    ChoiceField(name="x", label="X", choices=CHOICES),
    MultiChoiceField(name="x", label="X", choices=CHOICES),
    DateField(name="x", label="X"),
    PersonField(name="x", label="X"),
    ConsentField(name="x", label="X"),
]
values = st.sampled_from(["a", "b", "c", "z", YES, NO, "2026-03-31", "", "x" * 9])
texts = (
    values | st.sampled_from(["First one", "second, first one", "Salt, pepper", "\u200b", "31.3.", "/x"]) | st.text()
)
inputs = st.builds(Typed, texts) | st.builds(Picked, values) | st.builds(Switched, values, st.booleans())
any_input: st.SearchStrategy[Input] = inputs | st.sampled_from(list(Move))
leading_on = inputs | st.sampled_from([Move.DONE, Move.KEEP, Move.SKIP, Move.SEND])
initials = st.none() | st.booleans() | texts | st.lists(values, max_size=3)


@st.composite
def forms(draw: st.DrawFn, fewest: int = 1) -> Form:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=fewest, max_size=5))
    fields = tuple(
        replace(kind, name=f"f{number}", required=draw(st.booleans()), initial=draw(initials))
        for number, kind in enumerate(kinds)
    )
    return Form("act", "Title", fields, "Send")


def walk(form: Form, given_ones: list[Input]) -> list[Outcome]:
    """What the inputs lead to, one after the other, until the form is over."""
    standing, seen = begun(form), list[Outcome]()
    for given_one in given_ones:
        outcome = proceed(form, standing, given_one)
        seen.append(outcome)
        standing = outcome.standing
        if outcome.turn in (Turn.SEND, Turn.LEFT, Turn.DECLINED):
            break
    return seen


def one_field(field: Field, *given_ones: Input) -> Outcome:
    """What inputs lead to in a form with this field, and another one behind it."""
    form = Form("act", "Title", (field, TextField(name="last", label="Last")), "Send")
    return walk(form, list(given_ones))[-1]


@given(forms(), st.lists(any_input, max_size=30))
def test_whatever_comes_the_answers_so_far_are_valid_and_what_is_sent_is(form: Form, given_ones: list[Input]) -> None:
    for outcome in walk(form, given_ones):
        standing = outcome.standing
        assert 0 <= standing.position <= len(form.fields)
        assert set(standing.answers) <= {one.name for one in form.fields}
        before = replace(form, fields=form.fields[: standing.position])
        assert validate(before, standing.answers)[1] == {}
        if outcome.turn is Turn.SEND:
            assert validate(form, standing.answers) == (standing.answers, {})


@given(forms(fewest=2), st.lists(leading_on, max_size=20), any_input)
def test_back_is_the_inverse_of_an_answer(form: Form, before: list[Input], answer: Input) -> None:
    outcomes = walk(form, before)
    standing = outcomes[-1].standing if outcomes else begun(form)
    after = proceed(form, standing, answer)
    if after.turn is not Turn.ASK or after.standing.position != standing.position + 1:
        return
    back = proceed(form, after.standing, Move.BACK)
    assert back.turn is Turn.ASK
    assert back.problem is None
    assert back.standing.position == standing.position
    asked = form.fields[standing.position].name
    others = {name: value for name, value in standing.answers.items() if name != asked}
    assert {name: value for name, value in back.standing.answers.items() if name != asked} == others
    again = proceed(form, back.standing, answer)
    assert again == after


@given(forms(), st.lists(any_input, max_size=10))
def test_what_is_offered_to_keep_can_be_kept(form: Form, given_ones: list[Input]) -> None:
    outcomes = walk(form, given_ones)
    standing = outcomes[-1].standing if outcomes else begun(form)
    if at_the_end(form, standing) or not has_answer(form.fields[standing.position], standing):
        return
    if isinstance(form.fields[standing.position], ConsentField):
        return
    assert proceed(form, standing, Move.KEEP).problem is None


@given(forms(), st.lists(any_input, max_size=10))
def test_cancel_leaves_from_everywhere(form: Form, given_ones: list[Input]) -> None:
    outcomes = walk(form, given_ones)
    standing = outcomes[-1].standing if outcomes else begun(form)
    assert proceed(form, standing, Move.CANCEL).turn is Turn.LEFT


@pytest.mark.parametrize(
    ("field", "given_one", "kept"),
    [
        (KINDS[0], Typed(" fuel "), "fuel"),
        (KINDS[2], Picked("b"), "b"),
        (KINDS[2], Typed("FIRST ONE"), "a"),
        (KINDS[2], Typed("ｓｅｃｏｎｄ"), "b"),
        (KINDS[3], Typed("second, First one"), ["a", "b"]),
        (KINDS[3], Typed("Salt, pepper"), ["c"]),
        (KINDS[4], Typed("2026-03-31"), "2026-03-31"),
        (KINDS[4], Picked("2026-03-31"), "2026-03-31"),
        (KINDS[5], Picked("U123"), "U123"),
        (KINDS[6], Picked(YES), True),
        (replace(KINDS[6], required=False), Picked(NO), False),
        (replace(KINDS[0], required=False), Move.SKIP, None),
        (replace(KINDS[0], initial="tea"), Move.KEEP, "tea"),
        (replace(KINDS[3], initial=["a", "gone"]), Move.DONE, ["a"]),
        (replace(KINDS[3], required=False), Move.DONE, []),
    ],
)
def test_an_answer_is_kept_and_the_next_question_comes(field: Field, given_one: Input, kept: Any) -> None:
    outcome = one_field(field, given_one)
    assert (outcome.turn, outcome.problem, outcome.standing.position) == (Turn.ASK, None, 1)
    assert outcome.standing.answers["x"] == kept


@pytest.mark.parametrize(
    ("field", "given_one", "sentence"),
    [
        (KINDS[0], Typed("too long"), TOO_LONG),
        (KINDS[0], Typed(""), NOT_A_TEXT),
        (replace(KINDS[0], required=False), Typed(" \u200b"), NOT_A_TEXT),
        (KINDS[0], Move.SKIP, REQUIRED),
        (KINDS[0], Move.KEEP, REQUIRED),
        (KINDS[2], Typed("third"), NOT_A_CHOICE),
        (KINDS[2], Picked("z"), NOT_A_CHOICE),
        (KINDS[3], Typed("second, third"), NOT_A_CHOICE),
        (KINDS[3], Switched("z", on=True), NOT_A_CHOICE),
        (KINDS[3], Move.DONE, REQUIRED),
        (KINDS[4], Typed("tomorrow"), NOT_A_DATE),
        (KINDS[6], Typed("yes, I do"), PRESS_A_BUTTON),
        (KINDS[6], Move.SKIP, PRESS_A_BUTTON),
    ],
)
def test_what_does_not_fit_is_answered_with_a_sentence_and_the_same_question(
    field: Field, given_one: Input, sentence: str
) -> None:
    outcome = one_field(field, given_one)
    assert outcome.problem is not None
    assert (outcome.turn, outcome.problem.key, outcome.standing.position) == (Turn.ASK, sentence, 0)


def test_choices_go_in_and_out_until_done() -> None:
    outcome = one_field(KINDS[3], Switched("b", on=True), Switched("a", on=True), Switched("b", on=True))
    assert (outcome.turn, outcome.standing.answers["x"]) == (Turn.SAME, ["a", "b"])
    outcome = one_field(KINDS[3], Switched("b", on=True), Switched("a", on=True), Switched("b", on=False), Move.DONE)
    assert (outcome.standing.position, outcome.standing.answers["x"]) == (1, ["a"])


def test_a_consent_that_is_needed_and_not_given_ends_the_form() -> None:
    assert one_field(KINDS[6], Picked(NO)).turn is Turn.DECLINED


def test_all_is_looked_at_once_more_before_it_is_sent() -> None:
    form = Form("act", "Title", (KINDS[0], replace(KINDS[2], name="y")), "Send")
    filled: list[Input] = [Typed("fuel"), Picked("a")]
    assert at_the_end(form, walk(form, [*filled])[-1].standing)
    problem = walk(form, [*filled, Typed("send it")])[-1].problem
    assert problem is not None
    assert problem.key == PRESS_A_BUTTON
    sent = walk(form, [*filled, Move.BACK, Picked("b"), Move.SEND])[-1]
    assert (sent.turn, sent.standing.answers) == (Turn.SEND, {"x": "fuel", "y": "b"})
    assert at_the_end(form, returned(form, sent.standing))


def test_a_form_with_one_question_is_sent_with_its_answer_and_comes_back_to_it() -> None:
    form = Form("act", "Title", (KINDS[0],), "Send")
    sent = walk(form, [Typed("fuel")])[-1]
    assert (sent.turn, sent.standing.answers) == (Turn.SEND, {"x": "fuel"})
    assert returned(form, sent.standing) == Standing(0, {"x": "fuel"})


def test_what_no_longer_passes_is_asked_again_before_it_is_sent() -> None:
    form = Form("act", "Title", (KINDS[0], replace(KINDS[2], name="y")), "Send")
    outcome = proceed(form, Standing(2, {"x": "fuel", "y": "z"}), Move.SEND)
    assert (outcome.turn, outcome.standing.position) == (Turn.ASK, 1)
    assert outcome.problem is not None
    assert outcome.problem.key == NOT_A_CHOICE


def test_who_must_choose_and_has_one_choice_is_not_asked() -> None:
    only = ChoiceField(name="only", label="Only", choices=CHOICES[:1])
    form = Form("act", "Title", (only, KINDS[0], replace(only, name="free", required=False)), "Send")
    assert [one.name for one in questions_of(form).fields] == ["x", "free"]
    assert decided_in(form) == {"only": "a"}
    alone = replace(form, fields=(only,))
    assert questions_of(alone) == alone
