"""A workspace: its people, channels and messages, and what the app is told of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.wire.slack.people import Person
from tests.wire.slack.refusal import Json, Refused
from tests.wire.slack.state import SCOPES, Channel, Delivery, User
from tests.wire.slack.views import Views

if TYPE_CHECKING:
    from tests.wire.slack.emulator import SlackEmulator


class Workspace:
    """One workspace on the emulator. What happens in it is told to the app where its bot may know it."""

    def __init__(self, slack: SlackEmulator, name: str, *, installed: bool = True) -> None:
        self.slack = slack
        self.name = name
        self.id = slack.ids.next("T")
        self.domain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.views = Views(self)
        self.scopes = set(SCOPES)
        self.bot = User(
            slack.ids.next("U"), self.id, slack.app.name.lower(), slack.app.name, bot_id=slack.ids.next("B")
        )
        self.users[self.bot.id] = self.bot
        self.token = ""
        self._last_ts = (0, 0)
        if installed:
            self.install()

    def install(self) -> str:
        """Install the app here; its bot token."""
        self.token = f"xoxb-{self.id}-{self.slack.secret()}"
        self.slack.tokens[self.token] = self
        return self.token

    def revoke_token(self, *, code: str = "token_revoked") -> None:
        """From now on the bot token is refused (``token_revoked``, or ``account_inactive`` after an uninstallation)."""
        self.slack.revoked[self.token] = code

    async def uninstalls(self) -> None:
        """Somebody removes the app: its token dies, and it is told."""
        self.revoke_token(code="account_inactive")
        revoked = self.tell({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.bot.id]}})
        await self.slack.heard(revoked, self.tell({"type": "app_uninstalled"}))

    # Who is here

    def person(self, name: str, *, locale: str = "en-US", guest: bool = False) -> Person:
        """Somebody who has been in the workspace for long."""
        handle = re.sub(r"[^\w.-]+", ".", name.lower()).strip(".") or "someone"
        user = User(self.slack.ids.next("U"), self.id, handle, name, locale, guest=guest)
        self.users[user.id] = user
        return Person(self, user)

    async def newcomer(self, name: str, *, locale: str = "en-US") -> Person:
        """Somebody who joins the workspace now."""
        person = self.person(name, locale=locale)
        await self.slack.heard(self.tell({"type": "team_join", "user": person.user.shape(locale=True)}))
        return person

    def channel(self, name: str, *members: Person, private: bool = False, with_bot: bool = False) -> Channel:
        """A channel that exists already, with these people in it."""
        kind = "group" if private else "channel"
        creator = members[0].id if members else self.bot.id
        channel = Channel(self.slack.ids.next("C"), name, kind, creator, int(self.slack.clock.now()))
        channel.members = [person.id for person in members] + ([self.bot.id] if with_bot else [])
        self.channels[channel.id] = channel
        return channel

    def find(self, channel: str | Channel) -> Channel:
        """A channel by its id or its name."""
        if isinstance(channel, Channel):
            return channel
        named = [one for one in self.channels.values() if channel in {one.id, one.name}]
        assert named, f"no channel {channel}"
        return named[0]

    def direct(self, user: str) -> Channel | None:
        """The direct message between somebody and the bot, if there is one."""
        pair = {user, self.bot.id}
        return next((one for one in self.channels.values() if one.kind == "im" and set(one.members) == pair), None)

    def open_direct(self, user: str) -> Channel:
        """The same; made when it isn't there."""
        channel = self.direct(user)
        if channel is None:
            now = int(self.slack.clock.now())
            channel = Channel(self.slack.ids.next("D"), "directmessage", "im", user, now, [user, self.bot.id])
            self.channels[channel.id] = channel
        return channel

    def open_group(self, users: list[str]) -> Channel:
        """The group message of these people and the bot; made when it isn't there."""
        together = {*users, self.bot.id}
        for one in self.channels.values():
            if one.kind == "mpim" and set(one.members) == together:
                return one
        name = "mpdm-" + "--".join(sorted(self.users[user].handle for user in together)) + "-1"
        now = int(self.slack.clock.now())
        channel = Channel(self.slack.ids.next("C"), name, "mpim", self.bot.id, now, sorted(together))
        self.channels[channel.id] = channel
        return channel

    # What is written

    def next_ts(self) -> str:
        """The time stamp of a message: unique in the workspace, and growing."""
        now = int(self.slack.clock.now())
        second, count = self._last_ts
        if now > second or count >= 999_998:
            now, count = max(now, second + 1), 99
        self._last_ts = (max(now, second), count + 1)
        return "{}.{:06d}".format(*self._last_ts)

    def add(self, channel: Channel, author: User, fields: Json) -> Json:
        """Put a message into a channel; into a thread when it has a ``thread_ts``."""
        message: Json = {"type": "message", "user": author.id, "ts": self.next_ts(), "team": self.id, **fields}
        root_ts = message.get("thread_ts")
        if root_ts is not None:
            root = channel.messages.get(root_ts)
            if root is None or root.get("thread_ts", root_ts) != root_ts:
                raise Refused("thread_not_found")
            message["parent_user_id"] = root["user"]
            repliers = list(dict.fromkeys([*root.get("reply_users", []), author.id]))
            root |= {
                "thread_ts": root_ts,
                "reply_count": root.get("reply_count", 0) + 1,
                "reply_users": repliers,
                "reply_users_count": len(repliers),
                "latest_reply": message["ts"],
            }
        channel.messages[message["ts"]] = message
        return message

    def permalink(self, channel: Channel, ts: str) -> str:
        """The address of a message."""
        root = channel.messages[ts].get("thread_ts", ts)
        under = f"?thread_ts={root}&cid={channel.id}" if root != ts else ""
        return f"https://{self.domain}.slack.com/archives/{channel.id}/p{ts.replace('.', '')}{under}"

    def message_event(self, channel: Channel, message: Json) -> Json:
        """The event of a new message."""
        return {
            **without_metadata(message),
            "channel": channel.id,
            "event_ts": message["ts"],
            "channel_type": channel.kind,
        }

    def change(self, channel: Channel, message: Json, fields: Json, *, by: str) -> Delivery | None:
        """Edit a message."""
        before = without_metadata(message)
        ts = self.next_ts()
        message |= fields | {"edited": {"user": by, "ts": ts}}
        event = self._about_message(channel, "message_changed", ts) | {
            "message": without_metadata(message),
            "previous_message": before,
        }
        return self.tell(event, channel)

    def remove(self, channel: Channel, message: Json) -> Delivery | None:
        """Delete a message."""
        del channel.messages[message["ts"]]
        event = self._about_message(channel, "message_deleted", self.next_ts()) | {
            "deleted_ts": message["ts"],
            "previous_message": without_metadata(message),
        }
        return self.tell(event, channel)

    def _about_message(self, channel: Channel, subtype: str, ts: str) -> Json:
        return {
            "type": "message",
            "subtype": subtype,
            "hidden": True,
            "channel": channel.id,
            "ts": ts,
            "event_ts": ts,
            "channel_type": channel.kind,
        }

    def react(self, channel: Channel, message: Json, user: str, name: str, *, removed: bool = False) -> Delivery | None:
        """Add or take away somebody's reaction."""
        reactions = message.setdefault("reactions", [])
        found = next((one for one in reactions if one["name"] == name), None)
        if removed:
            if found is None or user not in found["users"]:
                raise Refused("no_reaction")
            found["users"].remove(user)
            found["count"] -= 1
            message["reactions"] = [one for one in reactions if one["users"]]
        else:
            if found is None:
                found = {"name": name, "users": [], "count": 0}
                reactions.append(found)
            if user in found["users"]:
                raise Refused("already_reacted")
            found["users"].append(user)
            found["count"] += 1
        event = {
            "type": "reaction_removed" if removed else "reaction_added",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": message["ts"]},
            "item_user": message["user"],
            "event_ts": self.next_ts(),
        }
        return self.tell(event, channel)

    # Who comes and goes, and what becomes of channels

    def join(self, channel: Channel, user: str, *, inviter: str = "") -> Delivery | None:
        """Somebody (or the bot) becomes a member of a channel."""
        if user in channel.members:
            return None
        channel.members.append(user)
        invited = {"inviter": inviter} if inviter else {}
        told = self.add(
            channel,
            self.users[user],
            {"subtype": "channel_join", "text": f"<@{user}> has joined the channel", **invited},
        )
        event = {
            "type": "member_joined_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": self.id,
            "event_ts": told["ts"],
            **invited,
        }
        self.tell(self.message_event(channel, told), channel)
        return self.tell(event, channel)

    def leave(self, channel: Channel, user: str) -> Delivery | None:
        """Somebody (or the bot) is no longer a member."""
        channel.members.remove(user)
        event = {
            "type": "member_left_channel",
            "user": user,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": self.id,
            "event_ts": self.next_ts(),
        }
        return self.tell(event, None if user == self.bot.id else channel)

    async def archive(self, channel: str | Channel, by: Person, *, undone: bool = False) -> None:
        """Archive a channel, or bring it back."""
        found = self.find(channel)
        found.archived = not undone
        kind = "channel" if found.kind == "channel" else "group"
        event = {"type": f"{kind}_{'unarchive' if undone else 'archive'}", "channel": found.id, "user": by.id}
        await self.slack.heard(self.tell(event | {"event_ts": self.next_ts()}, found))

    async def rename(self, channel: str | Channel, name: str) -> None:
        """Give a channel another name."""
        found = self.find(channel)
        found.name = name
        kind = "channel" if found.kind == "channel" else "group"
        shape = {"id": found.id, "name": name, "name_normalized": name, "created": found.created, "is_channel": True}
        event = {"type": f"{kind}_rename", "channel": shape, "event_ts": self.next_ts()}
        await self.slack.heard(self.tell(event, found))

    def tell(self, event: Json, channel: Channel | None = None) -> Delivery | None:
        """Tell the app of something, if its bot may know it (it is in ``channel``) and it asked for such events."""
        events = self.slack.app.events
        if not self.token or (channel is not None and self.bot.id not in channel.members):
            return None
        if events is not None and event["type"] not in events:
            return None
        return self.slack.deliver(Delivery("events_api", self.id, self.outer(event)))

    def outer(self, event: Json) -> Json:
        """The outer event around an event, with an id of its own."""
        now = self.slack.clock.now()
        authorization = {"enterprise_id": None, "team_id": self.id, "user_id": self.bot.id}
        return {
            "token": self.slack.app.verification_token,
            "team_id": self.id,
            "context_team_id": self.id,
            "context_enterprise_id": None,
            "api_app_id": self.slack.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": self.slack.ids.next("Ev"),
            "event_time": int(now),
            "authorizations": [authorization | {"is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
            "event_context": f"4-{self.slack.secret()}",
        }


def without_metadata(message: Json) -> Json:
    """A message as everybody sees it."""
    return {name: value for name, value in message.items() if name != "metadata"}
