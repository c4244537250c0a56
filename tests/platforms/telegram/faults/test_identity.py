"""Somebody asks confidentially on Telegram: who it was goes to themselves alone, whatever goes wrong meanwhile."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage import outbox
from tests.platforms.telegram.faults.installation import Installed, installed
from tests.wire.telegram import Chat, Person
from tests.wire.telegram.faults import Fault, dropped, rate_limited, server_error

QUESTION = "At what temperature does the vaccine spoil?"
ANSWER = "Above eight degrees."
ASKED, ANSWERED = "Somebody asks confidentially", "Q1 is answered."


@dataclass
class Circle:
    """A community in a group: Fatima facilitates, Hassan knows the cold chain, Zubeida will ask."""

    here: Installed
    nurses: Chat
    fatima: Person
    hassan: Person
    zubeida: Person

    async def does(self, who: Person, *steps: str) -> None:
        """Press what is in brackets, write what is not."""
        for step in steps:
            if step.startswith("["):
                await who.presses(step.strip("[]"))
            else:
                await who.writes(None, step)
            await self.here.settles()
            while await outbox_depth(self.here):  # what went wrong is tried again
                await self.here.waits(2)

    async def passes_on(self) -> None:
        """Let time pass after what somebody did: what they do confidentially reaches others after a random while."""
        for _ in range(2):
            await self.here.waits(130)

    async def asks(self) -> None:
        await self.does(self.zubeida, "/ask", QUESTION, "[cold chain]", "[✓ English]", "[Confidentially]")
        await self.does(self.zubeida, "[✓ Yes]", "[Ask]")
        await self.passes_on()

    async def is_answered(self) -> None:
        await self.does(self.hassan, "[Answer]", ANSWER)
        if "Send" in self.hassan.last().buttons:
            await self.does(self.hassan, "[Send]")
        await self.passes_on()
        await self.does(self.zubeida, "[This helps]")
        await self.passes_on()


async def outbox_depth(here: Installed) -> int:
    """How much waits to go out."""
    async with here.running.database.reading() as session:
        return (await outbox.depth(session))[0]


@asynccontextmanager
async def circle(folder: Path) -> AsyncIterator[Circle]:
    async with installed(folder) as here:
        telegram = here.telegram
        fatima, hassan = (telegram.person(name, username=name.lower(), started=True) for name in ("Fatima", "Hassan"))
        zubeida = telegram.person("Zubeida", last_name="Mwangi", username="zubeida_m", started=True)
        nurses = telegram.supergroup("nurses", fatima, hassan, zubeida)
        there = Circle(here, nurses, fatima, hassan, zubeida)
        await fatima.adds_bot(nurses, as_admin=True)
        await here.settles()
        await there.does(fatima, "[Start a community here]", "Field Nurses", "[Keep it]", "[Start]")
        for person in (hassan, zubeida):
            await person.writes(nurses, "Good morning")
        await here.settles()
        await there.does(fatima, "/experts add @hassan cold chain")
        assert "cold chain" in fatima.last().text
        yield there


def told(person: Person) -> list[str]:
    """Everything by which somebody can be known."""
    return [str(person.id), person.user.first_name, person.user.last_name, person.user.username]


def tells_who(person: Person, words: object) -> bool:
    text = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)
    return any(one in text for one in told(person))


def check_calls(there: Circle, since: int) -> None:
    """Nothing that goes anywhere else than to her says who she is."""
    for call in there.here.telegram.calls[since:]:
        if str(call.arguments.get("chat_id")) != str(there.zubeida.id):
            assert not tells_who(there.zubeida, call.arguments), call.method


def check_files(folder: Path, person: Person) -> None:
    """No column of any table, and nothing else in the file, tells who it was without the key."""
    with sqlite3.connect(folder / "baraza.sqlite3") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "CREATE TABLE" in dump
    raw = b"".join(path.read_bytes() for path in folder.glob("baraza.sqlite3*"))
    for word in told(person):
        assert word not in dump
        assert word.encode() not in raw
        assert word.encode().hex() not in dump.lower()


def check_logs(there: Circle, logs: io.StringIO) -> None:
    """Neither who it was, nor what was said, nor the token, which is in every address that is called."""
    secrets = [QUESTION, ANSWER, "Good morning", there.here.telegram.token, there.here.telegram.token.partition(":")[2]]
    for word in (*told(there.zubeida), *told(there.hassan)[1:2], *secrets):
        assert word not in logs.getvalue()


async def test_who_asks_confidentially_is_told_to_nobody(tmp_path: Path, logs: io.StringIO) -> None:
    async with circle(tmp_path) as there:
        here, zubeida = there.here, there.zubeida
        since = len(here.telegram.calls)
        await there.asks()
        assert any(QUESTION in words for words in there.hassan.hears())
        await there.is_answered()
        assert any(ANSWER in words for words in zubeida.hears())
        check_calls(there, since)
        for reader in (there.hassan, there.fatima):
            heard = reader.hears() + [words for words in reader.hears("nurses") if "elcome" not in words]
            assert not any(tells_who(zubeida, words) for words in heard)
        assert await here.dead() == []
        await here.dies()
        check_files(tmp_path, zubeida)
        check_logs(there, logs)
        await here.starts()


FAULTS = {"500": server_error(delivered=True), "dropped": dropped(), "429": rate_limited(5)}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_nor_while_every_second_call_goes_wrong(tmp_path: Path, logs: io.StringIO, fault: Fault) -> None:
    """The program dies on the way: question and answer still arrive, what comes twice says so, and no name does."""
    async with circle(tmp_path) as there:
        here, zubeida = there.here, there.zubeida
        since = len(here.telegram.calls)
        for method in ("sendMessage", "editMessageText", "answerCallbackQuery"):
            here.telegram.faults.plan(method, *[fault, server_error(502)] * 2)
        await there.asks()
        await here.dies()
        await here.starts()
        await here.waits_long()
        plain = [words for words in there.hassan.hears() if ASKED in words and "may be a repeat" not in words]
        assert len(plain) <= 1
        assert any(ASKED in words for words in there.hassan.hears())
        here.telegram.faults.plan("sendMessage", fault, server_error(502))
        await there.is_answered()
        await here.waits_long()
        plain = [words for words in zubeida.hears() if ANSWERED in words and "may be a repeat" not in words]
        assert len(plain) <= 1
        assert any(ANSWERED in words for words in zubeida.hears())
        check_calls(there, since)
        await here.dies()
        check_files(tmp_path, zubeida)
        check_logs(there, logs)
        await here.starts()
