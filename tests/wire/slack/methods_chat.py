"""The Web API's methods that write messages."""

from __future__ import annotations

from typing import Any

from tests.wire.slack.blocks import check_message_blocks
from tests.wire.slack.call import Call, method
from tests.wire.slack.rates import POSTS, TIER_3, TIER_4
from tests.wire.slack.refusal import Json, Refused
from tests.wire.slack.state import Channel

TEXT_CHARACTERS = 40_000
UPDATED_TEXT_CHARACTERS = 4_000
"""``chat.update`` takes less than ``chat.postMessage``."""
METADATA_BYTES = 8_000

_CONTENT = ("text", "attachments", "blocks", "as_user", "link_names", "parse")
_LOOKS = ("icon_emoji", "icon_url", "username", "markdown_text")


def content(call: Call, *, longest: int = TEXT_CHARACTERS) -> Json:
    """What a message says: ``text``, and ``blocks`` when there are any.

    This emulator is stricter than Slack: a message of blocks must have its fallback text, for without one
    notifications and screen readers have nothing to say.
    """
    if call.arguments.get("attachments") or call.arguments.get("markdown_text"):
        raise Refused("invalid_arguments", ["this emulator takes text and blocks alone"])
    text = call.text("text")
    if not text.strip():
        raise Refused("no_text")
    if len(text) > longest:
        raise Refused("msg_too_long")
    said: Json = {"text": text}
    if call.arguments.get("blocks") is not None:
        said["blocks"] = call.slack.with_ids(check_message_blocks(call.structure("blocks")))
    return said


def _metadata(call: Call) -> Json:
    metadata: Any = call.structure("metadata")
    if metadata is None:
        return {}
    right = isinstance(metadata, dict) and set(metadata) == {"event_type", "event_payload"}
    if not right or not isinstance(metadata["event_type"], str) or not isinstance(metadata["event_payload"], dict):
        raise Refused("invalid_metadata_format")
    if len(str(metadata)) > METADATA_BYTES:
        raise Refused("metadata_too_large")
    return {"metadata": metadata}


def by_bot(call: Call) -> Json:
    """What marks a message as the app's own."""
    bot, app = call.workspace.bot, call.slack.app
    profile = {"id": bot.bot_id, "app_id": app.id, "name": app.name, "deleted": False, "team_id": call.workspace.id}
    return {"bot_id": bot.bot_id, "app_id": app.id, "bot_profile": profile | {"updated": 1_700_000_000, "icons": {}}}


@method(
    "chat.postMessage",
    POSTS,
    needs=("channel",),
    may=(*_CONTENT, *_LOOKS, "thread_ts", "reply_broadcast", "unfurl_links", "unfurl_media", "mrkdwn", "metadata",
         "container_id"),
    scopes=("chat:write",),
)  # fmt: skip
async def post(call: Call) -> Json:
    """Write a message."""
    channel = _destination(call)
    fields = content(call) | _metadata(call) | by_bot(call)
    if call.text("thread_ts"):
        fields["thread_ts"] = call.text("thread_ts")
        fields |= {"subtype": "thread_broadcast"} if call.flag("reply_broadcast") else {}
    call.slack.rates.count_post(channel.id)
    message = call.workspace.add(channel, call.workspace.bot, fields)
    call.workspace.tell(call.workspace.message_event(channel, message), channel)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _destination(call: Call) -> Channel:
    """A channel; or somebody's direct message, when a person's id is given."""
    if call.text("channel").startswith("U"):
        if call.text("channel") not in call.workspace.users:
            raise Refused("channel_not_found")
        return call.workspace.open_direct(call.text("channel"))
    return call.open_channel()


@method(
    "chat.postEphemeral",
    TIER_4,
    needs=("channel", "user"),
    may=(*_CONTENT, *_LOOKS, "thread_ts"),
    scopes=("chat:write",),
)
async def post_ephemeral(call: Call) -> Json:
    """Write a message that one person alone sees."""
    channel, user = call.open_channel(), call.user()
    if user.id not in channel.members:
        raise Refused("user_not_in_channel")
    fields = content(call) | by_bot(call)
    if call.text("thread_ts"):
        fields["thread_ts"] = call.text("thread_ts")
    return {"message_ts": whisper(call, channel, user.id, fields)["ts"]}


def whisper(call: Call, channel: Channel, user: str, fields: Json) -> Json:
    """Show a message to one person."""
    ts = call.workspace.next_ts()
    message: Json = {"type": "message", "user": call.workspace.bot.id, "ts": ts, "team": call.workspace.id, **fields}
    message["is_ephemeral"] = True
    channel.ephemeral.setdefault(user, {})[ts] = message
    return message


@method(
    "chat.update",
    TIER_3,
    needs=("channel", "ts"),
    may=(*_CONTENT, "markdown_text", "reply_broadcast", "metadata", "file_ids"),
    scopes=("chat:write",),
)
async def update(call: Call) -> Json:
    """Edit one of the bot's messages. Blocks that aren't given stay as they were."""
    channel = call.open_channel()
    message = _own(call, channel, otherwise="cant_update_message")
    fields = content(call, longest=UPDATED_TEXT_CHARACTERS) | _metadata(call)
    call.workspace.change(channel, message, fields, by=call.workspace.bot.id)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": message}


@method("chat.delete", TIER_3, needs=("channel", "ts"), may=("as_user",), scopes=("chat:write",))
async def delete(call: Call) -> Json:
    """Delete one of the bot's messages."""
    channel = call.channel()
    message = _own(call, channel, otherwise="cant_delete_message")
    call.workspace.remove(channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.getPermalink", POSTS, needs=("channel", "message_ts"))
async def permalink(call: Call) -> Json:
    """The address of a message."""
    channel, ts = call.channel(), call.text("message_ts")
    if ts not in channel.messages:
        raise Refused("message_not_found")
    return {"channel": channel.id, "permalink": call.workspace.permalink(channel, ts)}


def _own(call: Call, channel: Channel, *, otherwise: str) -> Json:
    message = channel.messages.get(call.text("ts"))
    if message is None:
        raise Refused("message_not_found")
    if message["user"] != call.workspace.bot.id:
        raise Refused(otherwise)
    return message
