"""The methods by which a bot gets its updates."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tests.wire.telegram.call import FILE, FLAG, LIST, NUMBER, TEXT, Call, method
from tests.wire.telegram.refusal import Json, Refused, conflict

_SECRET = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_PORTS = {None, 80, 88, 443, 8443}


@method("getMe")
async def get_me(call: Call) -> Json:
    """Who the bot is."""
    return call.telegram.bot.shape()


@method("getUpdates", may={"offset": NUMBER, "limit": NUMBER, "timeout": NUMBER, "allowed_updates": LIST})
async def get_updates(call: Call) -> list[Json]:
    """What happened; everything before ``offset`` is forgotten."""
    if call.telegram.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        )
    limit = call.number("limit", 100)
    if not 1 <= limit <= 100:
        raise Refused("limit must be 1-100 (Telegram would take 100)")
    updates = call.telegram.updates
    updates.allow(call.structure("allowed_updates"))
    return await updates.poll(call.number("offset"), limit, call.number("timeout"))


@method(
    "setWebhook",
    may={"url": TEXT, "certificate": FILE, "ip_address": TEXT, "max_connections": NUMBER, "allowed_updates": LIST,
         "drop_pending_updates": FLAG, "secret_token": TEXT},
)  # fmt: skip
async def set_webhook(call: Call) -> bool:
    """Have updates posted to an address; to none when it is empty."""
    telegram, secret = call.telegram, call.text("secret_token")
    if len(secret) > 256:
        raise Refused("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise Refused("secret token contains unallowed characters")
    connections = call.number("max_connections", 40)
    if not 1 <= connections <= 100:
        raise Refused("max_connections must be 1-100 (Telegram would take the nearest)")
    if call.text("url"):
        _check_address(call.text("url"), anything=telegram.local_server)
        telegram.updates.interrupt("terminated by setWebhook request")
    telegram.updates.allow(call.structure("allowed_updates"))
    if call.flag("drop_pending_updates"):
        telegram.updates.drop()
    allowed = call.structure("allowed_updates")
    telegram.webhook.set(call.text("url"), secret=secret, connections=connections, allowed=allowed)
    return True


def _check_address(url: str, *, anything: bool) -> None:
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in {"http", "https"}:
        raise Refused("bad webhook: invalid webhook URL specified")
    if anything:
        return
    if parts.scheme != "https":
        raise Refused("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.port not in _PORTS:
        raise Refused("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if parts.hostname in {"localhost", "127.0.0.1", "::1"}:
        raise Refused("bad webhook: IP address 127.0.0.1 is reserved")


@method("deleteWebhook", may={"drop_pending_updates": FLAG})
async def delete_webhook(call: Call) -> bool:
    """Have no updates posted any more."""
    if call.flag("drop_pending_updates"):
        call.telegram.updates.drop()
    call.telegram.webhook.set("")
    return True


@method("getWebhookInfo")
async def get_webhook_info(call: Call) -> Json:
    """Where updates are posted, and how that goes."""
    return call.telegram.webhook.info()


@method("close")
async def close(_: Call) -> bool:
    """Close the bot on this server."""
    return True


@method("logOut")
async def log_out(_: Call) -> bool:
    """Log the bot out of Telegram's server."""
    return True
