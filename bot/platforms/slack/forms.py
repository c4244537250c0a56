"""Forms as Slack's modals, and what people filled in as the form's own values. Pure: nothing is opened."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.core.forms import (
    Choice,
    ChoiceField,
    ConsentField,
    DateField,
    Field,
    Form,
    FormValue,
    LongTextField,
    MultiChoiceField,
    PersonField,
    Problem,
    TextField,
)
from bot.core.messages import mark
from bot.platforms.cutting import ELLIPSIS, is_blank
from bot.platforms.reading import readable
from bot.platforms.rich_text import clean
from bot.platforms.slack._blocks import blocks_of, line, plain_text
from bot.platforms.slack._commands import words_as_typed
from bot.platforms.slack._forms import CALLBACK, FIELD, VALUE, OpenedForm, metadata
from bot.platforms.slack._lengths import shortened

Json = dict[str, Any]
Say = Callable[[str], str]
"""Translates a marked sentence into the form's language."""
SayWith = Callable[[str, Mapping[str, str]], str]
"""The same, for a sentence with named places."""

MOST_FIELDS = 90
_MOST_INTRO_BLOCKS = 8
_LONGEST_TITLE = 24
_LONGEST_HEADER = 150
_LONGEST_LABEL = 2_000
_LONGEST_INPUT = 3_000
_LONGEST_OPTION = 75
_OPTIONS_A_GROUP = 100
_MOST_GROUPS = 100
_LARGEST_VIEW = 240_000
"""In bytes; Slack takes 250 KB."""

_NOTHING = "nothing"
_BY_NUMBER = "#"
_NUMBER = re.compile(_BY_NUMBER + "([0-9]{1,5})")
_LONGEST_PLAIN_VALUE = 75
"""In characters, which may be two units each; Slack takes 150."""
_PLAIN_VALUE = re.compile(r"[^#&<>\x00-\x1f\x7f\ud800-\udfff][^&<>\x00-\x1f\x7f\ud800-\udfff]*")
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True)
class _Room:
    """How long things may be in one modal, so that all of it together is not too large."""

    label: int
    initial: int
    options: int


_ROOMS = (
    _Room(2_000, 3_000, 10_000),
    _Room(500, 3_000, 2_000),
    _Room(150, 3_000, 500),
    _Room(150, 3_000, 100),
    _Room(150, 600, 20),
)


def modal(form: Form, opened: OpenedForm, say: Say) -> Json:
    """The view that shows a form. Raises ValueError for one with more than ``MOST_FIELDS`` fields."""
    if len(form.fields) > MOST_FIELDS:
        raise ValueError(f"a form has at most {MOST_FIELDS} fields, not {len(form.fields)}")
    views = (_view(form, opened, say, room) for room in _ROOMS)
    return next((view for view in views if _bytes(view) <= _LARGEST_VIEW), _view(form, opened, say, _ROOMS[-1]))


def problems(form: Form, found: Mapping[str, Problem], say: SayWith) -> Json:
    """The answer to a submission with which something is wrong: each sentence at its field."""
    told = {field.name: found[field.name] for field in form.fields if field.name in found}
    errors = {FIELD + name: shortened(say(one.key, one.values), _LONGEST_LABEL) for name, one in told.items()}
    return {"response_action": "errors", "errors": errors}


def restored(form: Form, values: Mapping[str, FormValue]) -> dict[str, FormValue]:
    """What was filled in, with the values of the form's choices in place of those that stood for them in the modal.

    It has to be done before validation. What stands for no choice stays as it came, and validation will refuse it.
    """
    meant = dict(values)
    for field in form.fields:
        if isinstance(field, ChoiceField | MultiChoiceField) and field.name in meant:
            meant[field.name] = _restored(field.choices, meant[field.name])
    return meant


def _view(form: Form, opened: OpenedForm, say: Say, room: _Room) -> Json:
    view: Json = {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": metadata(opened),
        "notify_on_close": True,
        "title": plain_text(form.title, _LONGEST_TITLE),
        "close": plain_text(say(mark("Cancel")), _LONGEST_TITLE),
        "blocks": [*_beginning(form), *(_input(field, say, room) for field in form.fields)],
    }
    if form.fields:
        view["submit"] = plain_text(form.submit, _LONGEST_TITLE)
    return view


def _beginning(form: Form) -> list[Json]:
    """The whole title where the bar has no room for it, and the introduction."""
    blocks: list[Json] = []
    whole = plain_text(form.title, _LONGEST_LABEL)
    if whole != plain_text(form.title, _LONGEST_TITLE):
        kind = "header" if whole == plain_text(form.title, _LONGEST_HEADER) else "section"
        blocks.append({"type": kind, "text": whole})
    shown = blocks_of(form.intro) if form.intro else []
    if len(shown) > _MOST_INTRO_BLOCKS:
        shown = [*shown[: _MOST_INTRO_BLOCKS - 1], line(ELLIPSIS)]
    blocks += [one.block for one in shown]
    if not blocks and not form.fields:
        blocks.append({"type": "section", "text": whole})
    return blocks


