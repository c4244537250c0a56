"""What a health check points out: rules over figures, each with its evidence and one thing to do.

A community is compared with its own past alone, and only once three windows are known, this one included. A
figure stands out when it lies outside everything seen before by more than chance explains: two standard errors
(of a count, its square root; of a rate p over n events, the root of p(1-p)/n). No rule says anything about
fewer than five people, and none names anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, sqrt
from statistics import median
from typing import Protocol

from bot.core.messages import Text, mark
from handlers.health._figures import Figures, shown_parity
from handlers.health._formulas import ENOUGH_FOR_A_RATE, Share

MOST = 3
FEWEST_PEOPLE = 5
_WINDOWS_TO_COMPARE = 3
_NOBODY_NEW_FOR = 3
_TWO_HOURS = 120


@dataclass(frozen=True)
class Signal:
    """``evidence`` and ``action`` are marked sentences; ``values`` fill the places of the evidence.

    ``command`` is what to type for the action, without the bot's own word in front.
    """

    name: str
    evidence: str
    values: Mapping[str, str | float | Share]
    action: str
    command: str


@dataclass(frozen=True)
class Known:
    """What the rules look at: this window, earlier ones (oldest first), and questions that wait too long."""

    current: Figures
    earlier: Sequence[Figures] = ()
    waiting: Sequence[str] = field(default=())

    def before(self, name: str) -> list[float]:
        """A figure in the earlier windows that have it; empty while too few windows are known."""
        found = [value for value in (figures.value(name) for figures in self.earlier) if value is not None]
        return found if len(found) + 1 >= _WINDOWS_TO_COMPARE else []

    def shares_before(self, name: str) -> list[Share]:
        """A rate in the earlier windows that have it; empty while too few windows are known."""
        found = [figures.shares[name] for figures in self.earlier if name in figures.shares]
        return found if len(found) + 1 >= _WINDOWS_TO_COMPARE else []


class Words(Protocol):
    """What is needed of a language to say a signal in it."""

    def say(self, key: str, /, **values: str | Text) -> Text: ...
    def number(self, value: float, /) -> str: ...
    def percent(self, share: float, /) -> str: ...


def signals(current: Figures, earlier: Sequence[Figures] = (), waiting_questions: Sequence[str] = ()) -> list[Signal]:
    """At most three things worth a facilitator's attention, the most pressing first.

    ``earlier`` are up to eight windows of the same length, oldest first; ``waiting_questions`` the codes of
    questions that have waited longer than 72 hours.
    """
    known = Known(current, earlier, waiting_questions)
    found = (rule(known) for rule in RULES)
    return [signal for signal in found if signal is not None][:MOST]


def evidence(signal: Signal, words: Words) -> Text:
    """The evidence in somebody's language, with numbers as they are written there."""
    return words.say(signal.evidence, **{name: _shown(value, words) for name, value in signal.values.items()})


def _shown(value: str | float | Share, words: Words) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, Share):
        return words.number(value)
    if value.is_shown_as_count or value.rate is None:
        return f"{words.number(value.part)}/{words.number(value.whole)}"
    return words.percent(value.rate)


def questions_wait(known: Known) -> Signal | None:
    """Questions to the experts have waited longer than 72 hours."""
    if not known.waiting:
        return None
    return Signal(
        "questions_wait",
        mark("Questions that have waited longer than 72 hours: {questions}."),
        {"questions": ", ".join(known.waiting)},
        mark("Find somebody for each of them."),
        "questions overdue",
    )


def newcomers_unanswered(known: Known) -> Signal | None:
    """Most first posts got no answer within a week."""
    answered = known.current.shares.get("newcomer_reply_rate", Share(0, 0))
    alone = Share(answered.whole - answered.part, answered.whole)
    if alone.part < FEWEST_PEOPLE or alone.part * 2 <= alone.whole:
        return None
    return Signal(
        "newcomers_unanswered",
        mark("First posts that nobody answered within a week: {share}."),
        {"share": alone},
        mark("Greet the next newcomers by answering their first post, or ask somebody to."),
        "welcome preview",
    )


def questions_unanswered(known: Known) -> Signal | None:
    """Fewer questions than ever before are answered within a day."""
    name = "question_reply_coverage_24h"
    now, before = known.current.shares.get(name, Share(0, 0)), known.shares_before(name)
    if not _stands_out(now, before, below=True):
        return None
    return Signal(
        "questions_unanswered",
        mark("Questions that were answered within a day: {share}. Before it was never less than {before}."),
        {"share": now, "before": min(before, key=_rate)},
        mark("Look at the questions that are open, and ask somebody who knows."),
        "questions open",
    )


def nobody_new(known: Known) -> Signal | None:
    """Nobody new has written for three windows."""
    last = [*known.before("new_members"), known.current.new_members][-_NOBODY_NEW_FOR:]
    if len(last) < _NOBODY_NEW_FOR or any(last):
        return None
    return Signal(
        "nobody_new",
        mark("Nobody new has written in this period, nor in the {count} periods before it."),
        {"count": _NOBODY_NEW_FOR - 1},
        mark("Ask something that a newcomer can answer, and invite somebody by name."),
        "prompt now",
    )


def fewer_people(known: Known) -> Signal | None:
    """Clearly fewer people write than ever before."""
    now, before = known.current.active_members, known.before("active_members")
    if now < FEWEST_PEOPLE or not _clearly_fewer(now, before):
        return None
    return Signal(
        "fewer_people",
        mark("People who wrote: {count}. Before it was never less than {before}."),
        {"count": now, "before": min(before)},
        mark("Ask something that everybody can answer in one line."),
        "prompt now",
    )


