"""How close to the rate that Telegram documents many messages go out, without ever being refused."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from bot.core.addresses import Account, Privately
from bot.core.messages import Kind, Message, Text
from bot.messenger import Messenger
from bot.platforms.telegram.pacing import Pace
from tests.bench.lines import Line
from tests.bench.telegram.apps import baraza
from tests.bench.telegram.process import telegram_process

_A_SECOND = 30


async def fan_out(folder: Path) -> list[Line]:
    """A message to 1,000 people, from its commit to the last arrival, where 30 a second are allowed."""
    async with telegram_process() as telegram:
        await telegram.ask("enforce_rates")
        async with baraza(telegram, folder, pace=Pace()) as measured:
            app = measured.app
            assert app is not None
            async with app.database.transaction() as session:
                messenger = Messenger(session, app.database.cipher, app.clock)
                for person in telegram.people:
                    to = Privately(Account("telegram", telegram.tenant, str(person)))
                    await messenger.send(to, Message(Text("The weekly prompt.")), Kind.PROMPT)
            started = perf_counter()
            app.delivery.wake()
            told = await telegram.ask("sent", count=len(telegram.people))
            rate = len(telegram.people) / (perf_counter() - started)
    name = f"Telegram, {len(telegram.people):,} private messages"
    return [
        Line(f"{name} (floor: the documented rate)", rate, _A_SECOND, "/s", ">= 0.93"),
        Line("  refused with 429", told["refusals"], None, "calls", "0"),
    ]
