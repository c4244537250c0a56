"""Every limit of Block Kit that the emulator keeps: what is just right passes, what is one too much is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.wire.slack import Json, Refused, Renderer, check_message_blocks, check_view


def plain(text: str = "Words") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "Words") -> Json:
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain(), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def options(count: int, *, text: int = 5, value: int = 5) -> list[Json]:
    return [{"text": plain(f"{number:0{text}}"), "value": f"{number:0{value}}"} for number in range(count)]


def select(**more: Any) -> Json:
    return {"type": "static_select", "options": options(3), **more}


def rich(*elements: Json, kind: str = "rich_text_section", **more: Any) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements), **more}]}


def words(text: str = "Words", **more: Any) -> Json:
    return {"type": "text", "text": text, **more}


def field(**more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}, **more}


def form(**more: Any) -> Json:
    return {"type": "modal", "title": plain(), "submit": plain("Send"), "blocks": [field()], **more}


MESSAGES: dict[str, tuple[Callable[[int], list[Json]], int]] = {
    "50 blocks": (lambda n: [section()] * n, 50),
    "3,000 characters in a section": (lambda n: [section(text=mrkdwn("x" * n))], 3_000),
    "10 fields": (lambda n: [{"type": "section", "fields": [plain()] * n}], 10),
    "2,000 characters in a field": (lambda n: [{"type": "section", "fields": [plain("x" * n)]}], 2_000),
    "150 characters in a header": (lambda n: [{"type": "header", "text": plain("x" * n)}], 150),
    "25 elements": (lambda n: [actions(*[button()] * n)], 25),
    "75 characters on a button": (lambda n: [actions(button(text=plain("x" * n)))], 75),
    "2,000 characters in a button's value": (lambda n: [actions(button(value="x" * n))], 2_000),
    "3,000 characters in a button's address": (lambda n: [actions(button(url=f"https://x/{'x' * (n - 10)}"))], 3_000),
    "75 characters to read a button aloud": (lambda n: [actions(button(accessibility_label="x" * n))], 75),
    "255 characters in an action id": (lambda n: [actions(button(action_id="x" * n))], 255),
    "255 characters in a block id": (lambda n: [section(block_id="x" * n)], 255),
    "10 elements in a context": (lambda n: [{"type": "context", "elements": [plain()] * n}], 10),
    "100 options": (lambda n: [actions(select(options=options(n)))], 100),
    "75 characters in an option": (lambda n: [actions(select(options=options(1, text=n)))], 75),
    "150 characters in an option's value": (lambda n: [actions(select(options=options(1, value=n)))], 150),
    "150 characters in a placeholder": (lambda n: [actions(select(placeholder=plain("x" * n)))], 150),
    "5 options in an overflow": (lambda n: [actions({"type": "overflow", "options": options(n)})], 5),
    "10 checkboxes": (lambda n: [actions({"type": "checkboxes", "options": options(n)})], 10),
    "12,000 characters of markdown": (
        lambda n: [{"type": "markdown", "text": "x" * (n // 2)}, {"type": "markdown", "text": "x" * (n - n // 2)}],
        12_000,
    ),
    "one table": (lambda n: [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}] * n, 1),
    "100 rows": (lambda n: [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * n}], 100),
    "20 columns": (lambda n: [{"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * n]}], 20),
    "indented 8 times": (
        lambda n: [rich(rich(words())["elements"][0], kind="rich_text_list", style="bullet", indent=n)],
        8,
    ),
}

VIEWS: dict[str, tuple[Callable[[int], Json], int]] = {
    "100 blocks": (lambda n: form(blocks=[field()] * n), 100),
    "24 characters in a title": (lambda n: form(title=plain("x" * n)), 24),
    "24 characters on submit": (lambda n: form(submit=plain("x" * n)), 24),
    "24 characters on close": (lambda n: form(close=plain("x" * n)), 24),
    "3,000 characters of private metadata": (lambda n: form(private_metadata="x" * n), 3_000),
    "255 characters in a callback id": (lambda n: form(callback_id="x" * n), 255),
    "2,000 characters in a label": (lambda n: form(blocks=[field(label=plain("x" * n))]), 2_000),
    "2,000 characters in a hint": (lambda n: form(blocks=[field(hint=plain("x" * n))]), 2_000),
    "3,000 characters to begin with": (
        lambda n: form(blocks=[field(element={"type": "plain_text_input", "initial_value": "x" * n})]),
        3_000,
    ),
    "3,000 characters to put in": (
        lambda n: form(blocks=[field(element={"type": "plain_text_input", "max_length": n})]),
        3_000,
    ),
}

WRONG_MESSAGES: dict[str, Any] = {
    "no list": {"type": "divider"},
    "an unknown block": [{"type": "poem"}],
    "a block without a type": [{}],
    "an unknown property": [section(colour="red")],
    "an input in a message": [field()],
    "an empty text": [section(text=mrkdwn(""))],
    "no text": [{"type": "section"}],
    "a bare string for a text": [section(text="Words")],
    "mrkdwn in a header": [{"type": "header", "text": mrkdwn()}],
    "mrkdwn on a button": [actions(button(text=mrkdwn()))],
    "mrkdwn in a select's option": [actions(select(options=[{"text": mrkdwn(), "value": "1"}]))],
    "emoji in mrkdwn": [section(text={**mrkdwn(), "emoji": True})],
    "verbatim in plain text": [section(text={**plain(), "verbatim": True})],
    "no elements": [actions()],
    "the same action id twice": [actions(button(action_id="a"), button(action_id="a"))],
    "the same block id twice": [section(block_id="a"), section(block_id="a")],
    "an unknown element": [actions({"type": "slider"})],
    "a multi-select among actions": [actions({"type": "multi_static_select", "options": options(1)})],
    "an unknown style": [actions(button(style="bold"))],
    "an address that is none": [actions(button(url="javascript:alert(1)"))],
    "no options": [actions(select(options=[]))],
    "an initial option that isn't offered": [actions(select(initial_option=options(9)[8]))],
    "a confirmation without words": [actions(button(confirm={"title": plain()}))],
    "empty rich text": [rich(words(""))],
    "no rich text": [{"type": "rich_text", "elements": []}],
    "an unknown part of rich text": [rich({"type": "poem"})],
    "an unknown style of rich text": [rich(words(style={"blink": True}))],
    "a style that isn't true or false": [rich(words(style={"bold": "yes"}))],
    "a list without a style": [rich(rich(words())["elements"][0], kind="rich_text_list")],
    "words straight in a list": [rich(words(), kind="rich_text_list", style="bullet")],
    "a link without an address": [rich({"type": "link", "text": "here"})],
    "an image without a description": [{"type": "image", "image_url": "https://x/y.png"}],
}

WRONG_VIEWS: dict[str, Any] = {
    "no object": [],
    "an unknown property": form(colour="red"),
    "no title": {"type": "modal", "blocks": [section()]},
    "an empty title": form(title=plain("")),
    "mrkdwn in the title": form(title=mrkdwn()),
    "mrkdwn in a label": form(blocks=[field(label=mrkdwn())]),
    "an input without submit": {"type": "modal", "title": plain(), "blocks": [field()]},
    "a form without inputs": form(blocks=[section()]),
    "no blocks": form(blocks=[]),
    "markdown in a modal": form(blocks=[field(), {"type": "markdown", "text": "x"}]),
    "two fields in focus": form(
        blocks=[field(element={"type": "plain_text_input", "focus_on_load": True}) for _ in range(2)]
    ),
    "a button as a field": form(blocks=[field(element=button())]),
    "a date that is none": form(blocks=[field(element={"type": "datepicker", "initial_date": "tomorrow"})]),
    "a Home tab as a modal": {"type": "home", "blocks": [section()]},
    "more to begin with than may be put in": form(
        blocks=[field(element={"type": "plain_text_input", "max_length": 3, "initial_value": "four"})]
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_limits_of_messages(name: str) -> None:
    make, most = MESSAGES[name]
    check_message_blocks(make(most))
    with pytest.raises(Refused) as refused:
        check_message_blocks(make(most + 1))
    assert refused.value.code == "invalid_blocks"
    assert "[json-pointer:/blocks" in refused.value.messages[0]


@pytest.mark.parametrize("name", VIEWS)
def test_limits_of_views(name: str) -> None:
    make, most = VIEWS[name]
    check_view(make(most))
    with pytest.raises(Refused) as refused:
        check_view(make(most + 1))
    assert refused.value.code == "invalid_arguments"
    assert "[json-pointer:/view" in refused.value.messages[0]


@pytest.mark.parametrize("name", WRONG_MESSAGES)
def test_wrong_messages(name: str) -> None:
    with pytest.raises(Refused, match="invalid_blocks"):
        check_message_blocks(WRONG_MESSAGES[name])


@pytest.mark.parametrize("name", WRONG_VIEWS)
def test_wrong_views(name: str) -> None:
    with pytest.raises(Refused, match="invalid_arguments"):
        check_view(WRONG_VIEWS[name])


def test_home_tabs() -> None:
    check_view({"type": "home", "blocks": [section()], "private_metadata": "x"}, home=True)
    for wrong in ({"title": plain()}, {"submit": plain()}, {"close": plain()}, {"type": "modal"}):
        with pytest.raises(Refused, match="invalid_arguments"):
            check_view({"type": "home", "blocks": [section()], **wrong}, home=True)


def test_too_much_in_all() -> None:
    check_message_blocks([rich(words("x" * 40_000))])
    with pytest.raises(Refused, match="msg_blocks_too_long"):
        check_message_blocks([rich(words("x" * 20_000)), rich(words("x" * 20_001))])


def test_what_mrkdwn_shows() -> None:
    text = (
        "*Bold* _it_ ~no~ `code` 2*3*4 snake_case_name &lt;!channel&gt; <!here> <@U1> <#C1|x>\n"
        "&gt; quoted\n<https://evil.example|bank.example> https://bare.example :tada: *not bold"
    )
    seen = Renderer({"U1": "Ana", "C1": "circle"}.__getitem__).message({"text": text})
    assert seen.text == (
        "Bold it no code 2*3*4 snake_case_name <!channel> @here @Ana #circle\n"
        "quoted\nbank.example https://bare.example :tada: *not bold"
    )
    assert sorted(seen.formatting) == [
        ("bold", "Bold"), ("code", "code"), ("italic", "it"), ("quote", "quoted"), ("strike", "no"),
    ]  # fmt: skip
    assert seen.pings == ["here", "U1"]
    assert ("bank.example", "https://evil.example") in seen.links
    assert ("https://bare.example", "https://bare.example") in seen.links
    assert seen.emoji == ["tada"]


def test_what_blocks_show() -> None:
    blocks = [
        {"type": "header", "text": plain("Title *as it is*")},
        rich(words("bold", style={"bold": True}), words(" *plain* "), {"type": "user", "user_id": "U1"}),
        rich(rich(words("one"))["elements"][0], kind="rich_text_list", style="bullet"),
        section(text={**mrkdwn("@here"), "verbatim": False}, accessory=button(text=plain("Go"), url="https://x")),
        {"type": "context", "elements": [plain("small")]},
    ]
    seen = Renderer({"U1": "Ana"}.__getitem__).message({"text": "<!channel>", "blocks": blocks})
    assert seen.lines == ["Title *as it is*", "bold *plain* @Ana", "one", "@here", "small"]
    assert seen.formatting == [("heading", "Title *as it is*"), ("bold", "bold"), ("list", "one")]
    assert seen.pings == ["channel", "U1", "here"], "the fallback text calls, too"
    assert [one["text"]["text"] for one in seen.buttons] == ["Go"]
