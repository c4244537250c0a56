"""What is wrong with something that was sent, and where: how Slack points at it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from tests.wire.slack.refusal import Json


class Inspection:
    """Collects what is wrong. Paths are JSON pointers, as in Slack's own messages."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.focused = 0
        self.markdown = 0
        self.characters = 0

    def wrong(self, path: str, message: str) -> None:
        """Note something that is wrong."""
        self.messages.append(f"{message} [json-pointer:{path}]")

    def properties(self, value: Any, path: str, *, needs: Collection[str] = (), may: Collection[str] = ()) -> bool:
        """Is this an object with the properties that it needs, and none that is unknown?"""
        if not isinstance(value, dict):
            self.wrong(path, "must provide an object")
            return False
        for name in needs:
            if value.get(name) is None:
                self.wrong(path, f"missing required field: {name}")
        for name in value:
            if name not in needs and name not in may:
                self.wrong(path, f"no more properties allowed: {name}")
        return all(value.get(name) is not None for name in needs)

    def items(
        self, value: Any, path: str, each: Callable[[Any, str], object], *, at_least: int = 1, at_most: int
    ) -> list[Any]:
        """Check a list by its length and each of its items; the items."""
        if not isinstance(value, list):
            self.wrong(path, "must provide an array")
            return []
        if len(value) < at_least:
            self.wrong(path, f"no fewer than {at_least} items allowed")
        if len(value) > at_most:
            self.wrong(path, f"no more than {at_most} items allowed")
        for number, item in enumerate(value):
            each(item, f"{path}/{number}")
        return value

    def string(self, owner: Json, name: str, path: str, *, at_most: int, at_least: int = 0) -> None:
        """Check a property that is a string, if it is there."""
        value = owner.get(name)
        if value is None:
            return
        if not isinstance(value, str):
            self.wrong(f"{path}/{name}", "must provide a string")
            return
        if len(value) < at_least:
            self.wrong(f"{path}/{name}", f"must be more than {at_least - 1} characters")
        if len(value) > at_most:
            self.wrong(f"{path}/{name}", f"must be less than {at_most + 1} characters")

    def flag(self, owner: Json, name: str, path: str) -> None:
        """Check a property that is true or false, if it is there."""
        if owner.get(name) is not None and not isinstance(owner[name], bool):
            self.wrong(f"{path}/{name}", "must provide a boolean")

    def whole(self, owner: Json, name: str, path: str, *, at_least: int, at_most: int) -> None:
        """Check a property that is a whole number, if it is there."""
        value = owner.get(name)
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int) or not at_least <= value <= at_most:
            self.wrong(f"{path}/{name}", f"must be a whole number from {at_least} to {at_most}")

    def choice(self, owner: Json, name: str, path: str, *, among: Collection[Any]) -> None:
        """Check a property that has one of a few values, if it is there."""
        if owner.get(name) is not None and owner[name] not in among:
            self.wrong(f"{path}/{name}", "must be a valid enum value")

    def url(self, owner: Json, name: str, path: str) -> None:
        """Check an address, if it is there."""
        self.string(owner, name, path, at_most=3_000, at_least=1)
        value = owner.get(name)
        if isinstance(value, str) and not value.startswith(("http://", "https://", "mailto:", "tel:", "slack://")):
            self.wrong(f"{path}/{name}", "must be a valid URL")

    def text(self, value: Any, path: str, *, at_most: int, kinds: Collection[str] = ("plain_text",)) -> None:
        """Check a text object: its kind, its length, and that it isn't empty."""
        if not self.properties(value, path, needs=("type", "text"), may=("emoji", "verbatim")):
            return
        if value["type"] not in kinds:
            self.wrong(f"{path}/type", f"must be one of {', '.join(kinds)}")
        if value["type"] != "plain_text" and "emoji" in value:
            self.wrong(path, "no more properties allowed: emoji")
        if value["type"] != "mrkdwn" and "verbatim" in value:
            self.wrong(path, "no more properties allowed: verbatim")
        self.string(value, "text", path, at_least=1, at_most=at_most)
        self.flag(value, "emoji", path)
        self.flag(value, "verbatim", path)
        self.characters += len(value["text"]) if isinstance(value["text"], str) else 0


ANY_TEXT = ("plain_text", "mrkdwn")
