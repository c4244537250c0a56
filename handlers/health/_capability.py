"""The capability that the parts of this package hang their handlers on."""

from bot.core.capability import Capability

capability = Capability("health")
