"""When an author is forgotten, what was not shared ends; what was stays without a name, if they let others keep it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.services import Services
from handlers.events import MemberForgotten
from storage import communities
from storage.contributions import Contribution
from tests.handlers.contributions.circle import WORDS, Circle, circle
from tests.handlers.questions.acting import app_of, holds, rows


async def _forget_ben(here: Circle, *, keep_shared: bool) -> list[Contribution]:
    async with rows(here.talk) as session:
        (community,) = await communities.all_communities(session)
        contributed = select(Contribution).order_by(col(Contribution.number))
        author = (await session.exec(contributed)).all()[0].author_id
        assert author is not None
        services = Services(app_of(here.talk).frame, session, known_community=community)
        await services.announce(MemberForgotten(author, keep_shared))
    await here.talk.settle()
    async with rows(here.talk) as session:
        return list((await session.exec(contributed)).all())


@pytest.mark.parametrize("keep_shared", [True, False])
async def test_what_becomes_of_the_contributions_of_who_is_forgotten(tmp_path: Path, keep_shared: bool) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ben, Title="Cold boxes")
        await here.logs(here.ben, "Not published yet.")
        message = await here.ben.says("Nobody asked me.", place="circle")
        await here.ana.reacts(message, "📌")
        found = await _forget_ben(here, keep_shared=keep_shared)
        assert [one.state for one in found] == ["published" if keep_shared else "withdrawn", "withdrawn", "declined"]
        assert [one.text for one in found] == [WORDS if keep_shared else "", "", ""]
        assert "C2: its author has taken it back." in await here.fatima.last()
        assert (await here.ana.last()).text == "It stays out."
        await here.ana.says("/find cold box")
        assert (WORDS in await here.ana.last()) is keep_shared
        assert "Ben" not in await here.ana.last()


@pytest.mark.parametrize(
    "button", ["Forget me and delete what I wrote", "Forget me, keep what I shared without my name"]
)
async def test_forgetme_ends_what_waits_for_a_yes_and_what_waits_for_review(tmp_path: Path, button: str) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ben, "The filter lasts for two years.", Title="Filters")
        card = await holds(here.fatima, "Publish it")
        message = await here.ben.says("Nobody asked me about boxes.", place="circle")
        await here.ana.reacts(message, "📌")
        share = await holds(here.ben, "Yes, share")
        await here.ben.says("/forgetme")
        await here.ben.presses(button)

        assert "C1: its author has taken it back." in "".join(await here.fatima.hears())
        assert not any("The filter lasts" in said for said in await here.fatima.hears())
        assert (await here.ana.last()).text == "It stays out."
        async with rows(here.talk) as session:
            found = (await session.exec(select(Contribution).order_by(col(Contribution.number)))).all()
        assert [(one.state, one.title, one.text, one.author_id, one.saver_id) for one in found] == [
            ("withdrawn", "", "", None, None),
            ("declined", "", "", None, None),
        ]
        await card.press_too_late()
        await share.press_too_late()
        await here.talk.wait(days=15)
        await here.ana.reacts(message, "✍")
        for words in ("filter lasts", "asked about boxes"):
            await here.ana.says(f"/find {words}")
            assert "I found nothing" in await here.ana.last()
        async with rows(here.talk) as session:
            assert not any(one.text for one in (await session.exec(select(Contribution))).all())
