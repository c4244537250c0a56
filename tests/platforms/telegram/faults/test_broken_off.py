"""A message of every part, long and with a poll, broken off at every single call: what stands is what should."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.events import MessagePosted
from bot.core.messages import Attachment, Kind, Message, Poll, Text
from bot.platforms.telegram.pacing import Unpaced
from bot.services import Services
from storage import attachments
from tests.platforms.telegram.faults.installation import Installed, installed
from tests.wire.telegram.faults import Fault, dropped, fine, hangs, rate_limited, server_error, unauthorized

LONG = "\n\n".join(f"Paragraph {number}: {'words ' * 150}" for number in range(6))
FILES = [("week.png", "image/png"), ("week.xlsx", "text/csv"), ("month.xlsx", "text/csv")]
CONTENTS = [b"\x89PNG\r\n\x1a\n picture", b"one", b"two"]
CALLS = ["sendPhoto", "sendMessage", "sendMessage", "sendPoll", "sendMessage", "sendMediaGroup"]
"""A picture, the text in two parts, the poll, the details, and two files at once."""
EACH = [(method, CALLS[:number].count(method), number) for number, method in enumerate(CALLS)]
UNKNOWN = {"502": server_error(502), "502 after it": server_error(502, delivered=True), "dropped after it": dropped()}
GIVEN_UP = "nobody can tell whether it arrived, and it must not arrive twice"


def report(kind: Kind, *, in_thread: bool = False) -> Capability:
    """Whoever writes gets the report."""
    capability = Capability("report")

    @capability.on(MessagePosted, strangers=True)
    async def heard(event: MessagePosted, services: Services) -> None:
        assert event.place is not None
        attached = [
            Attachment(await attachments.keep(services.session, content, services.now()), *file)
            for content, file in zip(CONTENTS, FILES, strict=True)
        ]
        poll = Poll("Which day?", ("Monday", "Tuesday"))
        message = Message(Text(LONG), details=Text("The details"), attachments=tuple(attached), poll=poll)
        thread = event.message.id if in_thread else None
        await services.post(event.place, message, kind, thread=thread)

    return capability


@dataclass(frozen=True)
class Shown:
    """One message of the bot's."""

    text: str
    answers_its_own: bool
    file: bytes


def shown(here: Installed) -> list[Shown]:
    seen = here.ana.sees("circle")
    own = {one.id for one in seen if one.by_bot}
    return [
        Shown("|".join([one.text, *one.options]), one.reply_to in own, one.files[0]["content"] if one.files else b"")
        for one in seen
        if one.by_bot
    ]


async def undisturbed(here: Installed) -> list[Shown]:
    """What it looks like when nothing goes wrong."""
    called = len(here.telegram.calls)
    await here.ana.writes("circle", "report, please")
    await here.settles()
    right = shown(here)
    assert [call.method for call in here.telegram.calls[called:] if call.method.startswith("send")] == CALLS
    assert [one.file for one in right if one.file] == CONTENTS
    return right


def of(right: list[Shown], number: int) -> list[Shown]:
    """The messages that a call makes: the last one makes two."""
    return right[number:] if number == len(CALLS) - 1 else [right[number]]


async def meets(here: Installed, method: str, before: int, fault: Fault) -> list[Shown]:
    """Ask for it once more, where one call goes wrong; everything that comes of it."""
    start = len(shown(here))
    here.telegram.faults.plan(method, *[fine()] * before, fault)
    await here.ana.writes("circle", "report, please")
    await here.settles()
    for seconds in (1, 2, 4, 8):
        await here.waits(seconds)
    return shown(here)[start:]


def is_note(one: Shown) -> bool:
    return one.text.startswith("(This may be a repeat of #") and not one.file


def is_marked(right: list[Shown], repeat: list[Shown]) -> bool:
    """Whether the whole is there once more, with the note as the last line of its text."""
    texts = ["\n".join(one.text.strip() for one in whole if not one.file) for whole in (right, repeat)]
    words = texts[1].partition("(This may be a repeat of #")
    told = words[2].partition(".)")[2]
    return [one.file for one in right] == [one.file for one in repeat] and texts[0].split() == [
        *words[0].split(),
        *told.split(),
    ]


