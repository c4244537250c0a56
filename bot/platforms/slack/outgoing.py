"""What Baraza says, as the messages that Slack shows. Pure: nothing is sent.

Every word arrives: what is too long for a block is cut into several, what is too long for a message into several, and
what is too long for a few messages goes into a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from bot.core.addresses import MessageRef
from bot.core.messages import Attachment, Button, Emphasis, Message, Text
from bot.platforms.cutting import ELLIPSIS, is_blank
from bot.platforms.options import with_options
from bot.platforms.reading import readable
from bot.platforms.rich_text import clean, parse, plain
from bot.platforms.slack._blocks import Shown, blocks_of, line, plain_text
from bot.platforms.slack._commands import as_typed
from bot.platforms.slack._lengths import escaped, length, shortened
from bot.platforms.too_long import IN_THE_FILE, MOST_MESSAGES, SHORTENED, Say

Json = dict[str, Any]
_MOST_BLOCKS = 50
_LONGEST_MESSAGE = 10_000
_BLOCK_COSTS = 100
"""Slack refuses a message as too long by a sum that it doesn't document; others found 13,200, blocks counted too."""
_LONGEST_FALLBACK = 4_000
"""In bytes: the most that ``chat.update`` takes."""
_BUTTONS_A_BLOCK = 25
_ROOM_FOR_BUTTONS = 5_000
_LONGEST_LABEL = 75
_LONGEST_VALUE = 2_000
_LONGEST_ALT = 1_000
_LONGEST_NAME = 255
_STYLES = {Emphasis.PRIMARY: {"style": "primary"}, Emphasis.DANGER: {"style": "danger"}}


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload: the stored bytes with the id ``content``, or ``words`` where that is empty."""

    name: str
    alt: str = ""
    content: str = ""
    words: str = ""
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """One message of Slack's. With ``thread`` it belongs under the first one.

    ``text`` is what notifications say; it is escaped already. ``files`` come after the message, in the same thread.
    """

    text: str
    blocks: list[Json]
    thread: bool = False
    files: tuple[File, ...] = ()

    @property
    def content(self) -> Json:
        """The arguments that posting, editing and showing to one person have in common."""
        return {"text": self.text, "blocks": self.blocks, "parse": "none"}

    @property
    def arguments(self) -> Json:
        """The arguments of ``chat.postMessage``, but for where."""
        return {**self.content, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False}


def postings(message: Message, say: Say) -> list[Posting]:
    """A message as one posting or more, in their order. The buttons are under the end of its text.

    Slack has no polls: what can be chosen is a part of the text.
    """
    files = tuple(_file(one) for one in message.attachments)
    shown = _postings(with_options(message), message.buttons, files, say, thread=False)
    if message.details is not None and blocks_of(message.details):
        shown += _postings(message.details, (), (), say, thread=True)
    return shown


def edited(message: Message, say: Say) -> Posting:
    """A message as one posting that takes the place of another. Files and details stay as they were posted.

    What doesn't fit is left out, with a word that says so.
    """
    shown, rows = blocks_of(with_options(message)), button_rows(message.buttons)
    kept = _beginning(rows, _ROOM_FOR_BUTTONS)
    told = line(say(SHORTENED), italic=True)
    room = _LONGEST_MESSAGE - _cost(kept)
    if kept == rows and _cost(shown) <= room and len(shown) + len(rows) <= _MOST_BLOCKS:
        return _posting(shown, rows, _stands_in([_file(one) for one in message.attachments]))
    text = _beginning(shown, room - _cost([told]), _MOST_BLOCKS - len(kept) - 1)
    return _posting([*text, told], kept, "")


def link(there: MessageRef) -> str:
    """The address of a message, for everybody who may read it."""
    channel = quote(there.conversation, safe="")
    address = f"https://slack.com/archives/{channel}/p{quote(there.id.replace('.', ''), safe='')}"
    return f"{address}?thread_ts={quote(there.thread, safe='')}&cid={channel}" if there.thread else address


def button_rows(buttons: Iterable[Button], first: int = 0) -> list[Shown]:
    """The buttons in as few blocks as can hold them, numbered from ``first`` on; without those that lead elsewhere."""
    elements = [_button(one, number) for number, one in enumerate(filter(_can_be_shown, buttons), first)]
    rows = [elements[start : start + _BUTTONS_A_BLOCK] for start in range(0, len(elements), _BUTTONS_A_BLOCK)]
    return [Shown({"type": "actions", "elements": row}, " · ".join(one["text"]["text"] for one in row)) for row in rows]


def _postings(
    text: Text, buttons: Sequence[Button], files: tuple[File, ...], say: Say, *, thread: bool
) -> list[Posting]:
    shown, rows = blocks_of(text), button_rows(buttons)
    groups = _grouped(shown, _LONGEST_MESSAGE - min(_cost(rows), _ROOM_FOR_BUTTONS))
    if len(groups) > MOST_MESSAGES:
        name = "details.txt" if thread else "message.txt"
        files = (*files, File(name=name, words=readable(plain(parse(as_typed(text))))))
        groups = [[shown[0], line(say(IN_THE_FILE), italic=True)]]
    under = [_Room(groups[-1] if groups else [])]
    for row in rows:
        if not under[-1].takes(row):
            under.append(_Room([]))
        under[-1].add(row)
    stands_in = _stands_in(files)
    made = [_posting(group, (), stands_in, thread=thread) for group in groups[:-1]]
    made += [_posting(room.text, room.rows, stands_in, thread=thread) for room in under]
    return [*made[:-1], replace(made[-1], files=files)]


class _Room:
    """A message that is being filled."""

    def __init__(self, text: list[Shown]) -> None:
        self.text = text
        self.rows: list[Shown] = []

    def takes(self, row: Shown) -> bool:
        """Whether one more row of buttons fits."""
        all_of_it = [*self.text, *self.rows, row]
        return len(all_of_it) <= _MOST_BLOCKS and _cost(all_of_it) <= _LONGEST_MESSAGE

    def add(self, row: Shown) -> None:
        """Put a row of buttons under what is there."""
        self.rows.append(row)


def _posting(text: Sequence[Shown], rows: Sequence[Shown], stands_in: str, *, thread: bool = False) -> Posting:
    """One message; with neither text nor buttons, the words that stand in for it."""
    if not text and not rows:
        text = [line(ELLIPSIS if is_blank(stands_in) else stands_in)]
    words = "\n\n".join(one.words for one in text or rows)
    fallback = shortened(words.strip(), _LONGEST_FALLBACK, lambda part: len(escaped(part).encode()))
    return Posting(escaped(fallback), [one.block for one in (*text, *rows)], thread)


def _grouped(shown: Iterable[Shown], limit: int) -> list[list[Shown]]:
    """The blocks of each message, in their order; with room for its buttons."""
    groups: list[list[Shown]] = []
    for one in shown:
        if groups and _cost([*groups[-1], one]) <= limit and len(groups[-1]) < _MOST_BLOCKS // 2:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _beginning(shown: Sequence[Shown], limit: int, count: int = _MOST_BLOCKS // 2) -> list[Shown]:
    """The first blocks, as many as fit."""
    kept: list[Shown] = []
    for one in shown[:count]:
        if _cost([*kept, one]) > limit:
            break
        kept.append(one)
    return kept


def _cost(shown: Iterable[Shown]) -> int:
    return sum(length(one.words) + _BLOCK_COSTS for one in shown)


def _can_be_shown(button: Button) -> bool:
    """Whether Slack can lead there: it has no link to a message elsewhere."""
    return button.goes_to is None or button.goes_to.platform == "slack"


def _button(button: Button, number: int) -> Json:
    shown = {"type": "button", "action_id": f"button_{number}", "text": plain_text(button.label, _LONGEST_LABEL)}
    if button.goes_to is not None:
        shown["url"] = link(button.goes_to)
    elif button.token:
        shown["value"] = button.token[:_LONGEST_VALUE]
    return shown | _STYLES.get(button.emphasis, {})


def _stands_in(files: Sequence[File]) -> str:
    """What to say where a message is nothing but a file."""
    return next((one.alt or one.name for one in files), "")


def _file(attachment: Attachment) -> File:
    """An attachment with a name and a description that Slack takes."""
    stem, dot, ending = clean(attachment.name).replace("/", "-").replace("\n", " ").rpartition(".")
    name = (
        shortened(stem, _LONGEST_NAME - len(dot + ending)) + dot + ending if len(ending) < 10 else stem + dot + ending
    )
    return File(
        name=shortened(name, _LONGEST_NAME) if not is_blank(name) else "file",
        alt=shortened(clean(attachment.alt), _LONGEST_ALT),
        content=attachment.content,
        is_picture=attachment.is_picture,
    )
