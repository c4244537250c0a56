"""A long message with details and files, broken off at every single call in every way: it stands exactly once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.events import MessagePosted
from bot.core.messages import Attachment, Kind, Message, Text
from bot.services import Services
from storage import attachments
from tests.platforms.slack.faults.installation import Installed, installed
from tests.wire.slack.faults import Fault, dropped, fine, hangs, rate_limited, says, server_error

LONG = "\n\n".join(f"Paragraph {number}: {'words ' * 150}" for number in range(12))
FILES = [("week.png", "image/png"), ("week.xlsx", "text/csv"), ("week.xlsx", "text/csv")]
WAYS = {
    "500": server_error(500),
    "502 after it": server_error(502, delivered=True),
    "dropped after it": dropped(),
    "429": rate_limited(1),
    "service_unavailable": says("service_unavailable"),
}


def report(*, in_thread: bool) -> Capability:
    """Whoever writes gets the report."""
    capability = Capability("report")

    @capability.on(MessagePosted, strangers=True)
    async def heard(event: MessagePosted, services: Services) -> None:
        assert event.place is not None
        attached = [
            Attachment(await attachments.keep(services.session, f"content {number}".encode(), services.now()), *file)
            for number, file in enumerate(FILES)
        ]
        message = Message(Text(LONG), details=Text("The details"), attachments=tuple(attached))
        thread = event.message.id if in_thread else None
        await services.post(event.place, message, Kind.PROMPT, thread=thread)

    return capability


@dataclass(frozen=True)
class Shown:
    """One message of the bot's."""

    text: str
    in_thread: bool
    files: tuple[bytes, ...]


def count(here: Installed) -> int:
    """How many messages of the bot's there are."""
    return sum(one["user"] == here.workspace.bot.id for one in here.circle.messages.values())


def shown(here: Installed) -> list[Shown]:
    bot = here.workspace.bot.id
    return [
        Shown(one.text, one.raw.get("thread_ts") not in (None, one.ts), tuple(file["content"] for file in one.files))
        for one in here.ana._everything(here.circle)
        if one.raw["user"] == bot
    ]


async def undisturbed(here: Installed) -> tuple[list[Shown], list[tuple[str, int]]]:
    """What it looks like when nothing goes wrong, and every call that it takes: the method, and its number."""
    await here.ana.writes("circle", "first of all")  # whoever writes is known from now on
    await here.settles()
    before, called = count(here), len(here.slack.web_api.calls)
    await here.ana.writes("circle", "report, please")
    await here.settles()
    right = shown(here)[before:]
    assert [file for one in right for file in one.files] == [b"content 0", b"content 1", b"content 2"]
    counted = Counter(call.method for call in here.slack.web_api.calls[called:])
    counted["upload"] = counted["files.getUploadURLExternal"]
    assert sum(counted.values()) == 1 + 3 + 3 * 3
    return right, [(method, number) for method, count in counted.items() for number in range(count)]


async def asked_for(here: Installed, method: str, number: int, fault: Fault) -> None:
    here.slack.faults.plan(method, *[fine()] * number, fault)
    await here.ana.writes("circle", "report, please")


async def in_the_end(here: Installed, before: int, right: list[Shown]) -> list[Shown]:
    """What stands after the message had every chance to arrive."""
    await here.settles()
    for seconds in (1, 2, 4, 8):
        if count(here) - before >= len(right):
            break
        await here.waits(seconds)
    return shown(here)[before:]


@pytest.mark.parametrize(
    ("way", "in_thread"), [*((way, False) for way in WAYS), ("dropped after it", True), ("429", True)]
)
async def test_broken_off_anywhere_it_goes_on_where_it_stopped(tmp_path: Path, way: str, in_thread: bool) -> None:
    async with installed(tmp_path, report(in_thread=in_thread)) as here:
        right, calls = await undisturbed(here)
        first = count(here)
        for method, number in calls:
            before = count(here)
            await asked_for(here, method, number, WAYS[way])
            assert await in_the_end(here, before, right) == right, (method, number)
        await here.waits_long()
        assert shown(here)[first:] == right * len(calls)
        assert await here.dead() == []


@pytest.mark.parametrize(
    ("in_thread", "delivered"), [(False, False), (False, True), (True, True)], ids=["before", "after", "thread"]
)
async def test_killed_at_any_call_it_goes_on_where_it_stopped(tmp_path: Path, in_thread: bool, delivered: bool) -> None:
    async with installed(tmp_path, report(in_thread=in_thread)) as here:
        right, calls = await undisturbed(here)
        first = count(here)
        for method, number in calls:
            before = count(here)
            await asked_for(here, method, number, hangs(delivered=delivered))
            await here.slack.faults.struck(method, number + 1)
            await here.dies()
            here.slack.faults.release()
            await here.starts()
            assert await in_the_end(here, before, right) == right, (method, number)
        await here.waits_long()
        assert shown(here)[first:] == right * len(calls)
        assert await here.dead() == []
