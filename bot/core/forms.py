"""Forms: what the bot asks for, and the one validation that every platform uses."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.core.messages import Text, mark

FormValue = str | list[str] | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of a form. ``label`` and ``hint`` are already in the person's language."""

    name: str
    label: str
    hint: str = ""
    required: bool = True
    initial: FormValue = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField(Field):
    """One line."""

    max_length: int = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTextField(Field):
    """Several lines."""

    max_length: int = 3000


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several; ``value`` is what is stored, ``label`` what is read."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField(Field):
    """Exactly one of ``choices``."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiChoiceField(Field):
    """Some of ``choices``."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateField(Field):
    """A day, as ``YYYY-MM-DD``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonField(Field):
    """Somebody of the same platform; the value is the platform's user id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentField(Field):
    """A yes that must be given by the person's own hand; it never starts out ticked."""


@dataclass(frozen=True, slots=True)
class Form:
    """``action`` names who receives it, ``subject`` the row it is about, ``language`` what it is written in."""

    action: str
    title: str
    fields: tuple[Field, ...]
    submit: str
    subject: str = ""
    intro: Text | None = None
    language: str = "en"


def filled_in(form: Form, values: Mapping[str, FormValue]) -> Form:
    """The form with what somebody filled in already. Consents are left open: each is given anew."""
    typed = {field.name: values.get(field.name) for field in form.fields if not isinstance(field, ConsentField)}
    return replace(form, fields=tuple(replace(one, initial=typed.get(one.name)) for one in form.fields))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: a sentence marked for translation, and its values."""

    key: str
    values: Mapping[str, str]


REQUIRED = mark("Please fill this in.")
TOO_LONG = mark("Please keep this under {limit} characters; it has {length}.")
NOT_A_CHOICE = mark("Please choose from the list.")
NOT_A_DATE = mark("Please give a date such as 2026-03-31.")
CONSENT_NEEDED = mark("Please tick this to go on, or close the form to leave it.")
NOT_A_TEXT = mark("Please write this as text.")


def validate(form: Form, values: Mapping[str, object]) -> tuple[dict[str, FormValue], dict[str, Problem]]:
    """What a person filled in, cleaned, and the problems by field name; values of unknown fields are dropped.

    Pure, so that a platform can run it before it acknowledges.
    """
    cleaned: dict[str, FormValue] = {}
    problems: dict[str, Problem] = {}
    for field in form.fields:
        value, problem = _check(field, values.get(field.name))
        cleaned[field.name] = value
        if problem is not None:
            problems[field.name] = problem
    return cleaned, problems


_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}
Checked = tuple[FormValue, Problem | None]


def _check(field: Field, value: object) -> Checked:
    check = _CHECKS[type(field)]
    if isinstance(value, str):
        value = readable(value)
    if value in (None, "", [], False):
        empty: FormValue = (
            False if isinstance(field, ConsentField) else [] if isinstance(field, MultiChoiceField) else None
        )
        key = CONSENT_NEEDED if isinstance(field, ConsentField) else REQUIRED
        return empty, Problem(key, {}) if field.required else None
    return check(field, value)


def _check_text(field: Field, value: object) -> Checked:
    assert isinstance(field, TextField | LongTextField)  # noqa: S101 - narrows the type for the table below
    if not isinstance(value, str):
        return None, Problem(NOT_A_TEXT, {})
    if len(value) > field.max_length:
        return value, Problem(TOO_LONG, {"limit": str(field.max_length), "length": str(len(value))})
    return value, None


def readable(text: str) -> str:
    """Without what nobody can read or store; a text of which nothing is visible is an empty one."""
    kept = text.replace("\x00", "").encode("utf-8", "replace").decode().strip()
    return kept if any(unicodedata.category(char) not in _INVISIBLE for char in kept) else ""


def _check_choice(field: Field, value: object) -> Checked:
    assert isinstance(field, ChoiceField)  # noqa: S101 - narrows the type for the table below
    if isinstance(value, str) and any(choice.value == value for choice in field.choices):
        return value, None
    return None, Problem(NOT_A_CHOICE, {})


def _check_choices(field: Field, value: object) -> Checked:
    assert isinstance(field, MultiChoiceField)  # noqa: S101 - narrows the type for the table below
    chosen = [value] if isinstance(value, str) else value
    known = {choice.value for choice in field.choices}
    if isinstance(chosen, list) and all(isinstance(one, str) and one in known for one in chosen):
        return sorted(set(chosen)), None
    return [], Problem(NOT_A_CHOICE, {})


def _check_date(_field: Field, value: object) -> Checked:
    try:
        return date.fromisoformat(str(value)).isoformat(), None
    except ValueError:
        return None, Problem(NOT_A_DATE, {})


def _check_person(_field: Field, value: object) -> Checked:
    return (value, None) if isinstance(value, str) else (None, Problem(NOT_A_CHOICE, {}))


def _check_consent(_field: Field, value: object) -> Checked:
    return (True, None) if value is True else (False, Problem(CONSENT_NEEDED, {}))


_CHECKS: dict[type[Field], Callable[[Field, object], Checked]] = {
    TextField: _check_text,
    LongTextField: _check_text,
    ChoiceField: _check_choice,
    MultiChoiceField: _check_choices,
    DateField: _check_date,
    PersonField: _check_person,
    ConsentField: _check_consent,
}
