"""The methods that send pictures and documents, and give files out."""

from __future__ import annotations

from typing import Any

from tests.wire.telegram.call import CHAT, FILE, FLAG, LIST, OBJECT, TEXT, Call, method
from tests.wire.telegram.chats import worded
from tests.wire.telegram.files import LARGEST_DOWNLOAD, sent, shown
from tests.wire.telegram.methods_editing import WHICH, edit, to_edit
from tests.wire.telegram.methods_sending import HOW, caption, post
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.text import LONGEST_CAPTION, formatted
from tests.wire.telegram.utf16 import units

_CAPTION = {"caption": TEXT, "parse_mode": TEXT, "caption_entities": LIST}
_MEDIA = {"type", "media", "caption", "parse_mode", "caption_entities", "show_caption_above_media", "has_spoiler",
          "thumbnail", "disable_content_type_detection"}  # fmt: skip


@method(
    "sendPhoto",
    needs={"chat_id": CHAT, "photo": FILE},
    may={**HOW, **_CAPTION, "reply_markup": OBJECT, "show_caption_above_media": FLAG, "has_spoiler": FLAG},
)
async def send_photo(call: Call) -> Json:
    """Send a picture."""
    return await _send(call, "photo")


@method(
    "sendDocument",
    needs={"chat_id": CHAT, "document": FILE},
    may={**HOW, **_CAPTION, "reply_markup": OBJECT, "thumbnail": FILE, "disable_content_type_detection": FLAG},
)
async def send_document(call: Call) -> Json:
    """Send a file."""
    return await _send(call, "document")


async def _send(call: Call, kind: str) -> Json:
    words = caption(call)
    chat = call.open_chat(f"{kind}s")
    return post(call, chat, shown(sent(call, kind, call.structure(kind), kind)) | words)


@method("sendMediaGroup", needs={"chat_id": CHAT, "media": LIST}, may=HOW)
async def send_media_group(call: Call) -> list[Json]:
    """Send two to ten pictures or documents as one."""
    media: list[Any] = call.structure("media")
    if len(media) < 2:
        raise Refused("too few messages to send as an album (Telegram wants 2-10)")
    if len(media) > 10:
        raise Refused("too many messages to send as an album")
    contents = [_medium(call, one) for one in media]
    if len({"photo" in one for one in contents}) > 1:
        raise Refused("documents can't be mixed with other media types")
    chat = call.open_chat("photos" if "photo" in contents[0] else "documents")
    call.telegram.rates.count(chat.id, group=chat.kind != "private", messages=len(media))
    group = str(call.telegram.number())
    return [post(call, chat, {"media_group_id": group, **one}, count=False) for one in contents]


def _medium(call: Call, medium: Any) -> Json:
    if not isinstance(medium, dict):
        raise Refused("can't parse InputMedia: expected an Object")
    unknown = sorted(set(medium) - _MEDIA)
    if unknown:
        raise Refused(f"InputMedia has no {', '.join(unknown)} (Telegram would ignore them)")
    if medium.get("type") not in {"photo", "document"}:
        raise Refused("can't parse InputMedia: this emulator takes photos and documents alone")
    text, entities = formatted(
        str(medium.get("caption") or ""),
        str(medium.get("parse_mode") or ""),
        medium.get("caption_entities"),
        bot=call.bot_name,
        may_be_empty=True,
    )
    if units(text) > LONGEST_CAPTION:
        raise Refused("message caption is too long")
    file = sent(call, medium["type"], medium.get("media"), "")
    return shown(file) | (worded("caption", text, entities) if text else {})


@method("editMessageMedia", needs={"media": OBJECT}, may={**WHICH, "reply_markup": OBJECT})
async def edit_media(call: Call) -> Json:
    """Put another picture or document in a message's place."""
    content = _medium(call, call.structure("media"))
    chat, message = to_edit(call)
    gone = dict.fromkeys(("text", "entities", "photo", "document", "caption", "caption_entities"))
    return edit(call, chat, message, gone | content)


@method("getFile", needs={"file_id": TEXT})
async def get_file(call: Call) -> Json:
    """Where a file can be downloaded."""
    file = call.telegram.files.get(call.text("file_id"))
    if file is None:
        raise Refused("invalid file_id")
    if len(file.content) > LARGEST_DOWNLOAD:
        raise Refused("file is too big")
    return {**file.shape(), "file_path": file.path}
