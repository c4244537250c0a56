"""A form as a conversation: one question after the other, with a way back, and a look at everything at the end. Pure.

Where somebody stands is a position among the form's fields and what has been answered so far; the position behind the
last field is the look at the end. What stands before the position has passed the form's validation.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.core.forms import (
    NOT_A_CHOICE,
    NOT_A_TEXT,
    Choice,
    ChoiceField,
    ConsentField,
    Field,
    Form,
    FormValue,
    MultiChoiceField,
    Problem,
    readable,
    validate,
)
from bot.core.messages import mark

PRESS_A_BUTTON = mark("Please press one of the buttons.")
YES, NO = "yes", "no"
"""The values of a consent's buttons."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Somebody wrote this. Empty for what has no words, such as a picture."""

    text: str


@dataclass(frozen=True, slots=True)
class Picked:
    """A button that gives the whole answer: a choice, a day, a person, yes or no."""

    value: str


@dataclass(frozen=True, slots=True)
class Switched:
    """One of several choices is put among the chosen ones, or taken out of them."""

    value: str
    on: bool


class Move(StrEnum):
    """A button that says where to go."""

    DONE = "done"
    KEEP = "keep"
    SKIP = "skip"
    BACK = "back"
    CANCEL = "cancel"
    SEND = "send"


Input = Typed | Picked | Switched | Move


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands. ``answers`` also has what later fields start out with, and what was answered before a
    step back: both are offered, and none counts before it is confirmed."""

    position: int = 0
    answers: Mapping[str, FormValue] = field(default_factory=dict)


class Turn(StrEnum):
    """What comes next."""

    ASK = "ask"
    """The question at the new position; the same one again where there is a problem."""
    SAME = "same"
    """The same question, with other choices put in."""
    SEND = "send"
    """Everything is answered: ``answers`` pass the form's validation."""
    LEFT = "left"
    """The form was left."""
    DECLINED = "declined"
    """A consent that the form can't go without was not given."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an input led to, and what was wrong with it, if anything."""

    standing: Standing
    turn: Turn
    problem: Problem | None = None


def questions_of(form: Form) -> Form:
    """The form with what has to be asked alone: who must choose, and has one choice, is not asked."""
    decided = decided_in(form)
    return replace(form, fields=tuple(one for one in form.fields if one.name not in decided) or form.fields)


def decided_in(form: Form) -> dict[str, FormValue]:
    """What needs no asking, by field name."""
    fields = [one for one in form.fields if isinstance(one, ChoiceField)]
    return {one.name: one.choices[0].value for one in fields if one.required and len(one.choices) == 1}


def begun(form: Form) -> Standing:
    """The first question, with what is filled in already. A consent is given anew each time."""
    return Standing(0, {one.name: one.initial for one in form.fields if not isinstance(one, ConsentField)})


def at_the_end(form: Form, standing: Standing) -> bool:
    """Whether all is answered, and a last look is asked for."""
    return standing.position >= len(form.fields)


def returned(form: Form, standing: Standing) -> Standing:
    """Where it goes on when what was sent was refused: at the last look, or at the only question there is."""
    return replace(standing, position=0 if len(form.fields) == 1 else len(form.fields))


def proceed(form: Form, standing: Standing, given: Input) -> Outcome:
    """The step after an input. What doesn't fit the question leads to the same question again."""
    if given is Move.CANCEL:
        return Outcome(standing, Turn.LEFT)
    if given is Move.BACK:
        return Outcome(replace(standing, position=max(0, standing.position - 1)), Turn.ASK)
    if at_the_end(form, standing):
        return _sent(form, standing) if given is Move.SEND else _again(standing, Problem(PRESS_A_BUTTON, {}))
    return _answered(form, standing, form.fields[standing.position], given)


def check(one: Field, value: object) -> tuple[FormValue, Problem | None]:
    """One answer, cleaned, and what is wrong with it: exactly what the form's own validation says."""
    cleaned, problems = validate(Form("", "", (one,), ""), {one.name: value})
    return cleaned[one.name], problems.get(one.name)


