"""Words as people may write them, at their worst, and all that can be made of them."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from hypothesis import strategies as st

from bot.core import forms
from bot.core.addresses import MessageRef
from bot.core.messages import Attachment, Button, Emphasis, Message, Poll, Text

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
HOSTILE = (
    "<!channel> <!here> <!subteam^S1> @here @channel @everyone #general",
    "<@U1> <@U012AB3CD> <#C1|general>",
    "<https://evil.example|https://good.example> [good](https://evil.example) https://evil.example",
    "*bold* _italic_ ~gone~ `code` **bold** > quote\n- point\n1. one\n# title\n```\nfence\n```",
    ":tada: :thumbsup::skin-tone-2: <!date^1392734382^{date}|soon>",
    "&lt;!channel&gt; &amp;lt; & < >",
    "{x} {part0} {{y}} %s",
    "\u202egnp.exe \u2066hidden\u2069 \u200b\u200e",
    "שלום עולם العربية ١٢٣",
    "\x00 \ud800 \udfff \ue000x\ue001",
    "\n\n\n \t ",
    "",
    FAMILY,
)
UNITS = (
    "x", "&", "<", "e\u0301", FAMILY, "\U0001f1eb\U0001f1f7", "👍🏽", "1\ufe0f\u20e3", "한", "क्ष", "म", "שלום ", "中",
    "𝒳", "ع", "A word. ", "Para.\n\n", "line\n", "<!channel> ", "\u0301", "\ud800", " ",
)  # fmt: skip

words = st.one_of(
    st.text(st.characters(exclude_categories=[]), max_size=60),
    st.sampled_from(HOSTILE),
    st.builds(
        lambda unit, size, end: (unit * (size // len(unit))) + end,
        st.sampled_from(UNITS),
        st.sampled_from((30, 50, 76, 160, 300, 3_000, 3_001, 5_000, 13_000, 45_000)),
        st.sampled_from(("", "!", "\u0301")),
    ),
)
short_words = st.one_of(st.text(st.characters(exclude_categories=[]), max_size=60), st.sampled_from(HOSTILE))

_PATTERNS = (
    "{x}", "Hello {x}!", "**{x}** and *{y}*, `{x}`", "- {x}\n- **{y}**\n- done", "> {x}\n> {y}", "```\n{x}\n```",
    "One {y}.\n\n{x}\n\nThree.\n\n- {y}\n\n{y}", "", "no values",
)  # fmt: skip
_REPEATS = st.sampled_from((9, 60, 101, 450))
markdown = st.one_of(
    st.sampled_from(_PATTERNS),
    st.builds("\n\n".join, st.lists(st.sampled_from(_PATTERNS), max_size=12)),
    st.builds(lambda unit, count: "\n\n".join([unit] * count), st.sampled_from(_PATTERNS), _REPEATS),
    st.builds(
        lambda unit, count: "\n".join([unit] * count), st.sampled_from(("- {y}", "- point", "- **a** `c`")), _REPEATS
    ),
    st.text(st.sampled_from("ab *`>-\n{}xy&<\\"), max_size=300),
)


def _text(pattern: str, one: str, other: str) -> Text:
    """Long words stand in short patterns alone, or an example would take minutes."""
    return Text(pattern, {"x": one if len(pattern) < 60 else one[:300], "y": other})


texts = st.builds(_text, markdown, words, short_words)
references = st.builds(
    MessageRef,
    platform=st.sampled_from(("slack", "telegram")),
    tenant=st.just("T1"),
    conversation=st.sampled_from(("C1", "C/?&")),
    id=st.just("1700000000.000100"),
    thread=st.sampled_from((None, "1690000000.000200")),
)
_COUNTS = st.sampled_from((25, 26, 120, 700))
buttons = st.builds(
    Button,
    label=words,
    token=st.sampled_from(("", "t" * 22)),
    emphasis=st.sampled_from(Emphasis),
    goes_to=st.none() | references,
)
many_buttons = st.one_of(
    st.lists(buttons, max_size=4),
    st.builds(lambda one, label, count: [replace(one, label=label)] * count, buttons, short_words, _COUNTS),
)
attachments = st.builds(Attachment, st.just("id"), words, st.sampled_from(("image/png", "text/csv")), words)
_MANY_OPTIONS = st.sampled_from((0, 1, 2, 12, 13, 101))
polls = st.one_of(
    st.builds(Poll, words, st.lists(short_words, max_size=4).map(tuple), st.booleans()),
    st.builds(Poll, words, st.lists(words, min_size=2, max_size=3).map(tuple), st.booleans()),
    st.builds(
        lambda question, count, word: Poll(question, tuple(f"{word[:80]}{number}" for number in range(count))),
        short_words,
        _MANY_OPTIONS,
        words,
    ),
)
messages = st.builds(
    Message,
    text=texts,
    buttons=many_buttons.map(tuple),
    attachments=st.lists(attachments, max_size=2).map(tuple),
    details=st.none() | texts,
    poll=st.none() | polls,
)

_choices = st.one_of(
    st.lists(st.builds(forms.Choice, value=words, label=words), max_size=6),
    st.builds(
        lambda count, label, value: [
            forms.Choice(f"{value[:400]}{number}", f"{number} {label}") for number in range(count)
        ],
        st.sampled_from((99, 100, 101, 350)),
        short_words,
        words,
    ),
).map(tuple)
_initial = st.one_of(st.none(), words, st.booleans(), st.lists(words, max_size=3), st.just("2026-03-31"))
_shared = {"label": words, "hint": words, "required": st.booleans(), "initial": _initial}


def _fields(number: int) -> st.SearchStrategy[forms.Field]:
    said = {"name": st.just(f"field{number}"), **_shared}
    length = st.sampled_from((0, 1, 80, 3_000, 9_000))
    return st.one_of(
        st.builds(forms.TextField, max_length=length, **said),
        st.builds(forms.LongTextField, max_length=length, **said),
        st.builds(forms.ChoiceField, choices=_choices, **said),
        st.builds(forms.MultiChoiceField, choices=_choices, **said),
        st.builds(forms.DateField, **said),
        st.builds(forms.PersonField, **said),
        st.builds(forms.ConsentField, **said),
    )


all_forms = st.builds(
    forms.Form,
    action=st.just("questions.ask"),
    title=words,
    fields=st.integers(0, 9).flatmap(lambda count: st.tuples(*(_fields(number) for number in range(count)))),
    submit=words,
    intro=st.none() | texts,
)


def visible(text: str) -> str:
    """What anybody could see of it."""
    return "".join(char for char in text if unicodedata.category(char)[0] not in "CZ" or char == "\ufffd")
