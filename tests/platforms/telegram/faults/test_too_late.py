"""A message is changed or taken away too late: nobody could do anything about it, so nobody is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Kind, Message, Text
from bot.services import Services
from tests.platforms.telegram.faults.installation import installed
from tests.wire.telegram.faults import rate_limited

TOO_OLD = 49 * 3_600


def posting() -> Capability:
    """``/say`` posts a message with a button that changes it and one that takes it away."""
    capability = Capability("say")

    @capability.command("say", summary="", for_strangers=True)
    async def say(event: CommandUsed, services: Services) -> None:
        assert event.place is not None
        buttons = (Button("Change", "say.change"), Button("Take away", "say.take_away"))
        await services.post(event.place, Message(Text("Before"), buttons), Kind.PROMPT)

    @capability.button("say.change", for_strangers=True)
    async def change(event: ButtonPressed, services: Services) -> None:
        await services.edit(event.reference, Message(Text("After")))

    @capability.button("say.take_away", for_strangers=True)
    async def take_away(event: ButtonPressed, services: Services) -> None:
        await services.take_down(event.reference)

    return capability


@pytest.mark.parametrize("label", ["Change", "Take away"])
async def test_a_message_that_is_gone_needs_nothing_and_holds_nobody_up(tmp_path: Path, label: str) -> None:
    async with installed(tmp_path, posting()) as here:
        await here.ana.writes("circle", "/say")
        await here.settles()
        before = here.ana.last("circle")
        here.circle.remove(before.raw)
        await here.ana.presses_old(before.raw, before.data[label], "circle")
        await here.ana.writes("circle", "/say")
        await here.settles()
        assert here.ana.hears("circle") == ["Before"]
        assert len(here.telegram.refused()) == 1
        assert await here.dead() == []


@pytest.mark.parametrize(
    ("label", "method"), [("Change", "editMessageText"), ("Take away", "deleteMessage")], ids=["change", "take away"]
)
async def test_nor_does_one_of_a_group_that_goes_on_as_a_supergroup(tmp_path: Path, label: str, method: str) -> None:
    async with installed(tmp_path, posting()) as here:
        group = here.telegram.group("village", here.ana, here.ben, with_bot=True, as_admin=True)
        await here.ana.writes(group, "/say")
        await here.settles()
        here.telegram.faults.plan(method, rate_limited(1))
        await here.ana.presses(label, group)
        await here.telegram.faults.struck(method)
        await here.ana.upgrades(group)
        await here.settles()
        await here.waits_long()
        assert here.telegram.refused()[-1] == (method, "Bad Request: group chat was upgraded to a supergroup chat")
        assert await here.dead() == []


@pytest.mark.parametrize("leads", [True, False], ids=["an administrator", "a member"])
async def test_what_is_too_old_to_be_taken_away_stays(tmp_path: Path, leads: bool) -> None:
    async with installed(tmp_path, posting()) as here:
        place = here.telegram.supergroup("village", here.ana, with_bot=True, as_admin=leads)
        await here.ana.writes(place, "/say")
        await here.settles()
        await here.waits(TOO_OLD)
        await here.ana.presses("Take away", place)
        await here.settles()
        assert here.ana.hears(place) == ([] if leads else ["Before"])
        too_old = "Bad Request: message can't be deleted for everyone"
        assert here.telegram.refused() == ([] if leads else [("deleteMessage", too_old)])
        assert await here.dead() == []
