"""Baraza as a program that kills itself, once, at the moment that somebody names: ``/baraza die in a handler``.

Run as ``python -m tests.platforms.slack.faults.mortal``. It dies as by ``kill -9``, and then does what it was asked.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.app import App
from bot.chat_platforms import chat_platforms
from bot.core.capability import Capability
from bot.core.clock import Clock
from bot.core.events import CommandUsed
from bot.core.messages import Message, Text
from bot.logs import configure_logs
from bot.services import Services
from bot.settings import load_settings
from storage.database import Database, Session

IN_A_HANDLER, BEFORE_ITS_COMMIT, AFTER_ITS_COMMIT = "in a handler", "before its commit", "after its commit"


class Death:
    """It comes at one moment, and never a second time at the same."""

    def __init__(self) -> None:
        self._near = ""

    def comes(self, moment: str) -> None:
        """From now on that moment is the last."""
        self._near = moment

    def now(self, moment: str) -> None:
        """If this is the moment, die."""
        gone_before = Path(f"died {moment}")
        if self._near == moment and not gone_before.exists():
            gone_before.touch()
            os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(Database):
    """Around the commit of a change it may be over."""

    def __init__(self, url: str, secret_key: str, death: Death) -> None:
        super().__init__(url, secret_key)
        self._death = death

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        async with super().transaction() as session:
            yield session
            self._death.now(BEFORE_ITS_COMMIT)
        self._death.now(AFTER_ITS_COMMIT)


def dying(death: Death) -> Capability:
    """``/baraza die``, and when."""
    capability = Capability("dying")

    @capability.command("die", summary="", for_strangers=True)
    async def die(event: CommandUsed, services: Services) -> None:
        death.comes(event.arguments)
        await services.answer_privately(Message(Text("I live, though {moment}", {"moment": event.arguments})))
        death.now(IN_A_HANDLER)

    return capability


async def live() -> None:
    settings, clock, death = load_settings(), Clock(), Death()
    configure_logs(settings.log_level)
    assert settings.secret_key is not None
    database = MortalDatabase(settings.database_url, settings.secret_key.get_secret_value(), death)
    app = App(
        settings, database, chat_platforms(settings, clock, database.cipher), clock=clock, capabilities=[dying(death)]
    )
    await app.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(live())
