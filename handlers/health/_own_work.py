"""What the bot's own work came to in a window: questions, contributions, prompts, thanks, newcomers.

Few people are never told apart: a step of the newcomers' way that fewer than five took is not told as a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.core.messages import Text, joined, mark, points
from bot.texts import Wording
from handlers.health._formulas import Share, absence_factor, decile
from handlers.health._post import duration
from storage import contributions, journey_figures, prompts, question_figures, thanks
from storage.communities import Community
from storage.contributions import KindFigures
from storage.database import Session
from storage.journey_figures import Funnel
from storage.question_figures import QuestionFigures
from storage.thanks import ThanksFigures

TOO_FEW = 5
_MOST_NAMES = 10

_KINDS = {
    "lesson": mark("Lessons"),
    "practice": mark("Practices"),
    "resource": mark("Resources"),
    "story": mark("Stories"),
}
_STEPS = {
    "joined": mark("joined: {count}"),
    "welcomed": mark("welcomed: {count}"),
    "introduced": mark("introduced themselves: {count}"),
    "posted": mark("first post: {count}"),
    "answered": mark("answered within a week: {count}"),
    "back": mark("back in week two: {count}"),
}


@dataclass(frozen=True, slots=True)
class OwnWork:
    """What came of the bot's work in a window. ``replies`` tells it for each prompt, the oldest first.

    ``thanked``: who was thanked in front of everybody, and how often, the most thanked first.
    """

    questions: QuestionFigures
    contributions: Mapping[str, KindFigures]
    replies: Sequence[int]
    thanks: ThanksFigures
    thanked: Sequence[tuple[str, int]]
    newcomers: Funnel

    def as_json(self) -> dict[str, Any]:
        """For programs: numbers alone, nobody's name."""
        return {
            "questions": _questions_as_json(self.questions),
            "contributions": {kind: asdict(figures) for kind, figures in self.contributions.items()},
            "prompts": {"posted": len(self.replies), "replies": list(self.replies)},
            "thanks": asdict(self.thanks),
            "onboarding": self.newcomers._asdict(),
        }


async def read(session: Session, community: Community, a: datetime, b: datetime, now: datetime) -> OwnWork:
    """The window ``[a, b)``, as far as it is known at ``now``."""
    posted = await prompts.posted_between(session, community.id, a, b)
    overdue_after = timedelta(hours=community.facilitator_after_hours)
    return OwnWork(
        questions=await question_figures.figures_between(session, community.id, a, b, overdue_after),
        contributions=await contributions.figures_between(session, community.id, a, b),
        replies=[one.replies for one in posted],
        thanks=await thanks.between(session, community.id, a, b),
        thanked=await thanks.thanked_in_public(session, community.id, a, b),
        newcomers=await journey_figures.funnel(session, community.id, a, b, now),
    )


def told(wording: Wording, work: OwnWork) -> Text | None:
    """The section of a health check; None when there was nothing of all that."""
    lines = [
        *_questions(wording, work.questions),
        *_contributions(wording, work.contributions),
        *_prompts(wording, work.replies),
        *_thanks(wording, work),
        *_newcomers(wording, work.newcomers),
    ]
    return joined([wording.say(mark("**From the bot's own work**")), points(lines)]) if lines else None


def _questions_as_json(found: QuestionFigures) -> dict[str, Any]:
    topics = {topic or "": vars(figures) for topic, figures in found.by_topic.items()}
    return {
        **{name: getattr(found, name) for name in ("asked", "answered", "reopened", "open", "overdue")},
        "asked_and_answered": found.asked_and_answered,
        "accepted": len(found.minutes_to_accepted),
        "accepted_answer_median": _decile(found.minutes_to_accepted, 5),
        "accepted_answer_p90": _decile(found.minutes_to_accepted, 9),
        "absence_factor": absence_factor(sorted(found.answers_by_expert.values())),
        "by_topic": topics,
    }


def _questions(wording: Wording, found: QuestionFigures) -> list[Text]:
    if not (found.asked or found.answered or found.open):
        return []
    counts = {name: wording.number(getattr(found, name)) for name in ("asked", "answered", "open", "overdue")}
    lines = [
        wording.say(mark("Questions: {asked} asked, {answered} answered, {open} open, {overdue} overdue"), **counts)
    ]
    if found.asked:
        lines.append(wording.say(mark("Answered of those asked: {rate}"), rate=_answered_rate(wording, found)))
    return [*lines, *_waits(wording, found), *_topics(wording, found), *_experts(wording, found)]


