"""Slack's way of writing, as plain words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack._text import after_mention, arguments, plain

PEOPLE = {"U1": "Ana", "U2": "*Ben* <!channel>"}
PLACES = {"C1": "field-nurses"}

PIECES = st.sampled_from(
    [
        *("<", ">", "|", "&", "&amp;", "&lt;", "&gt;", "&amp;lt;", "<@U1>", "<@U1|ana>", "<@", "<#C1|name>", "<#C1|>"),
        *("<!channel>", "<!here|here>", "<!subteam^S1|@name>", "<!subteam^S1>", "<!date^1^{date}|today>", "<!date^1>"),
        *("<https://x.example|label>", "<https://x.example>", "<mailto:a@b.example|a@b.example>", "<>", "<|>", "<!>"),
        *("\ud800", "\udfff", "\x00", "\u202e", "**", "?"),
    ]
)
WRITTEN = st.lists(PIECES | st.text(st.characters())).map("".join)


def seen(text: str) -> str:
    return plain(text, lambda user: PEOPLE.get(user, ""), lambda place: PLACES.get(place, ""))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    ("text", "people_read"),
    [
        ("hello", "hello"),
        ("<@U1>, hello", "@Ana, hello"),
        ("<@U2>", "@*Ben* <!channel>"),
        ("<@U9|zoe>", "@zoe"),
        ("<@U9>", "@…"),
        ("<@U1|old.handle>", "@Ana"),
        ("<#C1>", "#field-nurses"),
        ("<#C1|>", "#field-nurses"),
        ("<#C9|nurses>", "#nurses"),
        ("<#C9>", "#…"),
        ("<!channel> <!here|here> <!everyone>", "@channel @here @everyone"),
        ("<!subteam^S1|@doctors> and <!subteam^S2>", "@doctors and @…"),
        ("<!date^1700000000^{date_short}^https://x.example|15 November>", "15 November"),
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
        ("<https://x.example|the page>", "the page (https://x.example)"),
        ("<http://x.example|x.example>", "http://x.example"),
        ("<http://x.example/|x.example>", "http://x.example/"),
        ("<https://x.example|https://x.example>", "https://x.example"),
        ("<mailto:ana@x.example|ana@x.example>", "ana@x.example"),
        ("<tel:+25420|+25420>", "+25420"),
        ("<mailto:ana@x.example|write to me>", "write to me (mailto:ana@x.example)"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("&quot; &#60; &copy;", "&quot; &#60; &copy;"),
        ("&lt;@U1&gt; &lt;!channel&gt;", "<@U1> <!channel>"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("*bold* _it_ `code` :smile:", "*bold* _it_ `code` :smile:"),
        ("one\ntwo", "one\ntwo"),
        ("\ud800\x00 half", "\ufffd half"),
    ],
)
def test_people_read(text: str, people_read: str) -> None:
    assert seen(text) == people_read


def test_after_a_command_a_mention_can_still_be_looked_up() -> None:
    line = "<@U1|ana> for <https://x.example|the page> in <#C1|nurses> &amp; more"
    assert arguments(line, lambda _: "") == "<@U1> for the page (https://x.example) in #nurses & more"


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("<@U0> help", "help"),
        ("  <@U0|baraza>: ask why", "ask why"),
        ("<@U0>", ""),
        ("<@U1> help", None),
        ("hello <@U0>", None),
        ("", None),
    ],
)
def test_what_follows_a_mention_of_the_bot(text: str, follows: str | None) -> None:
    assert after_mention(text, "U0") == follows


@given(WRITTEN)
def test_any_text_gives_one_that_can_be_stored(text: str) -> None:
    for shown in (seen(text), arguments(text, lambda _: "")):
        assert "\x00" not in shown
        shown.encode("utf-8")


@given(st.text(st.characters()))
def test_what_somebody_typed_is_what_others_read(text: str) -> None:
    assert seen(escaped(text)) == "".join(
        "\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text if char != "\x00"
    )


@given(WRITTEN, WRITTEN)
def test_no_id_of_a_person_is_read(before: str, after: str) -> None:
    assert "U0SECRET" not in seen(f"{escaped(before)}<@U0SECRET>{escaped(after)}")
