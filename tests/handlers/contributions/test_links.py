"""Links to the private chat that show something the community knows: to whom may see it, as long as they may."""

from __future__ import annotations

from pathlib import Path

from storage import deep_links
from storage.columns import current_cipher
from tests.conversations import founded
from tests.handlers.contributions.circle import Circle, circle


def link(here: Circle, kind: str, row: int = 1) -> str:
    assert here.talk.app is not None
    current_cipher.set(here.talk.app.database.cipher)
    return "/start " + deep_links.payload(kind, row)


async def test_a_link_shows_a_contribution_until_it_is_taken_down(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana, Title="Cold boxes")
        await here.ben.says(link(here, "c_"))
        assert "That is no longer there" in await here.ben.last()  # it has not been published yet
        await here.fatima.presses("Publish it")
        await here.ben.says(link(here, "c_"))
        assert "C1 (Lesson): Cold boxes" in await here.ben.last()
        await here.ben.says(link(here, "c_", 2))
        assert "That is no longer there" in await here.ben.last()


async def test_who_is_not_in_the_community_sees_nothing_by_a_link(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana, Title="Cold boxes")
        other = await founded(here.talk, place="other", name="Others")
        zoe = await here.talk.newcomer("Zoe")
        for outsider in (other, zoe):
            await outsider.says(link(here, "c_"))
            assert "Cold boxes" not in await outsider.last()
        await here.ben.leaves("circle")
        await here.ben.says(link(here, "c_"))
        assert "Cold boxes" not in await here.ben.last()


async def test_a_link_shows_an_answer_that_everybody_may_read(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/experts add @Chidi water")
        await here.ana.says("/ask")
        await here.ana.fills_in(Your_question="How long must water boil?", Topic="water")
        await here.chidi.presses("Answer")
        await here.chidi.fills_in(Your_answer="One minute.")
        await here.ben.says(link(here, "q_"))
        assert "That is no longer there" in await here.ben.last()
        await here.ana.presses("This helps")
        await here.ben.says(link(here, "q_"))
        seen = await here.ben.last()
        assert "How long must water boil?" in seen
        assert "One minute." in seen
        assert "Ana" not in seen
