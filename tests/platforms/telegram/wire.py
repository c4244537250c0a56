"""Telegram as the contract's tests drive it: the real library, against the emulator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.core.addresses import Account, Place
from bot.core.events import MessagePosted, Trigger
from bot.platforms.telegram.pacing import Unpaced
from bot.platforms.telegram.platform import TelegramPlatform
from tests.community import StandingClock
from tests.platforms.wires import RecordingHost, Seen, Wire
from tests.wire.telegram import Chat, Person, TelegramEmulator
from tests.wire.telegram import Seen as SeenOnTelegram

UNSEEN = "\u2060\u200b\u200c\u2068\u2069"
SECRET = "a-secret-for-tests-alone"


class TelegramWire(Wire):
    """Two supergroups with Ana and Ben, whose administrator the bot is; by polling or by webhook."""

    platform: TelegramPlatform

    def __init__(self, telegram: TelegramEmulator, *, webhook: bool) -> None:
        self.telegram = telegram
        self.clock = StandingClock()
        self.host = RecordingHost()
        self._webhook = webhook
        self._runner: web.AppRunner | None = None
        self.people: dict[str, Person] = {}
        for name in ("Ana", "Ben"):
            person = telegram.person(name, started=True)
            self.people[str(person.id)] = person
        both = list(self.people.values())
        self.chats: dict[str, Chat] = {}
        for name in ("circle", "square"):
            chat = telegram.supergroup(name, *both, with_bot=True, as_admin=True)
            self.chats[str(chat.id)] = chat
        tenant = telegram.token.partition(":")[0]
        self.place, self.other_place = (Place("telegram", tenant, one, chat.title) for one, chat in self.chats.items())
        self.ana, self.ben = (Account("telegram", tenant, user) for user in self.people)
        self.url = ""
        self.platform = self._platform()

    def _platform(self) -> TelegramPlatform:
        public: dict[str, Any] = (
            {"public_url": self.url or "http://127.0.0.1:1", "webhook_secret": SECRET} if self._webhook else {}
        )
        return TelegramPlatform(self.clock, self.telegram.token, api_url=self.telegram.url, pace=Unpaced(), **public)

    async def starts(self) -> None:
        """Begin to listen."""
        if self._webhook:
            self.telegram.local_server = True
            application = web.Application()
            runner = self._runner = web.AppRunner(application, access_log=None)
            serving = _Serving(application)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = "http://{}:{}".format(*runner.addresses[0][:2])
            self.platform = self._platform()
            serving.platform = self.platform
        await self.platform.start(self.host)

    async def ends(self) -> None:
        """Stop listening."""
        await self.platform.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def restarts(self) -> None:
        await self.ends()
        self.platform = self._platform()
        await self.starts()
        await self.telegram.clock.move(61)  # what was not acknowledged comes again
        await self.telegram.settle()

    async def writes(self, who: Account, text: str, place: Place | None, *, thread: str | None = None) -> None:
        await self.people[who.user].writes(self._where(place), text, reply_to=int(thread) if thread else None)

    async def uses_command(
        self, who: Account, text: str, place: Place | None, *, about: MessagePosted | None = None
    ) -> None:
        reply_to = int(about.message.id) if about else None
        await self.people[who.user].writes(self._where(place), text, reply_to=reply_to)

    async def uses_shortcut(self, who: Account, name: str, about: MessagePosted) -> None:
        raise NotImplementedError("messages have no menu of the bot's on Telegram; a command as a reply does it")

    async def presses(self, who: Account, label: str, place: Place | None) -> None:
        await self.people[who.user].presses(label, self._where(place))

    async def submits(self, who: Account, form_id: str, values: Mapping[str, str]) -> None:
        raise NotImplementedError("forms are asked question by question, by the frame")

    async def sees(self, who: Account, place: Place | None, *, thread: str | None = None) -> list[Seen]:
        found: list[Seen] = []
        for one in self.people[who.user].sees(self._where(place)):
            if not one.by_bot or (thread is not None and str(one.reply_to) != thread and str(one.id) != thread):
                continue
            if one.files and not one.text and found:
                found[-1].files += [str(file["name"]) for file in one.files]
            else:
                found.append(_seen(one))
        return found

    async def open_forms(self, who: Account) -> list[str]:
        return []

    def now_plus(self, time: timedelta) -> Trigger:
        return Trigger("any", self.clock.now() + time)

    def _where(self, place: Place | None) -> Chat | None:
        return self.chats[place.id] if place else None


class _Serving:
    """Lets a server be there before its platform is."""

    def __init__(self, application: web.Application) -> None:
        self.platform: TelegramPlatform | None = None
        application.router.add_post("/telegram/webhook", self._handle)

    async def _handle(self, request: web.Request) -> web.Response:
        assert self.platform is not None
        assert self.platform._webhook is not None
        return await self.platform._webhook.handle(request)


def _seen(one: SeenOnTelegram) -> Seen:
    return Seen(
        text="\n".join([one.text, *one.options]).strip("\n").translate(dict.fromkeys(map(ord, UNSEEN))),
        buttons={label: data.removeprefix("b:") for label, data in one.data.items()},
        leads_to={label: url.rpartition("/")[2] for label, url in one.leads_to.items()},
        files=[str(file["name"]) for file in one.files],
        look=one.look - {"url"},  # an address that shows as itself leads nowhere else
    )
