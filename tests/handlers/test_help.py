"""Help shows what a person may do, and nothing else."""

from __future__ import annotations

from pathlib import Path

from tests.community import founded, running


async def test_each_sees_what_they_may_do(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await founded(talk), await talk.newcomer("Ben")
        await ben.joins("circle")
        for person in (fatima, ben):
            await person.says("/help")
        assert "/settings" in await fatima.last()
        assert "/profile" in await ben.last()
        assert "/settings" not in await ben.last()


async def test_it_is_told_role_by_role(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/settings role @Fatima expert")
        await fatima.says("/help")
        for_everybody, _, rest = (await fatima.last()).text.partition("As an expert")
        for_experts, _, for_facilitators = rest.partition("As a facilitator")
        for command, part in {"/ask": for_everybody, "/away": for_experts, "/settings": for_facilitators}.items():
            assert f"{command} " in part


async def test_a_stranger_learns_how_to_begin(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        zoe = await talk.newcomer("Zoe")
        await zoe.says("/start")
        assert "Join a place of a community and I will welcome you." in await zoe.last()
        await zoe.says("/profile")
        assert "This works in a community. Join one of its places first" in await zoe.last()
        offered = {*await zoe.commands()}
        assert {"help", "menu", "start"} <= offered
        assert not {"ask", "profile", "settings"} & offered


async def test_a_mistyped_command_suggests_the_nearest(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/helth")
        assert "Did you mean /health?" in await fatima.last()
        await fatima.says("/ｈｅｌｐ")
        assert "What you can do in Field Nurses" in await fatima.last()
        await fatima.says("/baraza help")
        assert "What you can do in Field Nurses" in await fatima.last()
        await fatima.says("/xyzzy")
        assert "I don't know /xyzzy. Type /help" in await fatima.last()


async def test_words_without_a_command_are_answered_with_what_it_understands(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("Good morning, can you help me?")
        assert (await fatima.last()).text == "I understand commands. Type /help to see them."
        await fatima.says("/rules")
        assert "How we treat each other in Field Nurses" in await fatima.last()
