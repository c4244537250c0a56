"""What Telegram tells in the form of messages: who came and went, other names and addresses, topics of forums."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.core.events import Event, Joined, Left, PlaceMoved, PlaceRenamed, PlaceReopened
from bot.platforms.reading import Json, part, text
from bot.platforms.telegram._document import PLATFORM, Document, topic_of
from bot.platforms.telegram._reading import identity, moment


def service(document: Document, told: Json) -> Sequence[Event] | None:
    """What Telegram tells by a message; None for one that it doesn't tell itself, or that has no word here."""
    for name, translation in _SERVICE.items():
        if told.get(name) is not None:
            return translation(document, told)
    return None


def coming_key(happening: str, chat: str, user: str, seconds: int) -> str:
    """Stands for a coming or going, in whichever of two ways Telegram tells of it."""
    return "\x1f".join((happening, chat, user, str(seconds)))


def _came(document: Document, told: Json) -> Sequence[Event]:
    people = told.get("new_chat_members")
    if not isinstance(people, list) or not all(isinstance(one, dict) for one in people):
        raise ValueError("new_chat_members is no list of people")
    return [event for one in people for event in _moved(Joined, "join", document, told, one)]


def _went(document: Document, told: Json) -> Sequence[Event]:
    return _moved(Left, "leave", document, told, part(told, "left_chat_member"))


def _moved(kind: type[Joined | Left], word: str, document: Document, told: Json, user: Json) -> Sequence[Event]:
    """Telegram tells an administrator by ``chat_member`` as well, and of the bot itself always in another way."""
    person = document.person(user)
    if document.sees_joins or person.is_bot:
        return []
    at, chat = moment(told, "date"), part(told, "chat")
    key = coming_key(word, identity(chat, "id"), person.account.user, int(at.timestamp()))
    place = document.place(chat)
    if kind is Left:
        return [Left(at=at, by=person, place=place, key=key)]
    return [Joined(at=at, by=person, place=place, key=key, reachable=document.reachable(person.account.user))]


def _renamed(document: Document, told: Json) -> Sequence[Event]:
    place = document.place(part(told, "chat"), name=text(told, "new_chat_title"))
    return [PlaceRenamed(at=moment(told, "date"), by=document.actor(told), place=place)]


def _topic_named(document: Document, told: Json) -> Sequence[Event]:
    """A topic has a name, from its beginning on; a change of its picture alone tells nothing."""
    change = "forum_topic_created" if told.get("forum_topic_created") is not None else "forum_topic_edited"
    topic, name = topic_of(told), text(part(told, change), "name")
    if not topic or not name:
        return []
    place = document.place(part(told, "chat"), topic, name)
    return [PlaceRenamed(at=moment(told, "date"), by=document.actor(told), place=place)]


def _topic_reopened(document: Document, told: Json) -> Sequence[Event]:
    """A topic that is closed stays a place: who may not write there now is told when something is for it."""
    topic = topic_of(told)
    place = document.place(part(told, "chat"), topic)
    return [PlaceReopened(at=moment(told, "date"), by=document.actor(told), place=place)] if topic else []


def _moved_to(document: Document, told: Json) -> Sequence[Event]:
    """The old group says where it goes on."""
    return _migrated(document, told, identity(part(told, "chat"), "id"), identity(told, "migrate_to_chat_id"))


def _moved_from(document: Document, told: Json) -> Sequence[Event]:
    """The new group says where it comes from."""
    return _migrated(document, told, identity(told, "migrate_from_chat_id"), identity(part(told, "chat"), "id"))


def _migrated(document: Document, told: Json, old: str, new: str) -> Sequence[Event]:
    group = document.place(part(told, "chat"))
    if group is None:
        return []
    before, after = (type(group)(PLATFORM, document.tenant, one, group.name) for one in (old, new))
    return [PlaceMoved(at=moment(told, "date"), by=document.actor(told), place=before, to=after)]


_SERVICE: dict[str, Callable[[Document, Json], Sequence[Event]]] = {
    "new_chat_members": _came,
    "left_chat_member": _went,
    "new_chat_title": _renamed,
    "migrate_to_chat_id": _moved_to,
    "migrate_from_chat_id": _moved_from,
    "forum_topic_created": _topic_named,
    "forum_topic_edited": _topic_named,
    "forum_topic_reopened": _topic_reopened,
}