@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.PROMPT])
async def test_what_is_surely_not_sent_anywhere_in_it_leaves_no_trace(tmp_path: Path, kind: Kind) -> None:
    async with installed(tmp_path, report(kind)) as here:
        right = await undisturbed(here)
        for method, before, _ in EACH:
            assert await meets(here, method, before, unauthorized()) == right, (method, before)
        assert await here.dead() == []


async def test_a_pause_in_the_middle_of_it_is_waited_for(tmp_path: Path) -> None:
    async with installed(tmp_path, report(Kind.PROMPT), pace=Unpaced()) as here:
        right = await undisturbed(here)
        assert await meets(here, "sendMessage", 1, rate_limited(1)) == right
        assert await here.dead() == []
        assert await meets(here, "sendMediaGroup", 0, rate_limited(3_600)) == right[:5]
        assert await here.dead() == [GIVEN_UP]


@pytest.mark.parametrize("way", UNKNOWN)
async def test_an_answer_goes_on_with_what_may_have_arrived_and_says_so(tmp_path: Path, way: str) -> None:
    fault = UNKNOWN[way]
    async with installed(tmp_path, report(Kind.ANSWER)) as here:
        right = await undisturbed(here)
        for method, before, number in EACH:
            found = await meets(here, method, before, fault)
            doubled = of(right, number) if fault.delivered else []
            begun = right[:number] + doubled
            assert found[: len(begun)] == begun, (method, before)
            if number == 0:
                assert is_marked(right, found[len(begun) :])
            else:
                *rest, note = found[len(begun) :]
                assert rest == right[number:], (method, before)
                assert is_note(note)
        assert await here.dead() == []


@pytest.mark.parametrize("way", UNKNOWN)
async def test_a_prompt_ends_where_it_was_broken_off_and_is_a_dead_letter(tmp_path: Path, way: str) -> None:
    fault = UNKNOWN[way]
    async with installed(tmp_path, report(Kind.PROMPT)) as here:
        right = await undisturbed(here)
        for method, before, number in EACH:
            begun = right[:number] + (of(right, number) if fault.delivered else [])
            assert await meets(here, method, before, fault) == begun, (method, before)
        assert await here.dead() == [GIVEN_UP] * len(EACH)
        assert await meets(here, "sendDocument", 0, fault) == right


@pytest.mark.parametrize("delivered", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.PROMPT])
async def test_killed_at_any_call(tmp_path: Path, kind: Kind, delivered: bool) -> None:
    """Nothing is remembered of where it stopped: an answer comes once more whole, and marked; a prompt does not."""
    async with installed(tmp_path, report(kind)) as here:
        right = await undisturbed(here)
        for method, before, number in EACH:
            start, struck = len(shown(here)), here.telegram.faults._struck[method]
            here.telegram.faults.plan(method, *[fine()] * before, hangs(delivered=delivered))
            await here.ana.writes("circle", "report, please")
            await here.telegram.faults.struck(method, struck + 1)
            await here.dies()
            here.telegram.faults.release()
            await here.starts()
            await here.settles()
            await here.waits(2)
            begun = right[:number] + (of(right, number) if delivered else [])
            found = shown(here)[start:]
            assert found[: len(begun)] == begun, (method, before)
            again = found[len(begun) :]
            assert is_marked(right, again) if kind is Kind.ANSWER else again == []
        assert await here.dead() == [GIVEN_UP] * (len(EACH) if kind is Kind.PROMPT else 0)


async def test_its_files_are_read_again_where_the_database_was_away(tmp_path: Path) -> None:
    async with installed(tmp_path, report(Kind.PROMPT)) as here:
        right = await undisturbed(here)
        start = len(shown(here))
        attachment = here.platform._sending._host.attachment  # type: ignore[union-attr] # the program runs
        tries: list[str] = []

        async def away_at_first(content: str) -> bytes | None:
            tries.append(content)
            if len(tries) < 3:
                raise ConnectionError("it is away")
            return await attachment(content)

        here.running.app.attachment = away_at_first  # type: ignore[method-assign] # what a database that fails does
        await here.ana.writes("circle", "report, please")
        await here.settles()
        for seconds in (1, 2, 4):
            await here.waits(seconds)
        assert shown(here)[start:] == right
        assert await here.dead() == []
