"""Who and where: the addresses that events come from and messages go to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Account:
    """One person on one platform. ``user`` is the platform's immutable id, never a name."""

    platform: str
    tenant: str
    user: str


@dataclass(frozen=True, slots=True)
class Person:
    """An account as an event shows it: with the name and the language that the platform tells.

    ``username`` is what others call it by with an @, where the platform tells no id then; it may be another's tomorrow.
    """

    account: Account
    name: str
    language: str | None = None
    is_bot: bool = False
    username: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, a group, or one topic of a forum group. ``id`` is the platform's own.

    That of a topic is the id of its group, a slash, and its own: what happens to the group happens to its topics.
    """

    platform: str
    tenant: str
    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message that exists on a platform, so that it can be edited, answered and found again.

    ``conversation`` is the platform's id of the channel or private chat that holds it;
    ``thread`` is the id of the thread's root message, where the message is a reply. ``key`` is what an event about
    the message would name it by (see ``MessagePosted``), where that differs from ``id``.
    """

    platform: str
    tenant: str
    conversation: str
    id: str
    thread: str | None = None
    key: str = ""

    @property
    def event_key(self) -> str:
        """The key of the message in events, and the ``thread_key`` of replies to it."""
        return self.key or self.id


@dataclass(frozen=True, slots=True)
class InPlace:
    """For everybody in a place; in a thread, where ``thread`` names its root message."""

    place: Place
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Privately:
    """For one person, in the private chat between that account and the bot."""

    account: Account


@dataclass(frozen=True, slots=True)
class OnlyVisibleTo:
    """For one person, shown in a place that others read too; in a thread, where ``thread`` names its root message.

    A platform that can't show it there shows it in the place.
    """

    account: Account
    place: Place
    thread: str | None = None


Destination = InPlace | Privately | OnlyVisibleTo


def platform_of(destination: Destination) -> str:
    """The name of the platform that a destination belongs to."""
    return destination.place.platform if isinstance(destination, InPlace) else destination.account.platform


def tenant_of(destination: Destination) -> str:
    """The workspace or bot within the platform that a destination belongs to."""
    return destination.place.tenant if isinstance(destination, InPlace) else destination.account.tenant


def conversation_of(destination: Destination) -> str:
    """One word for the conversation that a destination is part of; messages to it keep their order."""
    if isinstance(destination, InPlace):
        return f"place:{destination.place.id}"
    return f"person:{destination.account.user}"


def platform_name(platform: str) -> str:
    """What people call a platform, such as Slack: a name, which is the same in every language."""
    return platform.replace("_", " ").title()
