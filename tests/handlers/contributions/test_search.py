"""What fits somebody's words comes first, and nothing comes that does not fit."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.contributions._search import Entry, best, folded, words_of

KNOWN = [
    Entry("C1", "Cold boxes", "Ice packs that were frozen for two days keep it cold for nine hours.", ("transport",)),
    Entry("C2", "A morning at the depot", "We checked the lists before the lorry came.", ("cold chain",)),
    Entry("C3", "Checking lists", "The depot is cold in the morning.", ()),
    Entry("Q4", "How long must water boil?", "One minute; three above 2,000 metres.", ("safe water",)),
    Entry("C5", "Kühlkette im Alltag", "Das Thermometer hängt außen.", ()),
    Entry("C6", "سلسلة التبريد", "تبقى اللقاحات في الثلاجة", ("المياه",)),
    Entry("C7", "冷链运输", "冰箱里的疫苗", ()),
]


def keys(query: str) -> list[str]:
    return [entry.key for entry in best(query, KNOWN)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("cold chain", "C2"),  # a topic counts more than the text
        ("cold boxes", "C1"),
        ("COLD BOX", "C1"),
        ("checkng lists", "C3"),  # a slip; a title counts more than the text
        ("thermometer", "C5"),
        ("kuhlkette", "C5"),
        ("kette", "C5"),
        ("boiling water", "Q4"),
        ("how long do I have to boil the water", "Q4"),
        ("لقاحات", "C6"),
        ("مياه", "C6"),
        ("疫苗", "C7"),
    ],
)
def test_the_best_comes_first(query: str, first: str) -> None:
    assert keys(query)[0] == first


@pytest.mark.parametrize(
    "query", ["", "???", "motorcycle", "solar panels on roofs", "the of and", "cold motorcycle racing"]
)
def test_what_does_not_fit_is_not_shown(query: str) -> None:
    assert keys(query) == []


@given(st.text(max_size=400), st.lists(st.text(max_size=60), max_size=5))
def test_any_words_can_be_looked_for(query: str, texts: list[str]) -> None:
    entries = [Entry(str(number), text, text, (text,)) for number, text in enumerate(texts)]
    found = best(query, entries)
    assert len({entry.key for entry in found}) == len(found)
    if words_of(query):
        assert all(words_of(entry.text) for entry in found)


@given(st.text(max_size=100))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_one_among_thousands_comes_first() -> None:
    chance = random.Random(7)
    vocabulary = ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 10))) for _ in range(5_000)]
    entries = [
        Entry(str(number), " ".join(chance.choices(vocabulary, k=6)), " ".join(chance.choices(vocabulary, k=20)), ())
        for number in range(4_000)
    ]
    entries[1234] = Entry("wanted", "The cold box", "It keeps for nine hours.", ("cold chain",))
    assert best("how do I keep the cold box cold for hours", entries)[0].key == "wanted"
