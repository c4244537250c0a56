"""The capability that every part of this package hangs its handlers on."""

from bot.core.capability import Capability

capability = Capability("welcome")
