"""Whether a confidential question stays confidential: every other member looks at everything they can open."""

from __future__ import annotations

import json

from bot.demo.members import Member
from bot.demo.process import DemoStopped
from bot.demo.seen import Seen


async def nobody_sees_the_words(asker: Member, expert: Member, question: str) -> None:
    """Only the expert can read the question. Raises DemoStopped, naming who else can."""
    others = [(reader, seen) for reader, seen in await _seen_by_others(asker) if reader.id != expert.id]
    for reader, seen in others:
        if any(question in message.text for message in seen):
            raise DemoStopped(f"{reader.full_name} can see the question, which is for {expert.full_name} alone.")
    asker.stage.transcript.does(f"The other {len(others)} members look everywhere: none of them sees the question.")


async def nobody_can_tell_who_asked(asker: Member, code: str, *words: str) -> None:
    """All can read the published answer, and nothing about it names the asker. Raises DemoStopped."""
    others = await _seen_by_others(asker)
    for reader, seen in others:
        about = [message for message in seen if any(word in message.text for word in (code, *words))]
        if not any(all(word in message.text for word in words) for message in about):
            raise DemoStopped(f"{reader.full_name} did not see the published answer to {code}.")
        if any(_names(asker, message) for message in about):
            raise DemoStopped(f"{reader.full_name} can see that {code} is {asker.full_name}'s question.")
    found = f"each can read it, and nothing about {code} names {asker.name}"
    asker.stage.transcript.does(f"All {len(others)} other members look everywhere: {found}.")


async def _seen_by_others(asker: Member) -> list[tuple[Member, list[Seen]]]:
    """Everybody but the asker, with everything since the story began that they can open."""
    others = [member for member in await asker.stage.everybody() if member.id != asker.id]
    return [(member, await member.everything_since(asker.stage.began)) for member in others]


def _names(asker: Member, message: Seen) -> bool:
    """Whether any part of the message, shown or hidden, holds the asker's name or id."""
    everything = json.dumps(message.raw, ensure_ascii=False).casefold()
    return any(word.casefold() in everything for word in (*asker.full_name.split(), asker.id))
