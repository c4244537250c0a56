"""What Telegram sends, compactly: updates of Bot API 10.1."""

from __future__ import annotations

import itertools
from typing import Any

Json = dict[str, Any]

BOT_ID, ANA, BEN, GROUP = 7_000_001, 5_001, 5_002, -1_001_234_567_890
BOT = {"id": BOT_ID, "is_bot": True, "first_name": "Baraza", "username": "baraza_bot"}
ANA_USER = {"id": ANA, "is_bot": False, "first_name": "Ana", "last_name": "Silva", "language_code": "pt-br"}
BEN_USER = {"id": BEN, "is_bot": False, "first_name": "Ben", "username": "Ben"}
ROBOT = {"id": 7_000_002, "is_bot": True, "first_name": "Robot", "username": "robot_bot"}
ANONYMOUS = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
TELEGRAM = {"id": 777_000, "is_bot": False, "first_name": "Telegram"}

NURSES = {"id": GROUP, "type": "supergroup", "title": "Nurses"}
FORUM = {**NURSES, "is_forum": True}
SMALL = {"id": -4_001, "type": "group", "title": "Small"}
NEWS = {"id": -1_009_999_999_999, "type": "channel", "title": "News", "username": "news"}
DIRECT = {"id": ANA, "type": "private", "first_name": "Ana", "last_name": "Silva"}

AT = 1_700_000_000
LATER = AT + 60
TOPIC = 77
_numbers = itertools.count(900)


def update(kind: str, told: Json) -> Json:
    """An update, with the next id."""
    return {"update_id": next(_numbers), kind: told}


def said(words: str | None = None, *, chat: Json = NURSES, by: Json | None = ANA_USER, **more: Any) -> Json:
    """A message."""
    sender = {} if by is None else {"from": by}
    text = {} if words is None else {"text": words}
    return {"message_id": 42, "date": AT, "chat": chat, **sender, **text, **more}


def message(words: str | None = None, **more: Any) -> Json:
    """Somebody writes."""
    return update("message", said(words, **more))


def edited(words: str | None = None, **more: Any) -> Json:
    """Somebody writes it otherwise."""
    return update("edited_message", said(words, edit_date=LATER, **more))


def in_topic(words: str | None = None, **more: Any) -> Json:
    """Somebody writes in a topic of a forum; the client names the topic's beginning as what is answered."""
    begins = said(chat=FORUM, message_id=TOPIC, **_TOPIC, forum_topic_created={"name": "Wound care", "icon_color": 1})
    return message(words, chat=FORUM, **{**_TOPIC, "reply_to_message": begins, **more})


_TOPIC: Json = {"message_thread_id": TOPIC, "is_topic_message": True}


def topic_news(**news: Any) -> Json:
    """Telegram tells of a topic."""
    return message(chat=FORUM, **{**_TOPIC, **news})


def entity(kind: str, offset: int, length: int, **more: Any) -> Json:
    return {"type": kind, "offset": offset, "length": length, **more}


def member(status: str, user: Json = ANA_USER, **more: Any) -> Json:
    return {"status": status, "user": user, **more}


def moved(old: Json, new: Json, kind: str = "chat_member", chat: Json = NURSES, by: Json = ANA_USER) -> Json:
    """Somebody's part in a chat changes."""
    return update(kind, {"chat": chat, "from": by, "date": AT, "old_chat_member": old, "new_chat_member": new})


def bot_moved(old: str, new: str, chat: Json = NURSES, by: Json = ANA_USER) -> Json:
    """The bot's part in a chat changes."""
    return moved(member(old, BOT), member(new, BOT), "my_chat_member", chat, by)


def join_request() -> Json:
    return update(
        "chat_join_request", {"chat": NURSES, "from": ANA_USER, "user_chat_id": ANA, "date": AT, "bio": "A nurse"}
    )


def reaction(old: list[Json], new: list[Json], **more: Any) -> Json:
    told = {"chat": NURSES, "message_id": 41, "date": AT, "old_reaction": old, "new_reaction": new}
    return update("message_reaction", {**told, **({"user": ANA_USER} | more)})


def emoji(one: str) -> Json:
    return {"type": "emoji", "emoji": one}


def vote(*options: int, **more: Any) -> Json:
    told = {"poll_id": "6001", "option_ids": list(options), "option_persistent_ids": []}
    return update("poll_answer", {**told, **({"user": ANA_USER} | more)})


def pressed(data: str = "b:" + "t" * 22, **more: Any) -> Json:
    told = {"id": "8001", "from": ANA_USER, "chat_instance": "1", "data": data, "message": said("Choose", by=BOT)}
    return update("callback_query", {name: value for name, value in {**told, **more}.items() if value is not None})


def asked_inline(words: str = "wounds") -> Json:
    told = {"id": "8002", "from": ANA_USER, "query": words, "offset": "", "chat_type": "supergroup"}
    return update("inline_query", told)


def chosen_inline() -> Json:
    return update("chosen_inline_result", {"result_id": "12", "from": ANA_USER, "query": "wounds"})
