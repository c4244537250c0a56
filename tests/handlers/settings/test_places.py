"""What each place is for, and taking one out of the community."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.community import running
from tests.handlers.settings.people import said, second_place, with_ben


async def test_a_place_gets_another_purpose_in_a_form(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await second_place(fatima)
        await fatima.says("/settings")
        await fatima.presses("Places")
        form = await fatima.form()
        assert form is not None
        place, purpose = form.raw["form"]["fields"]
        by_label = {one["label"]: one["value"] for one in place["choices"]}
        assert list(by_label) == ["#circle: main", "#square: main"]
        assert [one["value"] for one in purpose["choices"]] == [
            "main", "stakeholders", "experts", "listening", "out",
        ]  # fmt: skip
        await fatima.fills_in(Place=by_label["#square: main"], **{"What_is_this_place_for?": "stakeholders"})
        assert (await fatima.last()).text == "Saved. From now on:\n#square: stakeholders"
        assert "#square: stakeholders" in await said(fatima, "/settings")


async def test_a_place_gets_another_purpose_in_words(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await second_place(fatima)
        assert "#square: experts" in await said(fatima, "/settings place #Square experts")
        there = await fatima.place("square")
        assert "#square: just listening" in await said(fatima, f"/settings place <#{there}|square> LISTENING")
        told = await said(fatima, "/settings place #circle listening")
        assert "#circle: just listening" in told
        assert "No place is the main one now" in told


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("place", "I understand: settings place #name main|stakeholders|experts|listening|out"),
        ("place #circle", "I understand: settings place #name"),
        ("place #circle garden", "I understand: settings place #name"),
        ("place #nowhere main", "I know no place called #nowhere in this community."),
        ("place #circle out", "This is the only place of the community."),
    ],
)
async def test_what_can_not_be_done_is_said(tmp_path: Path, words: str, answer: str) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        told = await said(fatima, f"/settings {words}")
        if answer not in told:
            await fatima.presses("Yes, take it out")
            told = (await fatima.last()).text
        assert answer in told
        assert "#circle: main" in await said(fatima, "/settings")


async def test_a_place_is_taken_out_once_and_only_after_a_yes(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        await second_place(fatima)
        zoe = await talk.newcomer("Zoe")
        await zoe.joins("square")

        await fatima.says("/settings place #square out")
        question = await fatima.last()
        assert "Take #square out of Field Nurses?" in question
        await fatima.presses("No, keep it")
        assert (await fatima.last()).text == "Good, nothing was changed."
        assert "#square: main" in await said(fatima, "/settings")

        await fatima.says("/settings place #square out")
        buttons = {one["label"]: one["token"] for one in (await fatima.last()).raw["buttons"]}
        message = (await fatima.last()).raw["id"]
        press = {"person": fatima.id, "message": message, "button": buttons["Yes, take it out"]}
        await asyncio.gather(*(talk.post("/local/buttons", expect=(200, 201, 400), **press) for _ in range(3)))
        await talk.settle()
        heard = await fatima.hears()
        assert any("#square is no longer part of Field Nurses." in one for one in heard)
        assert "#square" not in await said(fatima, "/settings")

        assert "Join one of its places first" in await said(zoe, "/profile")  # she was nowhere else
        assert "Join one of its places first" not in await said(ben, "/rules")
        before = len(await fatima.hears("square"))
        newcomer = await talk.newcomer("Abel")
        await newcomer.joins("square")
        await talk.wait(minutes=5)
        assert len(await fatima.hears("square")) == before
        assert await newcomer.hears() == []


async def test_a_place_that_left_meanwhile_is_no_longer_changed(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        await fatima.says("/settings role @Ben facilitator")
        await second_place(fatima)
        await ben.says("/settings")
        await ben.presses("Places")
        form = await ben.form()
        assert form is not None
        square = form.raw["form"]["fields"][0]["choices"][1]["value"]
        await fatima.says("/settings place #square out")
        await fatima.presses("Yes, take it out")
        await ben.fills_in(Place=square, **{"What_is_this_place_for?": "experts"})
        assert "That place is no longer part of the community. Nothing was changed." in await ben.last()


async def test_who_takes_out_the_only_place_they_are_in_stays_facilitator(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        await second_place(fatima)
        await ben.joins("square")
        await fatima.leaves("square")
        await fatima.says("/settings place #circle out")
        await fatima.presses("Yes, take it out")
        assert "#square: main" in await said(fatima, "/settings")
