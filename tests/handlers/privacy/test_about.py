"""What is kept, and not being counted."""

from __future__ import annotations

import json
from pathlib import Path

from sqlmodel import select

from storage import opting_out
from storage.activity import Activity
from storage.members import Membership
from tests.community import Talk, running
from tests.conversations import Someone
from tests.handlers.privacy.circle import asks, circle


async def rows_of_activity(talk: Talk) -> int:
    assert talk.app is not None
    async with talk.app.database.reading() as session:
        return len((await session.exec(select(Activity))).all())


async def test_one_message_says_what_is_kept_and_what_can_be_done(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, _, renee = await circle(talk)
        await renee.says("/privacy")
        page = await renee.last()
        for words in ("for 7 days", "removed after 24 months", "who asked", "Who sees it"):
            assert words in page, words
        assert page.buttons == ["See my data", "Stop recording my activity", "Forget me"]


async def test_of_a_stranger_nothing_is_kept(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await circle(talk)
        zoe = await talk.newcomer("Zoe")
        for command in ("/privacy", "/mydata", "/forgetme", "/optout"):
            await zoe.says(command)
            assert (await zoe.last()).text == "I keep nothing about you."


async def test_who_opted_out_is_counted_nowhere_and_still_a_member(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, hassan, renee = await circle(talk)
        before = await renee.says("counted", place="circle")
        await renee.says("/privacy")
        await renee.presses("Stop recording my activity")
        assert "From now on I don't record what you do" in await renee.last()
        counted = await rows_of_activity(talk)
        message = await renee.says("not counted", place="circle")
        await renee.reacts(message, "👍")
        await renee.takes_back(message)
        await renee.leaves("circle")
        await renee.joins("circle")
        assert await rows_of_activity(talk) == counted
        await renee.takes_back(before)
        assert await rows_of_activity(talk) == counted
        assert "who" not in await renee.commands() or "ask" in await renee.commands()
        await asks(renee, "How cold is cold?")
        await hassan.presses("Answer")
        await hassan.fills_in(Your_answer="Below eight degrees.")
        assert "Below eight degrees." in await renee.last()
        await fatima.says("hello", place="circle")
        assert await rows_of_activity(talk) == counted + 1


async def test_opting_out_holds_until_it_is_taken_back(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, _, renee = await circle(talk)
        await renee.says("/optout")
        await renee.says("/privacy")
        assert "Your activity is not recorded, as you asked." in await renee.last()
        counted = await rows_of_activity(talk)
        await renee.presses("Record my activity again")
        await renee.presses("Record my activity again")
        await renee.says("hello", place="circle")
        assert await rows_of_activity(talk) == counted + 1
        await renee.says("/optout")
        await renee.says("/optout")
        assert "I record your activity again" in await renee.last()


async def test_who_opts_out_is_out_in_all_of_their_communities(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, _, renee = await circle(talk)
        await renee.says("/optout")
        nadia = await talk.newcomer("Nadia")
        await nadia.creates("square")
        await nadia.invites_the_bot("square")
        await nadia.presses("Start a community here")
        await nadia.fills_in(Community_name="Others")
        await renee.joins("square")
        counted = await rows_of_activity(talk)
        await renee.says("hello", place="square")
        assert await rows_of_activity(talk) == counted
        assert any("Welcome to Others" in heard for heard in await renee.hears())


async def _files(person: Someone) -> list[bytes]:
    return [await person.talk.content(file) for file in (await person.last()).files]


async def test_everything_held_about_somebody_comes_in_two_files(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, hassan, renee = await circle(talk)
        await renee.says("a word in the circle <b>", place="circle")
        await asks(renee, "How cold is cold?")
        await hassan.presses("Answer")
        await hassan.fills_in(Your_answer="Below eight degrees.")
        await asks(renee, "May I say no?", confidentially=True)
        await renee.says("/mydata", place="circle")
        assert [one.name for one in (await renee.last()).files] == [
            "my-data-2026-03-02.html",
            "my-data-2026-03-02.json",
        ]
        readable, complete = await _files(renee)
        held = json.loads(complete)["about_you"]
        assert [one["name"] for one in held["member"]] == [renee.name]
        assert held["account"][0]["user"] == renee.id
        assert held["membership"][0]["community"] == "Field Nurses"
        assert held["question"][0]["text"] == "How cold is cold?"
        assert held["question"][0]["answer"] == "Below eight degrees."
        assert held["confidential_question"][0]["text"] == "May I say no?"
        assert [one["kind"] for one in held["activity"]] == ["join", "message"]
        assert "a word in the circle <b>" in [one.get("text") for one in held["what_you_did_lately"]]
        page = readable.decode()
        for words in (renee.name, "May I say no?", "a word in the circle &lt;b&gt;", "Your profile", "2026-03"):
            assert words in page, words
        assert "<script" not in page
        assert "<b>" not in page


async def test_a_file_of_ones_own_has_nobody_elses_words(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, hassan, renee = await circle(talk)
        await asks(renee, "How cold is cold?")
        await asks(renee, "May I say no?", confidentially=True)
        await hassan.presses("Answer")
        await hassan.fills_in(Your_answer="You may.")
        await fatima.says("/mydata")
        text = b"\n".join(await _files(fatima)).decode()
        for words in ("How cold", "May I say no", "You may", renee.name, renee.id, hassan.id):
            assert words not in text, words
        await hassan.says("/mydata")
        held = json.loads((await _files(hassan))[1])["about_you"]
        assert [one.get("text") for one in held["question"] if one.get("answer")] == [None]
        assert "You may." in [one.get("answer") for one in held["question"]]
        assert renee.id not in str(held)


async def test_who_left_can_still_see_and_be_forgotten(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        _, _, renee = await circle(talk)
        await renee.leaves("circle")
        await renee.says("/mydata")
        assert len((await renee.last()).files) == 2
        await renee.says("/forgetme")
        assert "Shall I forget you?" in await renee.last()


async def test_nobody_has_left_for_good_by_opting_out(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await circle(talk)
        assert talk.app is not None
        async with talk.app.database.reading() as session:
            assert [one.left_at for one in (await session.exec(select(Membership))).all()] == [None] * 3
            assert await opting_out.among(session, []) == set()
