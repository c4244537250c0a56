"""A message of the chat as the demo's people see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as one person sees it."""

    raw: Json

    @property
    def id(self) -> str:
        return str(self.raw["id"])

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.raw["at"])

    @property
    def from_baraza(self) -> bool:
        return bool(self.raw["author"]["is_bot"])

    @property
    def lines(self) -> list[str]:
        """Its words, a paragraph or a point a line."""
        return [line for block in self.raw["content"] for line in _lines_of(block)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def points(self) -> list[str]:
        """The points of its first list."""
        lists = [block for block in self.raw["content"] if block["type"] == "list"]
        return _lines_of(lists[0]) if lists else []

    @property
    def buttons(self) -> list[Json]:
        return list(self.raw["buttons"])

    @property
    def leads_to(self) -> list[str]:
        """The ids of the messages that its buttons lead to."""
        return [str(one["goes_to"]["message"]) for one in self.buttons if one.get("goes_to")]

    @property
    def files(self) -> list[Json]:
        return list(self.raw["files"])

    @property
    def pictures(self) -> list[Json]:
        return [file for file in self.files if file["media_type"] == "image/png"]


def _lines_of(block: Json) -> list[str]:
    if block["type"] == "code":
        return str(block["text"]).splitlines()
    if block["type"] == "list":
        return [f"- {_words(item)}" for item in block["items"]]
    quote = "> " if block["type"] == "quote" else ""
    return [quote + line for line in _words(block["children"]).splitlines()]


def _words(spans: list[Json]) -> str:
    return "".join(span["text"] for span in spans)
