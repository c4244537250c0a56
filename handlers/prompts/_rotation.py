"""Which prompt comes next: none twice within 90 days, and the kind that was used longest ago first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

REST = timedelta(days=90)
"""How long a prompt rests before the same community sees it again."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prompt as the rotation sees it. ``wanted_at``: since when somebody wants it to be the next one."""

    id: int
    kind: str
    last_used: datetime | None = None
    wanted_at: datetime | None = None
    own: bool = False


def is_rested(last_used: datetime | None, now: datetime) -> bool:
    """Whether something that was last used then may be used again."""
    return last_used is None or now - last_used >= REST


def choose(
    candidates: Iterable[Candidate], kinds: Sequence[str], turns: Mapping[str, int], now: datetime
) -> Candidate | None:
    """The next prompt; None when every one of them still rests.

    One that somebody wants comes first, the earliest wish before the others. Then the kind used longest ago: ``turns``
    numbers the last turn of each, from 1 on; kinds that never had one come in the order of ``kinds``. Within a kind
    the one used longest ago; of those never used the community's own come before those of the pack.
    """
    ready = [one for one in candidates if is_rested(one.last_used, now)]

    def order(one: Candidate) -> tuple[bool, datetime, int, int, datetime, bool, int]:
        return (
            one.wanted_at is None,
            one.wanted_at or _NEVER,
            turns.get(one.kind, 0),
            kinds.index(one.kind) if one.kind in kinds else len(kinds),
            one.last_used or _NEVER,
            not one.own,
            one.id,
        )

    return min(ready, key=order, default=None)
