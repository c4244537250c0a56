"""An emulator of Slack on loopback: its Web API, Socket Mode, signed HTTP events, and people who use it.

It knows nothing of the app under test, and refuses what Slack refuses. ``SlackEmulator`` is where to begin:

    async with SlackEmulator() as slack:
        nurses = slack.workspace("Field Nurses")
        ana = nurses.person("Ana", locale="fr-FR")
        nurses.channel("circle", ana)
        ...  # start the app with slack.api_url, slack.app.app_token and nurses.token
        await ana.invites_bot("circle")
"""

from tests.wire.slack.blocks import check_message_blocks, check_view
from tests.wire.slack.clock import Clock
from tests.wire.slack.emulator import SlackEmulator
from tests.wire.slack.filling_in import CannotSubmit
from tests.wire.slack.people import Person
from tests.wire.slack.refusal import Json, Refused
from tests.wire.slack.seeing import Renderer, Rendering, Seen
from tests.wire.slack.state import Channel, Delivery
from tests.wire.slack.workspace import Workspace

__all__ = [
    "CannotSubmit",
    "Channel",
    "Clock",
    "Delivery",
    "Json",
    "Person",
    "Refused",
    "Renderer",
    "Rendering",
    "Seen",
    "SlackEmulator",
    "Workspace",
    "check_message_blocks",
    "check_view",
]
