"""Steps from state to state: which act is allowed in which state, and where it leads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from bot.core.errors import Refusal

Act = TypeVar("Act", bound=StrEnum)
State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Steps(Generic[Act, State]):
    """For each act the states in which it is allowed and the one after it; for each state a sentence, marked for
    translation, that refuses any other act."""

    steps: Mapping[Act, tuple[frozenset[State], State]]
    refusals: Mapping[State, str]

    def allowed_from(self, act: Act) -> frozenset[State]:
        """The states in which an act is allowed."""
        return self.steps[act][0]

    def after(self, act: Act, state: State) -> State:
        """The state after an act. Raises Refusal, with the state's sentence, where the act isn't allowed."""
        allowed, result = self.steps[act]
        if state not in allowed:
            raise Refusal(self.refusals[state])
        return result
