"""An emulator's clock that shows the same time as the program's."""

from __future__ import annotations

from bot.core.clock import Clock
from tests.wire.clock import Clock as WireClock
from tests.wire.clock import breathe


class InStep(WireClock):
    """Follows the program's clock, which a test moves."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.followed = clock

    def now(self) -> float:
        """The present, in seconds since 1970."""
        return self.followed.now().timestamp()

    async def catch_up(self) -> None:
        """Do what fell due while the followed clock moved."""
        self._fire_due()
        await breathe()
