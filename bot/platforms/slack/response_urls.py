"""``response_url``: the one way to answer somebody where the bot is no member, five times within thirty minutes.

They are kept in memory: after a restart the private chat has to do.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

USES = 5
LASTS = timedelta(minutes=30)
_MOST = 5_000


@dataclass
class _Address:
    url: str
    until: datetime
    uses: int = USES


class ResponseUrls:
    """The addresses that commands and buttons brought, by where and by whom, and by the message of the button."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], _Address] = OrderedDict()

    def remember(self, team: str, payload: Mapping[str, Any], now: datetime) -> None:
        """Keep the address that a command or an interaction brings, if it does."""
        url = payload.get("response_url")
        if not isinstance(url, str) or not url:
            return
        channel = _text(payload, "channel_id") or _text(_object(payload, "channel"), "id")
        user = _text(payload, "user_id") or _text(_object(payload, "user"), "id")
        address = _Address(url, now + LASTS)
        self._keep((team, channel, user), address)
        message = _text(_object(payload, "container"), "message_ts")
        if message and payload.get("type") == "block_actions":
            self._keep((team, channel, user, message), address)

    def spend(self, team: str, channel: str, user: str, now: datetime, message: str = "") -> str | None:
        """An address to write to once; with ``message``, one that changes that message. None where there is none."""
        key = (team, channel, user, message) if message else (team, channel, user)
        address = self._kept.get(key)
        if address is None or address.until <= now or address.uses <= 0:
            return None
        address.uses -= 1
        return address.url

    def _keep(self, key: tuple[str, ...], address: _Address) -> None:
        self._kept[key] = address
        self._kept.move_to_end(key)
        if len(self._kept) > _MOST:
            self._kept.popitem(last=False)


def _object(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
