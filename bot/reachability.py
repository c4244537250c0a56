"""Who can be written to privately, where people have to write to the bot first: kept from what they do.

Before anybody is asked in vain, a handler can find out (``Services.can_write_to``); and what waited for somebody's
first word goes out with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.addresses import Privately
from bot.core.events import ChatClosed, Event, opens_chat
from bot.messenger import conversation_digest
from bot.services import Frame
from storage import outbox, private_chats
from storage.database import Session


async def keep(session: Session, frame: Frame, events: Sequence[Event]) -> bool:
    """Keep what ``events`` say about it; mostly that is known already, and nothing is written.

    Whether something that had waited can go out now.
    """
    now, some_go_out = frame.clock.now(), False
    for event in events:
        account = event.by.account
        if account.platform not in frame.needs_first_word or not account.user or event.by.is_bot:
            continue
        if isinstance(event, ChatClosed):
            await private_chats.close(session, account)
        elif opens_chat(event) and await private_chats.open_up(session, account, now):
            some_go_out |= await outbox.let_go(session, conversation_digest(frame.cipher, Privately(account)), now)
    return some_go_out
