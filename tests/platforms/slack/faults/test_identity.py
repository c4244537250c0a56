"""Somebody asks confidentially on Slack: who it was goes to themselves alone, whatever goes wrong meanwhile."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.platforms.slack.faults.installation import Installed, installed
from tests.wire.slack import Json, Person
from tests.wire.slack.faults import Fault, dropped, rate_limited, server_error

QUESTION = "At what temperature does the vaccine spoil?"
ANSWER = "Above eight degrees."
ABOUT_SOMEBODY = {"users.info": "user", "conversations.open": "users", "chat.postEphemeral": "user"}
"""The calls that have to name the person whom they are about, and the argument that does."""


@dataclass
class Circle:
    """A community in the circle: Fatima facilitates, Hassan knows the cold chain, Zubeida will ask."""

    here: Installed
    fatima: Person
    hassan: Person
    zubeida: Person

    async def acts(self) -> None:
        """Let time pass after what somebody did: what they do confidentially reaches others after a random while."""
        await self.here.settles()
        await self.here.waits(130)
        await self.here.waits(130)

    async def asks(self) -> None:
        await self.zubeida.types("/baraza ask")
        await self.here.settles()
        await self.zubeida.fills_in(
            Your_question=QUESTION, Topic="cold chain", By_name_or_confidentially="Confidentially"
        )
        await self.acts()

    async def is_answered(self) -> None:
        await self.hassan.presses("Answer")
        await self.here.settles()
        await self.hassan.fills_in(Your_answer=ANSWER)
        await self.acts()
        await self.zubeida.presses("This helps")
        await self.acts()


@asynccontextmanager
async def circle(folder: Path) -> AsyncIterator[Circle]:
    async with installed(folder) as here:
        workspace = here.workspace
        people = [workspace.person(name) for name in ("Fatima", "Hassan", "Zubeida Mwangi")]
        channel = workspace.channel("nurses", *people)
        fatima, hassan, zubeida = people
        await fatima.invites_bot(channel)
        await here.settles()
        await fatima.presses("Start a community here")
        await here.settles()
        await fatima.fills_in(Community_name="Field Nurses")
        await here.settles()
        for person in (hassan, zubeida):
            await person.writes(channel, "Good morning")
        await here.settles()
        await fatima.types("/baraza experts add @Hassan cold chain")
        await here.settles()
        yield Circle(here, fatima, hassan, zubeida)


def tells_who(person: Person, told: object) -> bool:
    text = json.dumps(told, ensure_ascii=False) if not isinstance(told, str) else told
    return any(one in text for one in (person.id, person.user.name, person.user.handle, "Zubeida", "Mwangi"))


def is_on_the_route(person: Person, own: set[str], method: str, arguments: Json) -> bool:
    """Whether a call goes to that person alone, or asks Slack about them."""
    return arguments.get("channel") in own or (
        arguments.get(ABOUT_SOMEBODY.get(method, "")) == person.id
        and not tells_who(person, {name: value for name, value in arguments.items() if name in ("text", "blocks")})
    )


def check_calls(here: Installed, person: Person, since: int) -> None:
    direct = here.workspace.direct(person.id)
    own = {direct.id} if direct else set()
    for call in here.slack.web_api.calls[since:]:
        if not is_on_the_route(person, own, call.method, call.arguments):
            assert not tells_who(person, call.arguments), call.method


def check_file(folder: Path, person: Person) -> None:
    """No column of any table, and nothing else in the file, tells who it was without the key."""
    with sqlite3.connect(folder / "baraza.sqlite3") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "CREATE TABLE" in dump
    raw = b"".join(path.read_bytes() for path in folder.glob("baraza.sqlite3*"))
    for word in (person.id, person.user.name, person.user.handle, "Zubeida"):
        assert word not in dump
        assert word.encode() not in raw
        assert word.encode().hex() not in dump.lower()


async def test_who_asks_confidentially_is_told_to_nobody(tmp_path: Path, logs: io.StringIO) -> None:
    async with circle(tmp_path) as there:
        here, zubeida = there.here, there.zubeida
        since = len(here.slack.web_api.calls)
        await there.asks()
        assert any(QUESTION in words for words in there.hassan.hears())
        await there.is_answered()
        assert any(ANSWER in words for words in zubeida.hears())
        check_calls(here, zubeida, since)
        for reader in (there.hassan, there.fatima):
            told = reader.hears() + [words for words in reader.hears("nurses") if "elcome" not in words]
            assert not any("Zubeida" in words or zubeida.id in words for words in told)
        assert await here.dead() == []
        await here.dies()
        check_file(tmp_path, zubeida)
        for word in (zubeida.id, zubeida.user.name, zubeida.user.handle, QUESTION, ANSWER, here.workspace.token):
            assert word not in logs.getvalue()
        await here.starts()


FAULTS = {
    "500": server_error(delivered=True),
    "dropped": dropped(),
    "429": rate_limited(5),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_nor_while_every_call_goes_wrong(tmp_path: Path, logs: io.StringIO, fault: Fault) -> None:
    """Every second post fails, and the program dies on the way: it still arrives once, with its name to nobody."""
    async with circle(tmp_path) as there:
        here, zubeida = there.here, there.zubeida
        since = len(here.slack.web_api.calls)
        here.slack.faults.plan("chat.postMessage", fault, server_error(502), fault)
        await there.asks()
        await here.dies()
        await here.starts()
        await here.waits_long()
        assert sum("Somebody asks confidentially:" in words for words in there.hassan.hears()) == 1
        here.slack.faults.plan("chat.update", fault, server_error(502))
        await there.is_answered()
        await here.waits_long()
        assert sum("Q1 is answered." in words for words in zubeida.hears()) == 1
        check_calls(here, zubeida, since)
        await here.dies()
        check_file(tmp_path, zubeida)
        for word in (zubeida.id, zubeida.user.name, zubeida.user.handle, QUESTION, ANSWER):
            assert word not in logs.getvalue()
        await here.starts()
