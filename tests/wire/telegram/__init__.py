"""An emulator of Telegram on loopback: the Bot API, webhooks, and people who use it.

It knows nothing of the bot under test, and refuses what Telegram refuses, in Telegram's own words. Where Telegram
would let something pass that is most likely a mistake (a parameter that it doesn't know, formatting that it drops),
the emulator refuses that too, and says that Telegram would not. ``TelegramEmulator`` is where to begin:

    async with TelegramEmulator() as telegram:
        ana = telegram.person("Ana", language_code="fr")
        circle = telegram.supergroup("Circle", ana, forum=True)
        ...  # start the bot with telegram.url and telegram.token
        await ana.adds_bot(circle, as_admin=True)
"""

from tests.wire.clock import Clock
from tests.wire.telegram.asking import InlineQuery, Press
from tests.wire.telegram.chats import Chat
from tests.wire.telegram.emulator import TelegramEmulator
from tests.wire.telegram.keyboards import checked_markup
from tests.wire.telegram.people import Person
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.seeing import Seen
from tests.wire.telegram.state import USUAL_RIGHTS, Delivery
from tests.wire.telegram.text import LONGEST_CAPTION, LONGEST_TEXT, formatted
from tests.wire.telegram.utf16 import units

__all__ = [
    "LONGEST_CAPTION",
    "LONGEST_TEXT",
    "USUAL_RIGHTS",
    "Chat",
    "Clock",
    "Delivery",
    "InlineQuery",
    "Json",
    "Person",
    "Press",
    "Refused",
    "Seen",
    "TelegramEmulator",
    "checked_markup",
    "formatted",
    "units",
]
