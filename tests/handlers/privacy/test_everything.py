"""Somebody who has touched every table is forgotten: nothing anywhere leads to them, and the figures stay.

A new table that can hold people fails this test until Renée has a row in it.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from bot.core.addresses import Account
from bot.core.platform import RawEvent
from bot.local_installation import LocalApp
from handlers.health import report
from storage import (
    accounts,
    communities,
    contributions,
    erasure,
    first_posts,
    form_steps,
    group_greetings,
    homes,
    imports,
    link_codes,
    linking,
    opting_out,
    private_chats,
    questions,
    tasks,
    thanks,
    today,
    welcomes,
)
from storage.imports import ArchiveImport, FoundPerson
from storage.members import Member, user_key
from storage.outbox import OutboxRow, OutboxState
from storage.prompt_drafts import PromptDraft
from storage.tasks import Task, TaskState
from tests.community import START, Someone, Talk, founded, running
from tests.databases import fresh_postgres
from tests.handlers.privacy.circle import NAME, asks, is_forgotten
from tests.handlers.privacy.searching import belongs, has, rows, tables_of_people, text_of_file, where_found

AFTERWARDS = {"erased_account", "former_platform", "mention", "import_record"}
"""Tables of people that begin only when somebody is forgotten, or that have a number of an archive's own."""


@dataclass
class Circle:
    """Fatima and Renée facilitate, Hassan and Renée answer, Ana is a member."""

    talk: Talk
    fatima: Someone
    hassan: Someone
    ana: Someone
    renee: Someone

    @property
    def app(self) -> LocalApp:
        assert self.talk.app is not None
        return self.talk.app

    async def member_id(self) -> int:
        found = await rows(self.app.database)
        return next(int(one["member_id"]) for one in found["account"] if one["user"] == self.renee.id)


@asynccontextmanager
async def circle(folder: Path, url: str) -> AsyncIterator[Circle]:
    async with running(folder, database_url=url) as talk:
        fatima = await founded(talk)
        people = [await talk.newcomer(name) for name in ("Hassan", "Ana", NAME)]
        for person in people:
            await person.joins("circle")
        await talk.wait(minutes=2)
        yield Circle(talk, fatima, *people)


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/baraza.sqlite3"
    return await fresh_postgres(request.getfixturevalue("postgres"))


async def live(here: Circle) -> None:
    """Renée does everything that a person can do."""
    fatima, ana, renee = here.fatima, here.ana, here.renee
    await renee.presses("Introduce me")
    await renee.fills_in(Name_to_show=NAME, Unit="Goma", Topics_I_know="cold chain", Topics_I_want_to_learn="fuel")
    await renee.presses("Yes, introduce me there")
    await fatima.says(f"/settings role @{renee.id} facilitator")
    await fatima.says("/experts add @Hassan cold chain")
    await fatima.says(f"/experts add @{renee.id} fuel")
    message = await renee.says("Good morning, is anybody there?", place="circle")
    await renee.reacts(message, "👍")
    await ana.says(f"thank you @{renee.id}, Renée Otieno!", place="circle")
    await _ask_and_answer(here)
    await _contribute(here)
    await renee.says("/thanks @Hassan for the fuel")
    await ana.says(f"/thanks @{renee.id} for everything, {NAME}")
    await renee.says("/prompt add debate: What went wrong lately, and who noticed first?")
    await renee.says("/prompt schedule every monday 9:00")
    await renee.presses("Yes, schedule it")
    await renee.says("/prompt now")
    await renee.presses("Answer", place="circle")
    await renee.fills_in(Your_answer="We tried two boxes.")
    await renee.says("/prompt draft")
    await renee.says("/welcome edit")
    await renee.fills_in(Text="Welcome, {name}! I am Renée Otieno.")
    await renee.says("/mydata")
    await renee.says("/health 7d")
    await ana.says("/mydata")
    await renee.says("/ask What remains in a form")