def _answered_rate(wording: Wording, found: QuestionFigures) -> str:
    share = Share(found.asked_and_answered, found.asked)
    if share.rate is None or share.is_shown_as_count:
        return wording.label(
            mark("{part} of {whole}"), part=wording.number(share.part), whole=wording.number(share.whole)
        )
    return wording.percent(share.rate)


def _waits(wording: Wording, found: QuestionFigures) -> list[Text]:
    median, slow = _decile(found.minutes_to_accepted, 5), _decile(found.minutes_to_accepted, 9)
    if median is None or slow is None:
        return []
    return [
        wording.plural(
            "Time to an accepted answer: {median} (one answer)",
            "Time to an accepted answer: {median} (median), nine of ten within {slow} ({count} answers)",
            len(found.minutes_to_accepted),
            median=duration(wording, median),
            slow=duration(wording, slow),
        )
    ]


def _decile(ascending: Sequence[float], tenths: int) -> float | None:
    return decile(tenths, len(ascending), dict(enumerate(ascending)))


def _topics(wording: Wording, found: QuestionFigures) -> list[Text]:
    """What was asked about most. A topic of few questions could tell who asked."""
    asked = {topic: figures.asked for topic, figures in found.by_topic.items() if figures.asked >= TOO_FEW}
    topics = sorted(((topic, count) for topic, count in asked.items() if topic), key=lambda one: (-one[1], one[0]))
    if not topics:
        return []
    named = [_times(wording, topic, count) for topic, count in topics[:_MOST_NAMES]]
    return [wording.say(mark("Asked about most: {topics}"), topics=wording.listing(named))]


def _experts(wording: Wording, found: QuestionFigures) -> list[Text]:
    if len(found.answers_by_expert) < TOO_FEW:
        return []
    half = absence_factor(sorted(found.answers_by_expert.values()))
    return [
        wording.plural(
            "Half of the answers came from {count} expert, of {all}",
            "Half of the answers came from {count} experts, of {all}",
            half or 0,
            all=wording.number(len(found.answers_by_expert)),
        )
    ]


def _times(wording: Wording, name: str, times: int) -> str:
    return wording.label(mark("{name} ({times})"), name=name, times=wording.number(times))


def _contributions(wording: Wording, found: Mapping[str, KindFigures]) -> list[Text]:
    return [
        wording.say(
            mark("{kind}: {saved} saved, {published} published, {reused} times used"),
            kind=wording.label(_KINDS.get(kind, kind)),
            saved=wording.number(figures.saved),
            published=wording.number(figures.published),
            reused=wording.number(figures.reused),
        )
        for kind, figures in found.items()
    ]


def _prompts(wording: Wording, replies: Sequence[int]) -> list[Text]:
    if not replies:
        return []
    return [
        wording.plural(
            "{count} prompt; people who answered: {replies}",
            "{count} prompts; people who answered each: {replies}",
            len(replies),
            replies=", ".join(wording.number(one) for one in replies),
        )
    ]


def _thanks(wording: Wording, work: OwnWork) -> list[Text]:
    if not work.thanks.times:
        return []
    counted = wording.plural("Thanks: {count} time", "Thanks: {count} times", work.thanks.times)
    if not work.thanked:
        return [counted]
    names = [name if times == 1 else _times(wording, name, times) for name, times in work.thanked[:_MOST_NAMES]]
    more = ["…"] if len(work.thanked) > _MOST_NAMES else []
    listed = ", ".join([*names, *more]) if more else wording.listing(names)
    return [wording.say(mark("{counted}. In front of everybody: {names}"), counted=counted, names=listed)]


def _newcomers(wording: Wording, found: Funnel) -> list[Text]:
    if not found.joined:
        return []
    if found.joined < TOO_FEW:
        return [wording.say(mark("Newcomers: fewer than five, too few to tell more of them"))]
    few = wording.label(mark("fewer than five"))
    steps = [
        wording.label(key, count=wording.number(count) if count == 0 or count >= TOO_FEW else few)
        for name, key in _STEPS.items()
        if (count := getattr(found, name)) is not None and (name != "back" or found.second_weeks >= TOO_FEW)
    ]
    return [wording.say(mark("Newcomers: {steps}"), steps=" → ".join(steps))]
