"""A forum: each of its topics is a place of the community, from the first message in it on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.platforms.telegram.nurses import Nurses, nurses

by_polling_and_by_webhook = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])


async def places(here: Nurses) -> str:
    """What the settings say about the places."""
    await here.fatima.says("/settings")
    return here.fatima.last().partition("Places:")[2].partition("Schedules:")[0]


@by_polling_and_by_webhook
async def test_a_topic_that_nobody_told_of_is_recorded_from_its_first_message_on(tmp_path: Path, webhook: bool) -> None:
    async with nurses(tmp_path, forum=True, webhook=webhook) as here:
        here.place.open_topic("Vaccines", here.fatima.person.user)  # while the bot was not listening
        ben = await here.member("Ben")
        before = await here.here.counted()
        await ben.says("How cold is cold?", place=here.place, topic="Vaccines")
        await ben.says("Good morning", place=here.place)
        assert await here.here.counted() == before + 2
        assert "Vaccines" in await places(here)


@by_polling_and_by_webhook
async def test_a_prompt_that_is_asked_for_in_a_topic_lands_there(tmp_path: Path, webhook: bool) -> None:
    async with nurses(tmp_path, forum=True, webhook=webhook) as here:
        await here.fatima.person.opens_topic("Vaccines", here.place)
        await here.fatima.says("Let us begin", place=here.place, topic="Vaccines")
        await here.fatima.says("/settings place Vaccines main")
        general = here.fatima.hears(here.place, "General")
        await here.fatima.says("/prompt now What went well?", place=here.place, topic="Vaccines")
        assert "What went well?" in here.fatima.last(here.place, "Vaccines")
        assert here.fatima.hears(here.place, "General") == general
        ben = await here.member("Ben")
        posted = here.fatima.newest("What went well?", here.place)
        await ben.says("The rain.", place=here.place, reply_to=posted.id)
        await here.fatima.says("/prompt")
        assert "1 person has answered" in here.fatima.last()


async def with_vaccines(here: Nurses) -> None:
    """A topic that is a main place; the bot may not manage topics, and so writes in no closed one."""
    await here.fatima.person.opens_topic("Vaccines", here.place)
    await here.fatima.says("Let us begin", place=here.place, topic="Vaccines")
    await here.fatima.says("/settings place Vaccines main")
    assert "#Vaccines: main" in here.fatima.last()
    await here.fatima.person.promotes_bot(here.place, rights=frozenset({"can_invite_users"}))
    await here.here.settles()


CLOSED = "#Vaccines is closed, so I can't write there. What I have for it waits for up to three days."


def told(here: Nurses) -> list[str]:
    """What facilitators heard of places that are closed, and of anything that could not be done."""
    return [one for one in here.fatima.hears() if "is closed" in one or "could not be done" in one]


@by_polling_and_by_webhook
async def test_what_is_for_a_closed_topic_waits_there_until_it_is_open_again(tmp_path: Path, webhook: bool) -> None:
    async with nurses(tmp_path, forum=True, webhook=webhook) as here:
        await with_vaccines(here)
        await here.fatima.person.closes_topic("Vaccines", here.place)
        await here.here.settles()
        for words in ("What went well?", "What was hard?"):
            await here.fatima.says(f"/prompt now {words}", place=here.place, topic="Vaccines")
        await here.waits(hours=3)
        assert [one.partition(" Please")[0] for one in told(here)] == [CLOSED]
        assert not any("What went well?" in one for one in here.fatima.hears(here.place, "Vaccines"))
        await reopens(here, "Vaccines")
        for _ in range(2):
            await here.waits(minutes=6)
        first, second = here.fatima.hears(here.place, "Vaccines")[-2:]
        assert "What went well?" in first
        assert "What was hard?" in second
        assert len(told(here)) == 1
        assert await here.here.dead() == []


async def test_what_waited_for_three_days_is_given_up_and_facilitators_hear_of_it(tmp_path: Path) -> None:
    async with nurses(tmp_path, forum=True) as here:
        await with_vaccines(here)
        here.place.topics[here.place.topic("Vaccines")].closed = True  # just now: nobody has told yet
        await here.fatima.says("/prompt now What went well?", place=here.place, topic="Vaccines")
        assert here.here.telegram.refused() == [("sendMessage", "Bad Request: TOPIC_CLOSED")]
        await here.waits(hours=73)
        closed, given_up = told(here)
        assert closed.startswith(CLOSED)
        assert given_up.startswith("Something could not be done (1).")
        assert await here.here.dead() == ["tried for three days: Topic_closed"]


async def test_a_topic_that_is_closed_stays_what_it_was(tmp_path: Path) -> None:
    async with nurses(tmp_path, forum=True) as here:
        await with_vaccines(here)
        await here.fatima.person.promotes_bot(here.place, rights=frozenset({"can_manage_topics"}))
        before = await places(here)
        await here.fatima.person.closes_topic("Vaccines", here.place)
        await here.here.settles()
        assert await places(here) == before
        counted = await here.here.counted()
        await here.fatima.says("Let us rest", place=here.place, topic="Vaccines")
        assert await here.here.counted() == counted + 1
        await here.fatima.says("/prompt now What went well?", place=here.place, topic="Vaccines")
        assert "What went well?" in here.fatima.last(here.place, "Vaccines")  # who manages topics writes in closed ones
        await reopens(here, "Vaccines")
        assert await places(here) == before
        assert told(here) == []


async def reopens(here: Nurses, name: str) -> None:
    """An administrator opens a topic again."""
    number = here.place.topic(name)
    here.place.topics[number].closed = False
    here.place.tell(here.place.add(here.fatima.person.user, {"forum_topic_reopened": {}}, topic=number))
    await here.here.settles()
