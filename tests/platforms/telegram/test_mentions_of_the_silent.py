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


async def test_they_can_be_mentioned_after_a_restart_too(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        hassan = here.phone("Hassan Diallo", username="cold_hassan", started=False)
        await here.fatima.person.adds(hassan.person, here.place)
        ben = await here.member("Ben", username="Dr_Ben")
        await ben.says("Good morning", place=here.place)
        await here.here.settles()
        await here.here.dies()
        await here.here.starts()
        for username, name in (("cold_hassan", "Hassan Diallo"), ("@dr_BEN", "Ben")):
            await here.fatima.says(f"/experts add @{username.removeprefix('@')} cold chain")
            assert name in here.fatima.last()
        await here.fatima.says("/experts add @dr_bea cold chain")
        assert here.fatima.last() == "I know nobody called dr_bea in this community."


async def test_a_username_is_of_whoever_had_it_last(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben", username="nurse")
        zoe = await here.member("Zoe", username="zoe_99")
        ben.person.user.username, zoe.person.user.username = "ben_7", "nurse"
        await zoe.says("/help")
        await here.here.dies()
        await here.here.starts()
        await here.fatima.says("/experts add @nurse cold chain")
        assert "Zoe" in here.fatima.last()
        await here.fatima.says("/experts add @zoe_99 cold chain")
        assert here.fatima.last() == "I know nobody called zoe_99 in this community."
