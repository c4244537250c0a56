"""The mathematics alone."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.health._formulas import Share, absence_factor, decile, density, gini, reciprocity, relative, top_tenth

counts = st.lists(st.integers(1, 10_000), min_size=1, max_size=60).map(sorted)


@given(counts)
def test_gini_is_half_the_relative_mean_difference(x: list[int]) -> None:
    difference = sum(abs(one - other) for one, other in product(x, x))
    assert gini(x) == pytest.approx(difference / (2 * len(x) * sum(x)), abs=1e-12)


@pytest.mark.parametrize(
    ("ascending", "expected"),
    [([], None), ([0, 0], None), ([7], 0), ([3, 3, 3], 0), ([1, 3], 0.25), ([0, 0, 0, 8], 0.75)],
)
def test_gini_by_hand(ascending: list[int], expected: float | None) -> None:
    assert gini(ascending) == expected


@pytest.mark.parametrize(("people", "top"), [(1, 1), (10, 1), (11, 2), (20, 2), (70, 7), (71, 8)])
def test_the_top_tenth_is_rounded_up_to_whole_people(people: int, top: int) -> None:
    assert top_tenth([1] * people) == Share(top, people)


def test_nobody_has_no_top_tenth() -> None:
    assert top_tenth([]).rate is None


@pytest.mark.parametrize(
    ("ascending", "expected"),
    [([], None), ([0], None), ([5], 1), ([1, 1], 1), ([1, 1, 1], 2), ([1, 2, 3], 1), ([4, 4, 4, 5], 2)],
)
def test_half_of_all_messages_is_enough(ascending: list[int], expected: int | None) -> None:
    assert absence_factor(ascending) == expected


def test_deciles_lie_between_two_ranks() -> None:
    waits = dict(enumerate([10, 20, 40, 80]))
    assert decile(5, 4, waits) == 30
    assert decile(9, 4, waits) == pytest.approx(68)
    assert decile(5, 3, waits) == 20
    assert decile(9, 1, waits) == 10
    assert decile(5, 0, {}) is None


def test_shares_of_nothing_are_missing() -> None:
    assert Share(0, 0).rate is None
    assert reciprocity(0, 0) is None
    assert density(0, 1) is None
    assert density(2, 2) == 1
    assert relative(Share(1, 0), Share(1, 2)) is None
    assert relative(Share(1, 2), Share(0, 2)) is None
    assert relative(Share(0, 4), Share(1, 2)) == 0
    assert relative(Share(1, 4), Share(1, 2)) == 0.5


def test_a_rate_needs_thirty_events() -> None:
    assert Share(1, 29).is_shown_as_count
    assert not Share(1, 30).is_shown_as_count
