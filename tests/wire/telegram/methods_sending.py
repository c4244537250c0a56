"""The methods that write, forward and copy messages."""

from __future__ import annotations

import copy
from typing import Any

from tests.wire.telegram.call import CHAT, FLAG, LIST, NUMBER, OBJECT, TEXT, Call, method
from tests.wire.telegram.chats import Chat, worded
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.text import LONGEST_CAPTION, LONGEST_TEXT
from tests.wire.telegram.utf16 import units

HOW = {
    "business_connection_id": TEXT, "message_thread_id": NUMBER, "direct_messages_topic_id": NUMBER,
    "disable_notification": FLAG, "protect_content": FLAG, "allow_paid_broadcast": FLAG, "message_effect_id": TEXT,
    "reply_parameters": OBJECT,
}  # fmt: skip
"""What every method that sends takes."""
LINK_PREVIEW = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}

_REPLY = {"message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_parse_mode", "quote_entities",
          "quote_position"}  # fmt: skip
_NOT_HERE = ("business_connection_id", "direct_messages_topic_id", "message_effect_id", "allow_paid_broadcast")
_ACTIONS = {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
            "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"}  # fmt: skip
_CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "document", "poll", "link_preview_options")


def post(call: Call, chat: Chat, content: Json, *, count: bool = True) -> Json:
    """Put a message of the bot's into a chat, as the call has it."""
    reply_to, elsewhere = replied_to(call, chat)
    topic = topic_of(call, chat, reply_to)
    markup = call.markup()
    if count:
        call.telegram.rates.count(chat.id, group=chat.kind != "private")
    author = None if chat.kind == "channel" else call.bot
    if call.flag("protect_content"):
        content = content | {"has_protected_content": True}
    fields = content | elsewhere | ({"reply_markup": markup} if markup else {})
    message = chat.add(author, fields, reply_to=reply_to, topic=topic)
    return chat.change(message, {}, edited=False)


def topic_of(call: Call, chat: Chat, reply_to: Json | None) -> int:
    """The topic that the call names, or else that of what it answers; it must be there, and open to the bot."""
    _check_not_here(call)
    number = call.number("message_thread_id")
    if not number and reply_to is not None and reply_to.get("is_topic_message"):
        number = reply_to["message_thread_id"]
    if not number:
        return 0
    topic = chat.topics.get(number)
    if topic is None or topic.deleted:
        raise Refused("message thread not found")
    if topic.closed and not chat.bots_own.may("can_manage_topics"):
        raise Refused("TOPIC_CLOSED")
    return number


def _check_not_here(call: Call) -> None:
    for name in _NOT_HERE:
        if call.structure(name) is not None:
            raise Refused(f"this emulator knows no {name}")


def replied_to(call: Call, chat: Chat) -> tuple[Json | None, Json]:
    """The message that is answered; or, when it is in another chat, how the answer shows that."""
    wanted: Any = call.structure("reply_parameters")
    if wanted is None:
        return None, {}
    _check_reply(wanted)
    other = call.telegram.find_for_bot(wanted["chat_id"]) if wanted.get("chat_id") else chat
    message = other.messages.get(wanted["message_id"])
    if message is None:
        if wanted.get("allow_sending_without_reply"):
            return None, {}
        raise Refused("message to be replied not found")
    quoted = {}
    if wanted.get("quote"):
        text = str(message.get("text", message.get("caption", "")))
        if wanted["quote"] not in text:
            raise Refused("QUOTE_TEXT_INVALID")
        at = units(text[: text.index(wanted["quote"])])
        quoted = {"quote": {"text": wanted["quote"], "position": at, "is_manual": True}}
    if other is chat:
        return message, quoted
    origin = {"type": "user", "sender_user": message["from"], "date": message["date"]}
    return None, {"external_reply": {"origin": origin, "chat": other.shape(), "message_id": message["message_id"]}}


def _check_reply(wanted: Json) -> None:
    unknown = sorted(set(wanted) - _REPLY)
    if unknown:
        raise Refused(f"reply parameters have no {', '.join(unknown)} (Telegram would ignore them)")
    if not isinstance(wanted.get("message_id"), int):
        raise Refused('can\'t parse reply parameters: Field "message_id" must be of type Number')
    if not isinstance(wanted.get("allow_sending_without_reply", False), bool):
        raise Refused('field "allow_sending_without_reply" must be of type Boolean')


