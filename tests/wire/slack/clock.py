"""The emulator's clock, which the emulators share."""

from tests.wire.clock import START, Clock, Timer, breathe

__all__ = ["START", "Clock", "Timer", "breathe"]
