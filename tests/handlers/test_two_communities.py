"""Somebody in two communities: what they press belongs to the community that it came from."""

from __future__ import annotations

from pathlib import Path

from tests.community import founded, running


async def test_a_button_acts_in_the_community_that_it_came_from(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk, place="circle", name="Field Nurses")
        await founded(talk, place="logistics", name="Truck Drivers")
        ben = await talk.newcomer("Ben")
        await ben.joins("circle")
        first = await ben.last()
        await talk.wait(minutes=5)
        await ben.joins("logistics")
        assert "Welcome to Truck Drivers, Ben!" in await ben.last()

        token = next(one["token"] for one in first.raw["buttons"] if one["label"] == "Introduce me")
        await talk.post("/local/buttons", person=ben.id, message=first.raw["id"], button=token)
        await talk.settle()
        await ben.fills_in(Unit="Lakeside mission")
        assert "Shall I introduce you in #circle" in await ben.last()
        await ben.presses("Yes, introduce me there")
        assert any("Please welcome Ben (Lakeside mission)!" in text for text in await ben.hears("circle"))
        assert not any("Lakeside" in text for text in await ben.hears("logistics"))


async def test_questions_are_counted_and_answered_in_their_own_community(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        nurses = await founded(talk, place="circle", name="Field Nurses")
        drivers = await founded(talk, place="logistics", name="Truck Drivers")
        ben = await talk.newcomer("Ben")
        for place, facilitator in (("circle", nurses), ("logistics", drivers)):
            await ben.joins(place)
            await facilitator.says("/experts add @Ben everything")
        for facilitator, place in ((nurses, "circle"), (drivers, "logistics")):
            await facilitator.says("/ask", place=place)
            await facilitator.fills_in(Your_question=f"What about {place}?")
        for place in ("logistics", "circle"):
            card = next(one for one in await ben.sees() if f"What about {place}?" in one)
            token = next(one["token"] for one in card.raw["buttons"] if one["label"] == "Answer")
            await talk.post("/local/buttons", person=ben.id, message=card.raw["id"], button=token)
            await talk.settle()
            await ben.fills_in(Your_answer=f"All is well in {place}.")
        assert "Q1: Ben answers:\nAll is well in circle." in await nurses.last()
        assert "Q1: Ben answers:\nAll is well in logistics." in await drivers.last()