async def _ask_and_answer(here: Circle) -> None:
    hassan, ana, renee = here.hassan, here.ana, here.renee
    await asks(renee, "How cold is cold?")
    await hassan.presses("Answer")
    await hassan.fills_in(Your_answer=f"Dear {NAME}, below eight degrees.")
    await renee.presses("This helps")
    await asks(renee, f"May I say no? I am {NAME}.", confidentially=True)
    await here.talk.wait(minutes=5)
    await here.fatima.says("/assign Q2 @Hassan")
    await hassan.presses("Ask back")
    await hassan.fills_in(**{"What_would_you_like_to_know?": f"To whom, {NAME}?"})
    await asks(ana, f"Who but {NAME} knows about fuel?")
    await asks(ana, "Who knows about diesel?", confidentially=True)
    for code in ("Q3", "Q4"):
        await here.fatima.says(f"/assign {code} @{renee.id}")
        await renee.presses("Ask back")
        await renee.fills_in(**{"What_would_you_like_to_know?": f"{NAME} asks: which fuel?"})
        await ana.presses("Answer")
        await ana.fills_in(Your_answer=f"The one of {NAME}.")
    await renee.says("/decline Q3")


async def _contribute(here: Circle) -> None:
    fatima, ana, renee = here.fatima, here.ana, here.renee
    await renee.says("/log")
    await renee.fills_in(**{"What_did_you_learn_or_want_to_share?": "Freeze the packs for two days."})
    await fatima.presses("Publish it")
    await ana.says("/log")
    await ana.fills_in(**{"What_did_you_learn_or_want_to_share?": "Count the boxes twice."})
    await fatima.presses("Publish it")
    await renee.says("/find count the boxes")
    await renee.presses("I used this")
    written = await renee.says("Never trust one thermometer, they drift.", place="circle")
    await ana.reacts(written, "📌")
    await ana.says("/log")
    await ana.fills_in(**{"What_did_you_learn_or_want_to_share?": f"{NAME} showed me how to pack."})


async def leave_traces(here: Circle) -> None:
    """What no single conversation brings about, or not at the same moment as all the rest."""
    member_id, now = await here.member_id(), here.app.clock.now()
    async with here.app.database.transaction() as session:
        (community,) = await communities.all_communities(session)
        (place,) = await communities.places_of(session, community.id)
        await welcomes.expect_in_joint_line(session, place.id, member_id, now)
        await group_greetings.expect(session, place.id, member_id, now)
        await today.leave_out(session, community.id, member_id, now)
        await homes.look(session, Account("local", "local", here.renee.id), community.id, member_id, now)
        await opting_out.stop_recording(session, member_id, now)
        session.add(first_posts.FirstPostShown(community_id=community.id, member_id=member_id, shown_at=now))
        session.add(
            PromptDraft(community_id=community.id, asked_by=member_id, batch="b", number=9, text=NAME, made_at=now)
        )
        mine = (await accounts.rows_of(session, member_id))[0]
        await link_codes.was_wrong(session, Account("local", "local", here.renee.id), now)
        before = Member(name="R. Otieno", created_at=now, linked_to_id=member_id)
        session.add(before)
        await session.flush()
        link = linking.MemberLink(member_id=member_id, came_id=before.id, linked_at=now)
        session.add(link)
        await session.flush()
        told: dict[str, Any] = {"link_id": link.id, "member_id": member_id, "subject": "member", "key": []}
        session.add(linking.LinkedRows(**told, pointer="member_id"))
        session.add(linking.LinkedPair(**told, own={"name": "R. Otieno"}, came={"name": "R. Otieno"}, made={}))
        await link_codes.issue(session, mine, now)
        archive = ArchiveImport(archive="a", community_name="Archive", platform="local", tenant="local", started_at=now)
        run = await imports.begin(session, archive, [])
        await imports.stage(session, run, files=1, people=[FoundPerson(0, here.renee.id, NAME)], records=[])
        await tasks.add(
            session,
            Task(
                kind="gone", payload={"user": here.renee.id}, created_at=now, due_at=now, retry_at=now,
                state=TaskState.DEAD.value,
            ),
        )  # fmt: skip
        account, typed = Account("local", "local", here.renee.id), {"values": {"text": NAME}, "names": {}}
        await form_steps.begin(session, here.app.database.cipher, account, "a form", typed, now)
        destination = {"to": "Privately", "account": {"platform": "local", "tenant": "local", "user": here.renee.id}}
        session.add(
            OutboxRow(
                platform="local", conversation=b"c", operation="send", kind="answer", destination=destination,
                body={}, created_at=now, not_before=now, state=OutboxState.DEAD.value,
            )
        )  # fmt: skip
        await private_chats.open_up(session, Account("local", "local", here.renee.id), now)
    await here.app.accept([RawEvent("local", "local", "dead", "dm", b'["' + here.renee.id.encode() + b'"]')])
    await here.app.settle()


