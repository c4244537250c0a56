"""A process that dies while it forgets somebody: they are known or forgotten, never half of both."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from handlers.privacy import _forgetting
from storage import erasure, erasure_queues, mentions
from storage.database import Database
from storage.members import Member
from tests.community import founded, running
from tests.conversations import Someone
from tests.databases import SECRET_KEY
from tests.handlers.privacy.circle import NAME, circle
from tests.handlers.privacy.searching import rows, where_found
from tests.persistent import Persistent
from tests.process import Process, process

_LABEL = "Forget me and delete what I wrote"
_DIES_AFTER = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.4)


async def _state_of(folder: Path, person: Someone) -> str:
    """What the files say of somebody: known, forgotten, or half of both."""
    database = Database(f"sqlite:///{folder}/baraza.sqlite3", SECRET_KEY)
    try:
        kept = await rows(database)
        account = next((one for one in kept["account"] if one["user"] == person.id), None)
        named = [one["id"] for one in kept["member"] if one["name"] == person.name]
        if account is not None:
            here = [
                one for one in kept["membership"] if one["member_id"] == account["member_id"] and not one["left_at"]
            ]
            return "known" if named == [account["member_id"]] and here else "half"
        left = await where_found(database, [person.id, person.name])
        return "forgotten" if set(left) <= {"outbox", "task"} else f"half: {left}"
    finally:
        await database.close()


async def _dies(installation: Process, person: Persistent, delay: float) -> str:
    await person.says("/forgetme")
    assert await person.until(lambda: _has_button(person), 30)
    card = next(one for one in await person.received() if _LABEL in one.buttons)
    await person.presses(card, _LABEL)
    await asyncio.sleep(delay)
    installation.kill()
    state = await _state_of(installation.folder, person.someone)
    installation.start()
    return state


async def _has_button(person: Persistent) -> bool:
    return any(_LABEL in one.buttons for one in await person.received())


async def _hears_of_it_once(person: Persistent) -> None:
    async def told() -> bool:
        return sum("It is done" in seen for seen in await person.received()) == 1

    assert await person.until(told, 60), person.name


@pytest.mark.process
async def test_a_death_leaves_nobody_half_forgotten(tmp_path: Path) -> None:
    async with process(tmp_path) as (installation, talk):
        await founded(talk)
        people = [await talk.newcomer(f"Person{number}x Otieno") for number in range(len(_DIES_AFTER))]
        for person in people:
            await talk.post("/local/join", person=person.id, place=await person.place("circle"))
        await talk.settle()
        states = []
        for person, delay in zip(people, _DIES_AFTER, strict=True):
            states.append(await _dies(installation, Persistent(person), delay))
            await installation.healthy(talk.session)
        assert set(states) <= {"known", "forgotten"}, states
        for person in people:
            await _hears_of_it_once(Persistent(person))
        assert installation.terminate() == 0
        for person in people:
            assert await _state_of(tmp_path, person) == "forgotten"


@pytest.mark.parametrize(
    ("where", "what"),
    [
        (erasure, "erase"),
        (erasure_queues, "clear"),
        (mentions, "look_for"),
        (_forgetting, "_what_is_left"),
    ],
)
async def test_what_breaks_off_in_between_has_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Any, what: str
) -> None:
    async with running(tmp_path) as talk:
        _, _, renee = await circle(talk)
        assert talk.app is not None
        broken = True
        real = getattr(where, what)

        def breaks_off(*parts: Any, **more: Any) -> Any:
            if broken:
                raise OSError("the plug was pulled")
            return real(*parts, **more)

        monkeypatch.setattr(where, what, breaks_off)
        await renee.says("/forgetme")
        await renee.presses(_LABEL)
        assert await _state_of(tmp_path, renee) == "known"
        broken = False
        await talk.wait(minutes=5)
        assert "It is done" in await renee.last()
        async with talk.app.database.reading() as session:
            names = [one.name for one in (await session.exec(select(Member))).all()]
        assert NAME not in names
        assert await where_found(talk.app.database, [NAME, renee.id], tmp_path) == []
