"""The vocabulary through JSON and back is what it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.core import forms
from bot.core.addresses import Account, InPlace, MessageRef, OnlyVisibleTo, Place, Privately
from bot.core.events import Trigger
from bot.core.home import Home, HomeRow, HomeSection
from bot.core.messages import Attachment, Button, Message, Poll, Text
from bot.core.serialization import (
    destination_from_json,
    destination_to_json,
    form_from_json,
    form_to_json,
    home_from_json,
    home_to_json,
    message_from_json,
    message_to_json,
    ref_from_json,
    ref_to_json,
    text_from_json,
    text_to_json,
    trigger_from_json,
    trigger_to_json,
)

words = st.text(st.characters(exclude_categories=[]), max_size=12)  # lone surrogates too
plain_texts = st.builds(Text, words, st.dictionaries(words, words, max_size=3))
texts = st.recursive(
    plain_texts, lambda inner: st.builds(Text, words, st.dictionaries(words, words | inner, max_size=3)), max_leaves=6
)
accounts = st.builds(Account, words, words, words)
places = st.builds(Place, words, words, words, words)
destinations = st.one_of(
    st.builds(InPlace, places, st.none() | words),
    st.builds(Privately, accounts),
    st.builds(OnlyVisibleTo, accounts, places),
)
messages = st.builds(
    Message,
    text=texts,
    buttons=st.lists(st.builds(Button), max_size=2).map(tuple),
    attachments=st.lists(st.builds(Attachment, words, words, words, words), max_size=2).map(tuple),
    details=st.none() | texts,
    poll=st.none() | st.builds(Poll, words, st.lists(words, max_size=3).map(tuple), st.booleans()),
)
rows = st.builds(HomeRow, texts, st.lists(st.builds(Button), max_size=2).map(tuple))
many_rows = st.lists(rows, max_size=2).map(tuple)
homes = st.builds(
    Home, st.lists(st.builds(HomeSection, words, many_rows, st.none() | rows), max_size=2).map(tuple), words
)
refs = st.builds(MessageRef, words, words, words, words, st.none() | words)
triggers = st.builds(Trigger, words, st.datetimes(timezones=st.just(UTC)))
about = {"name": words, "label": words, "hint": words, "required": st.booleans()}
choices = st.lists(st.builds(forms.Choice, words, words), max_size=3).map(tuple)
fields = st.one_of(
    st.builds(forms.TextField, **about, initial=st.none() | words, max_length=st.integers(1, 9)),
    st.builds(forms.LongTextField, **about, initial=st.none() | words, max_length=st.integers(1, 9)),
    st.builds(forms.ChoiceField, **about, initial=st.none() | words, choices=choices),
    st.builds(forms.MultiChoiceField, **about, initial=st.none() | st.lists(words, max_size=2), choices=choices),
    st.builds(forms.DateField, **about),
    st.builds(forms.PersonField, **about),
    st.builds(forms.ConsentField, **about),
)
all_forms = st.builds(
    forms.Form,
    action=words,
    title=words,
    fields=st.lists(fields, max_size=4).map(tuple),
    submit=words,
    subject=words,
    intro=st.none() | texts,
    language=words,
)


def through_json(there: Callable[[Any], Any], back: Callable[[Any], Any], value: Any) -> Any:
    return back(json.loads(json.dumps(there(value))))


@given(texts)
def test_texts_come_back(text: Text) -> None:
    assert through_json(text_to_json, text_from_json, text) == text


@given(messages)
def test_messages_come_back(message: Message) -> None:
    assert through_json(message_to_json, message_from_json, message) == message


def test_a_message_that_was_kept_before_there_were_polls_is_read() -> None:
    kept = message_to_json(Message(Text("hello")))
    del kept["poll"]
    assert message_from_json(kept) == Message(Text("hello"))


@given(homes)
def test_pages_come_back(home: Home) -> None:
    assert through_json(home_to_json, home_from_json, home) == home


@given(destinations)
def test_destinations_come_back(destination: InPlace | Privately | OnlyVisibleTo) -> None:
    assert through_json(destination_to_json, destination_from_json, destination) == destination


@given(refs)
def test_addresses_of_messages_come_back(ref: MessageRef) -> None:
    assert through_json(ref_to_json, ref_from_json, ref) == ref


@given(triggers)
def test_triggers_come_back(trigger: Trigger) -> None:
    assert through_json(trigger_to_json, trigger_from_json, trigger) == trigger


@given(all_forms)
def test_forms_come_back(form: forms.Form) -> None:
    assert through_json(form_to_json, form_from_json, form) == form


def test_every_kind_of_field_can_be_kept() -> None:
    kinds = [kind for kind in vars(forms).values() if isinstance(kind, type) and issubclass(kind, forms.Field)]
    for kind in kinds:
        if kind is not forms.Field:
            more: dict[str, Any] = {"choices": ()} if "choices" in kind.__dataclass_fields__ else {}
            form = forms.Form("act", "Title", (kind(name="x", label="X", **more),), "Send")
            assert through_json(form_to_json, form_from_json, form) == form