def link_preview(call: Call) -> Json:
    """How links are shown, as a message keeps it."""
    options: Any = call.structure("link_preview_options")
    if options is None:
        return {}
    unknown = sorted(set(options) - LINK_PREVIEW)
    if unknown:
        raise Refused(f"link preview options have no {', '.join(unknown)} (Telegram would ignore them)")
    if not isinstance(options.get("is_disabled", False), bool):
        raise Refused('field "is_disabled" must be of type Boolean')
    return {"link_preview_options": options}


def caption(call: Call) -> Json:
    """The caption of a file, if it has one."""
    text, entities = call.formatted("caption", "caption_entities", may_be_empty=True)
    if units(text) > LONGEST_CAPTION:
        raise Refused("message caption is too long")
    return worded("caption", text, entities) if text else {}


@method(
    "sendMessage",
    needs={"chat_id": CHAT, "text": TEXT},
    may={**HOW, "parse_mode": TEXT, "entities": LIST, "link_preview_options": OBJECT, "reply_markup": OBJECT},
)
async def send_message(call: Call) -> Json:
    """Write a message."""
    text, entities = call.formatted("text", "entities")
    chat = call.open_chat()
    if units(text) > LONGEST_TEXT:
        raise Refused("message is too long")
    return post(call, chat, worded("text", text, entities) | link_preview(call))


@method(
    "forwardMessage",
    needs={"chat_id": CHAT, "from_chat_id": CHAT, "message_id": NUMBER},
    may={**HOW, "video_start_timestamp": NUMBER},
)
async def forward_message(call: Call) -> Json:
    """Send on a message, and say whose it was."""
    source, chat = call.chat("from_chat_id"), call.open_chat()
    message = source.messages.get(call.number("message_id"))
    if message is None:
        raise Refused("message to forward not found")
    if message.get("has_protected_content") or not any(name in message for name in _CONTENT):
        raise Refused("the message can't be forwarded")
    return post(call, chat, forwarded(message))


def forwarded(message: Json) -> Json:
    """The content of a message, and where it came from."""
    if "from" in message:
        origin = {"type": "user", "sender_user": message["from"], "date": message["date"]}
    else:
        ids = {"chat": message["chat"], "message_id": message["message_id"]}
        origin = {"type": "channel", "date": message["date"], **ids}
    return {**content_of(message), "forward_origin": message.get("forward_origin", origin)}


def content_of(message: Json) -> Json:
    """What a message says, without who, when and where."""
    return {name: copy.deepcopy(message[name]) for name in _CONTENT if name in message}


@method(
    "copyMessage",
    needs={"chat_id": CHAT, "from_chat_id": CHAT, "message_id": NUMBER},
    may={**HOW, "caption": TEXT, "parse_mode": TEXT, "caption_entities": LIST, "reply_markup": OBJECT,
         "show_caption_above_media": FLAG, "video_start_timestamp": NUMBER},
)  # fmt: skip
async def copy_message(call: Call) -> Json:
    """Send a message's content as one's own."""
    source, chat = call.chat("from_chat_id"), call.open_chat()
    message = source.messages.get(call.number("message_id"))
    if message is None:
        raise Refused("message to copy not found")
    if not any(name in message for name in _CONTENT):
        raise Refused("message can't be copied")
    content = content_of(message)
    if "caption" in call.arguments and "text" not in content:
        content = {name: value for name, value in content.items() if not name.startswith("caption")} | caption(call)
    return {"message_id": post(call, chat, content)["message_id"]}


@method(
    "sendChatAction",
    needs={"chat_id": CHAT, "action": TEXT},
    may={"business_connection_id": TEXT, "message_thread_id": NUMBER},
)
async def send_chat_action(call: Call) -> bool:
    """Show that the bot is about to write."""
    if call.text("action") not in _ACTIONS:
        raise Refused("wrong parameter action in request")
    call.open_chat()
    return True
