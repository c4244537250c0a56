"""Commands are named in Baraza's own words as a platform spells them; what people wrote stays as they wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import Text, Value, with_commands, with_commands_in

NAMES = st.sampled_from(["a", "b", "command"])
MARKDOWN = st.text(st.sampled_from("/ab{}_.: \n*-`\\<>|1ä"), max_size=40)
VALUES = st.one_of(st.text(max_size=20), st.sampled_from(["/help", "/ask <!channel>", "see /etc"]))
TEXTS = st.recursive(
    st.builds(Text, MARKDOWN, st.dictionaries(NAMES, VALUES, max_size=2)),
    lambda inner: st.builds(Text, MARKDOWN, st.dictionaries(NAMES, st.one_of(VALUES, inner), max_size=2)),
    max_leaves=5,
)


def shouted(name: str) -> str:
    return f"/baraza {name}"


def plain_values(text: Text) -> list[str]:
    found: list[str] = []
    for value in text.values.values():
        found += plain_values(value) if isinstance(value, Text) else [value]
    return found


@pytest.mark.parametrize(
    ("words", "spelled"),
    [
        ("Type /help.", "Type /baraza help."),
        ("/help shows everything", "/baraza help shows everything"),
        ("Add one: /experts add @name topic", "Add one: /baraza experts add @name topic"),
        ("**First:** (/find), `/log` or **/thanks**", "**First:** (/baraza find), `/baraza log` or **/baraza thanks**"),
        ("I don't know /{command}.", "I don't know /baraza {command}."),
        ("/ask\n/find", "/baraza ask\n/baraza find"),
        ("7d|30d/90d and/or {some}/{all} of 3/4", "7d|30d/90d and/or {some}/{all} of 3/4"),
        ("http://x.org/help ./help //help /etc/hosts /Help /a", "http://x.org/help ./help //help /etc/hosts /Help /a"),
    ],
)  # fmt: skip
def test_what_names_a_command_is_spelled_and_nothing_else(words: str, spelled: str) -> None:
    assert with_commands_in(words, shouted) == spelled
    assert with_commands(Text(words), shouted).markdown == spelled


def test_texts_inside_are_searched_and_what_people_wrote_is_not() -> None:
    inside: Value = Text("/find {words}", {"words": "/find"})
    said = with_commands(Text("{who}: {what} Then /ask.", {"who": "/help", "what": inside}), shouted)
    assert said.plain() == "/help: /baraza find /find Then /baraza ask."


@given(TEXTS)
def test_spelled_as_they_are_nothing_changes(text: Text) -> None:
    assert with_commands(text, lambda name: f"/{name}") == text


@given(TEXTS)
def test_plain_values_and_places_stay_whatever_is_in_them(text: Text) -> None:
    changed = with_commands(text, shouted)
    assert plain_values(changed) == plain_values(text)
    assert changed.values.keys() == text.values.keys()
    assert changed.markdown.replace("/baraza ", "/") == text.markdown


@given(st.text(max_size=60))
def test_what_somebody_wrote_arrives_as_it_is(words: str) -> None:
    assert with_commands(Text("{words}", {"words": words}), shouted).plain() == words
