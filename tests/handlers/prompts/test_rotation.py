"""The rotation: ninety days of rest, and the kind that was used longest ago first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.prompts._pack import KINDS, OWN, PACK
from handlers.prompts._rotation import REST, Candidate, choose, is_rested

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
ORDER = tuple(KINDS)
moments = st.one_of(st.none(), st.integers(0, 200 * 24).map(lambda hours: NOW - timedelta(hours=hours)))
candidates = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 10**6),
        kind=st.sampled_from(ORDER),
        last_used=moments,
        wanted_at=st.one_of(st.none(), moments),
        own=st.booleans(),
    ),
    unique_by=lambda one: one.id,
    max_size=60,
)
turns = st.dictionaries(st.sampled_from(ORDER), st.integers(1, 9))


@given(candidates, turns)
def test_what_is_chosen_is_rested_and_nothing_is_chosen_only_when_all_rest(
    known: list[Candidate], used: dict[str, int]
) -> None:
    chosen = choose(known, ORDER, used, NOW)
    rested = [one for one in known if one.last_used is None or NOW - one.last_used >= REST]
    assert (chosen is None) == (rested == [])
    assert chosen is None or chosen in rested


@given(candidates, turns)
def test_a_wish_comes_first_then_the_kind_used_longest_ago(known: list[Candidate], used: dict[str, int]) -> None:
    chosen = choose(known, ORDER, used, NOW)
    if chosen is None:
        return
    rested = [one for one in known if is_rested(one.last_used, NOW)]
    wanted = [one.wanted_at for one in rested if one.wanted_at]
    if wanted:
        assert chosen.wanted_at == min(wanted)
        return
    for one in rested:
        if one.kind not in used:
            assert chosen.kind not in used
        elif chosen.kind in used:
            assert used[chosen.kind] <= used[one.kind]


@given(candidates, turns, st.randoms())
def test_the_order_in_which_they_are_given_does_not_matter(
    known: list[Candidate], used: dict[str, int], random: object
) -> None:
    shuffled = list(known)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(known, ORDER, used, NOW) == choose(shuffled, ORDER, used, NOW)


@given(st.lists(st.integers(1, 40), min_size=60, max_size=200))
def test_over_a_long_time_none_comes_twice_within_ninety_days_and_kinds_take_turns(gaps: list[int]) -> None:
    last_used: dict[int, datetime] = {}
    used: dict[str, int] = {}
    history: list[tuple[datetime, int, str]] = []
    now = NOW
    for gap in gaps:
        known = [Candidate(number, one.kind, last_used.get(number)) for number, one in enumerate(PACK.values())]
        chosen = choose(known, ORDER, used, now)
        if chosen is not None:
            history.append((now, chosen.id, chosen.kind))
            last_used[chosen.id], used[chosen.kind] = now, len(history)
        now += timedelta(days=gap / 4)
    for number, (at, prompt, _) in enumerate(history):
        assert all(at - before >= REST for before, earlier, _ in history[:number] if earlier == prompt)
    for start in range(0, min(40, len(history)) - 7, 8):
        assert len({kind for _, _, kind in history[start : start + 8]}) == 8


def test_the_first_eight_come_in_the_order_of_the_kinds_and_own_ones_before_those_of_the_pack() -> None:
    known = [Candidate(1, "warm_up"), Candidate(2, "warm_up", own=True), Candidate(3, "debate"), Candidate(4, OWN)]
    assert choose(known, ORDER, {}, NOW) == known[1]
    assert choose(known, ORDER, {"warm_up": 1}, NOW) == known[2]
    assert choose(known, ORDER, {"warm_up": 1, "debate": 2}, NOW) == known[3]
    assert choose(known, ORDER, {"warm_up": 1, "debate": 2, OWN: 3}, NOW) == known[1]


def test_ninety_days_to_the_second() -> None:
    one = Candidate(1, "debate", NOW - REST)
    assert choose([one], ORDER, {}, NOW) == one
    assert choose([one], ORDER, {}, NOW - timedelta(seconds=1)) is None
    assert choose([], ORDER, {}, NOW) is None