def fewer_messages(known: Known) -> Signal | None:
    """Clearly fewer messages are written than ever before."""
    now, before = known.current.messages, known.before("messages")
    if not _clearly_fewer(now, before):
        return None
    return Signal(
        "fewer_messages",
        mark("Messages: {count}. Before it was never less than {before}."),
        {"count": now, "before": min(before)},
        mark("Start a conversation with a prompt, or plan regular ones."),
        "prompt schedule",
    )


def fell_silent(known: Known) -> Signal | None:
    """More people than ever before who used to write often have stopped."""
    now, before = known.current.lost, known.before("lost")
    if now < FEWEST_PEOPLE or not before or now <= max(before):
        return None
    return Signal(
        "fell_silent",
        mark("People who used to write often and wrote nothing: {count}. Before it was never more than {before}."),
        {"count": now, "before": max(before)},
        mark("Ask everybody what would make this place more useful to them."),
        "prompt now",
    )


def slower_answers(known: Known) -> Signal | None:
    """A first answer takes longer than ever before."""
    name = "first_response_median"
    now, before = known.current.first_response_median, known.before(name)
    if known.current.answered < ENOUGH_FOR_A_RATE or now is None or not before or now <= max(before):
        return None
    in_minutes = mark("Half of all first answers took {time} minutes or more. Before it was never above {before}.")
    in_hours = mark("Half of all first answers took {time} hours or more. Before it was never above {before}.")
    sentence, unit = (in_minutes, 1) if now < _TWO_HOURS else (in_hours, 60)
    return Signal(
        "slower_answers",
        sentence,
        {"time": now / unit, "before": max(before) / unit},
        mark("Ask a few members to look in at other times of the day."),
        "experts",
    )


def left_alone(known: Known) -> Signal | None:
    """More messages than ever before got no reply within a week."""
    now, before = known.current.shares.get("solo_threads", Share(0, 0)), known.shares_before("solo_threads")
    if not _stands_out(now, before, below=False):
        return None
    return Signal(
        "left_alone",
        mark("Messages that nobody replied to within a week: {share}. Before it was never more than {before}."),
        {"share": now, "before": max(before, key=_rate)},
        mark("Reply to one of them today; a question back is enough."),
        "today",
    )


def few_carry_most(known: Known) -> Signal | None:
    """The most active tenth writes a larger part than ever before."""
    now, before = known.current.shares.get("top10_share", Share(0, 0)), known.shares_before("top10_share")
    people = ceil(known.current.active_members / 10)
    if people < FEWEST_PEOPLE or not _stands_out(now, before, below=False):
        return None
    return Signal(
        "few_carry_most",
        mark("The most active tenth wrote {share} of all messages. Before it was never more than {before}."),
        {"share": now, "before": max(before, key=_rate)},
        mark("Ask for short contributions from those who have not been heard yet."),
        "prompt now",
    )


def group_less_heard(known: Known) -> Signal | None:
    """A unit or language is heard less, compared with everybody, than ever before."""
    now, earlier = shown_parity(known.current), [shown_parity(figures) for figures in known.earlier]
    found: list[tuple[float, str, float]] = []
    for kind in ("unit", "language"):
        for group, value in now.get(kind, {}).items():
            before = [shown[kind][group] for shown in earlier if group in shown.get(kind, {})]
            enough = len(before) + 1 >= _WINDOWS_TO_COMPARE
            if enough and value < min(1.0, *before) and _fewer_than_expected(known.current, kind, group):
                found.append((value, group, min(before)))
    if not found:
        return None
    value, group, least = min(found)
    return Signal(
        "group_less_heard",
        mark("{group} took part {now} times as much as everybody. Before it was never less than {before}."),
        {"group": group, "now": value, "before": least},
        mark("Ask in their language, or at a time that suits them."),
        "prompt schedule",
    )


Rule = Callable[[Known], Signal | None]

RULES: tuple[Rule, ...] = (
    questions_wait,
    newcomers_unanswered,
    questions_unanswered,
    nobody_new,
    fewer_people,
    fewer_messages,
    fell_silent,
    slower_answers,
    group_less_heard,
    left_alone,
    few_carry_most,
)
"""Every rule, the most pressing first."""


def _rate(share: Share) -> float:
    return share.rate or 0.0


def _clearly_fewer(now: int, before: Sequence[float]) -> bool:
    if not before:
        return False
    usual = median(before)
    return now < min(before) and usual - now > 2 * sqrt(usual)


def _stands_out(now: Share, before: Sequence[Share], *, below: bool) -> bool:
    """Whether a rate lies outside all earlier ones, on the given side, by more than chance explains."""
    if now.whole < FEWEST_PEOPLE or not before:
        return False
    sign = 1 if below else -1
    beyond_all = all(sign * (_rate(share) - _rate(now)) > 0 for share in before)
    usual = sum(share.part for share in before) / sum(share.whole for share in before)
    chance = sqrt(usual * (1 - usual) / now.whole)
    return beyond_all and sign * (usual - _rate(now)) > 2 * chance


def _fewer_than_expected(current: Figures, kind: str, group: str) -> bool:
    """Whether fewer of a group wrote than everybody's rate lets one expect, by more than chance explains."""
    size, overall = current.groups[kind][group], min(1.0, current.participation_rate or 0.0)
    expected = size.people * overall
    return expected - size.active > 2 * sqrt(expected * (1 - overall))
