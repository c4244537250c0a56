"""SIGTERM: nothing new is begun, what runs is finished, and the program is gone within ten seconds."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic

import pytest

from tests.process import baraza, process

_ALLOWED_SECONDS = 10.0


@pytest.mark.process
async def test_it_stops_in_time_under_load_and_goes_on_where_it_was(tmp_path: Path) -> None:
    async with process(tmp_path) as (installation, talk):
        people = [await talk.newcomer(f"Person {number}") for number in range(30)]
        place = await people[0].place("Circle")
        load = asyncio.gather(*(talk.post("/local/join", person=one.id, place=place) for one in people))
        await asyncio.sleep(0.05)
        started = monotonic()
        assert await asyncio.to_thread(installation.terminate) == 0
        assert monotonic() - started < _ALLOWED_SECONDS
        installation.start()
        await installation.healthy(talk.session)
        await load
        await talk.settle()
        for person in people:
            greetings = [text for text in await person.hears() if "Welcome to Field Health Circle" in text]
            assert len(greetings) == 1, person.name
    assert "dead letters: ok (none)" in baraza(tmp_path, "doctor").stdout


@pytest.mark.process
async def test_a_second_program_on_the_same_database_is_refused(tmp_path: Path) -> None:
    async with process(tmp_path):
        second = await asyncio.to_thread(baraza, tmp_path, "run", HTTP_PORT="0")
        assert second.returncode == 1
        assert "Another Baraza is running on this database." in second.stderr
