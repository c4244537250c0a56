"""What Slack sends, in the shape in which it sends it: outer events, slash commands and interactions."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

Json = dict[str, Any]

TEAM, APP, BOT, BOT_ID = "T0BARAZA1", "A0BARAZA1", "U0BARAZA1", "B0BARAZA1"
ANA, BEN = "U0ANA0001", "U0BEN0001"
CHANNEL, GROUP, DIRECT = "C0CIRCLE1", "G0EXPERTS", "D0ANA0001"
TS, LATER, ROOT = "1700000000.000100", "1700000060.000200", "1699999000.000300"
TOKEN = "AAAAAAAAAAAAAAAAAAAAAA"

_numbers = count(1)


def outer(event: Json, **more: Any) -> Json:
    """An event of the Events API, as both HTTP and Socket Mode carry it; each with an id of its own."""
    return {
        "token": "one-long-verification-token",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{next(_numbers):09d}",
        "event_time": 1_700_000_000,
        "authorizations": [
            {"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-eyJldCI6Im1lc3NhZ2UifQ",
        **more,
    }


def written(text: str = "hello", user: str = ANA, ts: str = TS, **more: Any) -> Json:
    """A message inside of other events, without its channel."""
    return {"type": "message", "client_msg_id": f"c-{ts}", "user": user, "text": text, "team": TEAM, "ts": ts, **more}


def message(text: str = "hello", user: str = ANA, ts: str = TS, channel: str = CHANNEL, **more: Any) -> Json:
    """Somebody writes."""
    kind = {"C": "channel", "G": "group", "D": "im"}[channel[0]]
    return outer({**written(text, user, ts), "channel": channel, "channel_type": kind, "event_ts": ts, **more})


def edited(before: str = "hello", after: str = "hello there", user: str = ANA, **more: Any) -> Json:
    """A message of somebody's becomes another, or only looks as if."""
    now = written(after, user, edited={"user": user, "ts": "1700000060.000000"}, **more)
    return changed(now, written(before, user, **more))


def changed(now: Json, before: Json, channel: str = CHANNEL) -> Json:
    """A message is not what it was."""
    return _telling("message_changed", channel, message=now, previous_message=before)


def deleted(user: str = ANA, channel: str = CHANNEL, **more: Any) -> Json:
    """A message is taken back."""
    return _telling("message_deleted", channel, deleted_ts=TS, previous_message=written(user=user, **more))


def _telling(subtype: str, channel: str, **more: Any) -> Json:
    about = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel, "channel_type": "channel"}
    return outer({**about, "ts": LATER, "event_ts": LATER, **more})


def mention(text: str = f"<@{BOT}> help", user: str = ANA, **more: Any) -> Json:
    """The bot is mentioned in a channel. (The same words come as a message, too.)"""
    words = {"type": "app_mention", "user": user, "text": text, "ts": TS, "client_msg_id": "c-1", "team": TEAM}
    return outer({**words, "channel": CHANNEL, "event_ts": TS, **more})


def user(identity: str = ANA, **more: Any) -> Json:
    """Somebody, as Slack describes them."""
    profile = {"display_name": "Ana", "real_name": "Ana of the team", "email": "ana@example.org"}
    named = {"id": identity, "team_id": TEAM, "name": "ana.handle", "real_name": "Ana of the team", "deleted": False}
    return {**named, "tz": "Africa/Nairobi", "locale": "fr-FR", "is_bot": False, "profile": profile, **more}


def team_join(**more: Any) -> Json:
    """Somebody comes into the workspace."""
    return outer({"type": "team_join", "user": user(**more), "cache_ts": 1_700_000_000, "event_ts": TS})


def user_change(**more: Any) -> Json:
    """Somebody's profile changes."""
    return outer({"type": "user_change", "user": user(**more), "cache_ts": 1_700_000_000, "event_ts": TS})


def member(coming: str = "joined", who: str = ANA, channel: str = CHANNEL, **more: Any) -> Json:
    """Somebody comes into a channel, or goes: ``left``."""
    event = {"type": f"member_{coming}_channel", "user": who, "channel": channel, "channel_type": channel[0]}
    return outer({**event, "team": TEAM, "event_ts": TS, **more})


def channel(happening: str, **more: Any) -> Json:
    """Such as ``channel_archive`` or ``group_left``."""
    return outer({"type": happening, "channel": CHANNEL, "event_ts": TS, **more})


def renamed(happening: str = "channel_rename", name: str = "nurses") -> Json:
    """A channel gets another name."""
    there = {"id": CHANNEL, "is_channel": True, "is_mpim": False, "name": name, "name_normalized": name}
    return channel(happening, channel={**there, "created": 1_690_000_000})


def reaction(happening: str = "added", emoji: str = "pushpin", who: str = BEN, **item: Any) -> Json:
    """An emoji on a message, or off it: ``removed``."""
    on = {"type": "message", "channel": CHANNEL, "ts": TS, **item}
    event = {"type": f"reaction_{happening}", "user": who, "reaction": emoji, "item": on, "item_user": ANA}
    return outer({**event, "event_ts": LATER})


