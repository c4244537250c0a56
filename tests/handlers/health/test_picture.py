"""The picture holds for any community, and can be told in words."""

from __future__ import annotations

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text as WrittenText
from PIL import Image

from handlers.health import _picture
from handlers.health._picture import HEIGHT, WIDTH, PictureWords, can_draw, draw, in_words
from storage.weekly_figures import Week
from tests.handlers.health.test_signals import English

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def weeks(*rows: tuple[int, int, int, float | None], last_days: int = 7) -> list[Week]:
    found = [
        Week(MONDAY + timedelta(weeks=number), MONDAY + timedelta(weeks=number + 1), *row)
        for number, row in enumerate(rows)
    ]
    return [*found[:-1], found[-1]._replace(ends=found[-1].starts + timedelta(days=last_days))] if found else []


def words_for(shown: list[Week], community: str = "Nurses") -> PictureWords:
    return PictureWords(community, "2 March – 1 June 2026", [f"{week.starts:%d %b}" for week in shown])


BUSY = [(20 + number, 5 + number % 7, number % 4, 12.5 * number if number % 5 else None) for number in range(60)]


@pytest.mark.parametrize(
    "shown",
    [
        weeks(*BUSY),
        weeks(*BUSY[:12], last_days=3),
        weeks((7, 3, 3, 12.5)),
        weeks(*[(0, 0, 0, None)] * 5),
        weeks((1, 1, 1, 0.0)),
        weeks((10**6, 10**5, 10**4, 10**6), (0, 0, 0, None)),
        [],
    ],
    ids=["60 weeks", "12 weeks", "1 week", "nothing", "at once", "huge", "no week"],
)
def test_it_is_drawn_whatever_there_is(shown: list[Week]) -> None:
    picture = Image.open(io.BytesIO(draw(shown, words_for(shown))))
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(picture.convert("L").getcolors() or []) > 2, "it is blank"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that are drawn, to measure what stands in them."""
    figures: list[Figure] = []
    original = _picture._titles

    def remembered(figure: Figure, words: PictureWords) -> None:
        figures.append(figure)
        original(figure, words)

    monkeypatch.setattr(_picture, "_titles", remembered)
    return figures


@pytest.mark.parametrize(
    "name",
    [
        "مجتمع الممرضات في نيروبي",
        "A community of practice on water, sanitation and hygiene in East Africa and beyond, " * 3,
        "Unbreakable" * 40,
        "$x^2$ \\frac{1}",
        "日本 🎉",
        "a\nb\tc\x00",
        "\u202eevil\u2066",
        "Z" + "\u0301" * 5000,
        "\ud800",
        "",
    ],
)
def test_any_name_is_drawn_within_the_picture(name: str, drawn: list[Figure]) -> None:
    shown = weeks(*BUSY[:4])
    draw(shown, words_for(shown, name))
    boxes = [text.get_window_extent() for text in drawn[0].texts]
    assert all(box.x0 >= 0 and box.x1 <= WIDTH and box.y1 <= HEIGHT for box in boxes)
    tops = sorted((box.y0, box.y1) for box in boxes)
    assert all(lower[1] <= upper[0] + 4 for lower, upper in pairwise(tops)), "lines overlap"


def test_names_of_weeks_do_not_overlap(drawn: list[Figure]) -> None:
    shown = weeks(*BUSY)
    draw(shown, PictureWords("x", "y", ["24. September"] * 60))
    for axes in drawn[0].axes[:3]:
        boxes = [label.get_window_extent() for label in axes.get_xticklabels() if _is_shown(label)]
        assert len(boxes) >= 2
        assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def _is_shown(label: WrittenText) -> bool:
    return bool(label.get_text())


def test_pictures_are_drawn_side_by_side() -> None:
    shown = weeks(*BUSY[:12])
    alone = draw(shown, words_for(shown))
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: draw(shown, words_for(shown)), range(8))) == {alone}


def test_matplotlib_waits_until_it_is_needed() -> None:
    code = "import sys, handlers.health._picture, handlers.health._spreadsheet as s; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"matplotlib", "xlsxwriter", "numpy"} & set(loaded)


def test_which_letters_it_can_draw() -> None:
    assert can_draw("Café Ελλάδα مجتمع Привет")
    assert not can_draw("日本")


def test_the_picture_in_words() -> None:
    shown = weeks((10, 3, 2, 30.0), (20, 5, 0, None))
    assert in_words("Nurses", shown, English()) == (
        "Nurses, week by week. Weeks shown: 2. Messages: 10 to 20 a week, 20 in the last. "
        "People who wrote: 3 to 5 a week, 5 in the last. New voices: 2 in all, 0 in the last week. "
        "Median minutes to a first answer: 30 to 30, 30 in the last week that has one."
    )
    assert in_words("Nurses", weeks((1, 1, 1, None)), English()).endswith("No thread has been answered in these weeks.")
    assert in_words("Nurses", [], English()) == "Nurses: no weeks to show yet."
