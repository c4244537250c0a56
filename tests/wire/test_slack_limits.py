"""The checker of Slack's limits takes what Slack takes, and finds each thing that it doesn't."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.wire.slack_limits import Json, problems_of_message, problems_of_view


def label(words: str) -> Json:
    return {"type": "plain_text", "text": words, "emoji": False}


def rich(*inline: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(inline)}]}


def said(words: str) -> Json:
    return {"type": "text", "text": words}


def button(words: str = "Answer", action: str = "a", **more: Any) -> Json:
    return {"type": "button", "action_id": action, "text": label(words), **more}


def row(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def message(*blocks: Json, **more: Any) -> Json:
    return {"channel": "C1", "text": "Hello &lt;you&gt;", "blocks": list(blocks) or [rich(said("Hello"))], **more}


def choice(words: str, value: str) -> Json:
    return {"text": label(words), "value": value}


def select(*options: Json, **more: Any) -> Json:
    return {"type": "static_select", "action_id": "value", "options": list(options), **more}


def asks(element: Json, **more: Any) -> Json:
    return {"type": "input", "block_id": "b", "label": label("Topic"), "element": element, **more}


def view(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": label("Ask"), "submit": label("Send"), "blocks": list(blocks), **more}


def test_it_takes_what_is_right() -> None:
    assert problems_of_message(message()) == []
    assert problems_of_message(message(rich(said("x" * 3_000)), row(*(button(action=str(n)) for n in range(25))))) == []
    assert problems_of_message(message(row(button("x" * 75, value="v", style="danger")), mrkdwn=False)) == []
    assert problems_of_view(view(asks(select(choice("One", "1"), choice("Two", "2"))))) == []
    assert problems_of_view(view(asks({"type": "plain_text_input", "action_id": "value", "max_length": 3_000}))) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (message(text=""), "no_text"),
        (message(text="x" * 4_001), "msg_too_long"),
        (message(text="<!channel>"), "not escaped"),
        (message(text="R&D"), "not escaped"),
        (message(text="\x00 a"), "nobody can read"),
        (message(link_names=True), "link_names"),
        (message(unfurl_links=True), "unfurl_links"),
        (message(parse="full"), "parse"),
        (message(as_usr=True), "as_usr"),
        (message(*[rich(said("x"))] * 51), "50 items"),
        (message(rich(said("x" * 3_001))), "too long"),
        (message(rich(said("\U0001f600" * 1_501))), "too long"),
        (message(*[rich(said("x" * 2_900))] * 5), "msg_blocks_too_long"),
        (message(rich(said(""))), "more than 0 characters"),
        (message(rich(said(" \n"))), "empty"),
        (message(rich(said("\ud800"))), "nobody can read"),
        (message({"type": "rich_text", "elements": []}), "fewer than 1"),
        (message(rich({"type": "broadcast", "range": "here"})), "broadcast"),
        (message(rich({"type": "user", "user_id": "U1"})), "user is more than words"),
        (message(rich({"type": "link", "url": "https://evil.example", "text": "good"})), "link"),
        (message({"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}), "mrkdwn"),
        (message(row(*(button(action=str(n)) for n in range(26)))), "25 items"),
        (message(row(button(), button())), "action_id"),
        (message(row(button("x" * 76))), "76 characters"),
        (message(row(button("\U0001f600" * 38))), "longer than 75"),
        (message(row(button(value="v" * 2_001))), "2001 characters"),
        (message(row(button(style="normal"))), "enum"),
        (message(row(button(url="no address"))), "URL"),
        (message(row(button(text={"type": "plain_text", "text": ":tada:"}))), "emoji"),
        (message(row()), "fewer than 1"),
        (message({"type": "header", "text": label("x" * 151)}), "151 characters"),
        (message(asks(select(choice("One", "1")))), "unsupported type: input"),
    ],
)
def test_it_finds_what_is_wrong_with_a_message(wrong: Json, told: str) -> None:
    assert told in "; ".join(problems_of_message(wrong))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (view(asks(select(choice("One", "1"))), title=label("x" * 25)), "25 characters"),
        (view(asks(select(choice("One", "1"))), title=label("\U0001f600" * 13)), "longer than 24"),
        (view(asks(select(choice("One", "1"))), submit=label("")), "more than 0"),
        (view(asks(select(choice("One", "1"))), private_metadata="x" * 3_001), "3001"),
        (view(asks(select(choice("One", "1"))), callback="x"), "callback"),
        (view(asks(select(choice("One", "1"))), submit=None), "submit"),
        (view(*[{"type": "divider"}] * 101, submit=None), "100 items"),
        (view(submit=None), "fewer than 1"),
        (view(asks(select())), "fewer than 1"),
        (view(asks(select(*(choice(str(n), str(n)) for n in range(101))))), "100 items"),
        (view(asks(select(choice("x" * 76, "1")))), "76"),
        (view(asks(select(choice("x", "1" * 151)))), "151"),
        (view(asks(select(choice("x", "1"), choice("y", "1")))), "unique"),
        (view(asks(select(choice("x", "1"), initial_option=choice("y", "1")))), "provided options"),
        (view(asks(select(choice("x", "1"))), asks(select(choice("x", "1")))), "already exists"),
        (view(asks(select(choice("x", "1")), label=label("x" * 2_001))), "2001"),
        (view(asks(select(choice("x", "1")), hint=label(" "))), "empty"),
        (view(asks({"type": "plain_text_input", "max_length": 3_001})), "3000"),
        (view(asks({"type": "plain_text_input", "max_length": 3, "initial_value": "four"})), "4 characters"),
        (view(asks({"type": "datepicker", "initial_date": "tomorrow"})), "date"),
        (view(rich(said("x" * 3_001)), asks(select(choice("x", "1")))), "too long"),
        (view(row(button()), asks(select(choice("x", "1")))), "no input"),
        (view(*(asks(select(choice("中" * 70, "1")), block_id=str(n), label=label("中" * 2_000)) for n in range(50))),
         "view_too_large"),
    ],
)  # fmt: skip
def test_it_finds_what_is_wrong_with_a_modal(wrong: Json, told: str) -> None:
    assert told in "; ".join(problems_of_view(wrong))


def test_it_changes_nothing() -> None:
    sent, shown = message(), view(asks(select(choice("One", "1"))))
    before = copy.deepcopy((sent, shown))
    problems_of_message(sent)
    problems_of_view(shown)
    assert (sent, shown) == before
