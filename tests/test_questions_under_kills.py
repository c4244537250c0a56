"""Twenty members ask, experts answer, and the process is killed fifty times between.

Every question reaches its end, and each receipt, answer and thanks arrives exactly once: counted by what the
people have in their chats, never by what the program says of itself.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest

from tests.community import Seen, Someone, founded
from tests.persistent import Persistent, intro_of
from tests.process import Process, ProcessTalk, baraza, process

KILLS = 50
ASKERS = 20
QUESTIONS_EACH = 2
_DEADLINE_SECONDS = 480
_TOPICS = {"Hassan": "cold chain", "Mei": "safe water", "Paulo": "fuel", "Nadia": "training"}
_CODE = re.compile(r"\bQ\d+\b")
_RECEIPT = re.compile(r"Thank you, I have your question: (Q\d+)\.")


@dataclass
class Intention:
    """What one member wants to know once, and how."""

    asker: Persistent
    words: str
    topic: str
    confidential: bool
    share: bool
    after_deaths: int
    ended_after: int = 0
    code: str = ""
    answers: set[str] = field(default_factory=set)


@dataclass
class Deaths:
    """How often the process has been killed so far."""

    count: int = 0
    one_more: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def reach(self, count: int) -> None:
        """Wait until there were so many."""
        async with self.one_more:
            await self.one_more.wait_for(lambda: self.count >= count)

    async def happen(self, installation: Process, talk: ProcessTalk, random: Random) -> None:
        """Kill the process at random moments of its life, from before it is ready to long after.

        A life lasts in proportion to how long a start takes here: on a busy machine as much is done in it.
        """
        pace = 1.0
        for _ in range(KILLS):
            if random.random() < 0.75:
                started = monotonic()
                await installation.healthy(talk.session)
                pace = max(1.0, monotonic() - started)
            await asyncio.sleep(random.uniform(0.01, 1.2) * pace)
            installation.kill()
            installation.start()
            async with self.one_more:
                self.count += 1
                self.one_more.notify_all()


@pytest.mark.process
async def test_fifty_deaths_lose_no_question_and_double_no_answer(tmp_path: Path) -> None:
    random = Random(50)
    async with asyncio.timeout(_DEADLINE_SECONDS), process(tmp_path, CONFIDENTIAL_DELAY_SECONDS="0") as here:
        installation, talk = here
        fatima, experts, askers = await _gather(talk)
        intentions = _intentions(askers, random)
        deaths = Deaths()
        dying = asyncio.create_task(deaths.happen(installation, talk, random))
        async with _answering(experts):
            await asyncio.gather(*(_ask_all(asker, intentions, deaths) for asker in askers))
        await dying
        assert sum(one.ended_after < KILLS for one in intentions) >= len(intentions) / 4
        await installation.healthy(talk.session)
        await talk.settle()
        people = [fatima, *experts, *askers]
        await _check(intentions, people, [one.name for one in experts], await fatima.someone.place("circle"))
        assert installation.terminate() == 0
    assert "dead letters: ok (none)" in baraza(tmp_path, "doctor").stdout


async def _gather(talk: ProcessTalk) -> tuple[Persistent, list[Persistent], list[Persistent]]:
    """A facilitator, four experts and twenty members of one community; nothing has been asked yet."""
    fatima = await founded(talk)

    async def come(name: str) -> Someone:
        person = await talk.newcomer(name)
        await talk.post("/local/join", person=person.id, place=await person.place("circle"))
        return person

    experts = [await come(name) for name in _TOPICS]
    askers = [await come(f"Asker{number:02}x") for number in range(ASKERS)]
    await talk.settle()
    for name, topic in _TOPICS.items():
        await fatima.says(f"/experts add @{name} {topic}")
    return Persistent(fatima), [Persistent(one) for one in experts], [Persistent(one) for one in askers]


def _intentions(askers: list[Persistent], random: Random) -> list[Intention]:
    """Each asks at a time of their own, all across the deaths; every second one confidentially, some unshared."""
    total = len(askers) * QUESTIONS_EACH
    return [
        Intention(
            asker=askers[number % len(askers)],
            words=f"What is right for {topic} in week {number} at post {random.randrange(1000)}?",
            topic=topic,
            confidential=number % 2 == 0,
            share=number % 5 != 0,
            after_deaths=number * (KILLS - 1) // total,
        )
        for number, topic in enumerate(random.choice(list(_TOPICS.values())) for _ in range(total))
    ]


async def _ask_all(asker: Persistent, intentions: list[Intention], deaths: Deaths) -> None:
    for one in intentions:
        if one.asker is asker:
            await deaths.reach(one.after_deaths)
            await _live_through(one)
            one.ended_after = deaths.count


async def _question_form(asker: Persistent) -> dict[str, Any]:
    form = await asker.asks_for_form("Ask a question", lambda: asker.says("/ask"))
    assert form is not None
    return form


async def _live_through(one: Intention) -> None:
    """From the wish to ask to the answer that helped, as a person does it on the page."""
    before = await _receipts(one.asker)
    while not await one.asker.sends(
        await _question_form(one.asker),
        Your_question=one.words,
        Topic=one.topic,
        By_name_or_confidentially="confidential" if one.confidential else "name",
        **{"May_others_read_question_and_answer?": "yes" if one.share else "no"},
    ):
        pass
    await _gets_receipt(one, before)
    await _gets_answer(one)
    await one.asker.puts_away_forms()


async def _receipts(asker: Persistent) -> set[str]:
    return {found[1] for found in map(_RECEIPT.search, await _texts(asker)) if found}


async def _gets_receipt(one: Intention, before: set[str]) -> None:
    """Their question has a number from now on; where an earlier answer is shown instead, an expert is wanted."""

    async def known() -> bool:
        one.code = "".join(await _receipts(one.asker) - before)
        return bool(one.code)

    while not await known():
        for seen in await one.asker.received():
            if "Send it to an expert" in seen.buttons:
                await one.asker.presses(seen, "Send it to an expert")
        await one.asker.until(known)


async def _gets_answer(one: Intention) -> None:
    """They press *This helps* until it shows; which messages ever brought the answer is remembered."""

    async def over() -> bool:
        received = await one.asker.received()
        one.answers.update(str(seen.raw["id"]) for seen in received if _is_answer(seen, one))
        return any(f"{one.code} is answered." in seen for seen in received)

    while not await over():
        for seen in await one.asker.received():
            if _is_answer(seen, one) and "This helps" in seen.buttons:
                await one.asker.presses(seen, "This helps")
        await one.asker.until(over)


def _is_answer(seen: Seen, one: Intention) -> bool:
    return f"{one.code}: " in seen and " answers:" in seen


@asynccontextmanager
async def _answering(experts: list[Persistent]) -> AsyncIterator[None]:
    """The experts answer whatever comes to them, one card after the other; what goes wrong with one ends the test."""
    async with asyncio.TaskGroup() as group:
        answering = [group.create_task(_answer_all(expert)) for expert in experts]
        yield
        for task in answering:
            task.cancel()


async def _answer_all(expert: Persistent) -> None:
    while True:
        for card in await expert.received():
            if "Answer" not in card.buttons:
                continue
            code = _code_in(card.text)
            if expert.name == "Hassan" and int(code[1:]) % 2:
                await expert.presses(card, "Not mine")
            else:
                await _answer(expert, card)
            await expert.until(partial(_is_over, expert, card.raw["id"]))
        await asyncio.sleep(0.4)


async def _answer(expert: Persistent, card: Seen) -> None:
    form = await expert.asks_for_form("Answer a question", lambda: expert.presses(card, "Answer"))
    if form is None:  # another press, long ago, was carried out after all
        return
    asked = _code_in(intro_of(form))  # an earlier press may have opened it, for another question than this card's
    await expert.sends(form, Your_answer=f"This is what I know about {asked}.")


async def _is_over(expert: Persistent, number: str) -> bool:
    return any(seen.raw["id"] == number and "Answer" not in seen.buttons for seen in await expert.received())


def _code_in(text: str) -> str:
    found = _CODE.search(text)
    assert found is not None, text
    return found[0]


async def _texts(person: Persistent, place: str | None = None) -> list[str]:
    return [seen.text for seen in await person.received(place)]


async def _check(intentions: list[Intention], people: list[Persistent], experts: list[str], place: str) -> None:
    """What arrived, person by person."""
    private = {person.name: await _texts(person) for person in people}
    public = await _texts(people[0], place)
    assert sorted(int(one.code[1:]) for one in intentions) == list(range(1, len(intentions) + 1))
    for one in intentions:
        _check_question(one, private, public, experts)
    for asker in {one.asker.name: one.asker for one in intentions}.values():
        await asker.says("/questions")
        own = [one for one in intentions if one.asker is asker]

        async def listed(asker: Persistent = asker) -> bool:
            return "Your questions" in (await asker.received())[-1]

        assert await asker.until(listed, 30)
        lines = (await asker.received())[-1].text.splitlines()
        expected = {f"{one.code} {one.words}: answered, it helped" for one in own}
        assert expected == {line for line in lines if _CODE.match(line)}, asker.name


def _check_question(one: Intention, private: dict[str, list[str]], public: list[str], experts: list[str]) -> None:
    code, answer = one.code, f"This is what I know about {one.code}."

    def count(texts: list[str], *words: str) -> int:
        return sum(all(word in text for word in words) for text in texts)

    mine = private[one.asker.name]
    by_experts = [text for name in experts for text in private[name]]
    assert count(mine, f"Thank you, I have your question: {code}.") == 1, code
    assert count(mine, answer) == count(mine, f"{code} is answered.", answer) == len(one.answers) == 1, (code, mine)
    assert count(by_experts, f"Your answer to {code} is on its way.") == 1, (code, by_experts)
    assert count(by_experts, f"Your answer to {code} helped.") == 1, code
    assert count(public, one.words) == count(public, f"{code}: ", one.words, answer) == one.share, (code, public)
    if one.confidential:
        others = [*public, *(text for name, texts in private.items() if name != one.asker.name for text in texts)]
        assert not [text for text in others if code in _CODE.findall(text) and one.asker.name in text], code
