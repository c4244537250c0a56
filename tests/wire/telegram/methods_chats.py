"""The methods that tell of chats and who is in them."""

from __future__ import annotations

from tests.wire.telegram.call import CHAT, FLAG, NUMBER, Call, method
from tests.wire.telegram.membership import goes
from tests.wire.telegram.refusal import Json, Refused


@method("getChat", needs={"chat_id": CHAT})
async def get_chat(call: Call) -> Json:
    """Everything about a chat."""
    return call.chat().full()


@method("getChatMember", needs={"chat_id": CHAT, "user_id": NUMBER})
async def get_chat_member(call: Call) -> Json:
    """What somebody is in a chat."""
    chat = call.chat()
    if chat.kind == "private":
        raise Refused("method is available only for supergroups and groups (Telegram would say member)")
    user = call.telegram.users.get(call.number("user_id"))
    if user is None or not (user.known or chat.membership(user.id).inside):
        raise Refused("user not found")
    return chat.membership(user.id).shape(user, forum=chat.forum)


@method("getChatAdministrators", needs={"chat_id": CHAT}, may={"return_bots": FLAG})
async def get_administrators(call: Call) -> list[Json]:
    """Who administers a chat; bots other than this one aside."""
    chat = call.chat()
    if chat.kind == "private":
        raise Refused("there are no administrators in the private chat")
    users = call.telegram.users
    for number, member in chat.members.items():
        users[number].known = users[number].known or member.administers
    return [
        member.shape(users[number], forum=chat.forum) for number, member in chat.members.items() if member.administers
    ]


@method("getChatMemberCount", needs={"chat_id": CHAT})
async def count_members(call: Call) -> int:
    """How many people are in a chat, bots among them."""
    chat = call.chat()
    if chat.kind == "private":
        return 2
    return sum(member.inside for member in chat.members.values())


@method("leaveChat", needs={"chat_id": CHAT})
async def leave(call: Call) -> bool:
    """Leave a group."""
    chat = call.chat()
    if chat.kind == "private":
        raise Refused("chat member status can't be changed in private chats")
    goes(chat, call.bot, by=call.bot)
    return True
