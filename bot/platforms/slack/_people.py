"""What Slack tells about a person, in the vocabulary's words."""

from __future__ import annotations

from bot.platforms.reading import Json, optional_part, text

SLACKBOT = "USLACKBOT"


def name_of(user: Json) -> str:
    """What people call this user: the name they chose, else their full name, else their handle; never an id."""
    profile = optional_part(user, "profile")
    told = ((profile, "display_name"), (profile, "real_name"), (user, "display_name"), (user, "real_name"))
    names = (text(source, field).strip() for source, field in (*told, (user, "name")))
    return next((name for name in names if name), "")


def language_of(user: Json) -> str | None:
    """The language that this user reads Slack in, such as ``fr`` for ``fr-CA``; None where Slack doesn't tell."""
    return text(user, "locale").replace("_", "-").partition("-")[0].strip().lower() or None


def is_bot(user: Json) -> bool:
    """Whether this user is a program."""
    return user.get("is_bot") is True or user.get("id") == SLACKBOT
