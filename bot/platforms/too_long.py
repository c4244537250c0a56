"""What is said where a message is too long for a platform, and when."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.messages import mark

Say = Callable[[str], str]
"""Translates a marked sentence for those who will read the message."""

MOST_MESSAGES = 4
"""So many messages may say one thing; what needs more goes into a file."""

IN_THE_FILE = mark("This is only the beginning. The whole text is in the file.")
SHORTENED = mark("This was too long for one message, so it ends here.")
