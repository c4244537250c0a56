"""Telegram on loopback, for tests: the Bot API, webhooks, and the people who use it."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.wire.clock import Clock
from tests.wire.faults import Faults
from tests.wire.telegram.bot_api import BotApi, Called
from tests.wire.telegram.chats import Chat
from tests.wire.telegram.membership import Told
from tests.wire.telegram.people import Person
from tests.wire.telegram.rates import Rates
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.state import USUAL_RIGHTS, Bot, Delivery, File, Member, Poll, Query, User
from tests.wire.telegram.updates import Updates
from tests.wire.telegram.webhook import Webhook

_FIRST_PERSON = 200_000_001
_BOT = 7_000_000_001


class TelegramEmulator:
    """Telegram, with one bot. Use it as an asynchronous context manager."""

    def __init__(self, *, clock: Clock | None = None, bot_name: str = "Testbot", username: str = "test_bot") -> None:
        assert username.lower().endswith("bot"), "a bot's username ends with bot"
        self._random = random.Random(7)
        self.clock = clock or Clock()
        self.url = ""
        """The base of the API: calls go to ``{url}/bot{token}/{method}``, downloads to ``{url}/file/bot{token}/...``"""
        self.patience = 5.0
        """Seconds of real time that somebody who acts waits at most for the bot to take the update."""
        self.stopping = False
        self.local_server = False
        """Is this somebody's own Bot API server, which posts to any address, rather than Telegram's?"""
        self.written: list[tuple[int, int]] = []
        """Every message of every chat by the ids of both, in the order in which they were written."""
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.polls: dict[str, Poll] = {}
        self.queries: dict[str, Query] = {}
        self._ids = itertools.count(1)
        self._messages = itertools.count(1)
        me = User(_BOT, bot_name, username=username, is_bot=True, known=True)
        self.users[me.id] = me
        self.bot = Bot(me, self._token(me))
        self.faults = Faults()
        self.rates = Rates(self.clock)
        self.updates = Updates(self)
        self.webhook = Webhook(self)
        self.bot_api = BotApi(self)
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=100 * 1024**2)
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self.bot_api.handle)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self.bot_api.download)
        # A bot that is gone no longer waits for updates.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping = True
        self.faults.release()
        self.updates.interrupt("")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.webhook.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # The bot

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.bot.token

    def revoke_token(self) -> str:
        """From now on the token is refused; the new one."""
        self.bot.token = self._token(self.bot.user)
        return self.bot.token

    @property
    def calls(self) -> list[Called]:
        """Every call of the bot's, with its answer."""
        return self.bot_api.calls

    def called(self, method: str) -> list[Json]:
        """The parameters of the calls of a method that were carried out."""
        return self.bot_api.called(method)

    def refused(self) -> list[tuple[str, str]]:
        """The methods of the calls that were refused, each with the description."""
        return self.bot_api.refused()

    # Who and what there is

    def person(
        self,
        name: str,
        *,
        language_code: str = "en",
        username: str = "",
        last_name: str = "",
        started: bool = False,
        number: int = 0,
    ) -> Person:
        """Somebody who uses Telegram; with ``started``, they have written to the bot long ago.

        ``number`` is their id, for who is looked for by it afterwards.
        """
        number = number or _FIRST_PERSON + next(self._ids)
        user = User(number, name, last_name, username, language_code, started=started)
        user.known = started
        self.users[user.id] = user
        return Person(self, user)

    def group(self, title: str, *members: Person, with_bot: bool = False, as_admin: bool = False) -> Chat:
        """A small group that exists already; the first of these people made it."""
        return self._peopled(self.new_chat("group", title), members, with_bot=with_bot, as_admin=as_admin)

    def supergroup(
        self,
        title: str,
        *members: Person,
        with_bot: bool = False,
        as_admin: bool = False,
        forum: bool = False,
        username: str = "",
    ) -> Chat:
        """A supergroup that exists already; with topics when it is a forum."""
        chat = self.new_chat("supergroup", title, username=username, forum=forum)
        return self._peopled(chat, members, with_bot=with_bot, as_admin=as_admin)

    def channel(self, title: str, *members: Person, with_bot: bool = False) -> Chat:
        """A channel that exists already; the first of these people made it, and the bot administers it."""
        return self._peopled(self.new_chat("channel", title), members, with_bot=with_bot, as_admin=True)

    def new_chat(self, kind: str, title: str, *, username: str = "", forum: bool = False) -> Chat:
        """A chat with nobody in it."""
        number = next(self._ids)
        chat_id = -(4_000_000_000 + number) if kind == "group" else -(1_002_000_000_000 + number)
        chat = Chat(self, chat_id, kind, title=title, username=username, forum=forum)
        self.chats[chat_id] = chat
        return chat

    def _peopled(self, chat: Chat, members: tuple[Person, ...], *, with_bot: bool, as_admin: bool) -> Chat:
        for person in members:
            chat.members[person.id] = Member("member" if chat.members else "creator")
        if with_bot:
            member = Member("administrator", USUAL_RIGHTS) if as_admin else Member("member")
            chat.members[self.bot.user.id] = member
        return chat

    def direct(self, user: User) -> Chat:
        """The private chat of somebody and the bot; its id is theirs."""
        if user.id not in self.chats:
            self.chats[user.id] = Chat(self, user.id, "private", user=user)
        return self.chats[user.id]

    def find(self, chat: Chat | str | int) -> Chat:
        """A chat by its id or its title; the newest of that title."""
        if isinstance(chat, Chat):
            return chat
        named = [one for one in self.chats.values() if chat in {one.id, one.title}]
        assert named, f"no chat {chat}"
        return named[-1]

    def find_for_bot(self, chat: str | int) -> Chat:
        """A chat as the bot names it; it can name only what it has come across."""
        found: Chat | None = None
        if isinstance(chat, str):
            name = chat.removeprefix("@").lower()
            found = next((one for one in self.chats.values() if one.username.lower() == name and one.title), None)
        elif chat in self.users:
            user = self.users[chat]
            found = self.direct(user) if user.known and not user.is_bot else None
        else:
            found = self.chats.get(chat)
        if found is None or (found.user is None and self.bot.user.id not in found.members and not found.username):
            raise Refused("chat not found")
        return found

    def next_message_id(self) -> int:
        """The number of the next message in a private chat or a small group."""
        return next(self._messages)

    # Towards the bot

    async def heard(self, *deliveries: Delivery | None) -> None:
        """Wait until the bot has taken each (or its webhook has failed), for as long as ``patience`` allows."""
        waiting = [asyncio.ensure_future(one.settled.wait()) for one in deliveries if one is not None]
        if not waiting:
            return
        _, late = await asyncio.wait(waiting, timeout=self.patience)
        for one in late:
            one.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def all_heard(self, told: Told) -> None:
        """The same for what came of one act."""
        await self.heard(*told)

    async def settle(self) -> None:
        """Wait until the bot has taken everything that it was told so far."""
        await self.heard(*[one for one in self.updates.deliveries if not one.settled.is_set()])

    # Small things that several parts need

    def secret(self, length: int = 24) -> str:
        """Something that can't be guessed, and is the same in every run."""
        return "".join(self._random.choices("abcdefghijkmnpqrstuvwxyz23456789", k=length))

    def number(self) -> int:
        """A number as Telegram gives to queries and polls."""
        return self._random.randrange(10**17, 10**18)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the background, until the emulator stops."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _token(self, user: User) -> str:
        return f"{user.id}:AA{self.secret(33)}"