def home_opened(tab: str = "home", who: str = ANA) -> Json:
    """Somebody opens the app's Home, or its ``messages`` tab."""
    return outer({"type": "app_home_opened", "user": who, "channel": DIRECT, "tab": tab, "event_ts": TS})


def uninstalled() -> Json:
    """The app is gone from the workspace."""
    return outer({"type": "app_uninstalled"})


def revoked(**tokens: list[str]) -> Json:
    """Tokens are worth nothing any more: ``bot`` or ``oauth``, with the users whose they were."""
    return outer({"type": "tokens_revoked", "tokens": tokens})


def command(text: str = "", name: str = "/baraza", channel: str = CHANNEL) -> dict[str, str]:
    """A slash command's form."""
    return {
        "token": "one-long-verification-token",
        "team_id": TEAM,
        "team_domain": "baraza",
        "channel_id": channel,
        "channel_name": "directmessage" if channel == DIRECT else "privategroup",
        "user_id": ANA,
        "user_name": "ana.handle",
        "command": name,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0BARAZA1/1/x",
        "trigger_id": f"{next(_numbers)}.2.abc",
    }


def _interaction(kind: str, **more: Any) -> Json:
    who = {"id": ANA, "username": "ana.handle", "name": "ana.handle", "team_id": TEAM}
    team = {"id": TEAM, "domain": "baraza"}
    trigger = f"{next(_numbers)}.2.abc"
    common: Json = {"type": kind, "user": who, "api_app_id": APP, "token": "one-long-verification-token", "team": team}
    return {**common, "enterprise": None, "is_enterprise_install": False, "trigger_id": trigger, **more}


def pressed(value: str | None = TOKEN, channel: str = CHANNEL, **more: Any) -> Json:
    """A button of the bot's message."""
    button: Json = {"type": "button", "action_id": "button_0", "block_id": "b1", "action_ts": LATER}
    button |= {"text": {"type": "plain_text", "text": "Answer", "emoji": True}}
    message = {"type": "message", "bot_id": BOT_ID, "user": BOT, "text": "A question", "ts": TS, "app_id": APP}
    told = {
        "container": {"type": "message", "message_ts": TS, "channel_id": channel, "is_ephemeral": False},
        "channel": {"id": channel, "name": "circle"},
        "message": message,
        "state": {"values": {}},
        "response_url": "https://hooks.slack.com/actions/T0BARAZA1/1/x",
        "actions": [button if value is None else {**button, "value": value}],
    }
    return _interaction("block_actions", **{**told, **more})


def pressed_at_home(value: str = TOKEN) -> Json:
    """A button of the app's Home."""
    home = view(type="home", callback_id="", private_metadata="")
    actions = [{"type": "button", "action_id": "button_0", "block_id": "b1", "value": value, "action_ts": LATER}]
    container = {"type": "view", "view_id": home["id"]}
    return _interaction("block_actions", container=container, view=home, actions=actions)


def message_action(callback: str = "contributions.save", channel: str = CHANNEL, **more: Any) -> Json:
    """An entry of the menu of a message."""
    about = written("Boil the <https://example.org/kit|kit> first", BEN, **more)
    told = {"callback_id": callback, "message_ts": TS, "message": about, "action_ts": LATER}
    return _interaction("message_action", **told, channel={"id": channel, "name": "circle"})


def shortcut(callback: str = "ask") -> Json:
    """An entry of the menu beside the composer."""
    return _interaction("shortcut", callback_id=callback, action_ts=LATER)


def view(values: Json | None = None, form: str = TOKEN, place: str | None = CHANNEL, **more: Any) -> Json:
    """A modal with a form in it, as it was filled in."""
    fields = {f"field_{name}": {"value": element} for name, element in (values or {}).items()}
    return {
        "id": "V0000001",
        "team_id": TEAM,
        "type": "modal",
        "private_metadata": json.dumps({"form": form, "place": place}),
        "callback_id": "form",
        "state": {"values": fields},
        "hash": "1700000000.abcdefgh",
        "clear_on_close": False,
        "notify_on_close": True,
        "root_view_id": "V0000001",
        "previous_view_id": None,
        "app_id": APP,
        "external_id": "",
        "bot_id": BOT_ID,
        **more,
    }


def submitted(values: Json | None = None, **more: Any) -> Json:
    """A form is sent."""
    return _interaction("view_submission", view=view(values, **more), response_urls=[])


def closed() -> Json:
    """A form is left."""
    told = _interaction("view_closed", view=view(), is_cleared=False)
    del told["trigger_id"]
    return told


def typed(value: str | None) -> Json:
    """What stands in a text field."""
    return {"type": "plain_text_input", "value": value}


def option(value: str) -> Json:
    """One of several to choose from."""
    return {"text": {"type": "plain_text", "text": f"the choice {value}", "emoji": True}, "value": value}
