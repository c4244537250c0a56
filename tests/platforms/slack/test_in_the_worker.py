"""What Slack tells, all the way through the frame: places that close and open again, and nobody made up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sqlmodel import select

from bot.core.addresses import Account, Place
from bot.core.events import Event
from bot.platforms.slack.incoming import translate
from handlers.beginning import capability as beginning
from storage import communities
from storage.activity import Activity
from storage.communities import CommunityPlace
from storage.members import MemberAccount
from tests.community import START, StandingClock
from tests.fakes import FakePlatform
from tests.frame import Program, dead_letters, program, waiting
from tests.platforms.slack.arriving import arrived
from tests.platforms.slack.test_malformed import EVERY_KIND
from tests.wire import slack_payloads as slack
from tests.wire.slack_payloads import ANA, BOT, CHANNEL, TEAM, Json

CIRCLE = Place("slack", TEAM, CHANNEL, "circle")


class SlackWords(FakePlatform):
    """A platform without a wire that understands Slack's words."""

    def translate(self, body: bytes) -> Sequence[Event]:
        return translate(body)


@asynccontextmanager
async def community(folder: Path) -> AsyncIterator[Program]:
    """A community with one place, which is a channel on Slack."""
    async with program(folder, beginning, fake=SlackWords(StandingClock(), name="slack")) as running:
        async with running.database.transaction() as session:
            place = await communities.discover(session, CIRCLE)
            await communities.found(session, place, name="Nurses", language="en", time_zone="UTC", now=START)
        yield running


async def tell(running: Program, *payloads: Json) -> None:
    for payload in payloads:
        raw = arrived(payload)
        await running.fake.arrives(raw.body, raw.conversation, raw.key, raw.message)
    await running.settle()


async def place_of(running: Program) -> CommunityPlace:
    async with running.database.reading() as session:
        place = await communities.place_at(session, CIRCLE)
    assert place is not None
    return place


async def accounts(running: Program) -> set[str]:
    async with running.database.reading() as session:
        return {account.user for account in (await session.exec(select(MemberAccount))).all()}


async def test_every_kind_of_event_reaches_its_end(tmp_path: Path) -> None:
    async with community(tmp_path) as running:
        running.fake.people.add(ANA)
        running.fake.places.add(CHANNEL)
        await tell(running, *EVERY_KIND)
        assert await dead_letters(running) == []
        assert await waiting(running) == 0


async def test_an_archived_place_goes_on_once_it_is_opened_again(tmp_path: Path) -> None:
    async with community(tmp_path) as running:
        await tell(running, slack.channel("channel_archive", user=ANA))
        assert not (await place_of(running)).active
        await tell(running, slack.channel("channel_unarchive", user=ANA))
        assert (await place_of(running)).active
        assert running.fake.words() == []


async def test_who_takes_the_app_out_of_the_workspace_closes_its_places(tmp_path: Path) -> None:
    async with community(tmp_path) as running:
        for revoked in ({"oauth": [ANA]}, {"oauth": [], "bot": [BOT]}):
            await tell(running, slack.revoked(**revoked))
            assert (await place_of(running)).active
        await tell(running, slack.uninstalled())
        assert not (await place_of(running)).active
        await tell(running, slack.member("joined", BOT, inviter=ANA))
        assert (await place_of(running)).active
        assert running.fake.words() == []
        assert await accounts(running) == set()


async def test_a_channel_that_is_no_place_of_ours_may_open_again_in_silence(tmp_path: Path) -> None:
    async with community(tmp_path) as running:
        await tell(running, slack.channel("channel_unarchive", user=ANA, channel="C0ELSEWHERE"))
        async with running.database.reading() as session:
            assert await communities.place_at(session, Place("slack", TEAM, "C0ELSEWHERE")) is None
        assert running.fake.words() == []


async def test_what_nobody_did_makes_nobody_a_member(tmp_path: Path) -> None:
    async with community(tmp_path) as running:
        await tell(running, slack.renamed(name="nurses"), slack.channel("channel_left"))
        place = await place_of(running)
        assert (place.name, place.active) == ("nurses", False)
        assert await accounts(running) == set()


async def test_the_bot_is_brought_in_and_asks_who_did_it(tmp_path: Path) -> None:
    async with community(tmp_path) as running:
        running.fake.people.add(ANA)
        await tell(running, slack.member("joined", BOT, inviter=ANA, channel="C0NEW0001"))
        (asked,) = running.fake.shown
        assert asked.words.startswith("Thank you for inviting me")
        assert asked.destination.account == Account("slack", TEAM, ANA)  # type: ignore[union-attr]


async def test_a_question_counts_as_what_was_typed(tmp_path: Path) -> None:
    async with community(tmp_path) as running:
        questions = {
            "Who can help?": True,
            "<https://x.example|why?>": False,
            "<@U0BEN0001|who?>, thank you": False,
            "nothing": False,
        }
        for number, text in enumerate(questions):
            await tell(running, slack.message(text, ts=f"170000000{number}.000100"))
        async with running.database.reading() as session:
            rows = (await session.exec(select(Activity).order_by(Activity.at))).all()  # type: ignore[arg-type]
        assert [row.is_question for row in rows] == list(questions.values())
