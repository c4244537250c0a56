"""Who asks to be let in sees the norms first."""

from __future__ import annotations

from pathlib import Path

from bot.core.platform import ApproveJoin
from bot.core.roles import Purpose
from storage import communities
from tests.frame import dead_letters
from tests.handlers.group import Group, group


def let_in(here: Group) -> list[tuple[str, str]]:
    done = [one for one in here.fake.done if isinstance(one, ApproveJoin)]
    return [(one.account.user, one.destination.place.id) for one in done]


async def asks(here: Group, person: str) -> None:
    """They can be written to for a while, as on Telegram, whether they have ever written to the bot or not."""
    here.fake.started.add(person)
    await here.fake.asks_to_join(person, "circle")
    await here.running.settle()


async def test_the_norms_are_shown_and_who_agrees_is_let_in_and_welcomed(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await asks(here, "ana")
        (norms,) = here.told("ana")
        assert "You would like to join **#circle**." in norms
        assert "Ask early. There are no silly questions here." in norms
        assert let_in(here) == []
        await here.presses("ana", "I agree")
        assert let_in(here) == [("ana", "circle")]
        (thanks,) = here.told("ana")
        assert "I am letting you into **#circle**" in thanks
        await here.joins("ana")
        await here.starts("ana", here.button("Begin here", "person:ana").starts)
        assert "Welcome to Nurses" in here.told("ana")[-1]
        assert [one.count("Ask early") for one in here.told("ana")] == [0, 0]


async def test_who_would_rather_not_stays_for_the_administrators_and_may_still_agree(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await asks(here, "ana")
        await here.presses("ana", "Not now")
        assert let_in(here) == []
        assert "The administrators of **#circle** see that you asked" in here.told("ana")[0]
        await here.presses("ana", "I agree")
        assert let_in(here) == [("ana", "circle")]


async def test_asking_makes_nobody_known(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await asks(here, "ana")
        assert await here.member("ana") is None
        await here.presses("ana", "I agree")
        assert await here.member("ana") is None


async def test_where_the_bot_only_listens_it_lets_nobody_in(tmp_path: Path) -> None:
    async with group(tmp_path, purpose=Purpose.LISTENING) as here:
        await asks(here, "ana")
        assert here.told("ana") == []


async def test_nobody_is_let_into_a_place_that_is_out_of_reach(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await asks(here, "ana")
        async with here.running.database.transaction() as session:
            await communities.close_place(session, here.place.address)
        await here.presses("ana", "I agree")
        assert let_in(here) == []
        assert "I can't let anybody in there any more." in here.told("ana")[-1]
        assert await dead_letters(here.running) == []
