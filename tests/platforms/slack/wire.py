"""Slack as the contract's tests drive it: the real SDK and bolt, against the emulator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.core.addresses import Account, Place
from bot.core.events import MessagePosted, Trigger
from bot.platforms.slack.pacing import Unpaced
from bot.platforms.slack.platform import SlackPlatform
from tests.community import StandingClock
from tests.platforms.wires import RecordingHost, Seen, Wire
from tests.wire.slack import Person, SlackEmulator, Workspace
from tests.wire.slack import Seen as SeenOnSlack

_LINK = re.compile(r"/p([0-9]+)([0-9]{6})(?:\?|$)")


class SlackWire(Wire):
    """A workspace with Ana and Ben, and the bot in two channels; over a socket or over HTTP."""

    platform: SlackPlatform

    def __init__(self, slack: SlackEmulator, *, socket: bool) -> None:
        self.slack = slack
        self.clock = StandingClock()
        self.host = RecordingHost()
        self._socket = socket
        self._runner: web.AppRunner | None = None
        self.workspace: Workspace = slack.workspace()
        self.people: dict[str, Person] = {}
        for name in ("Ana", "Ben"):
            person = self.workspace.person(name)
            self.people[person.id] = person
        slack.app.socket_mode = socket
        both = list(self.people.values())
        channels = [self.workspace.channel(name, *both, with_bot=True) for name in ("circle", "square")]
        self.place, self.other_place = (Place("slack", self.workspace.id, one.id, one.name) for one in channels)
        self.ana, self.ben = (Account("slack", self.workspace.id, user) for user in self.people)
        self.platform = self._platform()

    def _platform(self) -> SlackPlatform:
        app = self.slack.app
        secret: dict[str, Any] = (
            {"app_token": app.app_token} if self._socket else {"signing_secret": app.signing_secret}
        )
        return SlackPlatform(
            self.clock, bot_token=self.workspace.token, api_url=self.slack.api_url, pace=Unpaced(), **secret
        )

    async def starts(self) -> None:
        """Begin to listen."""
        await self.platform.start(self.host)
        if self._socket:
            await self.slack.socket.connected(2)
            return
        application = web.Application()
        self.platform.add_routes(application)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.slack.app.request_url = "http://{}:{}/slack/events".format(*self._runner.addresses[0][:2])

    async def ends(self) -> None:
        """Stop listening."""
        await self.platform.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def restarts(self) -> None:
        await self.ends()
        self.platform = self._platform()
        await self.starts()
        await self.slack.clock.move(61)  # what was not acknowledged comes again after a minute
        await self.slack.settle()

    async def writes(self, who: Account, text: str, place: Place | None, *, thread: str | None = None) -> None:
        await self.people[who.user].writes(_where(place), text, thread=thread)
        await self.slack.settle()

    async def uses_command(
        self, who: Account, text: str, place: Place | None, *, about: MessagePosted | None = None
    ) -> None:
        person, words = self.people[who.user], text.removeprefix("/")
        if about is None:
            await person.types(f"/baraza {words}", _where(place))
        else:  # a slash command can't be a reply; a mention in the thread can
            mention = f"@{self.workspace.bot.name} {words}"
            await person.writes(_where(place), mention, thread=about.message.id)
        await self.slack.settle()

    async def uses_shortcut(self, who: Account, name: str, about: MessagePosted) -> None:
        await self.people[who.user].uses_shortcut(name, about.message.id, about.message.conversation)

    async def presses(self, who: Account, label: str, place: Place | None) -> None:
        await self.people[who.user].presses(label, _where(place))

    async def submits(self, who: Account, form_id: str, values: Mapping[str, str]) -> None:
        view = self.people[who.user].form()
        assert view is not None
        assert form_id in view["private_metadata"]
        labels = {one["block_id"]: one["label"]["text"] for one in view["blocks"] if one["type"] == "input"}
        await self.people[who.user].fills_in(**{labels[f"field_{name}"]: value for name, value in values.items()})

    async def sees(self, who: Account, place: Place | None, *, thread: str | None = None) -> list[Seen]:
        found: list[Seen] = []
        for one in self.people[who.user].sees(_where(place), thread=thread):
            if one.by_bot and one.raw.get("subtype") == "file_share" and not one.text and found:
                found[-1].files += [file["name"] for file in one.files]  # on Slack a file is a message of its own
            elif one.by_bot:
                found.append(_seen(one))
        if thread is None:
            for root in [one for one in self.people[who.user].sees(_where(place)) if one.by_bot]:
                for reply in self.people[who.user].sees(_where(place), thread=root.ts)[1:]:
                    if reply.by_bot and reply.files:
                        found[-1].files += [file["name"] for file in reply.files]
        return found

    async def open_forms(self, who: Account) -> list[str]:
        view = self.people[who.user].form()
        return [view["title"]["text"]] if view else []

    def now_plus(self, time: timedelta) -> Trigger:
        return Trigger(self.slack.trigger(self.workspace, self.ana.user), self.clock.now() + time)


def _where(place: Place | None) -> str | None:
    return place.id if place else None


def _seen(one: SeenOnSlack) -> Seen:
    raw = {button["text"]["text"]: button for button in one.rendering.buttons}
    return Seen(
        text=one.text,
        buttons={label: button["value"] for label, button in raw.items() if "value" in button},
        leads_to={label: _message_at(button["url"]) for label, button in raw.items() if "url" in button},
        files=[file["name"] for file in one.files],
        look={look for look, _ in one.rendering.formatting},
    )


def _message_at(url: str) -> str:
    match = _LINK.search(url)
    assert match is not None
    return f"{match[1]}.{match[2]}"
