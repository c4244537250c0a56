"""What events leave out is asked for: once, for a moment, and never so that an event is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.core.platform import NotSent
from bot.platforms.slack import directory as module
from bot.platforms.slack.calling import Refused, SlackCalls, Workspace
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.pacing import Unpaced
from bot.platforms.slack.timing import Timing
from tests.community import StandingClock
from tests.wire.slack import Json, Person, SlackEmulator
from tests.wire.slack.faults import Fault, dropped, hangs, says, server_error


@dataclass
class Here:
    """A workspace, and a directory that knows nothing of it yet."""

    slack: SlackEmulator
    ana: Person
    workspace: Workspace
    directory: Directory
    learned: list[str] = field(default_factory=list)

    def asked(self, method: str) -> int:
        return len([call for call in self.slack.web_api.calls if call.method == method])

    def said(self, user: str, text: str = "hello", **more: Any) -> Json:
        channel = self.ana.workspace.find("circle").id
        return {"event": {"type": "message", "user": user, "text": text, "channel": channel, "ts": "1.1", **more}}

    async def names(self, payload: Json) -> dict[str, str]:
        known = await self.directory.about(self.workspace, payload)
        return {user: entry["name"] for user, entry in known.people.items()}


@asynccontextmanager
async def directory(**timing: float) -> AsyncIterator[Here]:
    async with SlackEmulator() as slack:
        team = slack.workspace()
        ana = team.person("Ana", locale="fr-FR")
        team.channel("circle", ana, with_bot=True)
        calls = SlackCalls(StandingClock(), Unpaced(), slack.api_url, Timing(call=0.5))
        workspace = Workspace(team.id, team.name, team.bot.id, team.token)

        async def learn(_workspace: Workspace, user: Mapping[str, Any]) -> None:
            here.learned.append(str(user["real_name"]))

        here = Here(slack, ana, workspace, Directory(calls, learn, Timing(**timing)))  # type: ignore[arg-type]
        try:
            yield here
        finally:
            await here.directory.close()
            await calls.close()


async def test_who_somebody_is_is_asked_once_however_many_ask() -> None:
    async with directory() as here:
        told = await asyncio.gather(*(here.names(here.said(here.ana.id)) for _ in range(50)))
        assert told == [{here.ana.id: "Ana"}] * 50
        assert (here.asked("users.info"), here.asked("conversations.info")) == (1, 1)


async def test_everybody_who_is_mentioned_is_known_and_every_channel_is_called_by_its_name() -> None:
    async with directory() as here:
        ben = here.ana.workspace.person("Ben")
        square = here.ana.workspace.channel("square", ben, with_bot=True)
        known = await here.directory.about(here.workspace, here.said(here.ana.id, f"<@{ben.id}> in <#{square.id}>"))
        assert {one["name"] for one in known.people.values()} == {"Ana", "Ben"}
        assert set(known.places.values()) == {"circle", "square"}


async def test_an_event_waits_for_a_moment_only_and_what_comes_late_is_learned() -> None:
    async with directory(names=0.05) as here:
        here.slack.faults.plan("users.info", hangs())
        assert await here.names(here.said(here.ana.id)) == {}
        assert here.learned == []
        here.slack.faults.release()
        await here.directory.quiet()  # aiohttp has asked once more by itself, as it may where nothing changes
        assert here.learned == ["Ana"]
        assert await here.names(here.said(here.ana.id)) == {here.ana.id: "Ana"}


@pytest.mark.parametrize(
    "fault",
    [server_error(), dropped(), says("user_not_found"), says("ratelimited"), says("invalid_auth")],
    ids=["500", "dropped", "unknown", "ratelimited", "token"],
)
async def test_what_can_not_be_found_out_is_left_out_and_not_asked_for_all_the_time(fault: Fault) -> None:
    async with directory() as here:
        here.slack.faults.plan("users.info", *[fault] * 5)
        for _ in range(3):
            assert await here.names(here.said(here.ana.id)) == {}
        assert here.slack.faults.count("users.info") <= 2  # aiohttp may have asked once more by itself


async def test_while_the_token_is_refused_nothing_is_asked() -> None:
    async with directory() as here:
        here.workspace.refused = "token_revoked"
        assert await here.names(here.said(here.ana.id)) == {}
        assert here.slack.web_api.calls == []


async def test_what_slack_tells_by_the_way_is_taken() -> None:
    async with directory() as here:
        user = here.ana.user.shape(locale=True) | {"profile": {"display_name": "Ana Maria"}}
        await here.directory.about(here.workspace, {"event": {"type": "user_change", "user": user}})
        assert await here.names(here.said(here.ana.id)) == {here.ana.id: "Ana Maria"}
        assert here.asked("users.info") == 0


async def test_the_author_of_a_threads_root_is_found() -> None:
    async with directory() as here:
        here.slack.app.events = set()
        root = await here.ana.writes("circle", "root")
        ben = here.ana.workspace.person("Ben")
        known = await here.directory.about(here.workspace, here.said(ben.id, thread_ts=root))
        assert known.authors == {root: here.ana.id}


async def test_a_private_chat_is_opened_once() -> None:
    async with directory() as here:
        first = await here.directory.private_chat(here.workspace, here.ana.id)
        assert await here.directory.private_chat(here.workspace, here.ana.id) == first
        assert here.asked("conversations.open") == 1
        with pytest.raises(Refused):
            await here.directory.private_chat(here.workspace, "U0NOBODY")
        here.slack.faults.plan("conversations.open", dropped())
        with pytest.raises(NotSent):
            await here.directory.private_chat(here.workspace, here.ana.workspace.person("Ben").id)


async def test_no_more_is_remembered_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 3)
    async with directory() as here:
        people = [here.ana.workspace.person(f"Person {number}") for number in range(6)]
        for person in people:
            await here.names(here.said(person.id))
        assert list(here.directory._of(here.workspace).people) == [one.id for one in people[3:]]


@pytest.mark.parametrize(
    "payload",
    [
        {}, {"event": 5}, {"event": {"type": "message", "user": 5, "channel": [], "text": {}}},
        {"event": {"type": "channel_rename", "channel": {}}}, {"event": {"type": "user_change", "user": []}},
        {"event": {"type": "user_change", "user": {"id": "U1", "profile": 5}}},
        {"user": "U1", "channel": "C1", "message": []},
        {"authorizations": [5], "event": {"user": "U1", "channel": "D1"}},
        {"event": {"type": "app_mention", "channel": "C1", "thread_ts": "1.1", "ts": "1.2"}},
    ],
    ids=range(9),
)  # fmt: skip
async def test_nothing_that_slack_tells_can_break_it(payload: Json) -> None:
    async with directory() as here:
        await here.directory.about(here.workspace, payload)