async def touched(here: Circle) -> set[str]:
    """The tables in which Renée is found now."""
    member_id = await here.member_id()
    kept = await rows(here.app.database)
    found = {name for name in tables_of_people() if any(belongs(name, row, member_id) for row in kept[name])}
    words = [here.renee.id, NAME]
    found |= set(await where_found(here.app.database, words)) & erasure.FOUND_OTHERWISE
    to_her = {row["reference"] for row in kept["outbox"] if has(str(row["destination"]), words)}
    if any(row["reference"] in to_her for row in kept["button"]):
        found.add("button")
    if any(row["user_key"] == user_key(Account("local", "local", here.renee.id)) for row in kept["link_tries"]):
        found.add("link_tries")
    if any(row["member_id"] == member_id for row in kept["confidential_asker"]):
        found.add("confidential_asker")
    async with here.app.database.reading() as session:
        if await private_chats.open_among(session, [Account("local", "local", here.renee.id)]):
            found.add("private_chat")
    return found


async def figures(here: Circle, until: datetime) -> list[Any]:
    """What the community looks like until a moment: its activity, and what it did with Baraza."""
    since = START - timedelta(days=1)
    async with here.app.database.reading() as session:
        (community,) = await communities.all_communities(session)
        window = (community.id, since, until)
        checked = await report(session, community, since, until, until)
        checked["figures"]["parity"].pop("unit")  # a unit is personal, and goes with everything else of a profile
        return [
            *checked["figures"].items(),
            *(checked["previous"] or {}).items(),
            await contributions.figures_between(session, *window),
            await thanks.between(session, *window),
            await questions.asked_between(session, *window),
        ]


async def decide_on_mentions(here: Circle) -> None:
    while "Take the name out" in (await here.fatima.last()).buttons:
        await here.fatima.presses("Take the name out")


async def files_of(person: Someone) -> str:
    """Every file that a person can see, as text."""
    found = []
    for place in (None, "circle"):
        for seen in await person.sees(place):
            found += [text_of_file(await person.talk.content(file)) for file in seen.files]
    return "\n".join(found)


@pytest.mark.parametrize(
    "label", ["Forget me and delete what I wrote", "Forget me, keep what I shared without my name"]
)
async def test_nothing_leads_to_who_was_forgotten_and_the_figures_stay(
    tmp_path: Path, url: str, label: str, logs: io.StringIO
) -> None:
    async with circle(tmp_path, url) as here:
        await live(here)
        await leave_traces(here)
        everywhere = (tables_of_people() | erasure.FOUND_OTHERWISE) - AFTERWARDS
        assert everywhere - await touched(here) == set()
        until = here.app.clock.now() + timedelta(seconds=1)
        before = await figures(here, until)
        await here.talk.wait(minutes=1)
        await is_forgotten(here.renee, label)
        assert "It is done" in await here.renee.last()
        await decide_on_mentions(here)
        await here.talk.wait(minutes=2)
        words = [here.renee.id, NAME, "Renée", "Otieno"]
        assert await where_found(here.app.database, words, tmp_path) == []
        assert await figures(here, until) == before
        seen = len(await here.fatima.sees())
        for command in ("/health 7d", "/log export xlsx", "/log export md", "/mydata", "/settings", "/today"):
            await here.fatima.says(command)
        assert len(await here.fatima.sees()) > seen
        new = (await here.fatima.sees())[seen:]
        assert not [one.text for one in new if has(one.text, words)]
        assert await where_found(here.app.database, words, tmp_path) == []
    assert not has(logs.getvalue(), words)
    assert await still_nothing(tmp_path, url, words)


async def still_nothing(folder: Path, url: str, words: list[str]) -> bool:
    """Started again, still nothing leads to them."""
    async with running(folder, database_url=url) as talk:
        assert talk.app is not None
        assert await where_found(talk.app.database, words, folder) == []
        async with talk.app.database.reading() as session:
            everybody = (await session.exec(select(Member))).all()
    forgotten = [one.name for one in everybody if one.forgotten_at]
    return forgotten == ["Former member"] * 2  # who they were before their accounts were linked, too
