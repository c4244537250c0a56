"""Who answers: experts and their topics, who is chosen, and what happens when somebody is away, gone or the asker."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.questions._routing import Candidate, choose
from tests.conversations import START, founded, running
from tests.handlers.questions.acting import heard_by, holds, state_of
from tests.handlers.questions.circle import CONFIDENTIAL, circle

QUESTION = "How long may the cold box stand open?"
ANSWER = "As short as you can: under a minute."


def expert(number: int, *topics: str, languages: str = "en", away: bool = False, load: int = 0) -> Candidate:
    return Candidate(number, frozenset(topics), frozenset(languages.split()), away, load, None)


@pytest.mark.parametrize(
    ("candidates", "without", "chosen"),
    [
        pytest.param([], [], None, id="nobody"),
        pytest.param([expert(1, "water"), expert(2, "cold")], [], 2, id="who knows the topic"),
        pytest.param([expert(1, "water"), expert(2)], [], 2, id="who answers every topic before who knows another"),
        pytest.param([expert(1), expert(2, "cold", load=9)], [], 2, id="who knows it before who answers every topic"),
        pytest.param([expert(1, "cold"), expert(2, "cold", languages="en fr")], [], 2, id="who speaks the language"),
        pytest.param([expert(1, "cold", languages="fr", load=3), expert(2, "cold", languages="fr", load=2)], [], 2,
                     id="who has less to do"),
        pytest.param([expert(1, "cold", away=True), expert(2, "water")], [], 2, id="nobody who is away"),
        pytest.param([expert(1, "cold"), expert(2, "water")], [1], 2, id="nobody who passed it on"),
        pytest.param([expert(1, "cold", away=True), expert(2, "cold")], [2], None, id="nobody is left"),
    ],
)  # fmt: skip
def test_who_is_chosen(candidates: list[Candidate], without: list[int], chosen: int | None) -> None:
    assert choose(candidates, "Cold", "fr", without) == chosen


def test_of_equals_who_was_asked_longest_ago() -> None:
    equals = [Candidate(one, frozenset(), frozenset(), away=False, load=0, asked_at=START) for one in (1, 2)]
    never = Candidate(3, frozenset(), frozenset(), away=False, load=0, asked_at=None)
    assert choose([*equals, never], None, "en", []) == 3
    assert choose(equals, None, "en", []) == 1


@given(
    st.lists(
        st.builds(
            Candidate,
            st.integers(1, 9),
            st.frozensets(st.sampled_from(["cold", "water"])),
            st.frozensets(st.sampled_from(["en", "fr"])),
            st.booleans(),
            st.integers(0, 3),
            st.none(),
        ),
        unique_by=lambda one: one.member_id,
    ),
    st.sampled_from([None, "cold", "fuel"]),
    st.sets(st.integers(1, 9)),
    st.randoms(),
)
def test_nobody_who_is_away_or_left_out_is_chosen_and_the_order_of_the_list_decides_nothing(
    candidates: list[Candidate], topic: str | None, without: set[int], random: st.DrawFn
) -> None:
    chosen = choose(candidates, topic, "en", without)
    fit = {one.member_id for one in candidates if not one.away} - without
    assert chosen in fit if fit else chosen is None
    random.shuffle(candidates)  # type: ignore[attr-defined]
    assert choose(candidates, topic, "en", without) == chosen


async def test_experts_are_listed_with_their_topics_and_what_they_have(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.mei.says("/away")
        await here.fatima.says("/experts")
        assert (await here.fatima.last()).text.splitlines() == [
            "Experts",
            "Hassan: cold chain, logistics (1 open)",
            "Mei: safe water (0 open, away)",
        ]
        await here.fatima.says("/experts topics")
        assert "Topics that somebody answers: cold chain, logistics, safe water" in await here.fatima.last()


async def test_without_experts_it_is_said_how_to_add_one(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/experts")
        assert "There are no experts yet. Add one: /experts add @name topic, topic" in await fatima.last()
        await fatima.says("/experts topics")
        assert "No topic has an expert yet." in await fatima.last()
        await fatima.says("/experts add @Fatima")
        assert "Fatima answers questions now: every topic" in await fatima.last()


@pytest.mark.parametrize("words", ["add", "remove", "praise @Hassan", "add ", "remove  "])
async def test_what_it_does_not_understand_it_says(tmp_path: Path, words: str) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says(f"/experts {words}")
        assert "I understand: experts, experts add @name topic, topic" in await here.fatima.last()


async def test_a_name_of_several_words_is_read_as_far_as_somebody_is_called_so(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        ben = await here.talk.newcomer("Ben Okello Otieno")
        await ben.joins("circle")
        await here.fatima.says("/experts add @Ben Okello Otieno Solar power,  solar  POWER, pumps")
        assert "Ben Okello Otieno answers questions now: solar POWER, pumps" in await here.fatima.last()
        await here.fatima.says("/experts add @Ben water")
        assert "Ben Okello Otieno answers questions now: water" in await here.fatima.last()


async def test_only_facilitators_decide_who_is_expert(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for who in (here.ana, here.hassan):
            await who.says("/experts add @Ana everything")
            assert "Only facilitators can do this." in await who.last()


async def test_new_topics_do_not_bring_back_who_is_away(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.hassan.says("/away")
        await here.fatima.says("/experts add @Hassan cold chain, freezers")
        await here.asks(here.ana, QUESTION)
        assert QUESTION in await here.mei.last()


async def test_who_goes_away_keeps_what_they_have_and_can_still_answer_it(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.hassan.says("/away")
        assert "Still with you: Q1. Press Not mine there to pass them on." in await here.hassan.last()
        await here.answers(here.hassan, ANSWER)
        assert ANSWER in await here.ana.last()
        await here.hassan.says("/away")
        assert (await here.hassan.last()).text == "You get no new questions until you type /back."


async def test_a_question_without_a_topic_goes_to_who_has_less_to_do(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.asks(here.ana, "Who repairs the freezer?", topic="?")
        assert "Q2 (no topic given): a question for you" in await here.mei.last()


async def test_whose_role_is_taken_can_do_nothing_with_the_question_they_had(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.hassan.presses("Answer")
        await here.fatima.says("/settings role @Hassan member")
        before = await heard_by(here.ana, here.mei, here.fatima)
        await here.hassan.fills_in(Your_answer=ANSWER)
        assert "Only the expert who has this question now can do that." in await here.hassan.last()
        for label in ("Answer", "Ask back", "Not mine", "Away"):
            await here.hassan.presses(label)
            assert "Only the expert who has this question now can do that." in await here.hassan.last()
        assert await here.hassan.form() is None
        assert await heard_by(here.ana, here.mei, here.fatima) == before
        await here.talk.wait(hours=24)
        assert QUESTION in await here.mei.last()
        assert any("Q1 Somebody else takes care of it now." in text for text in await here.hassan.hears())
        await here.fatima.says("/assign Q1 @Hassan")
        assert "Hassan is no expert here yet." in await here.fatima.last()


async def test_whose_role_was_taken_is_asked_no_more(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/settings role @Hassan member")
        await here.asks(here.ana, QUESTION, topic="?")
        assert QUESTION in await here.mei.last()
        await here.fatima.says("/experts")
        assert "Hassan" not in await here.fatima.last()


async def test_who_left_is_asked_no_more_and_loses_what_they_had(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.hassan.leaves("circle")
        await here.asks(here.ana, "And the ice packs?", topic="?")
        assert "And the ice packs?" in await here.mei.last()
        await here.talk.wait(hours=24)
        assert any(QUESTION in text for text in await here.mei.hears())


async def test_with_nobody_else_a_removed_experts_question_waits_and_facilitators_are_told(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/experts remove @Mei")
        await here.asks(here.ana, QUESTION)
        await here.fatima.says("/settings role @Hassan member")
        await here.talk.wait(hours=24)
        assert await state_of(here.talk) == "waiting"
        assert "Q1 (cold chain) finds no expert." in await here.fatima.last()


async def test_an_answer_of_a_removed_expert_that_does_not_help_goes_to_another(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.answers(here.hassan, "It depends.")
        await here.fatima.says("/experts remove @Hassan")
        before = await here.hassan.hears()
        await here.ana.presses("Not yet")
        assert "Q1 (cold chain): a question for you" in await here.mei.last()
        assert await here.hassan.hears() == before
        await here.answers(here.mei, ANSWER)
        assert "Q1: Mei answers:" in await here.ana.last()


async def test_who_is_away_and_answers_all_the_same_is_not_passed_over(tmp_path: Path) -> None:
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        await here.talk.wait(minutes=3)
        await here.answers(here.hassan, "It depends.")
        await here.hassan.says("/away")
        await here.ana.presses("Not yet")
        await here.hassan.says(f"/answer Q1 {ANSWER}")
        before = await heard_by(here.mei, here.fatima)
        await here.talk.wait(minutes=3)
        assert await state_of(here.talk) == "answered"
        assert await heard_by(here.mei, here.fatima) == before
        await here.ana.presses("This helps")
        await here.talk.wait(minutes=3)
        assert ANSWER in await here.ana.last("circle")


async def test_an_expert_can_give_a_question_to_another(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.mei.says("/assign Q1 @Mei")
        assert "Only the expert who has this question now can do that." in await here.mei.last()
        await here.hassan.says("/assign Q1 @Mei")
        assert "Q1 is with Mei now." in await here.hassan.last()
        assert QUESTION in await here.mei.last()


async def test_assigning_it_to_who_has_it_changes_nothing(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        before = await heard_by(here.hassan, here.mei, here.ana)
        await here.fatima.says("/assign Q1 @Hassan")
        assert "Q1 is with Hassan now." in await here.fatima.last()
        assert await heard_by(here.hassan, here.mei, here.ana) == before


async def test_assigning_tells_nobody_who_asked_confidentially(tmp_path: Path) -> None:
    """Else a facilitator could try one name after the other."""
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        heard = []
        for name in ("Ana", "Fatima"):  # neither is an expert, and only one of them asked
            await here.fatima.says(f"/assign Q1 @{name}")
            heard.append((await here.fatima.last()).text.replace(name, "X"))
        assert heard[0] == heard[1]
        await here.asks(here.hassan, "Who checks the thermometer?", manner=CONFIDENTIAL)
        for name in ("Hassan", "Mei"):  # both are experts, and only one of them asked
            await here.fatima.says(f"/assign Q2 @{name}")
            assert (await here.fatima.last()).text == f"Q2 is with {name} now."


async def test_who_got_their_own_confidential_question_passes_it_on(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.hassan, QUESTION, manner=CONFIDENTIAL)
        await here.fatima.says("/assign Q1 @Hassan")
        await here.talk.wait(hours=1)  # as an expert would who declines; see test_experts_who_ask.py
        assert QUESTION in await here.mei.last()
        await here.answers(here.mei, ANSWER)
        assert "Q1: Mei answers:" in await here.hassan.last()


@pytest.mark.parametrize("manner", ["name", CONFIDENTIAL])
async def test_the_only_expert_who_asks_hears_that_nobody_else_is_there(tmp_path: Path, manner: str) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/experts remove @Mei")
        await here.asks(here.hassan, QUESTION, manner=manner)
        await here.talk.wait(hours=1)
        assert not any("a question for you" in text for text in await here.hassan.hears())
        assert "Q1 (cold chain) finds no expert." in await here.fatima.last()
        await here.hassan.says("/answer Q1 I know it myself")
        assert "You asked this question yourself; somebody else answers it." in await here.hassan.last()


async def test_every_expert_declines(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.hassan.says("/decline Q1")
        await here.mei.says("/decline Q1")
        assert "Q1 (cold chain) finds no expert." in await here.fatima.last()
        await here.fatima.says("/assign Q1 @Mei")
        held = await holds(here.mei, "Not mine")
        await held.press()
        assert await state_of(here.talk) == "waiting"
