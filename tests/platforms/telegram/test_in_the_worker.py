"""What Telegram tells, all the way through the frame: what counts, and for whom."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sqlmodel import select

from bot.core.events import Event
from bot.platforms.telegram.envelope import NOTHING_KNOWN, Known
from bot.platforms.telegram.incoming import translate
from handlers.beginning import capability as beginning
from storage import communities
from storage.activity import Activity, ActivityKind
from storage.members import MemberAccount
from tests.community import START, StandingClock
from tests.fakes import FakePlatform
from tests.frame import Program, dead_letters, program, waiting
from tests.platforms.telegram import payloads as tg
from tests.platforms.telegram.arriving import arrived
from tests.platforms.telegram.payloads import Json
from tests.platforms.telegram.test_incoming import IN, OUT
from tests.platforms.telegram.test_malformed import EVERY_KIND
from tests.platforms.telegram.test_messages import NURSES, WOUNDS


class TelegramWords(FakePlatform):
    """A platform without a wire that understands Telegram's words."""

    def translate(self, body: bytes) -> Sequence[Event]:
        return translate(body)


@asynccontextmanager
async def community(folder: Path) -> AsyncIterator[Program]:
    """A community with one place, which is a group on Telegram."""
    async with program(folder, beginning, fake=TelegramWords(StandingClock(), name="telegram")) as running:
        async with running.database.transaction() as session:
            place = await communities.discover(session, NURSES)
            await communities.found(session, place, name="Nurses", language="en", time_zone="UTC", now=START)
        yield running


async def tell(running: Program, *updates: Json, known: Known = NOTHING_KNOWN) -> None:
    for update in updates:
        raw = arrived(update, known)
        await running.fake.arrives(raw.body, raw.conversation, raw.key, raw.message)
    await running.settle()


async def counted(running: Program) -> list[ActivityKind]:
    async with running.database.reading() as session:
        return [ActivityKind(row.kind) for row in (await session.exec(select(Activity))).all()]


async def test_every_kind_of_update_reaches_its_end(tmp_path: Path) -> None:
    async with community(tmp_path) as running:
        running.fake.people.add(str(tg.ANA))
        running.fake.places |= {NURSES.id, WOUNDS.id}
        await tell(running, *EVERY_KIND)
        assert await dead_letters(running) == []
        assert await waiting(running) == 0


async def test_who_comes_counts_once_however_telegram_tells_it(tmp_path: Path) -> None:
    async with community(tmp_path) as running:
        await tell(running, tg.moved(OUT[0], IN[0]), tg.message(new_chat_members=[tg.ANA_USER]))
        assert await counted(running) == [ActivityKind.JOIN]


async def test_what_nobody_wrote_makes_nobody_a_member(tmp_path: Path) -> None:
    async with community(tmp_path) as running:
        await tell(running, tg.message("hi", by=tg.ANONYMOUS, sender_chat=tg.NURSES))
        assert await counted(running) == []
        async with running.database.reading() as session:
            assert (await session.exec(select(MemberAccount))).all() == []
        assert await dead_letters(running) == []


async def test_a_vote_counts_once_until_it_is_taken_back(tmp_path: Path) -> None:
    known = Known(polls={"6001": NURSES.id})
    async with community(tmp_path) as running:
        await tell(running, tg.vote(0), tg.vote(1), known=known)
        assert await counted(running) == [ActivityKind.REACTION]
        await tell(running, tg.vote(), known=known)
        assert await counted(running) == []
