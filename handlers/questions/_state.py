"""Where a question stands, and what may happen to it next. Pure: no row is read here.

A step that isn't allowed is refused with a sentence; the same step twice changes nothing.
"""

from __future__ import annotations

from enum import StrEnum

from bot.core.messages import mark
from bot.core.steps import Steps


class State(StrEnum):
    """Where a question stands."""

    SUGGESTED = "suggested"  # likely answers were shown; the asker decides
    WAITING = "waiting"  # for an expert: there is none, or a facilitator has to choose
    ROUTED = "routed"  # with an expert
    ASKED_BACK = "asked back"  # the expert wants to know more from the asker
    ANSWERED = "answered"  # the asker has the answer and decides
    ACCEPTED = "accepted"  # it helped
    FOUND = "found"  # an earlier answer helped; no expert was asked
    CLOSED = "closed"  # ended without a word from the asker


class Act(StrEnum):
    """What happens to a question."""

    SEND = "send"  # the asker wants an expert
    FIND = "find"  # the asker takes an earlier answer
    ROUTE = "route"  # an expert gets it
    RUN_OUT = "run out"  # no expert is left for it
    ANSWER = "answer"
    ANSWER_INSTEAD = "answer instead"  # a facilitator does, whoever has it
    ASK_BACK = "ask back"
    REPLY = "reply"  # the asker tells the expert more
    DECLINE = "decline"
    ACCEPT = "accept"
    REOPEN = "reopen"  # the answer did not help yet
    CLOSE = "close"


OPEN = frozenset({State.WAITING, State.ROUTED, State.ASKED_BACK})
"""States in which somebody other than the asker owes the next step, or waits for the asker's reply."""

ENDED = frozenset({State.ACCEPTED, State.FOUND, State.CLOSED})

_WITH_AN_EXPERT = (State.ROUTED, State.ASKED_BACK)
_STEPS: dict[Act, tuple[frozenset[State], State]] = {
    Act.SEND: (frozenset({State.SUGGESTED}), State.WAITING),
    Act.FIND: (frozenset({State.SUGGESTED}), State.FOUND),
    Act.ROUTE: (frozenset({State.WAITING, *_WITH_AN_EXPERT}), State.ROUTED),
    Act.RUN_OUT: (frozenset({State.WAITING, *_WITH_AN_EXPERT}), State.WAITING),
    Act.ANSWER: (frozenset(_WITH_AN_EXPERT), State.ANSWERED),
    Act.ANSWER_INSTEAD: (frozenset({State.WAITING, *_WITH_AN_EXPERT}), State.ANSWERED),
    Act.ASK_BACK: (frozenset({State.ROUTED}), State.ASKED_BACK),
    Act.REPLY: (frozenset({State.ASKED_BACK}), State.ROUTED),
    Act.DECLINE: (frozenset(_WITH_AN_EXPERT), State.WAITING),
    Act.ACCEPT: (frozenset({State.ANSWERED}), State.ACCEPTED),
    Act.REOPEN: (frozenset({State.ANSWERED}), State.ROUTED),
    Act.CLOSE: (frozenset({State.SUGGESTED, State.ASKED_BACK, State.ANSWERED}), State.CLOSED),
}

_REFUSALS: dict[State, str] = {
    State.SUGGESTED: mark("Nothing has been sent yet: please choose below the earlier answers first."),
    State.WAITING: mark("This question waits for an expert. Nothing was changed."),
    State.ROUTED: mark("This question is with an expert already. Nothing was changed."),
    State.ASKED_BACK: mark("The asker has been asked for more already. Nothing was changed."),
    State.ANSWERED: mark("This question has been answered already. Thank you!"),
    State.ACCEPTED: mark("This question is answered and closed. Thank you!"),
    State.FOUND: mark("An earlier answer helped, so this question is closed."),
    State.CLOSED: mark("This question is closed. Please ask it again with /ask if it is still open for you."),
}


_TABLE = Steps(_STEPS, _REFUSALS)
allowed_from, after = _TABLE.allowed_from, _TABLE.after
