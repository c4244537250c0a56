"""Where a contribution stands, and what may happen to it next. Pure: no row is read here.

Nothing is published that its author has not agreed to and a facilitator has not looked at.
"""

from __future__ import annotations

from enum import StrEnum

from bot.core.messages import mark
from bot.core.steps import Steps
from storage.contributions import ContributionState

State = ContributionState


class Act(StrEnum):
    """What happens to a contribution."""

    AGREE = "agree"  # its author, when somebody else saved it
    REFUSE = "refuse"  # its author, with a word or with silence
    EDIT = "edit"  # a facilitator
    PUBLISH = "publish"
    SET_ASIDE = "set aside"
    TAKE_DOWN = "take down"  # a facilitator, after it was published
    REVISE = "revise"  # its author, for another look
    WITHDRAW = "withdraw"  # its author


ENDED = frozenset({State.DECLINED, State.WITHDRAWN})
"""States without words, in which nothing happens any more."""

_STEPS: dict[Act, tuple[frozenset[State], State]] = {
    Act.AGREE: (frozenset({State.ASKED}), State.REVIEW),
    Act.REFUSE: (frozenset({State.ASKED}), State.DECLINED),
    Act.EDIT: (frozenset({State.REVIEW}), State.REVIEW),
    Act.PUBLISH: (frozenset({State.REVIEW}), State.PUBLISHED),
    Act.SET_ASIDE: (frozenset({State.REVIEW}), State.SET_ASIDE),
    Act.TAKE_DOWN: (frozenset({State.PUBLISHED}), State.SET_ASIDE),
    Act.REVISE: (frozenset({State.REVIEW, State.SET_ASIDE}), State.REVIEW),
    Act.WITHDRAW: (frozenset({State.REVIEW, State.PUBLISHED, State.SET_ASIDE}), State.WITHDRAWN),
}

_REFUSALS: dict[State, str] = {
    State.ASKED: mark("Its author has not answered yet. Nothing was changed."),
    State.REVIEW: mark("The facilitators have this before them now. Nothing was changed."),
    State.PUBLISHED: mark("This is published already. Nothing was changed."),
    State.SET_ASIDE: mark("A facilitator has set this aside already. Nothing was changed."),
    State.DECLINED: mark("It stays out."),
    State.WITHDRAWN: mark("Its author has taken this back, and its words are deleted."),
}


_TABLE = Steps(_STEPS, _REFUSALS)
allowed_from, after = _TABLE.allowed_from, _TABLE.after
