"""What earlier updates told and later ones leave out, remembered in memory alone.

After a restart a reply counts to the message that it answers, a topic has no name until Telegram tells it again, and
nobody can tell where a poll was posted in which somebody votes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from bot.platforms.telegram.directory import learned, wanted
from bot.platforms.telegram.envelope import Known

_MOST = 50_000
_LEADS = ("creator", "administrator")


class _Recent(OrderedDict[str, str]):
    """Forgets what was put into it longest ago, once it is full."""

    def keep(self, key: str, value: str) -> None:
        """Remember it, as the newest."""
        self[key] = value
        self.move_to_end(key)
        if len(self) > _MOST:
            self.popitem(last=False)

    def of(self, keys: Mapping[str, str]) -> dict[str, str]:
        """What is remembered under the values of ``keys``, by their own keys."""
        return {name: self[key] for name, key in keys.items() if key in self}


class Memory:
    """Everything that was told so far, as far as it is still remembered."""

    def __init__(self) -> None:
        self._roots, self._topics = _Recent(), _Recent()
        self._users, self._polls, self._names = _Recent(), _Recent(), _Recent()
        self._leads: dict[str, bool] = {}

    def leads(self, chat: str) -> bool | None:
        """Whether the bot is an administrator of a chat; None where nobody has told."""
        return self._leads.get(chat)

    def it_leads(self, chat: str, *, leads: bool) -> None:
        """The bot is an administrator there, or isn't."""
        self._leads[chat] = leads

    def posted(self, chat: str, message: str, root: str, topic: str) -> None:
        """The bot wrote a message."""
        self._thread(chat, message, root, topic)

    def polled(self, poll: str, place: str) -> None:
        """The bot posted a poll in a place, which is named by no vote in it."""
        self._polls.keep(poll, place)

    def about(self, update: Any) -> Known:
        """What helps to understand an update; what it tells itself is remembered for later ones."""
        if isinstance(update, dict):
            self._watch_rights(update)
        want = wanted(update)
        messages = {one: f"{want.chat}/{one}" for one in want.messages}
        topics, poll = self._topics.of(messages), self._polls.get(want.poll, "")
        places = [poll, *(f"{want.chat}/{one}" for one in topics.values())]
        known = Known(
            roots=self._roots.of(messages),
            topics=topics,
            places=self._names.of(dict(zip(places, places, strict=True))),
            users=self._users.of({name: name for name in want.usernames}),
            polls={want.poll: poll} if poll else {},
            sees_joins=self._leads.get(want.chat, False),
        )
        told = learned(update, known)
        self._thread(told.chat, told.message, told.root, told.topic)
        for name, user in told.users.items():
            self._users.keep(name, user)
        for place, called in told.names.items():
            self._names.keep(place, called)
        return known

    def _thread(self, chat: str, message: str, root: str, topic: str) -> None:
        if message and root:
            self._roots.keep(f"{chat}/{message}", root)
        if message and topic:
            self._topics.keep(f"{chat}/{message}", topic)

    def _watch_rights(self, update: Mapping[str, Any]) -> None:
        """Whether the bot is an administrator, wherever that changes."""
        told = update.get("my_chat_member")
        chat, new = (told.get("chat"), told.get("new_chat_member")) if isinstance(told, dict) else (None, None)
        if isinstance(chat, dict) and isinstance(new, dict) and isinstance(chat.get("id"), int):
            self._leads[str(chat["id"])] = new.get("status") in _LEADS
