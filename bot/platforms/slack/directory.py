"""Who people are, what channels are called, and who began which thread: what events of Slack's leave out.

An event waits for what isn't known yet, but never for long: then it goes without, and what is learned later about a
person is told as a change of that person.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from bot.platforms.slack import _people
from bot.platforms.slack._document import is_private
from bot.platforms.slack.calling import SlackCalls, Workspace, told
from bot.platforms.slack.envelope import Known
from bot.platforms.slack.timing import Timing

Json = Mapping[str, Any]
Learned = Callable[[Workspace, Json], Awaitable[None]]
"""What to do with somebody (a user as ``users.info`` tells it) whom an event could not wait for."""

_ASK_AGAIN_SECONDS = 60.0
_MOST = 50_000
_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^<>]*)?>")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]{2,20})(?:\|([^<>]*))?>")
_MOST_MENTIONS = 20


class _Recent(OrderedDict[str, Any]):
    """Forgets what was put into it longest ago, once it is full."""

    def keep(self, key: str, value: Any) -> None:
        """Remember it, as the newest."""
        self[key] = value
        self.move_to_end(key)
        if len(self) > _MOST:
            self.popitem(last=False)


@dataclass
class _OfTeam:
    people: _Recent = field(default_factory=_Recent)
    places: _Recent = field(default_factory=_Recent)
    authors: _Recent = field(default_factory=_Recent)
    private_chats: _Recent = field(default_factory=_Recent)
    """Channel ids of private chats, by the person's user id."""
    asked: dict[str, float] = field(default_factory=dict)
    """What was asked for in vain, and when (by the loop's clock)."""
    late: set[str] = field(default_factory=set)
    """Those whom an event did not wait for."""


