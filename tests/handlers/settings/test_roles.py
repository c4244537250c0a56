"""Who is what, the codes with which places come, and everything on one page."""

from __future__ import annotations

from pathlib import Path

from tests.community import running
from tests.handlers.settings.people import with_ben


async def test_everything_is_shown_on_one_page(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await fatima.says("/settings")
        page = await fatima.last()
        for line in (
            "Settings of Field Nurses",
            "Language: en. Time zone: UTC.",
            "Quiet hours: 21:00 to 07:00.",
            "Weekend: Saturday and Sunday.",
            "after 24 hours its expert is reminded, after 48 the next expert gets it, after 72 the facilitators hear",
            "The next prompt of a place comes early after 7 days of silence there.",
            "Activity is kept for 24 months.",
            "Answers that helped and prompts go to #circle.",
            "#circle: main",
            "Health check: first workday 09:00 (next: Wednesday 1 April, 09:00)",
            "The facilitators' day: daily 08:00 (next: Tuesday 3 March, 08:00)",
            "Facilitators: Fatima",
            "Experts: —",
        ):
            assert line in page, line
        assert page.buttons == [
            "Places",
            "Schedules",
            "Quiet hours and weekend",
            "Reminders",
            "Language and time zone",
            "How long activity is kept",
            "Silence",
            "Where answers and prompts go",
            "Get a code for another place",
        ]


async def test_a_role_is_given_and_taken(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        assert "settings" not in await ben.commands()
        await fatima.says("/settings role @Ben facilitator")
        assert (await fatima.last()).text == "Ben Otieno is facilitator here now."
        assert "settings" in await ben.commands()
        await fatima.says(f"/settings role @{ben.id} member")
        assert "settings" not in await ben.commands()


async def test_the_last_facilitator_stays(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        await fatima.says("/settings role Fatima member")
        assert "This is the only facilitator." in await fatima.last()
        assert "settings" in await fatima.commands()


async def test_a_member_is_told_who_can_do_it_at_the_moment_of_pressing(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, ben = await with_ben(talk)
        await fatima.says("/settings role @Ben facilitator")
        await ben.says("/settings")
        await fatima.says("/settings role @Ben member")
        await ben.presses("Get a code for another place")
        assert (await ben.last()).text == "Only facilitators can do this. Please ask one of them."


async def test_names_that_fit_nobody_or_several_are_asked_about(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima, _ = await with_ben(talk)
        other = await talk.newcomer("Ben Mwangi")
        await other.joins("circle")
        await fatima.says("/settings role Ben expert")
        assert "Several people here are called Ben." in await fatima.last()
        await fatima.says("/settings role Zoe expert")
        assert "I know nobody called Zoe in this community." in await fatima.last()
        await fatima.says("/settings role @Ben wizard")
        assert "Several people" in await fatima.last()
        await fatima.says(f"/settings role {other.id} wizard")
        assert "I understand: settings, or settings role" in await fatima.last()
        await fatima.says("/settings colour red")
        assert "I understand: settings, or settings role" in await fatima.last()
