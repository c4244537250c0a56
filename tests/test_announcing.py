"""What one capability tells is heard by every other that wants to, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from bot.core.capability import Capability
from bot.core.dispatch import Registry
from bot.services import Services
from storage.database import Session
from tests.community import founded, running


@dataclass(frozen=True)
class News:
    """Something that happened."""

    words: str


async def test_who_hears_of_a_piece_of_news_is_told_in_the_tellers_transaction(tmp_path: Path) -> None:
    one, other = Capability("one"), Capability("other")
    heard: list[tuple[str, Session | None]] = []

    @one.hears(News)
    async def hear(news: News, services: Services) -> None:
        heard.append((news.words, services.session))

    @other.hears(News)
    async def hear_too(news: News, _services: Services) -> None:
        heard.append((news.words.upper(), None))

    @other.hears(str)
    async def hear_else(news: str, _services: Services) -> None:
        heard.append((news, None))

    assert Registry([one, other]).hearers(News("rain")) == [hear, hear_too]
    assert Registry([one]).hearers(4) == []
    async with running(tmp_path) as talk:
        await founded(talk)
        assert talk.app is not None
        frame = replace(talk.app.frame, registry=Registry([one, other]))
        async with talk.app.database.transaction() as session:
            await Services(frame, session).announce(News("rain"))
            assert heard == [("rain", session), ("RAIN", None)]
