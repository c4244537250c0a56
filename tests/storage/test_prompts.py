"""Prompts in storage: the library, conditional steps, and who answered, for the first time ever or not."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import delete

from bot.core.addresses import Account, Person
from storage import members, outbox, prompt_drafts, prompt_schedules, prompts, questions
from storage.activity import Activity, ActivityKind, activity_key
from storage.communities import Community, CommunityPlace
from storage.database import Database, Session
from storage.outbox import OutboxRow
from storage.prompt_drafts import DraftState, PromptDraft
from storage.prompt_schedules import PromptSchedule
from storage.prompts import LibraryPrompt, PostedPrompt, PromptAnswer
from storage.questions import Question
from tests.community import START

DAY = timedelta(days=1)
PACK = {"warm_up.view": "warm_up", "debate.cash": "debate"}
MESSAGE = {"platform": "fake", "tenant": "tenant", "conversation": "circle", "id": "m1", "thread": None, "key": "k1"}


async def community(session: Session, name: str = "Nurses") -> tuple[int, int]:
    """A community, and its place."""
    founded = Community(name=name, created_at=START)
    session.add(founded)
    await session.flush()
    place = CommunityPlace(community_id=founded.id, platform="fake", tenant="tenant", external_id=name)
    session.add(place)
    await session.flush()
    return founded.id, place.id


async def member(session: Session, name: str) -> int:
    return (await members.ensure(session, Person(Account("fake", "tenant", name), name), START)).id


async def posted(
    session: Session, community_id: int, place_id: int, at: datetime = START, sent: Any = None, **values: Any
) -> PostedPrompt:
    """A prompt that was posted, and what the outbox knows about it."""
    library = await prompts.open_library(session, community_id, PACK, at)
    row = OutboxRow(platform="fake", conversation=b"c", operation="send", kind="prompt", destination={}, body={},
                    created_at=at, not_before=at, sent=sent)  # fmt: skip
    await outbox.add(session, row)
    given = {"prompt_id": library[0].id, "kind": "warm_up", "reason": "now", "reference": row.reference, **values}
    return await prompts.post(
        session, PostedPrompt(community_id=community_id, place_id=place_id, posted_at=at, **given)
    )


async def says(
    session: Session, community_id: int, place_id: int, member_id: int, key: int, at: datetime, **values: Any
) -> None:
    row = {"kind": ActivityKind.MESSAGE.value, "is_question": False, **values}
    session.add(Activity(community_id=community_id, place_id=place_id, member_id=member_id, key=key, at=at, **row))
    await session.flush()


async def test_a_library_has_every_prompt_of_the_pack_once(database: Database) -> None:
    async with database.transaction() as session:
        nurses, _ = await community(session)
        drivers, _ = await community(session, "Drivers")

    async def opened(community_id: int) -> list[str | None]:
        async with database.transaction() as session:
            return [one.pack for one in await prompts.open_library(session, community_id, PACK, START)]

    assert await asyncio.gather(*(opened(nurses) for _ in range(6))) == [list(PACK)] * 6
    async with database.transaction() as session:
        own = LibraryPrompt(community_id=nurses, kind="own", text="Why *now*?", added_at=START)
        await prompts.add(session, own)
        grown = await prompts.open_library(session, nurses, {**PACK, "debate.paid": "debate"}, START)
        assert [one.pack for one in grown] == [*PACK, None, "debate.paid"]
        assert await prompts.in_library(session, drivers) == []
        assert await prompts.prompt(session, drivers, own.id) is None
        connection = await session.connection()
        stored = (await connection.execute(text("SELECT text FROM library_prompt WHERE text IS NOT NULL"))).scalar_one()
        assert b"now" not in bytes(stored), "somebody's words are sealed"


async def test_steps_are_taken_once(database: Database) -> None:
    async with database.transaction() as session:
        nurses, place = await community(session)
        one = (await prompts.open_library(session, nurses, PACK, START))[0]
        assert [await prompts.drop(session, one.id, START) for _ in range(2)] == [True, False]
        assert [await prompts.take_back(session, one.id) for _ in range(2)] == [True, False]
        assert [await prompts.want(session, one.id, START) for _ in range(2)] == [True, False]
        assert [await prompts.tell_empty(session, nurses, START) for _ in range(2)] == [True, False]
        first = await posted(session, nurses, place)
        one = (await prompts.in_library(session, nurses))[0]
        assert (one.wanted_at, one.last_posted_at) == (None, START)
        assert await prompts.tell_empty(session, nurses, START), "a prompt was posted since"
        assert [await prompts.report(session, first.id, START) for _ in range(2)] == [True, False]
        assert await prompts.turns_of_kinds(session, nurses) == {"warm_up": first.id}


async def test_a_schedule_goes_from_step_to_step(database: Database) -> None:
    async with database.transaction() as session:
        nurses, place = await community(session)
        new = PromptSchedule(community_id=nurses, place_id=place, cadence="daily 09:00", proposed_at=START)
        one = (await prompt_schedules.propose(session, new)).id
        assert not await prompt_schedules.stop(session, one)
        assert not await prompt_schedules.hold(session, one, START)
        assert [await prompt_schedules.start(session, one, START) for _ in range(2)] == [True, False]
        assert not await prompt_schedules.cancel(session, one)
        assert [await prompt_schedules.hold(session, one, START) for _ in range(2)] == [True, False]
        assert [await prompt_schedules.release(session, one) for _ in range(2)] == [True, False]
        local = "2026-03-02 09:00"
        assert [await prompt_schedules.leave_out(session, one, local) for _ in range(2)] == [True, False]
        assert not await prompt_schedules.leave_out(session, one, "2026-03-01 09:00"), "an earlier one is left out too"
        assert [await prompt_schedules.put_back(session, one, local, None) for _ in range(2)] == [True, False]
        assert [row.id for row in await prompt_schedules.running(session, nurses)] == [one]
        assert [await prompt_schedules.stop(session, one) for _ in range(2)] == [True, False]
        other = PromptSchedule(community_id=nurses, place_id=place, cadence="daily 09:00", proposed_at=START)
        await prompt_schedules.propose(session, other)
        await prompt_schedules.forget_proposals(session, nurses, START + DAY)
        assert await prompt_schedules.by_id(session, nurses, one) is not None
        assert await prompt_schedules.by_id(session, nurses + 1, one) is None


@pytest.mark.parametrize("learned", [False, True])
async def test_who_answered_in_the_thread_or_with_the_button(database: Database, *, learned: bool) -> None:
    async with database.transaction() as session:
        nurses, place = await community(session)
        ana, ben, cleo, dan = [await member(session, name) for name in ("Ana", "Ben", "Cleo", "Dan")]
        thread = activity_key("fake", "tenant", "k1")
        one = await posted(session, nurses, place, START, MESSAGE)
        if learned:
            await prompts.learn_addresses(session, nurses)
            assert (one.message_id, one.message_key) == ("m1", thread)
            await session.exec(delete(OutboxRow))
        await says(session, nurses, place, ana, 1, START - DAY)
        await says(session, nurses, place, ana, 2, START + DAY, thread=thread)
        await says(session, nurses, place, ana, 3, START + 2 * DAY, thread=thread)
        await says(session, nurses, place, ben, 4, START + 2 * DAY, thread=thread)
        await says(session, nurses, place, dan, 5, START + DAY, thread=thread + 1)
        await says(session, nurses, place, dan, 6, START + DAY, thread=thread, kind=ActivityKind.DELETED.value)
        for at in (START + 3 * DAY, START + 4 * DAY):
            await prompts.keep_answer(
                session, PromptAnswer(community_id=nurses, posted_id=one.id, member_id=cleo, answered_at=at)
            )
        found = [(each.member_id, each.first_ever) for each in await prompts.answerers(session, one)]
        assert found == [(ana, False), (ben, True), (cleo, True)]
        await says(session, nurses, place, cleo, 7, START + DAY)
        assert not (await prompts.answerers(session, one))[-1].first_ever, "a word elsewhere came before"
        assert await prompts.thread_of(session, one) == "m1"


async def test_what_was_posted_between_two_moments(database: Database) -> None:
    async with database.transaction() as session:
        nurses, place = await community(session)
        drivers, elsewhere = await community(session, "Drivers")
        ana = await member(session, "Ana")
        for days in (0, 1, 2):
            await posted(session, nurses, place, START + days * DAY, {**MESSAGE, "key": f"k{days}"} if days else None)
        await posted(session, drivers, elsewhere, START)
        await says(session, nurses, place, ana, 1, START, thread=activity_key("fake", "tenant", "k1"))
        found = await prompts.posted_between(session, nurses, START, START + 2 * DAY)
        assert [(one.posted.posted_at, one.replies) for one in found] == [(START, 0), (START + DAY, 1)]
        last = await prompts.last_posted(session, nurses)
        assert last is not None
        assert last.posted_at == START + 2 * DAY
        assert await prompts.posted(session, drivers, last.id) is None


async def test_since_when_a_place_is_silent(database: Database) -> None:
    async with database.transaction() as session:
        nurses, place = await community(session)
        ana = await member(session, "Ana")
        assert await prompts.last_heard(session, nurses, place) is None
        await says(session, nurses, place, ana, 1, START)
        await says(session, nurses, place, ana, 2, START + DAY, kind=ActivityKind.REACTION.value)
        assert await prompts.last_heard(session, nurses, place) == START
        assert await prompts.last_heard(session, nurses, place + 1) is None
        one = await posted(session, nurses, place, START + DAY, reason="early", schedule_id=7)
        answer = PromptAnswer(community_id=nurses, posted_id=one.id, member_id=ana, answered_at=START + 2 * DAY)
        await prompts.keep_answer(session, answer)
        assert await prompts.last_heard(session, nurses, place) == START + 2 * DAY
        assert await prompts.last_in_place(session, nurses, place) == START + DAY
        assert await prompts.last_in_place(session, nurses, place, "early") == START + DAY
        assert await prompts.last_in_place(session, nurses, place, "now", "scheduled") is None
        assert await prompts.last_of_schedule(session, 7, "early") == START + DAY
        assert await prompts.last_of_schedule(session, 8, "early") is None


async def test_drafts_are_decided_about_once_and_forgotten(database: Database) -> None:
    async with database.transaction() as session:
        nurses, _ = await community(session)
        ana = await member(session, "Ana")
        new = [
            PromptDraft(
                community_id=nurses, asked_by=ana, batch="b", number=number, text=f"Why {number}?", made_at=START
            )
            for number in (1, 2)
        ]
        await prompt_drafts.offer(session, new)
        await prompt_drafts.sent(session, "b", "r1")
        drafts = await prompt_drafts.together(session, "b")
        assert [(one.text, one.reference) for one in drafts] == [("Why 1?", "r1"), ("Why 2?", "r1")]
        first = drafts[0].id
        assert [
            await prompt_drafts.decide(session, first, state) for state in (DraftState.USED, DraftState.DROPPED)
        ] == [
            True,
            False,
        ]
        assert await prompt_drafts.by_id(session, nurses + 1, first) is None
        await prompt_drafts.forget(session, nurses, START)
        assert len(await prompt_drafts.together(session, "b")) == 2
        await prompt_drafts.forget(session, nurses, START + DAY)
        assert await prompt_drafts.together(session, "b") == []


async def test_only_topics_that_everybody_may_see_are_counted(database: Database) -> None:
    async with database.transaction() as session:
        nurses, _ = await community(session)
        ana, ben = await member(session, "Ana"), await member(session, "Ben")
        every: list[tuple[str | None, int, dict[str, Any]]] = [
            ("cold chain", 0, {}),
            ("cold chain", 1, {}),
            ("cold chain", -90, {}),
            ("safe water", 0, {"confidential": True}),
            ("burnout", 0, {"share": False}),
            (None, 0, {}),
        ]
        for topic, days, more in every:
            asked = Question(community_id=nurses, number=0, state="routed", language="en", topic=topic,
                             asked_at=START + days * DAY, **more)  # fmt: skip
            await questions.add(session, asked)
        assert await prompt_drafts.topics_asked(session, nurses, START - DAY) == {"cold chain": 2}
        for member_id, wanted in ((ana, ["maps"]), (ben, ["solar", "maps"])):
            await members.belong(session, nurses, member_id, START)
            await members.introduce(session, member_id, members.Profile("N", None, [], [], wanted), START)
        assert sorted(await prompt_drafts.topics_wanted(session, nurses)) == [["maps"], ["solar", "maps"]]
