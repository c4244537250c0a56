"""How Telegram says no."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

_PREFIXES = {400: "Bad Request", 403: "Forbidden", 409: "Conflict", 429: "Too Many Requests"}


class Refused(Exception):
    """A call that Telegram doesn't carry out, with the description and the code that it gives."""

    def __init__(self, description: str, *, status: int = 400, parameters: Json | None = None) -> None:
        self.status = status
        self.parameters = parameters or {}
        self.description = _described(status, description)
        super().__init__(self.description)

    def body(self) -> Json:
        """The answer as Telegram writes it."""
        answer: Json = {"ok": False, "error_code": self.status, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


def forbidden(description: str) -> Refused:
    """The bot may not do this here."""
    return Refused(description, status=403)


def conflict(description: str) -> Refused:
    """Something else asks for the same at the same time."""
    return Refused(description, status=409)


def too_many_requests(seconds: int) -> Refused:
    """The answer that says how long to wait."""
    return Refused(f"retry after {seconds}", status=429, parameters={"retry_after": seconds})


def migrated(to: int) -> Refused:
    """The group has become a supergroup, which has another id."""
    return Refused("group chat was upgraded to a supergroup chat", parameters={"migrate_to_chat_id": to})


UNAUTHORIZED = ("Unauthorized", 401)
NOT_FOUND = ("Not Found", 404)


def _described(status: int, description: str) -> str:
    prefix = _PREFIXES.get(status)
    if prefix is None or description.startswith(prefix):
        return description
    # Telegram writes its sentences small after the prefix, and leaves its codes as they are.
    code = len(description) > 1 and (description[1] == "_" or description[1].isupper())
    return f"{prefix}: {description if code else description[:1].lower() + description[1:]}"
