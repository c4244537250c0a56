"""What one person alone sees, on bad days: never twice, never seen by others, and never lost without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Attachment, Button, Message, Text
from bot.services import Services
from storage import attachments
from tests.platforms.slack.faults.installation import Installed, answering, command, installed
from tests.platforms.slack.faults.test_outbound import CERTAIN, UNKNOWN, with_each
from tests.wire.slack import Channel
from tests.wire.slack.faults import Fault, dropped, fine, rate_limited, says, server_error

LONG = "\n\n".join(f"Paragraph {number}: {'words ' * 150}" for number in range(12))
NOBODY_KNOWS = "nobody can tell whether it arrived, and it must not arrive twice"


def seen(here: Installed, channel: Channel | None = None) -> list[str]:
    """What the bot said to Ana in a channel and in her private chat."""
    return [one.text for one in here.ana.sees(channel or here.circle) if one.by_bot] + here.ana.hears()


async def check_that_nobody_else_sees_it(here: Installed) -> None:
    assert here.ben.hears("circle") == here.ben.hears() == []


@with_each(UNKNOWN)
async def test_what_one_person_sees_is_never_shown_twice(tmp_path: Path, fault: Fault) -> None:
    async with installed(tmp_path, answering(), call=0.5) as here:
        here.slack.faults.plan("chat.postEphemeral", fault)
        await here.ana.types("/baraza say", "circle")
        await here.settles()
        await here.waits_long()
        here.slack.faults.release()
        assert seen(here) == ["Good morning"] * fault.delivered
        assert await here.dead() == [NOBODY_KNOWS]
        await check_that_nobody_else_sees_it(here)


@with_each(CERTAIN)
async def test_what_surely_was_not_shown_is_shown_later(tmp_path: Path, fault: Fault) -> None:
    async with installed(tmp_path, answering()) as here:
        here.slack.faults.plan("chat.postEphemeral", fault)
        await here.ana.types("/baraza say", "circle")
        await here.settles()
        assert seen(here) == []
        await here.waits_long()
        assert seen(here) == ["Good morning"]
        assert await here.dead() == []


def long_answer() -> Capability:
    """``/baraza say`` answers with much text and a file."""

    async def say(_event: CommandUsed, services: Services) -> None:
        kept = await attachments.keep(services.session, b"1,2", services.now())
        await services.answer(Message(Text(LONG), attachments=(Attachment(kept, "week.csv", "text/csv"),)))

    return command("say", say)


CALLS = [
    ("chat.postEphemeral", 1),
    ("conversations.open", 0),
    ("files.getUploadURLExternal", 0),
    ("upload", 0),
    ("files.completeUploadExternal", 0),
]


@pytest.mark.parametrize(("method", "number"), CALLS, ids=[method for method, _ in CALLS])
@with_each(
    {
        "503": says("service_unavailable"),
        "429": rate_limited(3_600),
        "500": server_error(),
        "dropped after it": dropped(),
        "token": says("token_revoked"),
        "no": says("no_permission"),
    }
)
async def test_once_its_beginning_was_shown_no_part_is_shown_again(
    tmp_path: Path, method: str, number: int, fault: Fault
) -> None:
    async with installed(tmp_path, long_answer()) as here:
        here.slack.faults.plan(method, *[fine()] * number, fault)
        await here.ana.types("/baraza say", "circle")
        await here.settles()
        await here.waits_long()
        told = here.ana.hears("circle")
        assert len(told) == len(set(told)) <= 2
        assert sum("Paragraph 0:" in words for words in told) == 1
        files = [file for one in here.ana.sees() for file in one.files]
        all_of_it = len(told) == 2 and len(files) == 1
        assert len(files) <= 1
        assert all_of_it or await here.dead()
        await check_that_nobody_else_sees_it(here)


async def test_what_is_held_up_for_a_moment_goes_on(tmp_path: Path) -> None:
    async with installed(tmp_path, long_answer()) as here:
        busy = says("service_unavailable")
        here.slack.faults.plan("chat.postEphemeral", fine(), busy, busy)
        here.slack.faults.plan("files.completeUploadExternal", busy)
        await here.ana.types("/baraza say", "circle")
        await here.settles()
        assert len(here.ana.hears("circle")) == 2
        assert [file["name"] for one in here.ana.sees() for file in one.files] == ["week.csv"]
        assert await here.dead() == []


# Where the bot isn't


def outside(here: Installed, *, private: bool = False) -> Channel:
    return here.workspace.channel("outside", here.ana, here.ben, private=private)


async def test_where_the_bot_is_no_member_it_answers_by_the_way_of_the_command(tmp_path: Path) -> None:
    async with installed(tmp_path, answering(*[Message(Text(f"{number}")) for number in range(7)])) as here:
        channel = outside(here)
        await here.ana.types("/baraza say", channel)
        await here.settles()
        assert here.ana.hears(channel) == ["0", "1", "2", "3", "4"]
        assert here.ana.hears() == ["5", "6"]
        assert here.ben.hears(channel) == []
        assert await here.dead() == []


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
@pytest.mark.parametrize("late", ["half an hour", "a restart"])
async def test_an_answer_for_which_that_way_is_closed_comes_privately(tmp_path: Path, private: bool, late: str) -> None:
    async with installed(tmp_path, answering()) as here:
        channel = outside(here, private=private)
        here.slack.faults.plan("chat.postEphemeral", rate_limited(1_801))
        await here.ana.types("/baraza say", channel)
        await here.settles()
        if late == "a restart":
            await here.dies()
            await here.starts()
        await here.waits(1_802)
        assert (here.ana.hears(channel), here.ana.hears()) == ([], ["Good morning"])
        assert here.ben.hears(channel) == []
        assert await here.dead() == []


@pytest.mark.parametrize("delivered", [False, True])
async def test_an_answer_by_that_way_is_never_given_twice(tmp_path: Path, delivered: bool) -> None:
    async with installed(tmp_path, answering()) as here:
        channel = outside(here)
        here.slack.faults.plan("response_url", dropped(delivered=delivered))
        await here.ana.types("/baraza say", channel)
        await here.settles()
        await here.waits_long()
        assert seen(here, channel) == ["Good morning"] * delivered
        assert await here.dead() == [NOBODY_KNOWS]


# Changes


def changing() -> Capability:
    """``/baraza say`` shows a message whose button changes it."""
    capability = Capability("say")

    @capability.command("say", summary="", for_strangers=True)
    async def say(_event: CommandUsed, services: Services) -> None:
        await services.answer(Message(Text("Before"), (Button("Change", "say.change"),)))

    @capability.button("say.change", for_strangers=True)
    async def change(event: ButtonPressed, services: Services) -> None:
        await services.edit(event.reference, Message(Text("After")))

    return capability


async def test_it_is_changed_by_way_of_its_button(tmp_path: Path) -> None:
    async with installed(tmp_path, changing()) as here:
        await here.ana.types("/baraza say", "circle")
        await here.settles()
        await here.ana.presses("Change", "circle")
        await here.settles()
        assert seen(here) == ["After"]
        assert await here.dead() == []


async def test_without_that_way_the_new_words_follow_the_old(tmp_path: Path) -> None:
    async with installed(tmp_path, changing()) as here:
        await here.ana.types("/baraza say", "circle")
        await here.settles()
        here.workspace.revoke_token()
        await here.ben.types("/baraza say", "circle")
        await here.settles()
        await here.ana.presses("Change", "circle")
        await here.waits(1_801)
        here.slack.revoked.clear()
        await here.platform._workspaces.look()
        await here.waits_long()
        assert seen(here) == ["Before", "After"]
        assert await here.dead() == []


@pytest.mark.parametrize("delivered", [False, True])
async def test_a_change_of_which_nobody_knows_is_not_made_up_for_by_new_words(tmp_path: Path, delivered: bool) -> None:
    async with installed(tmp_path, changing()) as here:
        await here.ana.types("/baraza say", "circle")
        await here.settles()
        here.slack.faults.plan("response_url", dropped(delivered=delivered))
        await here.ana.presses("Change", "circle")
        await here.settles()
        await here.waits_long()
        assert seen(here) == ["After" if delivered else "Before"]
        assert await here.dead() == [NOBODY_KNOWS]
