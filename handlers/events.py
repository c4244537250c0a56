"""What one capability tells another: ``services.announce(...)`` here, ``@capability.hears(...)`` there."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.addresses import Account


@dataclass(frozen=True, slots=True)
class MemberForgotten:
    """A member is about to be forgotten, in this transaction; told once for each of their communities.

    Everything about them can still be read. ``keep_shared``: what they shared may stay, without their name.
    """

    member_id: int
    keep_shared: bool


@dataclass(frozen=True, slots=True)
class MembersLinked:
    """Two members are one person since just now, in this transaction; told once for each of their communities.

    ``member_id`` goes on, and has everything that was ``came_id``'s.
    """

    member_id: int
    came_id: int


@dataclass(frozen=True, slots=True)
class PageForgotten:
    """Whoever has this account was forgotten, in this transaction, and their own page still shows what was theirs.

    What is said to the account now is deleted a minute later. ``language`` is that of the person.
    """

    account: Account
    language: str


@dataclass(frozen=True, slots=True)
class ChatOpened:
    """A member has opened the private chat with the bot: from now on they can be written to, if they couldn't before.

    ``services`` are about one of their communities; whoever hears it looks after all of them.
    """

    member_id: int


@dataclass(frozen=True, slots=True)
class RepliedInVain:
    """Somebody replied, in the private chat, to something that takes no reply. They are told what is understood."""
