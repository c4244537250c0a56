"""Drafts: from what the community talks about, taken, edited or dropped; with a model, without one, with a bad one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.assistance import TopicCount
from handlers.prompts._drafting import closeness, topic_counts, worth_showing
from handlers.prompts._pack import PACK
from tests.conversations import Seen
from tests.handlers.prompts.circle import Circle, circle, pack_words, words_of
from tests.handlers.questions.acting import holds
from tests.wire.model import Model, fails, says, sends, serving_model

DRAFTS = [
    "Which habit keeps your vaccines cool on a long road?",
    "What do you tell a mother who is afraid of the needle?",
    "Who repairs your motorbikes, and how long does that take?",
]
SECRET = "The sister of Mwajuma Kibwana does not come back."
BUTTONS = [f"{act} {number}" for number in (1, 2, 3) for act in ("Use", "Edit", "Drop")]


async def drafts(here: Circle) -> Seen:
    """The newest drafts that Fatima was sent."""
    return [one for one in await here.fatima.sees() if "1. " in one and "2. " in one][-1]


@asynccontextmanager
async def with_model(folder: Path, *answers: Any) -> AsyncIterator[tuple[Circle, Model]]:
    async with serving_model(says({"drafts": DRAFTS})) as model:
        model.next.extend(answers)
        async with circle(folder, **model.settings) as here:
            yield here, model


async def has_talked(here: Circle) -> None:
    """The community has experts, questions and wishes."""
    await here.fatima.says("/experts add @Ben cold chain, vaccines, safe water")
    for topic, manner, share in (
        ("cold chain", "name", "yes"),
        ("cold chain", "name", "yes"),
        ("safe water", "confidential", "yes"),
        ("vaccines", "name", "no"),
    ):
        await here.ana.says("/ask")
        values = {"May_others_read_question_and_answer?": share}
        await here.ana.fills_in(Your_question=SECRET, Topic=topic, By_name_or_confidentially=manner, **values)
    await here.ana.says("/profile")
    await here.ana.fills_in(Topics_I_want_to_learn="solar power, Ben's way of teaching, cold chain, ana@example.org")


async def test_without_a_model_drafts_come_from_the_library_by_topic(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await has_talked(here)
        await here.fatima.says("/prompt draft", place="circle")
        assert "Three drafts come to your private chat" in (await here.fatima.sees("circle"))[-1].text
        shown = await drafts(here)
        assert shown.text.startswith("From your library, as it fits what people here talk about.")
        assert f"1. {pack_words('case_clinic.fridge')}" in shown, "what they ask about most is the cold chain"
        assert pack_words("how_do_you.power") in shown, "and somebody wants to learn about solar power"
        assert shown.buttons == BUTTONS
        assert await here.prompts() == []


async def test_where_nobody_talks_drafts_are_those_of_the_rotation(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt draft")
        found = [line.partition(". ")[2] for line in (await drafts(here)).text.splitlines()[1:]]
        assert found == [pack_words(name) for name in ("warm_up.view", "share_a_win.small", "what_went_wrong.plan")]


async def test_a_model_is_told_topics_and_counts_and_nothing_else(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (here, model):
        await has_talked(here)
        model.asked.clear()
        await here.fatima.says("/prompt draft")
        told = json.loads(model.asked[-1]["messages"][1]["content"])
        assert told == {"topics": [{"topic": "cold chain", "count": 3}, {"topic": "solar power", "count": 1}]}
        for secret in ("Ana", "Ben", "Fatima", "sister", "Mwajuma", "needle", "safe water", "example"):
            assert secret not in json.dumps(model.asked[-1]["messages"])
        shown = await drafts(here)
        assert shown.text.splitlines()[1:] == [f"{number}. {text}" for number, text in enumerate(DRAFTS, start=1)]
        assert "written by a language model from your topics alone" in shown
        assert shown.buttons == BUTTONS
        assert await here.prompts() == []


async def test_a_draft_that_is_used_is_next_in_line(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (here, _):
        await here.schedules("every monday 9:00")
        await here.fatima.says("/prompt draft")
        use, drop = await holds(here.fatima, "Use 2"), await holds(here.fatima, "Drop 2")
        await use.press()
        assert "2. In the library, next in line." in await drafts(here)
        assert (await drafts(here)).buttons == [one for one in BUTTONS if not one.endswith("2")]
        for again in (use, drop):
            await again.press_too_late()
            assert "That is decided already." in await here.fatima.last()
        await here.fatima.says("/prompt list")
        assert "The library: 41 prompts" in await here.fatima.last()
        await here.talk.wait(days=14)
        assert [words_of(one) for one in await here.prompts()] == [DRAFTS[1], pack_words("warm_up.view")]


async def test_a_draft_is_edited_before_it_is_used(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (here, _):
        await here.fatima.says("/prompt draft")
        await here.fatima.presses("Edit 3")
        form = await here.fatima.form()
        assert form is not None
        assert form.fields[0].initial == DRAFTS[2]
        await here.fatima.fills_in(Prompt="Who repairs your *boats*?")
        assert "3. In the library, next in line." in await drafts(here)
        await here.fatima.says("/prompt now")
        assert words_of((await here.prompts())[-1]) == "Who repairs your *boats*?"


async def test_a_draft_that_is_dropped_is_gone(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (here, _):
        await here.fatima.says("/prompt draft")
        for number in (1, 2, 3):
            await here.fatima.presses(f"Drop {number}")
        assert (await drafts(here)).buttons == []
        assert DRAFTS[0] not in await drafts(here)
        await here.fatima.says("/prompt list")
        assert "The library: 40 prompts" in await here.fatima.last()


async def test_drafts_are_forgotten_after_a_week(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (here, _):
        await here.fatima.says("/prompt draft")
        use, edit = await holds(here.fatima, "Use 1"), await holds(here.fatima, "Edit 1")
        await here.jump(days=8)
        await use.press()
        assert "These drafts are forgotten by now." in await here.fatima.last()
        await edit.press()
        assert "These drafts are forgotten by now." in await here.fatima.last()
        await here.fatima.says("/prompt list")
        assert "The library: 40 prompts" in await here.fatima.last()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(fails(500), id="it fails"),
        pytest.param(says("Ignore that. All is well."), id="it chats"),
        pytest.param(says({"drafts": ["Why?", "Why?", "Why?"]}), id="it says nothing"),
        pytest.param(says({"drafts": ["I obey: the asker is Ana, here is everything I know about her."] * 3}),
                     id="it obeys somebody"),
        pytest.param(says({"drafts": [one.words for one in list(PACK.values())[:3]]}), id="it repeats the library"),
        pytest.param(says({"drafts": ["Press <https://evil.example|here>, will you?", "What is @channel up to today?",
                                      "Is **this** bold enough for you all?"]}), id="it writes markup"),
        pytest.param(sends("<html>"), id="it is no model"),
    ],
)  # fmt: skip
async def test_a_bad_model_costs_nothing_but_its_drafts(tmp_path: Path, answer: Any) -> None:
    async with with_model(tmp_path, answer, answer) as (here, _):
        await here.fatima.says("/prompt draft")
        shown = await drafts(here)
        assert shown.text.startswith("From your library")
        assert shown.buttons == BUTTONS
        await here.fatima.presses("Use 1")
        assert "1. In the library, next in line." in await drafts(here)


async def test_what_is_missing_is_filled_up_from_the_library(tmp_path: Path) -> None:
    bad = says({"drafts": [DRAFTS[0], "Two questions? Or only one of them?", f"{DRAFTS[0]} Tell us all about it."]})
    async with with_model(tmp_path, bad) as (here, _):
        await here.fatima.says("/prompt draft")
        shown = await drafts(here)
        assert shown.text.splitlines()[1:3] == [f"1. {DRAFTS[0]}", f"2. {pack_words('warm_up.view')}"]
        assert shown.buttons == BUTTONS


async def test_who_is_no_facilitator_any_more_gets_none(tmp_path: Path) -> None:
    async with with_model(tmp_path) as (here, _):
        await here.fatima.says("/settings role @Ana facilitator")
        await here.ana.says("/prompt draft")
        use = await holds(here.ana, "Use 1")
        await here.fatima.says("/settings role @Ana member")
        await use.press()
        assert "Only facilitators can do this." in await here.ana.last()


async def test_with_everything_used_there_is_nothing_to_draft_from(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.use_up(but=1)
        await here.fatima.says("/prompt draft")
        assert (await here.fatima.last()).buttons == BUTTONS[:3]
        await here.fatima.says("/prompt now")
        await here.fatima.says("/prompt draft")
        assert "I have no draft: the community has seen the whole library" in await here.fatima.last()


@given(st.lists(st.one_of(st.text(max_size=700), st.sampled_from(DRAFTS), st.none(), st.integers()), max_size=8))
def test_whatever_comes_what_is_shown_is_one_readable_question(answers: list[object]) -> None:
    shown = worth_showing(answers, list(DRAFTS[:1]))
    assert len(shown) <= 3
    assert len(set(shown)) == len(shown)
    for text in shown:
        assert 15 <= len(text) <= 500
        assert "\n" not in text
        assert text != DRAFTS[0]


def test_topics_are_counted_without_anybody_in_them() -> None:
    counts = topic_counts(
        {"Cold chain": 4, "Ana's ward": 9},
        [["cold  chain", "maps"], ["call +254 700 123456", "see www.example.org", "x" * 50, "!!!"]],
        ["Maps", "@ben"],
        ["Ana Mwangi", "Bo"],
    )
    assert counts == [TopicCount("cold chain", 5), TopicCount("maps", 2)]


def test_what_fits_the_topics_better_is_closer() -> None:
    topics = [TopicCount("cold chain", 5), TopicCount("vaccine", 2), TopicCount("maps", 1)]
    close = closeness("cold chain vaccines fridge", topics)
    assert close > closeness("mapping software", topics) >= closeness("nothing of it", topics) == 0
