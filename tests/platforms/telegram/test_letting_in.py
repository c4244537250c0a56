"""Who asks to join a group is shown its norms, and let in once they agree."""

from __future__ import annotations

from pathlib import Path

from tests.platforms.telegram.nurses import nurses


async def test_who_agrees_to_the_norms_is_let_in_and_welcomed(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        zoe = here.phone("Zoe", started=False)
        await zoe.person.requests_to_join(here.place)
        await here.here.settles()
        assert "You would like to join #nurses." in zoe.last()
        assert "Ask early. There are no silly questions here." in zoe.last()
        assert not here.place.membership(zoe.person.id).inside
        await zoe.presses("I agree")
        assert here.place.membership(zoe.person.id).inside
        assert here.here.telegram.called("approveChatJoinRequest") == [
            {"chat_id": here.place.id, "user_id": zoe.person.id}
        ]
        assert "I am letting you into #nurses" in zoe.hears()[0]
        await here.waits(minutes=1)
        assert "Welcome Zoe!" in zoe.last(here.place)
        await zoe.follows("Begin here")
        assert "Welcome to Field Nurses, Zoe!" in zoe.last()
        assert not any("Welcome Zoe!" in line for line in zoe.hears(here.place))
        asked_in_vain = {method for method, _ in here.here.telegram.refused()}
        assert asked_in_vain == {"sendChatAction"}  # that is how the bot finds out whether it may write to her


async def test_who_ignores_them_stays_outside_and_the_administrators_still_see_the_request(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        zoe = here.phone("Zoe", started=False)
        await zoe.person.requests_to_join(here.place)
        await here.here.settles()
        await here.waits(hours=25)
        assert len(zoe.hears()) == 1
        assert not here.place.membership(zoe.person.id).inside
        assert zoe.person.id in here.place.requests
        assert here.here.telegram.called("declineChatJoinRequest") == []
        await zoe.presses("I agree")
        assert here.place.membership(zoe.person.id).inside
