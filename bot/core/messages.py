"""What the bot says, before any platform gives it a look.

A text is neutral Markdown of a small subset (paragraphs, ``-`` lists, ``**bold**``, ``*italic*``,
``` `code` ```, ``> quote``) with named places in braces. Values from people fill those places *after*
the Markdown is parsed, so ``<!channel>``, ``*`` or a link in disguise arrives as plain characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.addresses import MessageRef

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_COMMAND = re.compile(r"(?<![\w/:.})\\])/([a-z_]{2,32}|\{\w+\})(?![\w/])")
"""``/help``, or ``/{command}`` before its value is in its place; no part of an address, a path or a fraction."""


@dataclass(frozen=True, slots=True)
class Text:
    """Neutral Markdown and the values for its named places. A value may be a text of its own."""

    markdown: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def plain(self) -> str:
        """The same words without values being hidden, for fallbacks and terminals. Markup stays as typed."""

        def value(match: re.Match[str]) -> str:
            found = self.values.get(match[1], match[0])
            return found.plain() if isinstance(found, Text) else found

        return _PLACEHOLDER.sub(value, self.markdown)


Value = str | Text


def mark(key: str) -> str:
    """Mark a sentence for translation where it is declared; it is translated where it is said."""
    return key


def joined(texts: Iterable[Value], separator: str = "\n\n") -> Text:
    """One text out of several, each kept whole."""
    parts = list(texts)
    values = {f"part{number}": part for number, part in enumerate(parts)}
    return Text(separator.join(f"{{{name}}}" for name in values), values)


def points(lines: Iterable[Value]) -> Text:
    """Lines one under the other, each a point."""
    values = {f"point{number}": line for number, line in enumerate(lines)}
    return Text("\n".join(f"- {{{name}}}" for name in values), values)


FOLLOW_START = "start.follow"
"""The action of a button with ``starts`` where it is a button like any other; its subject is the payload."""


def with_commands(text: Text, spelled: Callable[[str], str]) -> Text:
    """The text with each command that it names as ``spelled`` writes it, given the name without the slash.

    Markdown is Baraza's own, so it is searched, in values that are texts too; what people wrote is a plain value, and
    stays as it is.
    """
    values = {
        name: with_commands(value, spelled) if isinstance(value, Text) else value for name, value in text.values.items()
    }
    return Text(with_commands_in(text.markdown, spelled), values)


def with_commands_in(words: str, spelled: Callable[[str], str]) -> str:
    """The same for plain words of Baraza's own, such as the hint of a field."""
    return _COMMAND.sub(lambda command: spelled(command[1]), words)


class Emphasis(StrEnum):
    """How much a button asks to be pressed."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """``action`` is what pressing does, such as ``questions.answer``; ``subject`` the row it is done to.

    ``token`` is the opaque id on the wire. The outbox gives it; whoever writes a message leaves it empty.
    With ``goes_to`` it leads to that message instead, which needs no action; a platform shows it as a link.
    With ``starts``, which needs no action either, it opens the private chat with the bot and does there what ``/start``
    with that payload does: at most 64 characters of ``A-Z a-z 0-9 _ -``. Where a platform has no links of that kind
    it is a button like any other, and does the same where it is pressed.
    """

    label: str
    action: str = ""
    subject: str = ""
    emphasis: Emphasis = Emphasis.NORMAL
    token: str = ""
    goes_to: MessageRef | None = None
    starts: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. ``content`` is the id of the stored bytes; ``alt`` tells a picture in words."""

    content: str
    name: str
    media_type: str
    alt: str = ""

    @property
    def is_picture(self) -> bool:
        """Whether a platform can show it in place."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class Poll:
    """What people may choose from, with ``several`` more than one of them; all as plain words.

    ``question`` says in short what the text asks: a poll may be a message of its own, which people pass on without it.
    Where a platform has no polls, or none for so many words, the options stand under the text as points.
    """

    question: str
    options: tuple[str, ...]
    several: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said. ``details`` goes into the thread under it (or a reply, where there are no threads)."""

    text: Text
    buttons: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    details: Text | None = None
    poll: Poll | None = None


class Kind(StrEnum):
    """Why a message is sent. It decides what happens when nobody knows whether it arrived.

    Answers and receipts are sent again with their reference; prompts, reminders and health posts are not. An alert
    tells a facilitator of what could not be done; that it could not be sent raises no other.
    """

    ANSWER = "answer"
    RECEIPT = "receipt"
    WELCOME = "welcome"
    PROMPT = "prompt"
    REMINDER = "reminder"
    HEALTH = "health"
    ALERT = "alert"
