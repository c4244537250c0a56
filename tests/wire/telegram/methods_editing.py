"""The methods that change, delete, pin and mark messages."""

from __future__ import annotations

from typing import Any

from tests.wire.telegram.call import CHAT, FLAG, LIST, NUMBER, OBJECT, TEXT, Call, method
from tests.wire.telegram.chats import Chat, worded
from tests.wire.telegram.methods_sending import caption, link_preview
from tests.wire.telegram.reactions import checked_reactions, set_reactions
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.text import LONGEST_TEXT
from tests.wire.telegram.utf16 import units

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current"
    " content and reply markup of the message"
)
DELETABLE_FOR = 48 * 3600
"""Seconds after which a message can no longer be deleted for everyone."""
MOST_IDS = 100

WHICH = {"business_connection_id": TEXT, "chat_id": CHAT, "message_id": NUMBER, "inline_message_id": TEXT}
"""How a message that is to be edited is named."""


def to_edit(call: Call) -> tuple[Chat, Json]:
    """The message that the call means, which must be the bot's own."""
    if "inline_message_id" in call.arguments:
        raise Refused("this emulator keeps no inline messages to edit")
    if "chat_id" not in call.arguments:
        raise Refused("chat_id is empty")
    if "message_id" not in call.arguments:
        raise Refused("message identifier is not specified")
    chat = call.chat()
    if chat.kind == "private":
        chat.check_may_send("text messages")
    message = chat.messages.get(call.number("message_id"))
    if message is None:
        raise Refused("message to edit not found")
    own = chat.kind == "channel" or message.get("from", {}).get("id") == call.bot.id
    if not own or "forward_origin" in message:
        raise Refused("message can't be edited")
    return chat, message


def edit(call: Call, chat: Chat, message: Json, fields: Json) -> Json:
    """Change a message; a keyboard that isn't given again goes. It must really change."""
    fields = {**fields, "reply_markup": call.markup(inline_only=True)}
    if all(message.get(name) == value for name, value in fields.items()):
        raise Refused(NOT_MODIFIED)
    # A keyboard alone may change without a word.
    return chat.change(message, fields, edited=set(fields) != {"reply_markup"})


@method(
    "editMessageText",
    needs={"text": TEXT},
    may={**WHICH, "parse_mode": TEXT, "entities": LIST, "link_preview_options": OBJECT, "reply_markup": OBJECT},
)
async def edit_text(call: Call) -> Json:
    """Give a message other words."""
    text, entities = call.formatted("text", "entities")
    chat, message = to_edit(call)
    if "text" not in message:
        raise Refused("there is no text in the message to edit")
    if units(text) > LONGEST_TEXT:
        raise Refused("MESSAGE_TOO_LONG")
    return edit(call, chat, message, worded("text", text, entities) | link_preview(call))


@method(
    "editMessageCaption",
    may={**WHICH, "caption": TEXT, "parse_mode": TEXT, "caption_entities": LIST, "reply_markup": OBJECT,
         "show_caption_above_media": FLAG},
)  # fmt: skip
async def edit_caption(call: Call) -> Json:
    """Give a picture or a document another caption."""
    words = caption(call)
    chat, message = to_edit(call)
    if "photo" not in message and "document" not in message:
        raise Refused("there is no caption in the message to edit")
    return edit(call, chat, message, {"caption": None, "caption_entities": None, **words})


@method("editMessageReplyMarkup", may={**WHICH, "reply_markup": OBJECT})
async def edit_markup(call: Call) -> Json:
    """Give a message another keyboard, or none."""
    chat, message = to_edit(call)
    return edit(call, chat, message, {})


@method("deleteMessage", needs={"chat_id": CHAT, "message_id": NUMBER})
async def delete_message(call: Call) -> bool:
    """Delete a message."""
    chat = call.chat()
    message = chat.messages.get(call.number("message_id"))
    if message is None:
        raise Refused("message to delete not found")
    _check_deletable(call, chat, message)
    chat.remove(message)
    return True


@method("deleteMessages", needs={"chat_id": CHAT, "message_ids": LIST})
async def delete_messages(call: Call) -> bool:
    """Delete several messages; those that aren't there are passed over."""
    chat, ids = call.chat(), call.structure("message_ids")
    if len(ids) > MOST_IDS:
        raise Refused("too many message identifiers specified")
    if not all(isinstance(one, int) for one in ids):
        raise Refused("message identifier must be a Number")
    found = [chat.messages[one] for one in ids if one in chat.messages]
    for message in found:
        _check_deletable(call, chat, message)
    for message in found:
        chat.remove(message)
    return True


def _check_deletable(call: Call, chat: Chat, message: Json) -> None:
    own = message.get("from", {}).get("id") == call.bot.id
    if chat.kind != "private" and not own and not chat.bots_own.may("can_delete_messages"):
        raise Refused("message can't be deleted")
    old = call.telegram.clock.now() - message["date"] > DELETABLE_FOR
    if old and not chat.bots_own.may("can_delete_messages"):
        raise Refused("message can't be deleted for everyone")


@method(
    "setMessageReaction",
    needs={"chat_id": CHAT, "message_id": NUMBER},
    may={"reaction": LIST, "is_big": FLAG},
)
async def set_reaction(call: Call) -> bool:
    """React to a message, or (with an empty list) take the reaction back."""
    chat = call.chat()
    given: Any = call.structure("reaction") or []
    reactions = checked_reactions(given)
    message = chat.messages.get(call.number("message_id"))
    if message is None:
        raise Refused("message to react not found")
    set_reactions(chat, message, call.bot, reactions)
    return True


@method(
    "pinChatMessage",
    needs={"chat_id": CHAT, "message_id": NUMBER},
    may={"disable_notification": FLAG, "business_connection_id": TEXT},
)
async def pin(call: Call) -> bool:
    """Pin a message."""
    chat = _pinning(call)
    if call.number("message_id") not in chat.messages:
        raise Refused("message to pin not found")
    chat.pinned.append(call.number("message_id"))
    return True


@method("unpinChatMessage", needs={"chat_id": CHAT}, may={"message_id": NUMBER, "business_connection_id": TEXT})
async def unpin(call: Call) -> bool:
    """Unpin a message, or the newest that is pinned."""
    chat = _pinning(call)
    number = call.number("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise Refused("message to unpin not found")
    chat.pinned.remove(number)
    return True


def _pinning(call: Call) -> Chat:
    chat = call.chat()
    if chat.kind != "private" and not chat.bots_own.may("can_pin_messages"):
        raise Refused("not enough rights to manage pinned messages in the chat")
    return chat
