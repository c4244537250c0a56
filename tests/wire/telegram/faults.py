"""What goes wrong with calls of the Bot API, on demand; ``file`` is the name of a download."""

from __future__ import annotations

from tests.wire.faults import Fault, Faults, dropped, fine, hangs, rate_limited, server_error

__all__ = [
    "Fault",
    "Faults",
    "dropped",
    "fine",
    "hangs",
    "not_found",
    "rate_limited",
    "says",
    "server_error",
    "unauthorized",
]


def says(status: int, description: str) -> Fault:
    """The call is refused with this code and this description (``400``, ``"Bad Request: USER_IS_BLOCKED"``...)."""
    return Fault("error", status=status, code=description)


def unauthorized() -> Fault:
    """401, as for a token that is revoked."""
    return says(401, "Unauthorized")


def not_found() -> Fault:
    """404, as for a token that never was one."""
    return says(404, "Not Found")
