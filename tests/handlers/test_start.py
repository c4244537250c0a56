"""Start: what somebody is told who opens the private chat, on their own or by a link."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.core.messages import Button, Kind, Message, Text
from bot.services import Services
from storage import communities, deep_links
from storage.columns import current_cipher
from storage.encryption import Cipher
from tests.community import founded, running
from tests.handlers.group import group


async def test_a_stranger_learns_how_to_begin(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.starts("zoe")
        assert "Join a place of a community and I will welcome you." in here.told("zoe")[0]


async def test_a_member_hears_who_i_am_and_chooses_from_the_menu(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        hello, menu = here.told("fatima")
        assert "I am Baraza, and I help **Nurses**" in hello
        assert "What would you like to do?" in menu


async def test_a_link_opens_the_form_to_ask(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.starts("fatima", "ask")
        assert here.fake.open_for("fatima") == ["Ask a question"]
        await here.starts("zoe", "ask")
        assert "in a community" in here.told("zoe")[-1]
        assert here.fake.open_for("zoe") == []


async def test_a_button_with_a_link_is_pressed_where_a_platform_has_none(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        assert talk.app is not None
        async with talk.app.database.transaction() as session:
            (community,) = await communities.all_communities(session)
            (place,) = await communities.places_of(session, community.id)
            services = Services(talk.app.frame, session, known_community=community)
            buttons = (Button("Ask here", starts="ask"), Button("Nothing", starts="nobody"))
            await services.post(place.address, Message(Text("Questions?"), buttons), Kind.PROMPT)
        talk.app.delivery.wake()
        await talk.settle()
        await fatima.presses("Ask here", place="circle")
        form = await fatima.form()
        assert form is not None
        assert form.title == "Ask a question"
        await fatima.presses("Nothing", place="circle")
        assert "That button no longer works." in await fatima.last("circle")


@given(st.integers(0, 2**48 - 1), st.sampled_from(["join_", "c_", "begin_"]))
def test_a_link_leads_to_its_row_and_fits_into_any_of_them(row: int, kind: str) -> None:
    current_cipher.set(Cipher("a key for tests alone"))
    payload = deep_links.payload(kind, row)
    assert len(payload) <= 64
    assert set(payload) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    assert deep_links.row_of(kind, payload.removeprefix(kind)) == row
    assert deep_links.row_of("q_", payload.removeprefix(kind)) is None


@given(st.text(max_size=64))
def test_what_nobody_made_leads_nowhere(rest: str) -> None:
    current_cipher.set(Cipher("a key for tests alone"))
    assert deep_links.row_of("join_", rest) is None
