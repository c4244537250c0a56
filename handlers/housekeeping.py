"""Housekeeping: message bodies, forms and files are kept for a week after they have served."""

from __future__ import annotations

from datetime import timedelta

from bot.core.capability import Capability
from bot.services import Services
from storage import attachments, buttons, forms, inbox, outbox

capability = Capability("housekeeping")

KEEP_FOR = timedelta(days=7)
KEEP_ADDRESSES_FOR = timedelta(days=60)
"""How long a message can be edited, and its buttons pressed."""


async def forget_what_is_over(services: Services) -> None:
    """Remove what is older than a week and finished; dead letters stay until somebody has looked at them."""
    session, now = services.session, services.now()
    await inbox.forget_done(session, now, KEEP_FOR)
    await outbox.forget_sent(session, now, KEEP_FOR, KEEP_ADDRESSES_FOR)
    await buttons.forget_old(session, now, KEEP_ADDRESSES_FOR)
    await forms.forget_old(session, now, KEEP_FOR)
    await attachments.forget_old(session, now, KEEP_FOR)
