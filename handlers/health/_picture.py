"""The picture of a health check: three charts by week, for a phone. Pure: weeks and words in, PNG bytes out.

matplotlib is loaded when the first picture is drawn, and only its objects are used, never pyplot, so pictures can
be drawn in threads side by side. Colours are from Okabe & Ito (2008), which the colour-blind can tell apart;
bars and lines differ in shape as well.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from textwrap import wrap
from typing import TYPE_CHECKING

from bot.core.messages import Text, joined, mark
from handlers.health._signals import Words
from storage.weekly_figures import Week

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text as WrittenText

WIDTH, HEIGHT, _DPI = 1080, 1350, 100
_BARS, _LINE, _NEW, _TIMES, _INK, _GREY, _FAINT = (
    *("#56B4E9", "#A63B00", "#009E73", "#0072B2"),
    *("#222222", "#555555", "#DDDDDD"),
)
_LONGEST_NAME = 80
_LINE_OF_A_NAME = 42
_LABELLED = 13
_SMALLEST, _TICKS, _WORDS = 17, 19, 22  # points; a phone shows the picture at a third of its size
_LETTERS_BELOW = 58
_WHOLE_WEEK = timedelta(days=6, hours=22)  # a week that loses hours to summer time is whole
_HOUR, _DAY = 60, 1440
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # Unicode's overrides of a line's direction


@dataclass(frozen=True)
class PictureWords:
    """What stands in the picture, in somebody's language. ``week_names`` has one short date for each week."""

    community: str
    period: str
    week_names: Sequence[str]
    messages: str = mark("Messages")
    active_members: str = mark("Active members")
    new_members: str = mark("New voices")
    first_response_minutes: str = mark("Time to a first answer (median, minutes)")
    first_response_hours: str = mark("Time to a first answer (median, hours)")
    first_response_days: str = mark("Time to a first answer (median, days)")
    no_threads: str = mark("No thread has been answered in these weeks.")
    unfinished: str = mark("The last week is not over yet.")


@dataclass(frozen=True)
class _Times:
    words: str
    values: list[float]
    longest: float | None = None


def can_draw(text: str) -> bool:
    """Whether the picture's font has every letter of ``text``; where not, words in another language serve better."""
    return _drawable(text) == " ".join(text.split())


def draw(weeks: Sequence[Week], words: PictureWords) -> bytes:
    """A PNG of 1080 x 1350 pixels: activity, newcomers, and the time to a first answer, week by week."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    upper, middle, lower = figure.subplots(3, 1, gridspec_kw={"height_ratios": [3, 2, 2]})
    figure.subplots_adjust(left=0.1, right=0.9, top=0.81, bottom=0.085, hspace=0.55)
    _titles(figure, words)
    _draw_activity(upper, weeks, words)
    _draw_newcomers(middle, weeks, words)
    _draw_times(lower, weeks, words)
    for axes in (upper, middle, lower):
        _name_weeks(axes, words.week_names)
    if weeks and weeks[-1].ends - weeks[-1].starts < _WHOLE_WEEK:
        _write(figure, 0.015, words.unfinished, size=_TICKS, colour=_GREY)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI)
    return buffer.getvalue()


def in_words(community: str, weeks: Sequence[Week], words: Words) -> str:
    """What the picture shows, for those who don't see it: the range and the last week of each chart."""
    if not weeks:
        return words.say(mark("{community}: no weeks to show yet."), community=community).plain()
    times = [week.first_response_median for week in weeks if week.first_response_median is not None]
    intro = mark("{community}, week by week. Weeks shown: {count}.")
    sentences = [
        words.say(intro, community=_REORDERING.sub("", community), count=words.number(len(weeks))),
        _range(words, mark("Messages: {least} to {most} a week, {last} in the last."), _each(weeks, "messages")),
        _range(
            words,
            mark("People who wrote: {least} to {most} a week, {last} in the last."),
            _each(weeks, "active_members"),
        ),
        words.say(
            mark("New voices: {total} in all, {last} in the last week."),
            total=words.number(sum(week.new_members for week in weeks)),
            last=words.number(weeks[-1].new_members),
        ),
        _range(
            words,
            mark("Median minutes to a first answer: {least} to {most}, {last} in the last week that has one."),
            times,
        )
        if times
        else words.say(mark("No thread has been answered in these weeks.")),
    ]
    return joined(sentences, " ").plain()


def _each(weeks: Sequence[Week], name: str) -> list[float]:
    return [getattr(week, name) for week in weeks]


def _range(words: Words, sentence: str, values: Sequence[float]) -> Text:
    least, most, last = min(values), max(values), values[-1]
    return words.say(sentence, least=words.number(least), most=words.number(most), last=words.number(last))


def _titles(figure: Figure, words: PictureWords) -> None:
    name = _drawable(words.community)
    lines = wrap(name, _LINE_OF_A_NAME, max_lines=2, placeholder="…") or [_drawable(words.period)]
    for number, line in enumerate(lines):
        _write(figure, 0.962 - 0.035 * number, line, size=34 if len(lines) == 1 else 27, weight="bold")
    if name:
        _write(figure, 0.962 - 0.04 * len(lines), words.period, size=22, colour=_GREY)


def _write(figure: Figure, y: float, text: str, *, size: int, colour: str = _INK, weight: str = "normal") -> None:
    """One centred line, made smaller until it fits, and cut short where that would make it too small to read."""
    line = figure.text(0.5, y, _drawable(text), color=colour, weight=weight, ha="center", va="center")
    line.set_parse_math(False)
    _fit(line, size, 0.94 * WIDTH)


