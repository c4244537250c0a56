"""Who and what there is, in Telegram's own shapes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from tests.wire.telegram.refusal import Json

RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
    "can_pin_messages", "can_manage_topics",
)  # fmt: skip
USUAL_RIGHTS = frozenset(
    {"can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_change_info",
     "can_invite_users", "can_pin_messages", "can_manage_topics"}
)  # fmt: skip
"""What somebody is given who is made an administrator without further thought."""

PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
INSIDE = frozenset({"creator", "administrator", "member", "restricted"})


@dataclass(eq=False)
class User:
    """A person, or a bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    started: bool = False
    """May the bot write to them?"""
    blocks_bot: bool = False
    deactivated: bool = False
    known: bool = False
    """Has the bot ever heard of them?"""

    def shape(self) -> Json:
        """As messages tell it."""
        shape: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if getattr(self, name):
                shape[name] = getattr(self, name)
        return shape


@dataclass(frozen=True)
class Member:
    """What somebody is in a chat."""

    status: str = "left"
    rights: frozenset[str] = frozenset()

    @property
    def inside(self) -> bool:
        return self.status in INSIDE

    @property
    def administers(self) -> bool:
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Is this right of administrators theirs?"""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def shape(self, user: User, *, forum: bool = False) -> Json:
        """As ``getChatMember`` tells it."""
        shape: Json = {"user": user.shape(), "status": self.status}
        if self.status == "kicked":
            return shape | {"until_date": 0}
        if self.status == "creator":
            return shape | {"is_anonymous": False}
        if self.status == "restricted":
            allowed = {name: name in self.rights for name in (*PERMISSIONS, "can_react_to_messages", "can_edit_tag")}
            return shape | {"is_member": True, "until_date": 0, **allowed}
        if self.status == "administrator":
            held = {name: name in self.rights for name in RIGHTS if name != "can_manage_topics" or forum}
            return shape | {"can_be_edited": False, "is_anonymous": False, **held}
        return shape


@dataclass
class Topic:
    """A topic of a forum."""

    id: int
    name: str
    created: Json
    """The service message that it begins with."""
    closed: bool = False
    deleted: bool = False

    def shape(self) -> Json:
        """As ``createForumTopic`` tells it."""
        return {"message_thread_id": self.id, "name": self.name, "icon_color": 7322096}


@dataclass
class File:
    """A file that somebody sent."""

    id: str
    unique_id: str
    name: str
    mime: str
    content: bytes
    kind: str
    """``photo`` or ``document``."""
    path: str

    def shape(self) -> Json:
        """What every kind of file has in common."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


@dataclass(eq=False)
class Query:
    """Something that a person asks of the bot, who answers once and in time."""

    id: str
    user: User
    at: float
    kind: str
    """``callback`` or ``inline``."""
    answer: Json | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False)
class Poll:
    """A poll of the bot's, with its votes."""

    shape: Json
    chat: int
    message: int
    votes: dict[int, list[int]] = field(default_factory=dict)
    """By person: the numbers of the options."""

    def count(self) -> None:
        """Bring the figures up to date."""
        for number, option in enumerate(self.shape["options"]):
            option["voter_count"] = sum(number in chosen for chosen in self.votes.values())
        self.shape["total_voter_count"] = len([chosen for chosen in self.votes.values() if chosen])


@dataclass(eq=False)
class Delivery:
    """An update for the bot, and how it went."""

    kind: str
    update: Json
    conversation: int
    """Within it, a webhook gets one after the other."""
    repeated: bool = False
    handed: bool = False
    """Has a ``getUpdates`` returned it?"""
    attempts: int = 0
    statuses: list[int | str] = field(default_factory=list)
    """How each attempt at the webhook ended: an HTTP status, or why there was none."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the bot has taken it, or when the first attempt at its webhook has failed."""
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the bot has taken it: an offset beyond it, or a 2xx of its webhook."""

    @property
    def update_id(self) -> int:
        return int(self.update["update_id"])

    @property
    def payload(self) -> Json:
        """What the update is about."""
        found: Json = self.update[self.kind]
        return found

    @property
    def acknowledged(self) -> bool:
        """Has the bot taken it?"""
        return self.taken.is_set()

    def accept(self) -> None:
        """The bot has taken it."""
        self.taken.set()
        self.settled.set()


@dataclass
class Bot:
    """The bot under test, as BotFather knows it."""

    user: User
    token: str
    privacy: bool = True
    """Does it see only what is meant for it, in groups that it doesn't administer?"""
    inline: bool = True
    inline_feedback: bool = True
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """By scope (as JSON) and language."""
    words: dict[tuple[str, str], str] = field(default_factory=dict)
    """Its name, description and short description, by kind and language."""

    def shape(self) -> Json:
        """As ``getMe`` tells it."""
        return self.user.shape() | {
            "can_join_groups": True,
            "can_read_all_group_messages": not self.privacy,
            "supports_inline_queries": self.inline,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
        }
