"""The mathematics of a health check: numbers in, a number out; None where there is nothing to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ENOUGH_FOR_A_RATE = 30
"""Below this many events a rate says less than the count itself."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many: a rate that remembers how much it rests on."""

    part: int
    whole: int

    @property
    def rate(self) -> float | None:
        """``part / whole``, or None when there is no whole."""
        return self.part / self.whole if self.whole else None

    @property
    def is_shown_as_count(self) -> bool:
        """Whether people see "3 of 12" in the place of a percentage."""
        return self.whole < ENOUGH_FOR_A_RATE


def gini(ascending: Sequence[int]) -> float | None:
    """How unevenly messages are spread over people (ascending counts): 0 evenly, near 1 one writes all.

    2·Σ(i·xᵢ)/(n·Σx) − (n+1)/n with i from 1 (Gini 1912, in the form for sorted values).
    """
    n, total = len(ascending), sum(ascending)
    if not total:
        return None
    weighted = sum(rank * count for rank, count in enumerate(ascending, start=1))
    return (2 * weighted - (n + 1) * total) / (n * total)


def top_tenth(ascending: Sequence[int]) -> Share:
    """The messages of the most active tenth of people, rounded up to whole people, of all messages."""
    people = -(-len(ascending) // 10)
    return Share(sum(ascending[len(ascending) - people :]), sum(ascending))


def absence_factor(ascending: Sequence[int]) -> int | None:
    """The fewest people whose messages make half of all (CHAOSS, "Contributor Absence Factor")."""
    total, gathered = sum(ascending), 0
    for people, count in enumerate(reversed(ascending), start=1):
        gathered += count
        if total and gathered * 2 >= total:
            return people
    return None


def decile(tenths: int, answered: int, waits: Mapping[int, float]) -> float | None:
    """The decile of ``answered`` values by linear interpolation between the two ranks it lies between.

    ``waits`` holds at least the values at those ranks, rank 0 the smallest (Hyndman & Fan 1996, type 7).
    """
    if not answered:
        return None
    rank, beyond = divmod((answered - 1) * tenths, 10)
    lower = waits[rank]
    return lower + (waits[rank + 1] - lower) * beyond / 10 if beyond else float(lower)


def reciprocity(pairs: int, mutual: int) -> float | None:
    """Which part of "u answered v" is matched by "v answered u"; pairs are directed."""
    return mutual / pairs if pairs else None


def density(pairs: int, people: int) -> float | None:
    """Directed pairs, of all that ``people`` could form."""
    return pairs / (people * (people - 1)) if people > 1 else None


def relative(part: Share, whole: Share) -> float | None:
    """A group's rate by the rate of everybody: 1 is as everybody, 0.5 half as much."""
    if not part.whole or not whole.part or not whole.whole:
        return None
    return (part.part * whole.whole) / (part.whole * whole.part)
