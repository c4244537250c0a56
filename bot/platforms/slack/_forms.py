"""A form on Slack's wire: which one it is, where it was opened, and what was filled in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from bot.core.forms import FormValue
from bot.platforms.reading import Json, NothingTold, optional_part, part, readable, text

CALLBACK = "form"
"""The ``callback_id`` of every form."""

FIELD = "field_"
"""What the ``block_id`` of a field begins with; its name follows."""

VALUE = "value"
"""The ``action_id`` of the element in a field."""


@dataclass(frozen=True, slots=True)
class OpenedForm:
    """``id`` is the opaque id on the wire; ``place`` the channel where it was opened, empty for a private chat."""

    id: str
    place: str


def metadata(form: OpenedForm) -> str:
    """The ``private_metadata`` that ``opened_form`` understands."""
    return json.dumps({"form": form.id, "place": form.place or None})


def opened_form(view: Json) -> OpenedForm | None:
    """The form that a view shows, or None where it shows no form of ours. Raises ValueError for a damaged one."""
    if text(view, "callback_id") != CALLBACK:
        return None
    kept = json.loads(text(view, "private_metadata"))
    if not isinstance(kept, dict):
        raise ValueError("private_metadata is no object")
    form = text(kept, "form")
    if not form:
        raise NothingTold
    return OpenedForm(form, text(kept, "place"))


def values_of(view: Json) -> dict[str, FormValue]:
    """What was filled in, by the names of the fields; what is left empty is None, and no consent is False."""
    values: dict[str, FormValue] = {}
    blocks = optional_part(optional_part(view, "state"), "values")
    for block in blocks:
        if block.startswith(FIELD):
            element = part(part(blocks, block), VALUE)
            understand = _ELEMENTS.get(text(element, "type"))
            if understand is not None:
                values[block.removeprefix(FIELD)] = understand(element)
    return values


def checked_values(values: Json) -> dict[str, FormValue]:
    """Values that were cleaned before the document was written. Raises ValueError for other kinds of values."""
    return {name: _checked(value) for name, value in values.items()}


def _checked(value: object) -> FormValue:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    raise ValueError("no value of a form")


def _plain(field: str) -> Callable[[Json], FormValue]:
    return lambda element: text(element, field) or None


def _chosen(element: Json) -> FormValue:
    return text(optional_part(element, "selected_option"), "value") or None


def _several(element: Json) -> FormValue:
    options = element.get("selected_options")
    if options is None:
        return []
    if not isinstance(options, list) or not all(isinstance(one, dict) for one in options):
        raise ValueError("selected_options is no list of options")
    return [readable(text(one, "value")) for one in options]


def _ticked(element: Json) -> FormValue:
    return bool(_several(element))


_ELEMENTS: dict[str, Callable[[Json], FormValue]] = {
    "plain_text_input": _plain("value"),
    "static_select": _chosen,
    "radio_buttons": _chosen,
    "multi_static_select": _several,
    "datepicker": _plain("selected_date"),
    "users_select": _plain("selected_user"),
    "checkboxes": _ticked,
}
