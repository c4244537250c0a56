"""Telegram's own polls, and what fits into one."""

from __future__ import annotations

from typing import Any

from bot.core.messages import Poll
from bot.platforms.cutting import shortened, units
from bot.platforms.reading import readable
from bot.platforms.telegram._quiet_words import quiet_words
from bot.platforms.telegram._styled import Styled

Json = dict[str, Any]

LONGEST_QUESTION = 300
LONGEST_OPTION = 100
OPTIONS = range(2, 13)


def native(poll: Poll) -> Json | None:
    """The parameters of ``sendPoll``; None where it doesn't fit: the words of an option are never cut.

    Who voted for what is seen by everybody, and the bot hears of it: of anonymous votes it would hear nothing.
    """
    question, options = _line(poll.question), [_line(one) for one in poll.options]
    if len(options) not in OPTIONS or len(set(options)) < len(options):
        return None
    if any(Styled(one).blank for one in (question, *options)) or any(units(one) > LONGEST_OPTION for one in options):
        return None
    return {
        "question": shortened(question, LONGEST_QUESTION, units),
        "options": [{"text": one} for one in options],
        "is_anonymous": False,
        "allows_multiple_answers": poll.several,
    }


def _line(words: str) -> str:
    """Words of a person on one line, which call nobody."""
    return " ".join(readable(quiet_words(words)).split())
