"""What a person asks of the bot by pressing a button or typing its name, and how it answers."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from tests.wire.telegram.chats import Chat
from tests.wire.telegram.refusal import Json
from tests.wire.telegram.state import Delivery, Query, User

if TYPE_CHECKING:
    from tests.wire.telegram.emulator import TelegramEmulator


class Asked:
    """A question that waits for the bot, or no longer does."""

    def __init__(self, telegram: TelegramEmulator, query: Query, delivery: Delivery | None) -> None:
        self._telegram = telegram
        self.query = query
        self.delivery = delivery

    async def answer(self) -> Json | None:
        """What the bot answers, as soon as it does; None when ``patience`` ends before."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.query.answered.wait(), self._telegram.patience)
        return self.query.answer


class Press(Asked):
    """A button that somebody has pressed, and that turns until the bot answers."""

    @property
    def answered(self) -> bool:
        """Has the bot answered?"""
        return self.query.answer is not None

    @property
    def text(self) -> str:
        """What it said, at the top of the chat or in a window."""
        return str((self.query.answer or {}).get("text", ""))

    @property
    def alert(self) -> bool:
        """Must the person close a window?"""
        return bool((self.query.answer or {}).get("alert"))


class InlineQuery(Asked):
    """What somebody typed after the bot's name."""

    @property
    def titles(self) -> list[str]:
        """What may be chosen."""
        return [str(one["title"]) for one in self.results]

    @property
    def results(self) -> list[Json]:
        found: list[Json] = (self.query.answer or {}).get("results", [])
        return found


def press(telegram: TelegramEmulator, user: User, chat: Chat, message: Json, data: str) -> Press:
    """Somebody presses a button under a message."""
    query = _query(telegram, user, "callback")
    update: Json = {
        "id": query.id,
        "from": user.shape(),
        "message": message,
        "chat_instance": str(chat.id * 7919),
        "data": data,
    }
    return Press(telegram, query, telegram.updates.tell("callback_query", update, conversation=chat.id))


def ask_inline(telegram: TelegramEmulator, user: User, chat: Chat, text: str) -> InlineQuery:
    """Somebody types the bot's name and some words."""
    query = _query(telegram, user, "inline")
    kind = "sender" if chat.user is user else chat.kind
    update = {"id": query.id, "from": user.shape(), "query": text, "offset": "", "chat_type": kind}
    return InlineQuery(telegram, query, telegram.updates.tell("inline_query", update, conversation=user.id))


def choose(telegram: TelegramEmulator, user: User, chat: Chat, asked: Query, result: Json) -> list[Delivery | None]:
    """Somebody sends what they chose, as their own message."""
    content: Json = {"text": result["text"], "via_bot": telegram.bot.user.shape()}
    content |= {"entities": result["entities"]} if result["entities"] else {}
    content |= {"reply_markup": result["reply_markup"]} if result["reply_markup"] else {}
    told = [chat.tell(chat.add(user, content))]
    if telegram.bot.inline_feedback:
        update: Json = {"result_id": result["id"], "from": user.shape(), "query": ""}
        told.append(telegram.updates.tell("chosen_inline_result", update, conversation=user.id))
    return told


def _query(telegram: TelegramEmulator, user: User, kind: str) -> Query:
    query = Query(str(telegram.number()), user, telegram.clock.now(), kind)
    telegram.queries[query.id] = query
    return query
