"""Topics as people write them: one line, with commas between them."""

from __future__ import annotations

import re

MOST_TOPICS = 12
_COMMAS = re.compile("[,;،、，]")


def topics(line: str | None, most: int = MOST_TOPICS) -> list[str]:
    """The topics of a line, each once whether upper or lower case, at most so many."""
    found = [" ".join(topic.split()) for topic in _COMMAS.split(line or "")]
    return list({topic.casefold(): topic for topic in found if topic}.values())[:most]