def _input(field: Field, say: Say, room: _Room) -> Json:
    block: Json = {
        "type": "input",
        "block_id": FIELD + field.name,
        "label": plain_text(words_as_typed(field.label), room.label),
        "optional": not field.required,
        "element": {"action_id": VALUE, **_element(field, say, room)},
    }
    if not is_blank(clean(field.hint)):
        block["hint"] = plain_text(words_as_typed(field.hint), room.label)
    return block


def _element(field: Field, say: Say, room: _Room) -> Json:
    match field:
        case TextField() | LongTextField():
            return _typed(field, room)
        case ChoiceField():
            return _one_of(field, room)
        case MultiChoiceField():
            return _some_of(field, room)
        case DateField():
            return _day(field)
        case PersonField():
            return _person(field)
        case ConsentField():
            return _consent(say)
    raise TypeError(f"no element of Slack's for a {type(field).__name__}")


def _typed(field: TextField | LongTextField, room: _Room) -> Json:
    initial = readable(field.initial) if isinstance(field.initial, str) else ""
    several = isinstance(field, LongTextField)
    initial = shortened(initial if several else " ".join(initial.split()), room.initial, _units)
    # A field that already holds more than it may still has to open, so that it can be made shorter.
    longest = min(_LONGEST_INPUT, max(1, field.max_length, _units(initial)))
    element: Json = {"type": "plain_text_input", "multiline": several, "max_length": longest}
    return element | ({"initial_value": initial} if initial else {})


def _one_of(field: ChoiceField, room: _Room) -> Json:
    options = _options(field.choices, room)
    initial = [options[place] for place in _places(field.choices, [field.initial]) if place < len(options)]
    element = {"type": "static_select", **_offered(options)}
    return element | ({"initial_option": initial[0]} if initial else {})


def _some_of(field: MultiChoiceField, room: _Room) -> Json:
    options = _options(field.choices, room)
    chosen = field.initial if isinstance(field.initial, list) else [field.initial]
    initial = [options[place] for place in _places(field.choices, chosen) if place < len(options)]
    element = {"type": "multi_static_select", **_offered(options)}
    return element | ({"initial_options": initial[:_OPTIONS_A_GROUP]} if initial else {})


def _day(field: DateField) -> Json:
    try:
        return {"type": "datepicker", "initial_date": date.fromisoformat(str(field.initial)).isoformat()}
    except ValueError:
        return {"type": "datepicker"}


def _person(field: PersonField) -> Json:
    known = isinstance(field.initial, str) and _USER.fullmatch(field.initial)
    return {"type": "users_select", **({"initial_user": field.initial} if known else {})}


def _consent(say: Say) -> Json:
    yes = {"text": plain_text(say(mark("Yes")), _LONGEST_OPTION), "value": "yes"}
    return {"type": "checkboxes", "options": [yes]}


def _options(choices: Sequence[Choice], room: _Room) -> list[Json]:
    """An option for each choice, in their order; one that means nothing where there is none, for Slack wants one."""
    if not choices:
        return [{"text": plain_text("–", _LONGEST_OPTION), "value": _NOTHING}]
    shown = choices[: min(room.options, _MOST_GROUPS * _OPTIONS_A_GROUP)]
    values = _stand_ins(shown)
    return [
        {"text": plain_text(choice.label, _LONGEST_OPTION), "value": value}
        for choice, value in zip(shown, values, strict=True)
    ]


def _offered(options: list[Json]) -> Json:
    """The options, or groups of them that are named after their first and last, where they are many."""
    if len(options) <= _OPTIONS_A_GROUP:
        return {"options": options}
    parts = [options[first : first + _OPTIONS_A_GROUP] for first in range(0, len(options), _OPTIONS_A_GROUP)]
    return {"option_groups": [{"label": _span(part), "options": part} for part in parts]}


def _span(options: list[Json]) -> Json:
    first, last = (shortened(options[place]["text"]["text"], _LONGEST_OPTION // 2 - 2) for place in (0, -1))
    return plain_text(f"{first} – {last}", _LONGEST_OPTION)


def _stand_ins(choices: Sequence[Choice]) -> list[str]:
    """What stands for each choice in the modal: its value where Slack gives that back as it is, else its number."""
    stand_ins: dict[str, None] = {}
    for place, choice in enumerate(choices):
        plain = len(choice.value) <= _LONGEST_PLAIN_VALUE and _PLAIN_VALUE.fullmatch(choice.value)
        by_value = plain and choice.value not in stand_ins
        stand_ins[choice.value if by_value else f"{_BY_NUMBER}{place}"] = None
    return list(stand_ins)


def _restored(choices: Sequence[Choice], came: FormValue) -> FormValue:
    if isinstance(came, list):
        return [one for one in (_restored(choices, value) for value in came) if isinstance(one, str)]
    if not isinstance(came, str):
        return came
    if not choices:
        return None if came == _NOTHING else came
    number = _NUMBER.fullmatch(came)
    return choices[int(number[1])].value if number and int(number[1]) < len(choices) else came


def _places(choices: Sequence[Choice], chosen: Sequence[object]) -> list[int]:
    return [place for place, choice in enumerate(choices) if choice.value in chosen]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _bytes(view: Json) -> int:
    return len(json.dumps(view, ensure_ascii=False).encode("utf-8", "replace"))
