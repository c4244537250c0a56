"""Who comes and goes, and what the bot is told of it."""

from __future__ import annotations

from tests.wire.telegram.chats import Chat
from tests.wire.telegram.refusal import Json
from tests.wire.telegram.state import INSIDE, USUAL_RIGHTS, Delivery, Member, User

Told = list[Delivery | None]


def changes_to(chat: Chat, user: User, member: Member, *, by: User, **more: object) -> Delivery | None:
    """Somebody becomes something else in a chat. Of others than itself only a bot that administers hears."""
    telegram, before = chat.telegram, chat.membership(user.id)
    own = user is telegram.bot.user
    hears = own or chat.bots_own.administers
    chat.members[user.id] = member
    if not hears or before == member:
        return None
    update: Json = {
        "chat": chat.shape(),
        "from": by.shape(),
        "date": int(telegram.clock.now()),
        "old_chat_member": before.shape(user, forum=chat.forum),
        "new_chat_member": member.shape(user, forum=chat.forum),
        **more,
    }
    return telegram.updates.tell("my_chat_member" if own else "chat_member", update, conversation=chat.id)


def enters(
    chat: Chat, user: User, *, by: User, member: Member | None = None, link: Json | None = None, asked: bool = False
) -> Told:
    """Somebody (or the bot) comes in, by an invitation or as they ``asked`` to; the chat says so."""
    chat.requests.pop(user.id, None)
    user.known = user.known or chat.bots_own.inside
    more: Json = ({"invite_link": link} if link else {}) | ({"via_join_request": True} if asked else {})
    told = [changes_to(chat, user, member or Member("member"), by=by, **more)]
    if chat.kind != "channel":
        told.append(chat.tell(chat.add(by, {"new_chat_members": [user.shape()]})))
    return told


def goes(chat: Chat, user: User, *, by: User) -> Told:
    """Somebody (or the bot) leaves, or is put out by another."""
    note = chat.add(by, {"left_chat_member": user.shape()}) if chat.kind != "channel" else None
    if user is chat.telegram.bot.user:
        # A bot that is gone hears no more than that, in a small group besides what the chat says of it.
        told = [chat.tell(note)] if note is not None and chat.kind == "group" else []
        return [changes_to(chat, user, Member("left" if by is user else "kicked"), by=by), *told]
    told = [changes_to(chat, user, Member("left" if by is user else "kicked"), by=by)]
    return [*told, chat.tell(note)] if note is not None else told


def promoted(chat: Chat, user: User, *, by: User, rights: frozenset[str] = USUAL_RIGHTS) -> Delivery | None:
    """Somebody (or the bot) becomes an administrator."""
    return changes_to(chat, user, Member("administrator", rights), by=by)


def asks_to_join(chat: Chat, user: User, *, bio: str = "", link: Json | None = None) -> Delivery | None:
    """Somebody asks to be let in; a bot hears of it that may let them in."""
    telegram = chat.telegram
    assert chat.membership(user.id).status not in INSIDE, f"{user.first_name} is in {chat.title} already"
    chat.requests[user.id] = telegram.clock.now()
    if not chat.bots_own.may("can_invite_users"):
        return None
    request: Json = {
        "chat": chat.shape(),
        "from": user.shape(),
        "user_chat_id": user.id,
        "date": int(telegram.clock.now()),
    }
    request |= {"bio": bio} if bio else {}
    return telegram.updates.tell(
        "chat_join_request", request | ({"invite_link": link} if link else {}), conversation=chat.id
    )


def upgraded(chat: Chat, *, by: User) -> tuple[Chat, Told]:
    """A group becomes a supergroup: another chat with another id, and the same people."""
    assert chat.kind == "group", f"{chat.title} is a {chat.kind}"
    telegram = chat.telegram
    new = telegram.new_chat("supergroup", chat.title)
    new.members, new.permissions, new.migrated_from = dict(chat.members), chat.permissions, chat
    told = [
        chat.tell(chat.add(by, {"migrate_to_chat_id": new.id})),
        new.tell(new.add(by, {"migrate_from_chat_id": chat.id})),
    ]
    chat.migrated_to = new
    return new, told
