"""Numbers of rows in links that anybody may come by: sealed, so that they tell nothing and can't be made up.

A link gives no right to anything; whoever serves it checks at the moment what its reader may see.
"""

from __future__ import annotations

import base64
import binascii

from storage.columns import current_cipher
from storage.encryption import WrongKey

_ID_BYTES = 6
_KIND_BYTES = 2


def payload(kind: str, row_id: int) -> str:
    """A payload of ``/start``: its ``kind``, such as ``join_``, then 48 characters of ``A-Z a-z 0-9 _ -``."""
    sealed = current_cipher.get().encrypt(_digest(kind) + row_id.to_bytes(_ID_BYTES, "big"))
    return kind + base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def row_of(kind: str, rest: str) -> int | None:
    """The number of the row behind a payload, from what comes after its ``kind``. None for what we didn't make."""
    try:
        sealed = base64.urlsafe_b64decode(rest + "=" * (-len(rest) % 4))
        plain = current_cipher.get().decrypt(sealed)
    except (WrongKey, ValueError, binascii.Error):
        return None
    mine = len(plain) == _KIND_BYTES + _ID_BYTES and plain.startswith(_digest(kind))
    return int.from_bytes(plain[_KIND_BYTES:], "big") if mine else None


def _digest(kind: str) -> bytes:
    return current_cipher.get().digest("deep link", kind)[:_KIND_BYTES]
