"""Which reactions mean "keep this". Platforms tell a reaction by its character or by a name of their own."""

from __future__ import annotations

import re

_KEEP = frozenset({"📌", "pushpin", "✍", "writing_hand"})  # 📌 is not among the reactions of every platform
_LOOKS = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]|::skin-tone-[2-6]|:")


def means_keep(emoji: str) -> bool:
    """Whether who reacts so wants the message kept, in whichever colour and by whichever name."""
    return _LOOKS.sub("", emoji) in _KEEP
