"""The capability that the parts of this package hang their handlers on."""

from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.messages import mark
from bot.services import Services
from storage.members import Member

capability = Capability("privacy")

MY_DATA, FORGET_ME = "privacy.mydata", "privacy.forgetme"
STOP, AGAIN = "privacy.stop_recording", "privacy.record_again"


def known(services: Services) -> Member:
    """Who acts, also when they have left every community. Raises Refusal for somebody of whom nothing is kept."""
    if services.known_member is None:
        raise Refusal(mark("I keep nothing about you."))
    return services.known_member
