"""Forms as Slack's modals: within every limit, and giving back what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import example, given

from bot.core.forms import (
    NOT_A_CHOICE,
    REQUIRED,
    TOO_LONG,
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
    validate,
)
from bot.core.messages import Text
from bot.platforms.slack._forms import OpenedForm, opened_form, values_of
from bot.platforms.slack.forms import MOST_FIELDS, modal, problems, restored
from tests.platforms.any_words import all_forms, words
from tests.wire.slack_limits import Json, problems_of_view, words_of_block

OPENED = OpenedForm("f" * 22, "C1")


def say(key: str) -> str:
    """The translation that changes nothing."""
    return key


def say_with(key: str, values: Mapping[str, str]) -> str:
    """The same, with values."""
    return Text(key, values).plain()


def form_of(*fields: Field, title: str = "Ask an expert", **more: Any) -> Form:
    return Form(action="questions.ask", title=title, fields=fields, submit="Send", **more)


def view_of(form: Form) -> Json:
    view = modal(form, OPENED, say)
    assert problems_of_view(view) == []
    return view


def blocks_by_field(view: Json) -> dict[str, Json]:
    return {one["block_id"].removeprefix("field_"): one for one in view["blocks"] if one["type"] == "input"}


def element_of(field: Field) -> Json:
    element: Json = blocks_by_field(view_of(form_of(field)))[field.name]["element"]
    return element


def offered(element: Json) -> list[Json]:
    groups = element.get("option_groups") or [element]
    return [option for group in groups for option in group["options"]]


def came_back(form: Form, chosen: Mapping[str, Json]) -> dict[str, FormValue]:
    """What Baraza understands of a submission, of which each field's state is told."""
    state = {f"field_{name}": {"value": state} for name, state in chosen.items()}
    return restored(form, values_of({"state": {"values": state}}))


@given(all_forms)
@example(
    form_of(*(LongTextField(name=f"f{n}", label="L" * 9_000, hint="H" * 9_000, initial="中" * 9_000) for n in range(9)))
)
@example(form_of(TextField(name="f", label=""), title="T" * 100_000, intro=Text("{x}", {"x": "e" + "\u0301" * 5_000})))
@example(form_of(ChoiceField(name="f", label="L", choices=tuple(Choice(f"&{n}", f"*{n}*") for n in range(11_000)))))
def test_no_form_breaks_a_limit_or_shows_as_formatting(form: Form) -> None:
    view = modal(form, OPENED, say)
    assert problems_of_view(view) == []
    assert opened_form(view) == OPENED
    assert list(blocks_by_field(view)) == [field.name for field in form.fields]


@given(all_forms)
def test_each_choice_that_is_offered_comes_back_as_it_was(form: Form) -> None:
    blocks = blocks_by_field(modal(form, OPENED, say))
    for field in form.fields:
        if not isinstance(field, ChoiceField | MultiChoiceField):
            continue
        options = offered(blocks[field.name]["element"])
        states: list[Json] = [{"type": "static_select", "selected_option": one} for one in options]
        given_back = [came_back(form, {field.name: state})[field.name] for state in states[:150]]
        assert given_back == [choice.value for choice in field.choices][: len(given_back)] or not field.choices


@given(words)
def test_a_problem_is_told_at_its_field_in_words(value: str) -> None:
    form = form_of(TextField(name="topic", label="Topic"), TextField(name="unit", label="Unit"))
    answer = problems(
        form, {"topic": Problem("Not {value}.", {"value": value}), "gone": Problem(REQUIRED, {})}, say_with
    )
    assert answer["response_action"] == "errors"
    (told,) = answer["errors"].items()
    assert told[0] == "field_topic"
    assert 0 < len(told[1]) <= 2_000


def test_problems_of_a_submission() -> None:
    form = form_of(
        TextField(name="topic", label="Topic"), LongTextField(name="question", label="Question", max_length=5)
    )
    state: dict[str, Json] = {
        "topic": {"type": "plain_text_input", "value": None},
        "question": {"type": "plain_text_input", "value": "Too long"},
    }
    _, found = validate(form, came_back(form, state))
    assert [one.key for one in found.values()] == [REQUIRED, TOO_LONG]
    assert problems(form, found, say_with)["errors"] == {
        "field_topic": "Please fill this in.",
        "field_question": "Please keep this under 5 characters; it has 8.",
    }


def test_the_frame_of_a_modal() -> None:
    view = view_of(form_of(TextField(name="topic", label="Topic"), intro=Text("Hello **you**")))
    assert (view["title"]["text"], view["submit"]["text"], view["close"]["text"]) == ("Ask an expert", "Send", "Cancel")
    assert (view["callback_id"], view["notify_on_close"]) == ("form", True)
    assert words_of_block(view["blocks"][0]) == "Hello you"


def test_a_title_that_is_too_long_for_the_bar_stands_in_full_below() -> None:
    title = "Report something privately to the facilitators"
    view = view_of(form_of(TextField(name="words", label="What happened?"), title=title))
    assert view["title"]["text"] == "Report something privat…"
    assert view["blocks"][0] == {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}


