"""Each rule speaks when it should, and is quiet when it should not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.messages import Text
from handlers.health import _signals
from handlers.health._figures import Figures
from handlers.health._formulas import Share
from handlers.health._signals import Known, Rule, Signal, evidence, signals
from storage.figures import Group
from tests.handlers.health.communities import figures


class English:
    """The words as they are, with plain numbers."""

    def say(self, key: str, /, **values: str | Text) -> Text:
        return Text(key, values)

    def number(self, value: float, /) -> str:
        return f"{value:g}"

    def percent(self, share: float, /) -> str:
        return f"{share:.0%}"


def shared(name: str, part: int, whole: int, **more: Any) -> Figures:
    """Figures with one rate."""
    return figures(shares={name: Share(part, whole)}, **{name: part / whole}, **more)


def units(field_active: int, *, size: int = 20, everybody: int = 100, active: int = 50) -> Figures:
    """A community with the unit *field* and a large one."""
    groups = {"field": Group(size, field_active), "office": Group(everybody - size, active - field_active)}
    rates = {name: group.active / group.people / (active / everybody) for name, group in groups.items()}
    return figures(parity={"unit": rates}, groups={"unit": groups}, participation_rate=active / everybody)


def speaks(rule: Rule, current: Figures, *earlier: Figures) -> str | None:
    """The evidence in words, or None."""
    signal = rule(Known(current, earlier))
    return evidence(signal, English()).plain() if signal else None


def test_questions_that_wait() -> None:
    (signal,) = signals(figures(), waiting_questions=["Q12", "Q15"])
    assert evidence(signal, English()).plain() == "Questions that have waited longer than 72 hours: Q12, Q15."
    assert signal.command == "questions overdue"


def test_first_posts_that_nobody_answered() -> None:
    rule, name = _signals.newcomers_unanswered, "newcomer_reply_rate"
    said = speaks(rule, shared(name, 4, 12))
    assert said == "First posts that nobody answered within a week: 8/12."
    assert speaks(rule, shared(name, 10, 40)) == "First posts that nobody answered within a week: 75%."
    assert speaks(rule, shared(name, 6, 12)) is None, "half is not most"
    assert speaks(rule, shared(name, 0, 4)) is None, "about fewer than five people"
    assert speaks(rule, figures()) is None


def test_questions_answered_less_than_ever() -> None:
    rule, name = _signals.questions_unanswered, "question_reply_coverage_24h"
    before = [shared(name, 32, 40), shared(name, 36, 40)]
    said = speaks(rule, shared(name, 10, 40), *before)
    assert said == "Questions that were answered within a day: 25%. Before it was never less than 80%."
    assert speaks(rule, shared(name, 30, 40), *before) is None, "75 % is within chance of 85 %"
    assert speaks(rule, shared(name, 33, 40), *before) is None, "not below all that is known"
    assert speaks(rule, shared(name, 0, 4), *before) is None, "too few"
    assert speaks(rule, shared(name, 10, 40), before[0]) is None, "only two windows are known"


def test_nobody_new_for_three_windows() -> None:
    rule, some, none = _signals.nobody_new, figures(new_members=2), figures(new_members=0)
    assert speaks(rule, none, none, none) is not None
    assert speaks(rule, none, some, none, none) is not None
    assert speaks(rule, none, some, none) is None
    assert speaks(rule, some, none, none) is None
    assert speaks(rule, none, none) is None, "only two windows are known"


@pytest.mark.parametrize(
    ("rule", "name"), [(_signals.fewer_people, "active_members"), (_signals.fewer_messages, "messages")]
)
def test_clearly_less_than_ever(rule: Rule, name: str) -> None:
    before = [figures(**{name: count}) for count in (100, 110, 90)]
    assert speaks(rule, figures(**{name: 79}), *before) is not None
    assert speaks(rule, figures(**{name: 80}), *before) is None, "two square roots of the usual 100 are 20"
    assert speaks(rule, figures(**{name: 60}), *before[:1]) is None, "only two windows are known"
    assert speaks(rule, figures(**{name: 60}), *before, figures(**{name: 50})) is None, "it was less before"


def test_nothing_is_said_about_four_people_who_wrote() -> None:
    before = [figures(active_members=40)] * 3
    assert speaks(_signals.fewer_people, figures(active_members=5), *before) is not None
    assert speaks(_signals.fewer_people, figures(active_members=4), *before) is None


def test_people_who_fell_silent() -> None:
    before = [figures(lost=2), figures(lost=4)]
    said = speaks(_signals.fell_silent, figures(lost=6), *before)
    assert said == "People who used to write often and wrote nothing: 6. Before it was never more than 4."
    assert speaks(_signals.fell_silent, figures(lost=4), *before) is None
    assert speaks(_signals.fell_silent, figures(lost=4), figures(), figures()) is None, "fewer than five people"
    assert speaks(_signals.fell_silent, figures(lost=6), *before[:1]) is None


def test_answers_that_take_longer_than_ever() -> None:
    rule, name = _signals.slower_answers, "first_response_median"
    before = [figures(**{name: 20.0}), figures(**{name: 30.0})]
    said = speaks(rule, figures(**{name: 45.0}, answered=30), *before)
    assert said == "Half of all first answers took 45 minutes or more. Before it was never above 30."
    said = speaks(rule, figures(**{name: 180.0}, answered=30), *before)
    assert said == "Half of all first answers took 3 hours or more. Before it was never above 0.5."
    assert speaks(rule, figures(**{name: 45.0}, answered=29), *before) is None, "too few answers"
    assert speaks(rule, figures(**{name: 30.0}, answered=30), *before) is None
    assert speaks(rule, figures(answered=30), *before) is None
    assert speaks(rule, figures(**{name: 45.0}, answered=30), before[0], figures()) is None


def test_messages_left_alone_more_than_ever() -> None:
    rule, name = _signals.left_alone, "solo_threads"
    before = [shared(name, 8, 40), shared(name, 12, 40)]
    assert speaks(rule, shared(name, 30, 40), *before) is not None
    assert speaks(rule, shared(name, 13, 40), *before) is None


def test_a_tenth_that_writes_more_than_ever() -> None:
    rule, name = _signals.few_carry_most, "top10_share"
    before = [shared(name, 400, 1000), shared(name, 450, 1000)]
    assert speaks(rule, shared(name, 600, 1000, active_members=41), *before) is not None
    assert speaks(rule, shared(name, 600, 1000, active_members=40), *before) is None, "a tenth of 40 is four people"
    assert speaks(rule, shared(name, 440, 1000, active_members=41), *before) is None


def test_a_group_that_is_heard_less() -> None:
    before = [units(9), units(8)]
    said = speaks(_signals.group_less_heard, units(2), *before)
    assert said == "field took part 0.2 times as much as everybody. Before it was never less than 0.8."
    assert speaks(_signals.group_less_heard, units(7), *before) is None, "within chance"
    assert speaks(_signals.group_less_heard, units(2), before[0]) is None, "only two windows are known"
    small = [units(2, size=4), units(2, size=4)]
    assert speaks(_signals.group_less_heard, units(0, size=4), *small) is None, "fewer than five people"


def test_no_more_than_three_the_most_pressing_first() -> None:
    before = [figures(messages=500, active_members=90, new_members=1, lost=0)] * 3
    bad = figures(messages=20, active_members=6, lost=30, shares={"newcomer_reply_rate": Share(0, 9)})
    found = signals(bad, before, ["Q1"])
    assert [signal.name for signal in found] == ["questions_wait", "newcomers_unanswered", "fewer_people"]


def test_a_young_community_is_not_compared() -> None:
    assert signals(figures(messages=1), [figures(messages=1000)]) == []
    assert signals(figures()) == []


def test_every_signal_has_one_action_and_one_command() -> None:
    (signal,) = signals(figures(), waiting_questions=["Q1"])
    assert isinstance(signal, Signal)
    assert signal.action.endswith(".")
    assert signal.command
