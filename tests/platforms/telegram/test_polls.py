"""Polls over the wire: who votes takes part, what answers a poll is of its thread, and what is said without polls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.platforms.telegram.nurses import Nurses, nurses
from tests.wire.telegram import Seen

WORDS = "/prompt now Which day suits you? | Monday | Tuesday | Friday"


def poll(here: Nurses) -> Seen:
    """The newest poll in the group."""
    return next(one for one in reversed(here.fatima.person.sees(here.place)) if one.poll)


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_vote_is_on_record_until_it_is_taken_back(tmp_path: Path, webhook: bool) -> None:
    async with nurses(tmp_path, webhook=webhook) as here:
        ben, ana = await here.member("Ben"), await here.member("Ana")
        before = await here.here.counted()
        await here.fatima.says(WORDS)
        asked = poll(here)
        assert asked.poll is not None
        assert (asked.poll["question"], asked.options) == ("Which day suits you?", ["Monday", "Tuesday", "Friday"])
        assert asked.reply_to == here.fatima.newest("Which day suits you?", here.place).id
        for person, options, counted in (
            (ben, ["Monday"], 1),
            (ben, ["Friday"], 1),
            (ana, ["Monday"], 2),
            (ben, [], 1),
        ):
            await person.person.votes(asked.id, *options, chat=here.place)
            await here.here.settles()
            assert await here.here.counted() == before + counted


async def test_a_vote_in_a_topic_is_on_record_there(tmp_path: Path) -> None:
    async with nurses(tmp_path, forum=True) as here:
        await here.fatima.person.opens_topic("Vaccines", here.place)
        await here.fatima.says("Let us begin", place=here.place, topic="Vaccines")
        await here.fatima.says("/settings place Vaccines main")
        ben = await here.member("Ben")
        await here.fatima.says(WORDS, place=here.place, topic="Vaccines")
        before, asked = await here.here.counted(), poll(here)
        assert asked.topic == "Vaccines"
        await ben.person.votes(asked.id, "Monday", chat=here.place)
        await here.here.settles()
        assert await here.here.counted() == before + 1


async def test_who_answers_the_poll_in_words_has_answered_the_prompt(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        await here.fatima.says(WORDS)
        ben = await here.member("Ben")
        await ben.says("Monday, but late.", place=here.place, reply_to=poll(here).id)
        await here.fatima.says("/prompt")
        assert "1 person has answered" in here.fatima.last()


async def test_where_a_group_allows_no_polls_the_options_are_told_in_words(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        await here.fatima.person.demotes_bot(here.place)
        here.place.permissions -= {"can_send_polls"}
        await here.here.settles()
        await here.fatima.says(WORDS)
        assert here.fatima.last(here.place) == "• Monday\n• Tuesday\n• Friday"
        assert here.here.telegram.refused() == [
            ("sendPoll", "Bad Request: not enough rights to send polls to the chat")
        ]
        assert await here.here.dead() == []


async def test_after_a_restart_nobody_knows_where_an_older_poll_stands(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben")
        await here.fatima.says(WORDS)
        before = await here.here.counted()
        await here.here.dies()
        await here.here.starts()
        await ben.person.votes(poll(here).id, "Monday", chat=here.place)
        await here.here.settles()
        assert await here.here.counted() == before
        assert await here.here.dead() == []