def has_answer(one: Field, standing: Standing) -> bool:
    """Whether there is something to keep: typed before, or filled in from the beginning."""
    if isinstance(one, MultiChoiceField):
        return bool(chosen_of(one, standing))
    value = standing.answers.get(one.name)
    return value not in (None, "", [], False) and check(one, value)[1] is None


def _answered(form: Form, standing: Standing, one: Field, given: Input) -> Outcome:
    if isinstance(given, Switched):
        return _switched(standing, one, given)
    if isinstance(one, ConsentField):
        return _consented(form, standing, one, given)
    if given in (Move.DONE, Move.KEEP):
        chosen = sorted(chosen_of(one, standing)) if isinstance(one, MultiChoiceField) else None
        return _kept(form, standing, one, standing.answers.get(one.name) if chosen is None else chosen)
    if given is Move.SKIP:
        return _kept(form, standing, one, None)
    if isinstance(given, Typed):
        value = _meant(one, given.text)
        return _kept(form, standing, one, value) if value else _again(standing, Problem(NOT_A_TEXT, {}))
    return _kept(form, standing, one, given.value) if isinstance(given, Picked) else _again(standing)


def _consented(form: Form, standing: Standing, one: ConsentField, given: Input) -> Outcome:
    """Only a pressed yes is one, and only a pressed no is a no."""
    if given == Picked(YES):
        return _kept(form, standing, one, True)
    if given != Picked(NO):
        return _again(standing, Problem(PRESS_A_BUTTON, {}))
    return Outcome(standing, Turn.DECLINED) if one.required else _kept(form, standing, one, False)


def _switched(standing: Standing, one: Field, given: Switched) -> Outcome:
    if not isinstance(one, MultiChoiceField) or given.value not in {choice.value for choice in one.choices}:
        return _again(standing, Problem(NOT_A_CHOICE, {}))
    chosen = chosen_of(one, standing)
    chosen = chosen | {given.value} if given.on else chosen - {given.value}
    return Outcome(_with(standing, one, sorted(chosen)), Turn.SAME)


def chosen_of(one: MultiChoiceField, standing: Standing) -> frozenset[str]:
    """What is chosen by now; what is no choice (any more) isn't."""
    value = standing.answers.get(one.name)
    return frozenset(value if isinstance(value, list) else ()) & {choice.value for choice in one.choices}


def _kept(form: Form, standing: Standing, one: Field, value: object) -> Outcome:
    """The answer counts, and the next question comes; a form with one question is complete with it."""
    cleaned, problem = check(one, value)
    if problem is not None:
        return _again(standing, problem)
    after = replace(_with(standing, one, cleaned), position=standing.position + 1)
    return _sent(form, after) if len(form.fields) == 1 else Outcome(after, Turn.ASK)


def _sent(form: Form, standing: Standing) -> Outcome:
    cleaned, problems = validate(form, standing.answers)
    for position, one in enumerate(form.fields):
        if one.name in problems:
            return _again(replace(standing, position=position), problems[one.name])
    return Outcome(replace(standing, answers=cleaned), Turn.SEND)


def _again(standing: Standing, problem: Problem | None = None) -> Outcome:
    return Outcome(standing, Turn.ASK, problem)


def _with(standing: Standing, one: Field, value: FormValue) -> Standing:
    return replace(standing, answers={**standing.answers, one.name: value})


def _meant(one: Field, text: str) -> FormValue:
    """What somebody wrote; a choice may be called by its label, several separated by commas. Empty for no words."""
    written = readable(text)
    if isinstance(one, ChoiceField):
        return _called(one.choices, written) or written
    if isinstance(one, MultiChoiceField) and written:
        whole = _called(one.choices, written)
        return [whole] if whole else [_called(one.choices, part) or part for part in written.split(",")]
    return written


def _called(choices: tuple[Choice, ...], written: str) -> str | None:
    wanted = _normal(written)
    return next((one.value for one in choices if wanted in (_normal(one.label), _normal(one.value))), None)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