class Directory:
    """What is known of each workspace, in memory: Slack has it all, and tells it again."""

    def __init__(self, calls: SlackCalls, learned: Learned, timing: Timing) -> None:
        self._timing = timing
        self._calls = calls
        self._learned = learned
        self._teams: dict[str, _OfTeam] = {}
        self._asking: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def about(self, workspace: Workspace, payload: Json) -> Known:
        """What is known of those whom something from Slack is about; what isn't is asked for, within a moment."""
        known = self.at_once(workspace, payload)
        if known is not None:
            return known
        loop = asyncio.get_running_loop()
        until = loop.time() + self._timing.names
        team = self._of(workspace)
        about = await self._root_of_mention(workspace, payload, until)
        people = _people_in(payload, about)
        places, roots = _channels_in(payload), _roots_in(payload)
        asking = [
            *(self._ask(workspace, one, self._person(workspace, one)) for one in people if one not in team.people),
            *(self._ask(workspace, one, self._place(workspace, one)) for one in places if one not in team.places),
            *(
                self._ask(workspace, f"{channel}/{root}", self._root(workspace, channel, root))
                for channel, root in roots
                if root not in team.authors
            ),
        ]
        waiting = [one for one in asking if one is not None]
        late: set[asyncio.Task[None]] = set()
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=max(0.0, until - loop.time()))
        team.late.update(user for user in people if late and (workspace.team, user) in self._asking)
        return _known(workspace, team, people, places, _told_of(payload, roots), about)

    def at_once(self, workspace: Workspace, payload: Json) -> Known | None:
        """The same where nothing has to be asked for; else None. What Slack tells by the way is taken."""
        team = self._of(workspace)
        self._remember(team, payload)
        people, places, roots = _people_in(payload, None), _channels_in(payload), _roots_in(payload)
        authors = [root for _, root in roots]
        known = ((people, team.people), (places, team.places), (authors, team.authors))
        if _is_mention_in_thread(payload) or any(one not in those for ones, those in known for one in ones):
            return None
        return _known(workspace, team, people, places, _told_of(payload, roots))

    async def private_chat(self, workspace: Workspace, user: str) -> str:
        """The channel of the private chat with somebody. Raises as ``SlackCalls.harmless``."""
        team = self._of(workspace)
        if user not in team.private_chats:
            answer = await self._calls.harmless(
                workspace, "conversations.open", lambda client: client.conversations_open(users=user)
            )
            team.private_chats.keep(user, told(answer, "channel", "id"))
        return str(team.private_chats[user])

    def wrote(self, workspace: Workspace, ts: str, author: str) -> None:
        """Somebody (the bot, too) wrote the message with this ``ts``."""
        self._of(workspace).authors.keep(ts, author)

    async def quiet(self) -> None:
        """Return when everything that was asked for has been answered, or was in vain."""
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def close(self) -> None:
        """Ask no more."""
        for task in list(self._asking.values()):
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def _of(self, workspace: Workspace) -> _OfTeam:
        return self._teams.setdefault(workspace.team, _OfTeam())

    def _remember(self, team: _OfTeam, payload: Json) -> None:
        """Take what Slack tells by the way."""
        event = _object(payload, "event")
        kind, channel = event.get("type"), event.get("channel")
        user, ts = event.get("user"), event.get("ts")
        if kind in ("user_change", "team_join"):
            described = _object(event, "user")
            if _text(described, "id"):
                with suppress(ValueError):  # translating it will say so
                    team.people.keep(_text(described, "id"), _entry(described))
        elif kind in ("channel_rename", "group_rename") and isinstance(channel, dict):
            team.places.keep(_text(channel, "id"), _text(channel, "name"))
        elif kind == "message" and isinstance(user, str) and isinstance(ts, str):
            team.authors.keep(ts, user)
        by_a_person = isinstance(user, str) and not event.get("bot_id") and user != _authorized(payload)
        if by_a_person and isinstance(channel, str) and is_private(channel):
            team.private_chats.keep(str(user), channel)

    def _ask(self, workspace: Workspace, what: str, ask: Any) -> asyncio.Task[None] | None:
        """The task that asks for something; one at a time, and not again for a while once it was in vain."""
        team = self._of(workspace)
        key = (workspace.team, what)
        running = self._asking.get(key)
        asked = team.asked.get(what)
        if running is not None or workspace.refused or (asked and monotonic() - asked < _ASK_AGAIN_SECONDS):
            ask.close()
            return running
        task = asyncio.create_task(self._carry_out(team, what, ask))
        self._asking[key] = task
        task.add_done_callback(lambda _: self._asking.pop(key, None))
        return task

    async def _carry_out(self, team: _OfTeam, what: str, ask: Awaitable[None]) -> None:
        try:
            await ask
        except Exception:  # noqa: BLE001 - nobody waits for it any more, or whoever does goes without
            if len(team.asked) > _MOST:
                team.asked.clear()
            team.asked[what] = monotonic()
        else:
            team.asked.pop(what, None)

    async def _person(self, workspace: Workspace, user: str) -> None:
        answer = await self._calls.call(
            workspace,
            "users.info",
            lambda client: client.users_info(user=user, include_locale=True),
            patience=self._timing.look_up,
        )
        team = self._of(workspace)
        team.people.keep(user, _entry(answer["user"]))
        if user in team.late:
            team.late.discard(user)
            with suppress(Exception):  # told for comfort: the next event of theirs carries the name
                await self._learned(workspace, answer["user"])

    async def _place(self, workspace: Workspace, channel: str) -> None:
        answer = await self._calls.call(
            workspace,
            "conversations.info",
            lambda client: client.conversations_info(channel=channel),
            patience=self._timing.look_up,
        )
        self._of(workspace).places.keep(channel, str(answer["channel"].get("name") or ""))

    async def _root_of_mention(self, workspace: Workspace, payload: Json, until: float) -> Json | None:
        """The root of the thread in which the bot was called: a command there is about that message."""
        if not _is_mention_in_thread(payload):
            return None
        event = _object(payload, "event")
        channel, root = _text(event, "channel"), _text(event, "thread_ts")
        with suppress(Exception):  # an answer must be one of Slack's to count
            async with asyncio.timeout_at(until):
                return dict(await self._first_of_thread(workspace, channel, root))
        return None

    async def _root(self, workspace: Workspace, channel: str, root: str) -> None:
        message = await self._first_of_thread(workspace, channel, root)
        self._of(workspace).authors.keep(root, str(message.get("user") or ""))

    async def _first_of_thread(self, workspace: Workspace, channel: str, root: str) -> Json:
        answer = await self._calls.call(
            workspace,
            "conversations.replies",
            lambda client: client.conversations_replies(channel=channel, ts=root, limit=1),
            patience=self._timing.look_up,
        )
        first: Json = answer["messages"][0]
        return first


