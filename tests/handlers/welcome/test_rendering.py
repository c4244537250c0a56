"""Whatever a facilitator writes and whatever people are called: it can be shown, and no value is read as formatting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import joined
from bot.core.readable import clean
from bot.platforms.rich_text import Block, Code, Listing, parse
from handlers.welcome._texts import filled

pieces = st.sampled_from(
    ["{name}", "{community}", "{place}", "{part0}", "{other}", "{", "}", "**", "*", "_", "`", "```\n", "> ", "- ", "\n",
     "\n\n", "<!channel>", "<@U1>", "[a](http://b)", "\\", "&lt;", "\u202e", "\u2068", "\ue000name\ue001", "# ", "a "]
)  # fmt: skip
markdown = st.lists(pieces | st.text(max_size=6), max_size=20).map("".join)
names = st.lists(pieces | st.text(max_size=6), min_size=1, max_size=6).map("".join)
PLAIN = "N"


def shape(blocks: list[Block]) -> list[object]:
    """What a text looks like, without its letters."""
    looks: list[object] = []
    for block in blocks:
        if isinstance(block, Code):
            looks.append(Code)
            continue
        lines = block.items if isinstance(block, Listing) else (block.spans,)
        looks.append((type(block), [[(span.bold, span.italic, span.code) for span in line] for line in lines]))
    return looks


@given(markdown, names, names, names)
def test_any_text_with_any_name_can_be_shown_and_looks_the_same_whoever_it_greets(
    text: str, name: str, community: str, place: str
) -> None:
    visible = [value for value in (name, community, place) if clean(value)]
    if len(visible) < 3:
        return
    shown = parse(joined([filled(clean(text), name=name, community=community, place=place)]))
    same = parse(joined([filled(clean(text), name=PLAIN, community=PLAIN, place=PLAIN)]))
    assert shape(shown) == shape(same)


@given(names)
def test_a_name_arrives_as_it_is_typed(name: str) -> None:
    (block,) = parse(filled("Hello {name}!", name=name, community="c", place="p"))
    assert not isinstance(block, Code | Listing)
    said = "".join(span.text for span in block.spans)
    assert said.replace("\u2068", "").replace("\u2069", "") == f"Hello {clean(name)}!"
    assert not any(span.bold or span.italic or span.code for span in block.spans)


@given(markdown)
def test_what_is_in_other_braces_stays_as_typed(text: str) -> None:
    line = clean(text).replace("\n", " ").replace("`", "")
    whole = f"Before {{{{x}}}} {{ticket}} after {{ name }} {line}"
    shown = parse(filled(whole, name="N", community="C", place="P"))
    words = "".join(span.text for block in shown if not isinstance(block, Code | Listing) for span in block.spans)
    words = words.replace("\u2068", "").replace("\u2069", "")  # around values, where something reads from the right
    assert words.startswith("Before {{x}} {ticket} after { name }")
