"""What people wrote is never a formula in a cell."""

from __future__ import annotations

import pytest

from bot.core.cells import neutralised


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\nx",
        "\rx",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "  =1",
        "\u200b=1",
        "\u00a0@x",
        "\n=1",
        "−1",
    ],
)
def test_what_begins_a_formula_is_neutralised(text: str) -> None:
    assert neutralised(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a=b", "Nurses - Nairobi", "3 + 4", "مجتمع", "'quoted"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert neutralised(text) == text


def test_a_cell_holds_what_a_cell_can_hold() -> None:
    assert len(neutralised("=" + "x" * 100_000)) == 32_767
    assert neutralised("a\x00b\ud800") == "a\ufffdb\ufffd"
