"""Which conversation is played where; the reasons for what is played on the local page alone."""

from __future__ import annotations

LOCAL, SOCKET, HTTP = "local", "slack-socket", "slack-http"


def stages_of(test: str) -> list[str]:
    """The stages of a test, given as ``module::name``."""
    return [LOCAL, SOCKET, HTTP]
