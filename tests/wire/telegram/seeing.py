"""A message as a person sees it: its words, its formatting, and what can be pressed."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.wire.telegram.chats import words_of
from tests.wire.telegram.refusal import Json
from tests.wire.telegram.utf16 import part


@dataclass
class Seen:
    """A message as one person sees it."""

    raw: Json
    by_bot: bool
    topic: str = ""
    """The name of its topic; empty in the general one, and where there are none."""
    files: list[Json] = field(default_factory=list)
    """Files with their ``name`` and ``content``."""

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def text(self) -> str:
        """The plain characters that show."""
        return words_of(self.raw)[0]

    @property
    def formatting(self) -> list[tuple[str, str]]:
        """What shows as formatting, or as something to tap: ``("bold", "the words")``, ``("mention", "@ana")``..."""
        text, entities = words_of(self.raw)
        return [(str(one["type"]), part(text, one["offset"], one["length"])) for one in entities]

    @property
    def look(self) -> set[str]:
        """The kinds of formatting."""
        return {kind for kind, _ in self.formatting}

    @property
    def links(self) -> list[tuple[str, str]]:
        """What leads out of Telegram: the words, and the address."""
        text, entities = words_of(self.raw)
        shown = [(part(text, one["offset"], one["length"]), one) for one in entities]
        return [(words, str(one.get("url", words))) for words, one in shown if one["type"] in {"text_link", "url"}]

    @property
    def keyboard(self) -> list[list[Json]]:
        """The buttons as they stand, in rows."""
        rows: list[list[Json]] = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons."""
        return [str(one["text"]) for row in self.keyboard for one in row]

    @property
    def data(self) -> dict[str, str]:
        """The buttons that tell the bot something: their labels, and their callback data."""
        return {str(one["text"]): str(one["callback_data"]) for row in self.keyboard for one in row
                if "callback_data" in one}  # fmt: skip

    @property
    def leads_to(self) -> dict[str, str]:
        """The buttons that lead somewhere: their labels, and the addresses."""
        return {str(one["text"]): str(one["url"]) for row in self.keyboard for one in row if "url" in one}

    @property
    def reply_to(self) -> int | None:
        """The message that it answers; that its topic begins with another is no answer."""
        answered = self.raw.get("reply_to_message")
        return None if answered is None or "forum_topic_created" in answered else int(answered["message_id"])

    @property
    def edited(self) -> bool:
        """Does it say that it was edited?"""
        return "edit_date" in self.raw

    @property
    def poll(self) -> Json | None:
        """The poll, if it is one."""
        return self.raw.get("poll")

    @property
    def options(self) -> list[str]:
        """What can be chosen, if it is a poll."""
        return [str(one["text"]) for one in self.poll["options"]] if self.poll else []

    def __contains__(self, words: str) -> bool:
        return words in self.text
