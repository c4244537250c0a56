"""Rich text: Markdown is ours, words are people's, and one never becomes the other."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.messages import Text, joined
from bot.platforms.rich_text import Code, Listing, Paragraph, Quote, Span, clean, parse, plain

ISOLATES = "\u2068\u2069"
LINE_ENDS = "\n\t"
SIGNS = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
any_text = st.text(st.characters(exclude_categories=[]), min_size=1)


def visible(value: str) -> str:
    """What a person would see of it: no control, format or private characters, whatever the platform does."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    hidden = {"Cc", "Cf", "Co"}
    shown = (char for char in value if unicodedata.category(char) not in hidden or char in LINE_ENDS + SIGNS)
    return "".join("?" if unicodedata.category(char) == "Cs" else char for char in shown)


def seen(span: Span) -> str:
    joiners = "\u200c\u200d"  # they shape the letters around them
    return "".join(char for char in span.text if char not in ISOLATES + joiners)


@given(any_text)
@example("<!channel> <@U123> <https://evil.example|https://good.example>")
@example("**bold** *italic* `code` > quote\n- list\n# title\n```\nfence\n```")
@example("{name} {x} {{x}} %s {0}")
@example("\u202egnp.exe \u2066hidden\u2069 \u200b\u200e")
@example("e" + "\u0301" * 5000)
@example("👩‍👩‍👧‍👦 e\u0301 é ﬁ")
@example("שלום world العربية")
@example("\ue000x\ue001 \ue000\ue001")
@example("\\*escaped\\* \x00 \ud800 &lt;b&gt;")
@example("line one\r\nline two\n\n\nline three")
def test_a_value_shows_its_visible_characters_in_one_plain_span(value: str) -> None:
    (block,) = parse(Text("Hello {x}", {"x": value}))
    assert isinstance(block, Paragraph)
    greeting, *rest = block.spans
    assert greeting == Span("Hello ")
    words = visible(value)
    if not words:
        assert "".join(seen(span) for span in rest) == ""
        return
    (span,) = rest
    assert seen(span) == words
    assert (span.bold, span.italic, span.code) == (False, False, False)


@given(any_text, any_text)
def test_a_value_takes_the_look_of_its_place_and_changes_nothing_beside_it(one: str, other: str) -> None:
    (block,) = parse(Text("a **{one}** b *{other}* c", {"one": one, "other": other}))
    assert isinstance(block, Paragraph)
    bold = "".join(seen(span) for span in block.spans if span.bold)
    italic = "".join(seen(span) for span in block.spans if span.italic)
    rest = "".join(seen(span) for span in block.spans if not span.bold and not span.italic)
    assert (bold, italic, rest) == (visible(one), visible(other), "a  b  c")


@given(any_text)
def test_what_a_value_is_makes_no_difference_to_the_blocks(value: str) -> None:
    text = "Intro\n\n- first {x}\n- second\n\n> quoted {x}\n\nend"
    kinds = [type(block) for block in parse(Text(text, {"x": value}))]
    assert kinds == [Paragraph, Listing, Quote, Paragraph]


@given(any_text)
def test_nothing_turns_the_line_around_or_leaves_it_turned(value: str) -> None:
    shown = plain(parse(Text("{x} says hello", {"x": value})))
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u200e\u200f\u061c")
    assert shown.count("\u2068") == shown.count("\u2069")


def test_right_to_left_words_are_isolated_from_what_stands_beside_them() -> None:
    assert plain(parse(Text("{x}: 3", {"x": "שלום"}))) == "\u2068שלום\u2069: 3"
    assert plain(parse(Text("مرحبا {x}!", {"x": "Ana"}))) == "مرحبا \u2068Ana\u2069!"
    assert plain(parse(Text("Hello {x}!", {"x": "Ana"}))) == "Hello Ana!"


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**bold** and *italic*", [Span("bold", bold=True), Span(" and "), Span("italic", italic=True)]),
        ("***both***", [Span("both", bold=True, italic=True)]),
        ("use `/help`", [Span("use "), Span("/help", code=True)]),
        ("two\nlines", [Span("two"), Span("\n"), Span("lines")]),
        (r"no \*emphasis\*", [Span("no *emphasis*")]),
        ("{unknown} stays", [Span("{unknown}"), Span(" stays")]),
        ("`{x}`", [Span("v", code=True)]),
        ("a_{x}_b", [Span("a_"), Span("v"), Span("_b")]),
        ("<b> & [no](http://link) ![no](x)", [Span("<b> & [no](http://link) ![no](x)")]),
    ],
)
def test_the_small_subset(markdown: str, expected: list[Span]) -> None:
    (block,) = parse(Text(markdown, {"x": "v"}))
    assert isinstance(block, Paragraph)
    assert list(block.spans) == expected


def test_lists_quotes_and_code() -> None:
    blocks = parse(Text("- **one**\n- two {x}\n\n> said\n> so\n\n```\n*as it is*\n```", {"x": "*v*"}))
    assert blocks == [
        Listing(((Span("one", bold=True),), (Span("two "), Span("*v*")))),
        Quote((Span("said"), Span("\n"), Span("so"))),
        Code("*as it is*"),
    ]
    assert plain(blocks) == "- one\n- two *v*\n\nsaid\nso\n\n*as it is*"


def test_a_value_in_a_block_of_code_takes_its_place_too() -> None:
    assert parse(Text("```\n{x} {y}\n```", {"x": "a\ud800\u202eb"})) == [Code("a?b {y}")]


def test_a_text_alone_in_its_paragraph_brings_its_own_blocks() -> None:
    inner = Text("- {x}\n- b\n\nend", {"x": "**a**"})
    assert parse(Text("start\n\n{inner}", {"inner": inner})) == [
        Paragraph((Span("start"),)),
        Listing(((Span("**a**"),), (Span("b"),))),
        Paragraph((Span("end"),)),
    ]


def test_a_text_inside_a_line_keeps_its_look_and_takes_that_of_its_place() -> None:
    inner = Text("*very* {x}\n\nsecond", {"x": "v"})
    (block,) = parse(Text("so **{inner}**", {"inner": inner}))
    assert isinstance(block, Paragraph)
    assert list(block.spans) == [
        Span("so "),
        Span("very", bold=True, italic=True),
        Span(" ", bold=True),
        Span("v", bold=True),
        Span("\n", bold=True),
        Span("second", bold=True),
    ]


@given(st.lists(any_text, min_size=1, max_size=5))
def test_texts_that_are_joined_keep_each_its_own_values(values: list[str]) -> None:
    whole = joined([Text("I am {x}.", {"x": value}) for value in values])
    assert [clean(plain([block])) for block in parse(whole)] == [f"I am {clean(value)}." for value in values]


def test_what_turns_out_empty_is_left_out() -> None:
    assert parse(Text("{x}\n\nend", {"x": ""})) == [Paragraph((Span("end"),))]
    assert parse(Text("", {})) == []


def test_our_own_markdown_may_hold_no_stand_in_characters() -> None:
    assert plain(parse(Text("\ue000x\ue001", {"x": "secret"}))) == "x"


@pytest.mark.parametrize("value", ["\u0600\u0661", "\u06dd"])
def test_arabic_signs_that_are_seen_are_kept_although_unicode_calls_them_format(value: str) -> None:
    assert clean(value) == value


def test_the_flags_of_regions_stay_flags() -> None:
    scotland = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
    assert clean(scotland) == scotland
    assert clean("a\U000e0067\U000e0062") == "a"  # hidden where no flag is
