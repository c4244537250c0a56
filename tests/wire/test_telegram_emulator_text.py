"""How the emulator reads text: Telegram's HTML, entities, and lengths in UTF-16."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.telegram import Json, Refused, formatted, units
from tests.wire.telegram.html_text import parsed_html
from tests.wire.telegram.utf16 import boundaries, part

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


def read(source: str) -> tuple[str, list[Json]]:
    return formatted(source, "HTML", None, bot="test_bot")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("👋&lt;<abacaba", "Unclosed start tag at byte offset 8"),
        ("👋&lt;<abac>", 'Unsupported start tag "abac" at byte offset 8'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<i  =x>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<i    x>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("<i x  =  ", 'Unclosed start tag "i" at byte offset 0'),
        ("<i x  = 19az-.,", "Unexpected end of name token at byte offset 8"),
        ('<i x="&lt;>', "Unclosed start tag at byte offset 0"),
        ("👋</b>", "Unexpected end tag at byte offset 4"),
        ("<b></b></b>", "Unexpected end tag at byte offset 7"),
        ("<i>a</i   ", "Unclosed end tag at byte offset 4"),
        ("<i>a</em   >", 'Unmatched end tag at byte offset 4, expected "</i>", found "</em>"'),
        ("<b>a<i>b</b></i>", 'Unmatched end tag at byte offset 8, expected "</i>", found "</b>"'),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<b>one <code>two</code></b>", "code at UTF-16 offset 4 and bold at 0: one can't be inside the other"),
        ("&#xDFDF;", "Text contains invalid Unicode characters after decoding HTML entities"),
    ],
)
def test_html_that_is_refused(source: str, why: str) -> None:
    with pytest.raises(Refused) as refused:
        read(source)
    assert refused.value.description.startswith(f"Bad Request: can't parse entities: {why}")


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("👋<i>&lt;a&gt;</i>", "👋<a>", [("italic", 2, 3)]),
        ("<b>a <i>b</i> <u>c</u></b> <s>d</s>", "a b c d",
         [("bold", 0, 5), ("italic", 2, 1), ("underline", 4, 1), ("strikethrough", 6, 1)]),
        ("&ge;&amp;&quot;&#65;&#x42;&lt", '&ge;&"AB<', []),
        ("<tg-spoiler>x</tg-spoiler><span class='tg-spoiler'>y</span>", "xy", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<blockquote expandable>a\n<pre>b</pre></blockquote>", "a\nb",
         [("expandable_blockquote", 0, 3), ("pre", 2, 1)]),
        ('<pre><code class="language-python">x = 1</code></pre>', "x = 1", [("pre", 0, 5)]),
        ("<b></b>x", "x", []),
        ("<a>no link</a> <A HREF=example.org>one</A>", "no link one", [("text_link", 8, 3)]),
        ("<i>a</>", "a", [("italic", 0, 1)]),
    ],
)  # fmt: skip
def test_html_that_is_read(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    found, marks = read(source)
    assert (found, [(one["type"], one["offset"], one["length"]) for one in marks]) == (text, entities)


def test_the_language_of_code_and_addresses() -> None:
    assert read('<pre><code class="language-python">x</code></pre>')[1][0]["language"] == "python"
    assert read('<a href="HTTP://Example.ORG?a=1&amp;b=2">x</a>')[1][0]["url"] == "http://example.org/?a=1&b=2"
    (emoji,) = read('<tg-emoji emoji-id="5368">👋</tg-emoji>')[1]
    assert emoji == {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5368"}


@given(WORDS)
def test_what_is_escaped_arrives_as_it_was(words: str) -> None:
    text, entities = parsed_html(f"<b>{html.escape(words)}</b>".replace("&#x27;", "'"))
    assert text == words
    assert entities == [{"type": "bold", "offset": 0, "length": units(words)}]


@given(st.text(), st.data())
def test_pieces_of_a_text(text: str, data: st.DataObject) -> None:
    places = sorted(boundaries(text))
    assert places[-1] == units(text)
    first, last = sorted([data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))])
    assert part(text, 0, first) + part(text, first, last - first) + part(text, last, units(text) - last) == text


@given(WORDS, WORDS, WORDS)
def test_entities_move_along_when_blanks_and_carriage_returns_go(before: str, marked: str, after: str) -> None:
    source = f" \r\n {before}\r{marked}\r{after} \n"
    entity: Json = {"type": "bold", "offset": units(f" \r\n {before}\r"), "length": units(marked)}
    try:
        text, entities = formatted(source, "", [entity], bot="test_bot")
    except Refused:
        assert not (before + marked + after).strip()
        return
    bold = [part(text, one["offset"], one["length"]) for one in entities if one["type"] == "bold"]
    assert all(words in marked for words in bold)
    assert marked.strip() in {"", *(words.strip() for words in bold)}
