"""How a community begins on a new place."""

from __future__ import annotations

from pathlib import Path

from tests.community import founded, running


async def test_a_community_begins_where_the_bot_is_invited(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        await ana.creates("nurses")
        await ana.invites_the_bot("nurses")
        asked = await ana.last()
        assert "Thank you for inviting me to #nurses" in asked
        assert asked.buttons == ["Start a community here", "Join this place to a community"]

        await ana.presses("Start a community here")
        await ana.fills_in(Community_name="Field Nurses", Time_zone="africa/nairobi")
        assert "Field Nurses has begun. You are its first facilitator." in await ana.last()
        assert "Hello! I am Baraza, and I help Field Nurses from now on." in await ana.last("nurses")
        assert "settings" in await ana.commands()


async def test_until_somebody_chooses_nothing_is_said_or_recorded(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana, ben = await talk.newcomer("Ana"), await talk.newcomer("Ben")
        await ana.creates("nurses")
        await ana.invites_the_bot("nurses")
        await ben.joins("nurses")
        await ben.says("Is anybody here?", place="nurses")
        assert await ben.hears() == []
        assert await ben.hears("nurses") == []


async def test_another_place_joins_with_a_code_that_works_once(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/settings")
        await fatima.presses("Get a code for another place")
        code = (await fatima.last()).text.split("enter ")[1].split(".")[0]

        for place in ("steering", "third"):
            await fatima.creates(place)
            await fatima.invites_the_bot(place)
            await fatima.presses("Join this place to a community")
            await fatima.fills_in(Code=code.lower().replace("-", " "), **{"What_is_this_place_for?": "stakeholders"})
            if place == "steering":
                assert "#steering is part of Field Nurses now." in await fatima.last()
            else:
                assert "That code doesn't work (any more)." in await fatima.last()


async def test_pressing_start_twice_makes_one_community(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        await ana.creates("nurses")
        await ana.invites_the_bot("nurses")
        await ana.presses("Start a community here")
        await ana.fills_in(Community_name="Nurses")
        await ana.presses("Start a community here")
        assert "This place is part of a community already." in await ana.last()
