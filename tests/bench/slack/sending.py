"""How close to the rate that Slack documents many messages go out, without ever being refused."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from bot.core.addresses import InPlace, Place
from bot.core.messages import Kind, Message, Text
from bot.messenger import Messenger
from bot.platforms.slack.pacing import Pace
from tests.bench.lines import Line
from tests.bench.slack.apps import baraza
from tests.bench.slack.process import slack_process

_MESSAGES = 500


async def fan_out(folder: Path) -> list[Line]:
    """500 messages over 50 channels, from their commit to the last one's arrival, where one a second is allowed."""
    async with slack_process() as slack:
        await slack.ask("enforce_rates")
        async with baraza(slack, folder, pace=Pace()) as app:
            started = perf_counter()
            async with app.database.transaction() as session:
                messenger = Messenger(session, app.database.cipher, app.clock)
                for number in range(_MESSAGES):
                    place = Place("slack", slack.team, slack.channels[number % len(slack.channels)])
                    await messenger.send(InPlace(place), Message(Text("The weekly prompt.")), Kind.PROMPT)
            app.delivery.wake()
            told = await slack.ask("posts", count=_MESSAGES)
            took = perf_counter() - started
    seconds_needed = _MESSAGES / len(slack.channels) - 1  # the first of each channel may go at once
    name = f"{_MESSAGES} messages over {len(slack.channels)} channels of Slack"
    return [
        Line(f"{name} (floor: the documented rate)", _MESSAGES / took, _MESSAGES / seconds_needed, "/s", ">= 0.97"),
        Line("  refused with 429", told["refusals"], None, "calls", "0"),
    ]
