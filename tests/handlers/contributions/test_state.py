"""Whatever happens, nothing is published that its author has not agreed to and a facilitator has not looked at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refusal
from handlers.contributions._state import ENDED, Act, State, after, allowed_from

ALLOWED = {
    (Act.AGREE, State.ASKED): State.REVIEW,
    (Act.REFUSE, State.ASKED): State.DECLINED,
    (Act.EDIT, State.REVIEW): State.REVIEW,
    (Act.PUBLISH, State.REVIEW): State.PUBLISHED,
    (Act.SET_ASIDE, State.REVIEW): State.SET_ASIDE,
    (Act.TAKE_DOWN, State.PUBLISHED): State.SET_ASIDE,
    (Act.REVISE, State.REVIEW): State.REVIEW,
    (Act.REVISE, State.SET_ASIDE): State.REVIEW,
    (Act.WITHDRAW, State.REVIEW): State.WITHDRAWN,
    (Act.WITHDRAW, State.PUBLISHED): State.WITHDRAWN,
    (Act.WITHDRAW, State.SET_ASIDE): State.WITHDRAWN,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_every_act_in_every_state(act: Act, state: State) -> None:
    if (act, state) in ALLOWED:
        assert after(act, state) is ALLOWED[act, state]
    else:
        with pytest.raises(Refusal) as refused:
            after(act, state)
        assert refused.value.key.endswith(".")
    assert (state in allowed_from(act)) == ((act, state) in ALLOWED)


@given(st.sampled_from([State.ASKED, State.REVIEW]), st.lists(st.sampled_from(Act), max_size=30))
def test_a_life_of_a_contribution(began: State, acts: list[Act]) -> None:
    state, done = began, list[Act]()
    for act in acts:
        try:
            state = after(act, state)
        except Refusal:
            continue
        done.append(act)
    if state is State.PUBLISHED:
        assert done[-1] is Act.PUBLISH
        assert began is State.REVIEW or Act.AGREE in done
    if Act.REFUSE in done:
        assert done == [Act.REFUSE]
    if Act.WITHDRAW in done:
        assert done[-1] is Act.WITHDRAW
    assert (state in ENDED) == bool({Act.REFUSE, Act.WITHDRAW} & {*done})
