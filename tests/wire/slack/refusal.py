"""How Slack says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]


class Refused(Exception):
    """A call that Slack doesn't carry out, with the code that Slack gives for it.

    ``messages`` are the places that Slack points at in ``response_metadata``.
    """

    def __init__(
        self,
        code: str,
        messages: Sequence[str] = (),
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **details: Any,
    ) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = list(messages)
        self.status = status
        self.headers = dict(headers or {})
        self.details = details

    def body(self) -> Json:
        """The answer as Slack writes it."""
        answer: Json = {"ok": False, "error": self.code, **self.details}
        if self.messages:
            answer["errors"] = list(self.messages)
            answer["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return answer


def ratelimited(seconds: int) -> Refused:
    """Too many requests: the answer that says how long to wait."""
    return Refused("ratelimited", status=429, headers={"Retry-After": str(seconds)})