def _known(
    workspace: Workspace,
    team: _OfTeam,
    people: list[str],
    places: list[str],
    roots: list[str],
    about: Json | None = None,
) -> Known:
    return Known(
        bot=workspace.bot,
        people={one: team.people[one] for one in people if team.people.get(one)},
        places={one: team.places[one] for one in places if team.places.get(one)},
        authors={ts: team.authors[ts] for ts in roots if team.authors.get(ts)},
        about=about,
    )


def _is_mention_in_thread(payload: Json) -> bool:
    event = _object(payload, "event")
    return event.get("type") == "app_mention" and _text(event, "thread_ts") not in ("", _text(event, "ts"))


def _entry(user: Json) -> dict[str, Any]:
    language = _people.language_of(user)
    return {"name": _people.name_of(user), "language": language or "", "is_bot": _people.is_bot(user)}


def _people_in(payload: Json, about: Json | None) -> list[str]:
    """The user ids of those whom it is about, each once."""
    event, message = _object(payload, "event"), _object(payload, "message")
    changed, before = _object(event, "message"), _object(event, "previous_message")
    told = [
        _text(event, "user"), _text(event, "inviter"), _text(event, "actor_id"), _text(changed, "user"),
        _text(before, "user"), _text(_object(payload, "user"), "id"), _text(payload, "user_id"),
        _text(message, "user"), _text(about or {}, "user"),
    ]  # fmt: skip
    for words in (_text(event, "text"), _text(changed, "text"), _text(payload, "text"), _text(message, "text")):
        if "<@" in words:
            told += _MENTION.findall(words[:20_000])[:_MOST_MENTIONS]
    return _each_once(one for one in told if one[:1] in ("U", "W") and one != _people.SLACKBOT)


def _channels_in(payload: Json) -> list[str]:
    """The ids of the channels (not private chats) that it is about, each once."""
    event = _object(payload, "event")
    told = [
        _text(event, "channel"), _text(_object(event, "item"), "channel"), _text(payload, "channel_id"),
        _text(_object(payload, "channel"), "id"), _text(_object(payload, "container"), "channel_id"),
    ]  # fmt: skip
    for words in (_text(event, "text"), _text(payload, "text")):
        if "<#" in words:
            told += [channel for channel, name in _CHANNEL.findall(words[:20_000])[:_MOST_MENTIONS] if not name]
    return _each_once(one for one in told if one[:1] in ("C", "G"))


def _roots_in(payload: Json) -> list[tuple[str, str]]:
    """The roots of threads, with their channels, whose author isn't told."""
    event = _object(payload, "event")
    channel = _text(event, "channel") or _text(_object(payload, "channel"), "id")
    found = []
    for message in (event, _object(event, "message"), _object(event, "previous_message"), _object(payload, "message")):
        root = _text(message, "thread_ts")
        told = _text(message, "parent_user_id") or _text(_object(message, "root"), "user")
        if root and root != _text(message, "ts") and not told and channel:
            found.append((channel, root))
    return found


def _told_of(payload: Json, roots: Iterable[tuple[str, str]]) -> list[str]:
    """The messages whose authors count: roots of threads, and what was taken back without being shown once more."""
    return _each_once([*(root for _, root in roots), _text(_object(payload, "event"), "deleted_ts")])


def _authorized(payload: Json) -> str:
    authorizations = payload.get("authorizations")
    first = authorizations[0] if isinstance(authorizations, list) and authorizations else None
    return _text(first, "user_id") if isinstance(first, dict) else ""


def _each_once(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))


def _object(data: Json, name: str) -> Json:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _text(data: Json, name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
