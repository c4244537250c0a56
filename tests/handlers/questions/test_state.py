"""Every act in every state of a question: where it leads, or the sentence that refuses it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bot.core.errors import Refusal
from handlers.questions import _state
from handlers.questions._state import ENDED, OPEN, Act, State, after, allowed_from

ALLOWED = {
    (Act.SEND, State.SUGGESTED): State.WAITING,
    (Act.FIND, State.SUGGESTED): State.FOUND,
    (Act.ROUTE, State.WAITING): State.ROUTED,
    (Act.ROUTE, State.ROUTED): State.ROUTED,
    (Act.ROUTE, State.ASKED_BACK): State.ROUTED,
    (Act.RUN_OUT, State.WAITING): State.WAITING,
    (Act.RUN_OUT, State.ROUTED): State.WAITING,
    (Act.RUN_OUT, State.ASKED_BACK): State.WAITING,
    (Act.ANSWER, State.ROUTED): State.ANSWERED,
    (Act.ANSWER, State.ASKED_BACK): State.ANSWERED,
    (Act.ANSWER_INSTEAD, State.WAITING): State.ANSWERED,
    (Act.ANSWER_INSTEAD, State.ROUTED): State.ANSWERED,
    (Act.ANSWER_INSTEAD, State.ASKED_BACK): State.ANSWERED,
    (Act.ASK_BACK, State.ROUTED): State.ASKED_BACK,
    (Act.REPLY, State.ASKED_BACK): State.ROUTED,
    (Act.DECLINE, State.ROUTED): State.WAITING,
    (Act.DECLINE, State.ASKED_BACK): State.WAITING,
    (Act.ACCEPT, State.ANSWERED): State.ACCEPTED,
    (Act.REOPEN, State.ANSWERED): State.ROUTED,
    (Act.CLOSE, State.SUGGESTED): State.CLOSED,
    (Act.CLOSE, State.ASKED_BACK): State.CLOSED,
    (Act.CLOSE, State.ANSWERED): State.CLOSED,
}
SENTENCES = {
    State.SUGGESTED: "Nothing has been sent yet: please choose below the earlier answers first.",
    State.WAITING: "This question waits for an expert. Nothing was changed.",
    State.ROUTED: "This question is with an expert already. Nothing was changed.",
    State.ASKED_BACK: "The asker has been asked for more already. Nothing was changed.",
    State.ANSWERED: "This question has been answered already. Thank you!",
    State.ACCEPTED: "This question is answered and closed. Thank you!",
    State.FOUND: "An earlier answer helped, so this question is closed.",
    State.CLOSED: "This question is closed. Please ask it again with /ask if it is still open for you.",
}
EVERY_PAIR = [pytest.param(act, state, id=f"{act} when {state}") for act in Act for state in State]


@pytest.mark.parametrize(("act", "state"), EVERY_PAIR)
def test_a_step_leads_on_or_is_refused_with_a_sentence(act: Act, state: State) -> None:
    for _ in range(2):  # the second time says the same: nothing is kept between
        if (act, state) in ALLOWED:
            assert after(act, state) is ALLOWED[act, state]
        else:
            with pytest.raises(Refusal) as refused:
                after(act, state)
            assert refused.value.key == SENTENCES[state]
    assert (state in allowed_from(act)) == ((act, state) in ALLOWED)


def test_nothing_happens_to_a_question_that_has_ended() -> None:
    assert {State.ACCEPTED, State.FOUND, State.CLOSED} == ENDED
    assert not [act for act in Act if allowed_from(act) & ENDED]


def test_every_state_can_be_reached_and_left_until_the_end() -> None:
    reached, last = {State.SUGGESTED}, set[State]()
    while reached != last:
        last = set(reached)
        reached |= {to for (_, state), to in ALLOWED.items() if state in last}
    assert reached == set(State)
    assert {state for _, state in ALLOWED} == set(State) - ENDED
    assert OPEN | ENDED | {State.SUGGESTED, State.ANSWERED} == set(State)


def test_it_is_decided_without_a_row_a_clock_or_a_wire() -> None:
    tree = ast.parse(Path(_state.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "enum", "bot.core.messages", "bot.core.steps"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.AsyncFunctionDef)]
