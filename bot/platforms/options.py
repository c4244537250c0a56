"""The options of a poll as words, where a platform has no polls or can't take this one."""

from __future__ import annotations

from bot.core.messages import Message, Poll, Text, joined, points
from bot.platforms.cutting import is_blank


def options_of(poll: Poll) -> Text:
    """What can be chosen, each a point; without options in which nothing is to be seen."""
    return points([one.strip() for one in poll.options if not is_blank(one)])


def with_options(message: Message) -> Text:
    """The text, and under it what can be chosen, so that people can answer with one of these words."""
    if message.poll is None:
        return message.text
    listed = options_of(message.poll)
    return joined([message.text, listed]) if listed.markdown else message.text