def _fit(line: WrittenText, size: int, width: float) -> None:
    """Make a text smaller until it fits, and cut it short where that would make it too small to read."""
    line.set_fontsize(size)
    while line.get_window_extent().width > width:
        if size > _SMALLEST:
            size -= 1
            line.set_fontsize(size)
        else:
            line.set_text(line.get_text().rstrip("…")[:-2].rstrip() + "…")


def _draw_activity(axes: Axes, weeks: Sequence[Week], words: PictureWords) -> None:
    places = range(len(weeks))
    bars = axes.bar(places, _each(weeks, "messages"), width=0.75, color=_BARS, label=_drawable(words.messages))
    people = axes.twinx()
    style = "o-" if len(weeks) <= 30 else "-"
    line = people.plot(
        places,
        _each(weeks, "active_members"),
        style,
        color=_LINE,
        lw=4,
        ms=10,
        clip_on=False,
        label=_drawable(words.active_members),
    )
    _counts(axes, _each(weeks, "messages"))
    _counts(people, _each(weeks, "active_members"), colour=_LINE)
    people.grid(visible=False)
    legend = axes.legend(
        handles=[bars, *line],
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.05),
        borderaxespad=0,
        handlelength=1.5,
        columnspacing=1.5,
        ncols=2,
        frameon=False,
        fontsize=_WORDS,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def _draw_newcomers(axes: Axes, weeks: Sequence[Week], words: PictureWords) -> None:
    values = _each(weeks, "new_members")
    bars = axes.bar(range(len(weeks)), values, width=0.75, color=_NEW)
    _heading(axes, words.new_members)
    _counts(axes, values)
    if len(weeks) <= _LABELLED:
        axes.bar_label(bars, labels=[str(value) if value else "" for value in values], fontsize=_TICKS, padding=2)


def _draw_times(axes: Axes, weeks: Sequence[Week], words: PictureWords) -> None:
    times = _times(weeks, words)
    _heading(axes, times.words)
    _bare(axes)
    if times.longest is None:
        axes.set_yticks([])
        axes.set_ylim(0, 1)
        note = axes.text(0.5, 0.5, _drawable(words.no_threads), transform=axes.transAxes, ha="center", va="center")
        note.set(fontsize=_WORDS, color=_GREY, parse_math=False)
        return
    style = "o-" if len(weeks) <= 30 else ".-"
    axes.plot(range(len(weeks)), times.values, style, color=_TIMES, lw=4, ms=11, clip_on=False)
    axes.set_ylim(0, times.longest * 1.25 or 1)


def _times(weeks: Sequence[Week], words: PictureWords) -> _Times:
    """The medians in the unit that makes the longest readable; a week without any is a gap, not a zero."""
    minutes = [week.first_response_median for week in weeks]
    longest = max((value for value in minutes if value is not None), default=None)
    if longest is None:
        return _Times(words.first_response_minutes, [])
    name, unit = words.first_response_minutes, 1
    if longest >= 2 * _DAY:
        name, unit = words.first_response_days, _DAY
    elif longest >= 2 * _HOUR:
        name, unit = words.first_response_hours, _HOUR
    return _Times(name, [float("nan") if value is None else value / unit for value in minutes], longest / unit)


def _heading(axes: Axes, text: str) -> None:
    heading = axes.set_title(_drawable(text), loc="left", color=_INK, pad=20, parse_math=False)
    _fit(heading, _WORDS, 0.84 * WIDTH)


def _counts(axes: Axes, values: Sequence[float], colour: str = _INK) -> None:
    """A scale for whole numbers from zero, with room for a label above the highest."""
    from matplotlib.ticker import MaxNLocator

    _bare(axes, colour)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True, min_n_ticks=1))
    axes.set_ylim(0, max(1.0, max(values, default=0) * 1.15))


def _bare(axes: Axes, colour: str = _INK) -> None:
    axes.spines[["top", "left", "right"]].set_visible(False)
    axes.tick_params(axis="y", labelsize=_TICKS, length=0, colors=colour)
    axes.grid(axis="y", color=_FAINT, lw=1)
    axes.set_axisbelow(True)


def _name_weeks(axes: Axes, names: Sequence[str]) -> None:
    """As many names under a chart as there is room for, at equal distances, the last week always among them."""
    room = max(2, _LETTERS_BELOW // (max(map(len, names), default=0) + 3))
    step = max(1, -(-len(names) // room))
    shown = list(range(len(names) - 1, -1, -step))[::-1]
    axes.set_xticks(shown, [_drawable(names[place]) for place in shown], fontsize=_TICKS, parse_math=False)
    axes.tick_params(axis="x", length=0, pad=12)
    axes.set_xlim(-0.6, max(len(names), 4) - 0.4)


def _drawable(text: str) -> str:
    """What the font can draw of ``text``, on one line, without characters that reorder it and towers of accents."""
    from matplotlib.font_manager import findfont, get_font

    letters = get_font(findfont("DejaVu Sans")).get_charmap()
    line = " ".join(_REORDERING.sub("", text).split())
    marks = [unicodedata.combining(letter) > 0 for letter in line]
    line = "".join(letter for place, letter in enumerate(line) if not all(marks[max(0, place - 2) : place + 1]))
    if len(line) > _LONGEST_NAME:
        line = line[: _LONGEST_NAME - 1] + "…"
    return "".join(letter for letter in line if ord(letter) in letters).strip()
