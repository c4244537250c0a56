"""The Web API's methods about channels, what was written in them, and reactions."""

from __future__ import annotations

from tests.wire.slack.call import Call, method
from tests.wire.slack.rates import TIER_2, TIER_3, TIER_4
from tests.wire.slack.refusal import Json, Refused
from tests.wire.slack.workspace import without_metadata

_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
_WINDOW = ("cursor", "inclusive", "include_all_metadata", "latest", "limit", "oldest")
_KINDS = {"public_channel": "channel", "private_channel": "group", "mpim": "mpim", "im": "im"}


def _paged(cursor: str) -> Json:
    return {"response_metadata": {"next_cursor": cursor}}


@method(
    "conversations.open",
    TIER_3,
    may=("channel", "users", "return_im", "prevent_creation"),
    scopes=("im:write", "mpim:write", "channels:manage", "groups:write"),
)
async def open_conversation(call: Call) -> Json:
    """A direct message with one person, or with several."""
    if call.text("channel"):
        return {"channel": {"id": call.channel().id}, "no_op": True, "already_open": True}
    users = [user for user in call.text("users").split(",") if user]
    if not users:
        raise Refused("users_list_not_supplied")
    for user in users:
        known = call.workspace.users.get(user)
        if known is None:
            raise Refused("user_not_found")
        if known.bot_id:
            raise Refused("cannot_dm_bot")
        if known.deleted:
            raise Refused("user_disabled")
    if len(users) > 1:
        return {"channel": call.workspace.open_group(users).shape(call.workspace.bot)}
    before = call.workspace.direct(users[0])
    channel = call.workspace.open_direct(users[0])
    shape = channel.shape(call.workspace.bot) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shape, **({"no_op": True, "already_open": True} if before else {})}


@method("conversations.info", TIER_3, needs=("channel",), may=("include_locale", "include_num_members"), scopes=_READ)
async def info(call: Call) -> Json:
    """What a channel is."""
    return {"channel": call.channel(member=False).shape(call.workspace.bot)}


@method("conversations.list", TIER_2, may=("cursor", "exclude_archived", "limit", "team_id", "types"), scopes=_READ)
async def list_conversations(call: Call) -> Json:
    """The channels that the bot may know of."""
    types = [one.strip() for one in call.text("types", "public_channel").split(",")]
    if not set(types) <= set(_KINDS):
        raise Refused("invalid_types")
    bot = call.workspace.bot
    found = [
        channel.shape(bot)
        for channel in call.workspace.channels.values()
        if channel.kind in {_KINDS[one] for one in types}
        and (channel.kind == "channel" or bot.id in channel.members)
        and not (channel.archived and call.flag("exclude_archived"))
    ]
    page, cursor = call.page(found)
    return {"channels": page, **_paged(cursor)}


@method("conversations.members", TIER_4, needs=("channel",), may=("cursor", "limit"), scopes=_READ)
async def members(call: Call) -> Json:
    """Who is in a channel."""
    page, cursor = call.page(call.channel(member=False).members)
    return {"members": page, **_paged(cursor)}


@method("conversations.join", TIER_3, needs=("channel",), scopes=("channels:join",))
async def join(call: Call) -> Json:
    """Make the bot a member of a public channel."""
    channel = call.channel(member=False)
    if channel.kind != "channel":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    if call.workspace.bot.id in channel.members:
        already = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        return {"channel": channel.shape(call.workspace.bot), **already}
    call.workspace.join(channel, call.workspace.bot.id)
    return {"channel": channel.shape(call.workspace.bot)}


@method("conversations.history", TIER_3, needs=("channel",), may=_WINDOW, scopes=_HISTORY)
async def history(call: Call) -> Json:
    """What was written in a channel outside threads, the newest first."""
    messages = call.channel().messages.values()
    outside = [one for one in messages if not _is_reply(one) or one.get("subtype") == "thread_broadcast"]
    found = _window(call, outside)[::-1]
    page, cursor = call.page(found, at_most=999)
    return {"messages": _shown(call, page), "has_more": bool(cursor), **(_paged(cursor) if cursor else {})}


@method("conversations.replies", TIER_3, needs=("channel", "ts"), may=_WINDOW, scopes=_HISTORY)
async def replies(call: Call) -> Json:
    """A thread: its root, then the replies, the oldest first."""
    channel = call.channel()
    root = channel.messages.get(call.text("ts"))
    if root is None:
        raise Refused("thread_not_found")
    under = [one for one in channel.messages.values() if _is_reply(one) and one["thread_ts"] == root["ts"]]
    page, cursor = call.page([root, *_window(call, under)], 1000)
    return {"messages": _shown(call, page), "has_more": bool(cursor), **(_paged(cursor) if cursor else {})}


def _is_reply(message: Json) -> bool:
    return bool(message.get("thread_ts", message["ts"]) != message["ts"])


def _window(call: Call, messages: list[Json]) -> list[Json]:
    oldest, latest = call.text("oldest", "0"), call.text("latest", "9999999999")
    inclusive = call.flag("inclusive")
    try:
        since, until = float(oldest), float(latest)
    except ValueError:
        raise Refused("invalid_ts_oldest") from None
    return [
        one
        for one in messages
        if since < float(one["ts"]) < until or (inclusive and float(one["ts"]) in {since, until})
    ]


def _shown(call: Call, messages: list[Json]) -> list[Json]:
    with_metadata = call.flag("include_all_metadata")
    return [one if with_metadata else without_metadata(one) for one in messages]


@method("reactions.add", TIER_3, needs=("channel", "name", "timestamp"), scopes=("reactions:write",))
async def add_reaction(call: Call) -> Json:
    """React to a message."""
    return _react(call, removed=False)


@method("reactions.remove", TIER_2, needs=("name",), may=("channel", "timestamp"), scopes=("reactions:write",))
async def remove_reaction(call: Call) -> Json:
    """Take a reaction back."""
    return _react(call, removed=True)


def _react(call: Call, *, removed: bool) -> Json:
    channel, name = call.channel(), call.text("name")
    message = channel.messages.get(call.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum() or not name.isascii():
        raise Refused("invalid_name")
    call.workspace.react(channel, message, call.workspace.bot.id, name, removed=removed)
    return {}