@pytest.mark.parametrize(
    ("field", "element"),
    [
        (TextField(name="a", label="A", initial="so\nfar", max_length=80),
         {"type": "plain_text_input", "multiline": False, "max_length": 80, "initial_value": "so far"}),
        (LongTextField(name="a", label="A", initial="so\nfar", max_length=9_000),
         {"type": "plain_text_input", "multiline": True, "max_length": 3_000, "initial_value": "so\nfar"}),
        (DateField(name="a", label="A", initial="2026-03-31"), {"type": "datepicker", "initial_date": "2026-03-31"}),
        (DateField(name="a", label="A", initial="tomorrow"), {"type": "datepicker"}),
        (PersonField(name="a", label="A", initial="U012AB3CD"), {"type": "users_select", "initial_user": "U012AB3CD"}),
        (PersonField(name="a", label="A", initial="<@U1>"), {"type": "users_select"}),
    ],
)  # fmt: skip
def test_each_kind_of_field(field: Field, element: Json) -> None:
    assert element_of(field) == {"action_id": "value", **element}


def test_what_is_needed_and_what_helps() -> None:
    blocks = blocks_by_field(
        view_of(
            form_of(TextField(name="a", label="A", hint="Two words"), TextField(name="b", label="B", required=False))
        )
    )
    assert (blocks["a"]["optional"], blocks["b"]["optional"]) == (False, True)
    assert blocks["a"]["hint"]["text"] == "Two words"
    assert "hint" not in blocks["b"]


def test_a_text_that_is_longer_than_allowed_still_opens_whole() -> None:
    assert element_of(LongTextField(name="a", label="A", initial="x" * 90, max_length=50))["initial_value"] == "x" * 90


def test_a_consent_is_a_box_to_tick_and_never_ticked() -> None:
    form = form_of(ConsentField(name="share", label="Share my story with everybody", initial=True))
    (block,) = view_of(form)["blocks"]
    assert block["label"]["text"] == "Share my story with everybody"
    assert "initial_options" not in block["element"]
    yes = block["element"]["options"]
    assert came_back(form, {"share": {"type": "checkboxes", "selected_options": yes}}) == {"share": True}
    assert came_back(form, {"share": {"type": "checkboxes", "selected_options": []}}) == {"share": False}


def test_what_was_chosen_before_is_chosen() -> None:
    choices = (Choice("en", "English"), Choice("x" * 200, "Long"), Choice("&", "And"))
    one = element_of(ChoiceField(name="a", label="A", choices=choices, initial="x" * 200))
    assert one["initial_option"]["text"]["text"] == "Long"
    some = element_of(MultiChoiceField(name="a", label="A", choices=choices, initial=["&", "en", "gone"]))
    assert [option["text"]["text"] for option in some["initial_options"]] == ["English", "And"]


def test_more_than_a_hundred_choices_stand_in_groups_that_say_what_is_in_them() -> None:
    choices = tuple(Choice(f"t{number}", f"Topic {number:03}") for number in range(250))
    element = element_of(ChoiceField(name="a", label="A", choices=choices, initial="t240"))
    assert [group["label"]["text"] for group in element["option_groups"]] == [
        "Topic 000 – Topic 099", "Topic 100 – Topic 199", "Topic 200 – Topic 249",
    ]  # fmt: skip
    assert element["initial_option"]["value"] == "t240"


def test_where_nothing_can_be_chosen_nothing_comes_back() -> None:
    form = form_of(ChoiceField(name="a", label="A", choices=()))
    (option,) = offered(element_of(form.fields[0]))
    assert came_back(form, {"a": {"type": "static_select", "selected_option": option}}) == {"a": None}


@pytest.mark.parametrize("forged", ["#99", "#-1", "#", "#" + "9" * 5_000, "nothing", "x" * 200])
def test_a_forged_choice_is_refused(forged: str) -> None:
    form = form_of(ChoiceField(name="a", label="A", choices=(Choice("x", "X"), Choice("#7", "Seven"))))
    state = {"a": {"type": "static_select", "selected_option": {"value": forged}}}
    _, found = validate(form, came_back(form, state))
    assert found["a"].key == NOT_A_CHOICE


def test_a_form_that_no_modal_can_hold_is_a_mistake_of_its_maker() -> None:
    with pytest.raises(ValueError, match="at most 90 fields"):
        modal(form_of(*(DateField(name=f"d{number}", label="D") for number in range(MOST_FIELDS + 1))), OPENED, say)


def test_a_form_names_commands_as_they_are_typed_here_and_keeps_what_people_wrote() -> None:
    field = TextField(name="code", label="Its code (/log)", hint="/questions shows it.", initial="/help")
    form = form_of(field, intro=Text("See /today and {x}", {"x": "/find"}))
    intro, block = view_of(form)["blocks"]
    assert words_of_block(intro) == "See /baraza today and /find"
    assert block["label"]["text"] == "Its code (/baraza log)"
    assert block["hint"]["text"] == "/baraza questions shows it."
    assert block["element"]["initial_value"] == "/help"
