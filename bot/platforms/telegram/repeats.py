"""How people see that a message may be there twice: nobody can tell whether the first one arrived."""

from __future__ import annotations

from dataclasses import replace

from bot.core.messages import Message, joined, mark

REPEAT = mark("(This may be a repeat of #{reference}.)")
_LENGTH = 4


def short(reference: str) -> str:
    """What people see of a reference: its first letters and digits, so that repeats of one message are told apart."""
    return "".join(one for one in reference if one.isalnum())[:_LENGTH].upper()


def marked(message: Message, told: str) -> Message:
    """The message with ``told``, which says that it may be a repeat, as its last line."""
    return replace(message, text=joined([message.text, told]))
