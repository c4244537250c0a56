"""The methods about the topics of a forum."""

from __future__ import annotations

from tests.wire.telegram.call import CHAT, NUMBER, TEXT, Call, method
from tests.wire.telegram.chats import Chat
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.state import Topic

LONGEST_NAME = 128
COLOURS = {7322096, 16766590, 13338331, 9367192, 16749490, 16478047}

_WHICH = {"chat_id": CHAT, "message_thread_id": NUMBER}


def _forum(call: Call) -> Chat:
    chat = call.group()
    if not chat.forum:
        raise Refused("the chat is not a forum")
    return chat


def _topic(call: Call) -> tuple[Chat, Topic]:
    chat = _forum(call)
    topic = chat.topics.get(call.number("message_thread_id"))
    if topic is None or topic.deleted:
        raise Refused("message thread not found")
    if not chat.bots_own.may("can_manage_topics") and topic.created.get("from", {}).get("id") != call.bot.id:
        raise Refused("not enough rights to manage the topic")
    return chat, topic


def _name(call: Call) -> str:
    name = call.text("name").strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refused("TOPIC_TITLE_EMPTY" if not name else "topic name is too long")
    return name


@method(
    "createForumTopic",
    needs={"chat_id": CHAT, "name": TEXT},
    may={"icon_color": NUMBER, "icon_custom_emoji_id": TEXT},
)
async def create(call: Call) -> Json:
    """Begin a topic."""
    chat = _forum(call)
    if not chat.bots_own.may("can_manage_topics"):
        raise Refused("not enough rights to create a topic")
    if call.number("icon_color", 7322096) not in COLOURS:
        raise Refused("TOPIC_ICON_COLOR_INVALID")
    return chat.open_topic(_name(call), call.bot).shape()


@method("editForumTopic", needs=_WHICH, may={"name": TEXT, "icon_custom_emoji_id": TEXT})
async def edit(call: Call) -> bool:
    """Give a topic another name."""
    chat, topic = _topic(call)
    name = _name(call)
    if name == topic.name:
        raise Refused("TOPIC_NOT_MODIFIED")
    topic.name = name
    chat.add(call.bot, {"forum_topic_edited": {"name": name}}, topic=topic.id)
    return True


@method("closeForumTopic", needs=_WHICH)
async def close(call: Call) -> bool:
    """Close a topic: only who manages topics writes there."""
    return _set_closed(call, closed=True)


@method("reopenForumTopic", needs=_WHICH)
async def reopen(call: Call) -> bool:
    """Open a topic again."""
    return _set_closed(call, closed=False)


def _set_closed(call: Call, *, closed: bool) -> bool:
    chat, topic = _topic(call)
    if topic.closed == closed:
        raise Refused("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    chat.add(call.bot, {"forum_topic_closed" if closed else "forum_topic_reopened": {}}, topic=topic.id)
    return True


@method("deleteForumTopic", needs=_WHICH)
async def delete(call: Call) -> bool:
    """Delete a topic with all that was written in it."""
    chat, topic = _topic(call)
    if not chat.bots_own.may("can_delete_messages"):
        raise Refused("not enough rights to delete the topic")
    topic.deleted = True
    for message in [one for one in chat.messages.values() if one.get("message_thread_id") == topic.id]:
        chat.remove(message)
    return True
