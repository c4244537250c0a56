"""A link behind a label, as words that hide nothing."""

from __future__ import annotations

import re

_SAID_BY_ITS_LABEL = re.compile(r"(?:mailto|tel):", re.IGNORECASE)


def written_out(address: str, label: str) -> str:
    """``label (address)``; the address alone where the label says no more."""
    if _SAID_BY_ITS_LABEL.match(address) and label == address.partition(":")[2]:
        return label
    shown = address.partition("://")[2]
    return address if not label or label in (address, shown, shown.rstrip("/")) else f"{label} ({address})"
