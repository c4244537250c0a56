"""The methods that let people in: requests to join, and invitations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.wire.telegram.call import CHAT, FLAG, NUMBER, TEXT, Call, method
from tests.wire.telegram.membership import enters
from tests.wire.telegram.refusal import Json, Refused

if TYPE_CHECKING:
    from tests.wire.telegram.chats import Chat
    from tests.wire.telegram.state import User

LONGEST_NAME = 32
MOST_USES = 99_999

_NO_LINKS = "not enough rights to manage chat invite link"


def _requested(call: Call) -> tuple[Chat, User]:
    chat = call.group(right="can_invite_users")
    user = call.user()
    if chat.membership(user.id).inside:
        raise Refused("USER_ALREADY_PARTICIPANT")
    if user.id not in chat.requests:
        raise Refused("HIDE_REQUESTER_MISSING")
    return chat, user


@method("approveChatJoinRequest", needs={"chat_id": CHAT, "user_id": NUMBER})
async def approve(call: Call) -> bool:
    """Let somebody in who asked."""
    chat, user = _requested(call)
    enters(chat, user, by=call.bot, asked=True)
    return True


@method("declineChatJoinRequest", needs={"chat_id": CHAT, "user_id": NUMBER})
async def decline(call: Call) -> bool:
    """Don't let somebody in who asked."""
    chat, user = _requested(call)
    del chat.requests[user.id]
    return True


@method("exportChatInviteLink", needs={"chat_id": CHAT})
async def export_link(call: Call) -> str:
    """A new chief invitation to a chat; the one before it ends."""
    chat = call.group(right="can_invite_users", otherwise=_NO_LINKS)
    for link in chat.links:
        if link["is_primary"]:
            link["is_revoked"] = True
    return str(_link(call, chat, is_primary=True)["invite_link"])


@method(
    "createChatInviteLink",
    needs={"chat_id": CHAT},
    may={"name": TEXT, "expire_date": NUMBER, "member_limit": NUMBER, "creates_join_request": FLAG},
)
async def create_link(call: Call) -> Json:
    """One more invitation to a chat."""
    chat = call.group(right="can_invite_users", otherwise=_NO_LINKS)
    if len(call.text("name")) > LONGEST_NAME:
        raise Refused("invite link name is too long")
    if call.flag("creates_join_request") and call.number("member_limit"):
        raise Refused("member limit can't be specified for links requiring administrator approval")
    if not 0 <= call.number("member_limit") <= MOST_USES:
        raise Refused("USAGE_LIMIT_INVALID")
    given = {name: call.arguments[name] for name in ("name", "expire_date", "member_limit") if name in call.arguments}
    return _link(call, chat, creates_join_request=call.flag("creates_join_request"), **given)


def _link(call: Call, chat: Chat, **fields: object) -> Json:
    request = "+" if chat.kind != "channel" else "joinchat/"
    link: Json = {
        "invite_link": f"https://t.me/{request}{call.telegram.secret(16)}",
        "creator": call.bot.shape(),
        "creates_join_request": False,
        "is_primary": False,
        "is_revoked": False,
        **fields,
    }
    chat.links.append(link)
    return link
