"""A health check in words: five lines that can be read in a minute, and every figure for who wants to look closer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.core.addresses import platform_name
from bot.core.messages import Text, Value, joined, mark, points
from bot.texts import Wording
from handlers.health._figures import LESS_IS_BETTER, NAMES, NO_DIRECTION, Figures, shown_parity
from handlers.health._signals import Signal, evidence

LABELS: Mapping[str, str] = {
    "messages": mark("Messages"),
    "active_members": mark("Active members"),
    "engaged_members": mark("Members who reacted"),
    "members": mark("Members"),
    "new_members": mark("New voices"),
    "known_members": mark("Everyone who ever posted"),
    "participation_rate": mark("Participation"),
    "gini": mark("Evenness (Gini: 0 even, 1 all by one)"),
    "top10_share": mark("Share of the most active tenth"),
    "absence_factor": mark("How many carry half"),
    "threads": mark("Conversations"),
    "replies": mark("Replies"),
    "questions": mark("Questions asked"),
    "first_response_median": mark("Time to a first answer (median)"),
    "first_response_p90": mark("Time to a first answer (nine of ten)"),
    "reply_coverage_24h": mark("Answered within a day"),
    "question_reply_coverage_24h": mark("Questions answered within a day"),
    "solo_threads": mark("Left alone"),
    "newcomer_retention_w2": mark("Newcomers who came back in week two"),
    "newcomer_retention_d30": mark("Newcomers who came back within a month"),
    "newcomer_reply_rate": mark("First posts that got an answer"),
    "returning": mark("Returning"),
    "lost": mark("Fallen silent"),
    "reciprocity": mark("Give and take"),
    "density": mark("Who talks with whom (density)"),
    "cross_group_share": mark("Across the boundaries"),
    "silent_share": mark("Reading along"),
}
HEADLINES = ("messages", "active_members", "new_members", "participation_rate", "reply_coverage_24h")
MINUTES = ("first_response_median", "first_response_p90")
_COUNTS = [
    "messages",
    "active_members",
    "engaged_members",
    "members",
    "new_members",
    "known_members",
    "absence_factor",
    "threads",
    "replies",
    "questions",
    "returning",
    "lost",
]
_PLAIN = ("gini", "density", "reciprocity")
_BARS = "▁▂▃▄▅▆▇█"
_NONE = "—"
_HOUR, _DAY = 60, 24 * 60


def summary(
    wording: Wording,
    community: str,
    period: str,
    figures: Figures,
    previous: Figures,
    signals: Sequence[Signal],
    commands: Collection[str],
) -> Text:
    """The post: a title, five lines, up to three signals with one thing to do about each, and where the rest is."""
    say = wording.say
    title = say(mark("**Health check of {community}**\n{period}"), community=community, period=period)
    parts: list[Value] = [title, points([headline(wording, name, figures, previous) for name in HEADLINES])]
    if signals:
        parts.append(say(mark("**Worth a look**")))
        parts.append(points([_signal(wording, one, commands) for one in signals]))
    parts.append(say(mark("Every figure is in the answer to this message, and in the spreadsheet.")))
    return joined(parts)


def headline(wording: Wording, name: str, figures: Figures, previous: Figures) -> Text:
    """One figure with its change against the window before."""
    label = wording.label(LABELS[name])
    value, before = shown(wording, name, figures), shown(wording, name, previous)
    if value == _NONE:
        reason = wording.label(figures.reasons.get(name, ""))
        return wording.say(mark("**{figure}:** — ({reason})"), figure=label, reason=reason)
    if before == _NONE:
        return wording.say(mark("**{figure}:** {value}"), figure=label, value=value)
    return wording.say(
        mark("**{figure}:** {value} {direction} (before: {before})"),
        figure=label,
        value=value,
        direction=arrow(figures.value(name), previous.value(name)),
        before=before,
    )


def details(
    wording: Wording, figures: Figures, previous: Figures, earlier: Sequence[Figures], own_work: Text | None
) -> Text:
    """Every figure: its value, the one before, the last windows as a row of bars, and what is wished for.

    Below them stands what came of the bot's own work, where there was any.
    """
    lines = []
    for name in NAMES:
        if name not in LABELS:
            continue
        row = sparkline([window.value(name) for window in (*earlier[-7:], figures)])
        values = {
            "figure": wording.label(LABELS[name]),
            "value": shown(wording, name, figures),
            "before": shown(wording, name, previous),
            "bars": row,
            "wish": wish(wording, name),
        }
        lines.append(wording.say(mark("{figure}: {value} (before: {before}) {bars} {wish}"), **values))
    title = wording.say(mark("**Every figure**"))
    note = wording.say(
        mark("Bars show up to eight periods, the newest last. Under 30 events a rate is shown as a count.")
    )
    parts: list[Value] = [title, points(lines), note]
    if heard := heard_by_platform(wording, figures):
        parts.append(heard)
    return joined([*parts, own_work] if own_work else parts)


def heard_by_platform(wording: Wording, figures: Figures) -> Text | None:
    """How much the people of each platform take part, compared with everybody; None where there are no two to compare.

    Who has accounts on two platforms is counted with both. Groups that are too small are hidden as in ``shown_parity``.
    """
    groups = shown_parity(figures).get("platform", {})
    if len(groups) < 2:
        return None
    key = mark("**{platform}**: {rate} times as much as everybody")
    lines = [
        wording.say(key, platform=platform_name(platform), rate=wording.decimal(rate))
        for platform, rate in groups.items()
    ]
    return joined([wording.say(mark("**Who is heard on each platform**")), points(lines)])


def wish(wording: Wording, name: str) -> str:
    """Which direction is wished for, where one is."""
    if name in NO_DIRECTION:
        return ""
    return wording.label(mark("(less is better)") if name in LESS_IS_BETTER else mark("(more is better)"))


def shown(wording: Wording, name: str, figures: Figures) -> str:
    """A figure as people read it: a count, a share (a count of few), or a duration."""
    value = figures.value(name)
    if value is None:
        return _NONE
    if name in MINUTES:
        return duration(wording, value)
    if name in _COUNTS:
        return wording.number(value)
    share = figures.shares.get(name)
    if share is not None and share.is_shown_as_count:
        # Who wrote and has left since is active, and no member at the end: "14 of 13" would read like a mistake.
        key = mark("{part} of {whole}") if share.part <= share.whole else mark("{part}, and {whole} are members now")
        return wording.label(key, part=wording.number(share.part), whole=wording.number(share.whole))
    return wording.decimal(value) if name in _PLAIN else wording.percent(value)


def duration(wording: Wording, minutes: float) -> str:
    """Minutes in the unit that is easiest to read."""
    if minutes < 2 * _HOUR:
        return wording.plural("{count} minute", "{count} minutes", round(minutes)).plain()
    if minutes < 2 * _DAY:
        return wording.plural("{count} hour", "{count} hours", round(minutes / _HOUR)).plain()
    return wording.plural("{count} day", "{count} days", round(minutes / _DAY)).plain()


def arrow(value: float | None, before: float | None) -> str:
    """Up, down or level."""
    if value is None or before is None or value == before:
        return "▶" if value is not None and value == before else ""
    return "▲" if value > before else "▼"


def sparkline(values: Sequence[float | None]) -> str:
    """A row of bars from the lowest to the highest value; a gap where there is none."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, span = min(known), max(known) - min(known)

    def bar(value: float | None) -> str:
        if value is None:
            return "·"
        return _BARS[round((value - low) / span * (len(_BARS) - 1))] if span else _BARS[3]

    return "".join(bar(value) for value in values)


def as_lines(wording: Wording, community: str, data: Mapping[str, Any]) -> list[str]:
    """``baraza health`` on the terminal, from the report that ``--json`` prints."""
    lines = [f"{community}: {data['from'][:10]} – {data['to'][:10]} ({data['time_zone']})"]
    width = max(len(wording.label(label)) for label in LABELS.values())
    for name, label in LABELS.items():
        value, before = data["figures"][name], data["previous"]["figures"][name]
        reason = wording.label(data["reasons"].get(name, ""))
        tail = f"({reason})" if value is None and reason else f"before: {_printed(before)}"
        lines.append(f"  {wording.label(label):<{width}}  {_printed(value):>10}  {tail}")
    return lines


def _printed(value: float | None) -> str:
    return _NONE if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.3f}"


def _signal(wording: Wording, signal: Signal, commands: Collection[str]) -> Text:
    """The evidence and what to do; the command too, where this version has it."""
    values: dict[str, Value] = {"evidence": evidence(signal, wording), "action": wording.label(signal.action)}
    if signal.command.split(" ")[0] not in commands:
        return wording.say(mark("{evidence} {action}"), **values)
    return wording.say(mark("{evidence} {action} (/{command})"), **values, command=signal.command)
