"""Who is mentioned by a username need not have written anything: it is enough that Telegram told of them at all."""

from __future__ import annotations

from pathlib import Path

from tests.platforms.telegram.nurses import nurses


async def test_who_was_only_brought_in_can_be_mentioned(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        hassan = here.phone("Hassan Diallo", username="cold_hassan", started=False)
        await here.fatima.person.adds(hassan.person, here.place)
        await here.here.settles()
        await here.fatima.says("/experts add @cold_hassan cold chain")
        assert "Hassan Diallo" in here.fatima.last()
        assert "I know nobody" not in here.fatima.last()
