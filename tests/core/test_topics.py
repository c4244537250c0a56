"""Topics as people write them."""

from __future__ import annotations

import pytest

from bot.core.topics import MOST_TOPICS, topics


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (None, []),
        (" , ;, ", []),
        ("cold chain,  safe   water ;Training", ["cold chain", "safe water", "Training"]),
        ("water, Water", ["Water"]),
        ("ماء، تدريب", ["ماء", "تدريب"]),
    ],
)
def test_a_line_becomes_topics(line: str | None, expected: list[str]) -> None:
    assert topics(line) == expected


def test_there_is_an_end_to_it() -> None:
    many = ",".join(str(number) for number in range(99))
    assert len(topics(many)) == MOST_TOPICS
    assert len(topics(many, 20)) == 20
