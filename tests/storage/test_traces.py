"""Names and ids are found in what people write, in whatever way they write them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.traces import Traces, replaced

RENEE = Traces(frozenset({"Renée Otieno"}), frozenset({"U123ABC"}))
words = st.text(st.characters(categories=["L", "M", "N", "Zs", "P", "Cs"]), max_size=30)


@pytest.mark.parametrize(
    "text",
    [
        "Ask Renée Otieno.",
        "RENÉE OTIENO's box",
        unicodedata.normalize("NFD", "renée otieno"),
        "ask Renée\n  Otieno",
        "\N{FULLWIDTH LATIN CAPITAL LETTER R}enée Otieno",
        "Re\N{ZERO WIDTH SPACE}née Otieno",
        "thank you @Renée!",
        "<@U123ABC> knows",
        "in dm-U123ABC",
    ],
)
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert RENEE.anywhere_in(text)
    plain = RENEE.taken_out(text, "a member")
    assert "a member" in plain
    assert not RENEE.anywhere_in(plain)


@pytest.mark.parametrize("text", ["Renée", "Otieno", "Renée Otienoson", "Irenée Otieno", "XU123ABCD", "", "@Renéeo"])
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert not RENEE.anywhere_in(text)
    assert RENEE.taken_out(text, "a member") == text


def test_marks_around_a_name_stay() -> None:
    assert RENEE.taken_out("(Rene\u0301e Otieno), é!", "a member") == "(a member), é!"


def test_a_name_is_found_inside_words_where_a_script_has_no_blanks() -> None:
    assert Traces(frozenset({"李明"}), frozenset()).taken_out("谢谢李明帮忙", "某人") == "谢谢某人帮忙"
    assert Traces(frozenset({"أحمد"}), frozenset()).anywhere_in("شكرا لأحمد وأحمد")


def test_a_number_that_is_an_id_is_found_in_json() -> None:
    traces = Traces(frozenset({"Ana"}), frozenset({"4711"}))
    assert traces.anywhere_in({"message": {"from": {"id": 4711}}})
    assert not traces.anywhere_in({"message": {"from": {"id": 47110}, "ok": True}})
    assert traces.taken_out({"a": ["by Ana", {"b": "Ana, Ana"}]}, "x") == {"a": ["by x", {"b": "x, x"}]}


def test_nobody_is_found_nowhere() -> None:
    assert not Traces(frozenset({"", " "}), frozenset({""})).anywhere_in("anything at all")


@given(words, words, st.sampled_from(["Renée Otieno", "renée  otieno", "U123ABC"]))
def test_what_was_taken_out_is_gone_and_the_rest_stays(before: str, after: str, name: str) -> None:
    text = f"{before} {name} {after}"
    plain = RENEE.taken_out(text, "x")
    assert not RENEE.anywhere_in(plain)
    if not RENEE.anywhere_in(before) and not RENEE.anywhere_in(after):
        assert "x" in plain


@given(words)
def test_the_places_found_are_those_that_are_replaced(text: str) -> None:
    spots = list(RENEE.spots([text, "Renée Otieno"]))
    assert replaced([text, "Renée Otieno"], spots, "x") == RENEE.taken_out([text, "Renée Otieno"], "x")
