"""A button that was pressed is let go of, also when the first call about it goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.events import CommandUsed
from bot.core.messages import Button, Message, Text
from bot.services import Services
from tests.platforms.telegram.faults.installation import command, installed
from tests.wire.telegram.faults import Fault, dropped, rate_limited, says, server_error


def offering() -> Capability:
    """``/say`` answers with a button."""

    async def offer(_event: CommandUsed, services: Services) -> None:
        await services.answer(Message(Text("Yes?"), (Button("Yes", "say.yes"),)))

    return command("say", offer)


@pytest.mark.parametrize(
    "fault", [server_error(502), dropped(delivered=False), rate_limited(1), says(401, "Unauthorized")]
)
async def test_it_is_let_go_of_all_the_same(tmp_path: Path, fault: Fault) -> None:
    async with installed(tmp_path, offering()) as here:
        await here.ana.writes(None, "/say")
        await here.settles()
        here.telegram.faults.plan("answerCallbackQuery", fault, fault)
        await here.ana.presses("Yes")
        await here.settles()
        await here.comes_to(lambda: len(here.telegram.called("answerCallbackQuery")) == 1)


async def test_what_telegram_refuses_is_not_asked_again(tmp_path: Path) -> None:
    async with installed(tmp_path, offering()) as here:
        await here.ana.writes(None, "/say")
        await here.settles()
        here.telegram.faults.plan("answerCallbackQuery", says(400, "Bad Request: query is too old"))
        await here.ana.presses("Yes")
        await here.settles()
        assert here.telegram.called("answerCallbackQuery") == []
