"""What Telegram sends as core events: a table of pure translations of the documents that the inbox keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.core.events import Event
from bot.platforms.reading import Json, NothingTold, part
from bot.platforms.telegram._document import Document, read
from bot.platforms.telegram._happenings import (
    callback_query,
    chat_join_request,
    chat_member,
    chosen_inline_result,
    inline_query,
    leads_checked,
    message_reaction,
    my_chat_member,
    poll_answer,
)
from bot.platforms.telegram._writing import edited_message, message

Translation = Callable[[Document, Json], Sequence[Event]]
"""Given the document and that part of it which tells what happened."""


def translate(body: bytes) -> Sequence[Event]:
    """What happened; empty for what Baraza has no word for. Raises ValueError for a body that can't be read.

    What programs do, the bot among them, is left out.
    """
    try:
        document = read(body)
        for kind, translation in {**_UPDATES, **_OWN}.items():
            if document.update.get(kind) is not None:
                events = translation(document, part(document.update, kind))
                return [event for event in events if not event.by.is_bot]
    except NothingTold:
        return []
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise ValueError("a document of the inbox lacks a part") from error
    return []


_UPDATES: dict[str, Translation] = {
    "message": message,
    "callback_query": callback_query,
    "message_reaction": message_reaction,
    "edited_message": edited_message,
    "chat_member": chat_member,
    "my_chat_member": my_chat_member,
    "chat_join_request": chat_join_request,
    "channel_post": message,
    "edited_channel_post": edited_message,
    "inline_query": inline_query,
    "chosen_inline_result": chosen_inline_result,
    "poll_answer": poll_answer,
}

_OWN: dict[str, Translation] = {"leads_checked": leads_checked}
"""What the adapter has asked for, and tells as Telegram tells other things."""

ALLOWED_UPDATES = tuple(sorted(_UPDATES))
"""What to ask Telegram for: some of these are told only to who names them."""
