"""What the bot is shown in a place, and how to tell what it misses there."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.messages import mark


@dataclass(frozen=True, slots=True)
class Rights:
    """Whether the bot is shown every message or only commands, who comes and goes, and reactions."""

    reads_everything: bool = True
    sees_joins: bool = True
    sees_reactions: bool = True

    def missing(self) -> list[str]:
        """What the bot is not shown, marked for translation."""
        shown = (
            (self.reads_everything, mark("what people write to each other")),
            (self.sees_joins, mark("who comes and goes")),
            (self.sees_reactions, mark("reactions")),
        )
        return [what for is_shown, what in shown if not is_shown]
