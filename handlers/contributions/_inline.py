"""Looking up what the community knows while writing to others: what is chosen goes wherever the person writes.

So there is nothing in it that was asked confidentially, nor anybody's name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from bot.core.addresses import Account
from bot.core.events import InlineAsked
from bot.core.messages import Value, joined, mark
from bot.core.platform import InlineResult
from bot.services import Services, WorkServices
from handlers.contributions import _wording as words
from handlers.contributions._capability import capability
from handlers.contributions._finding import as_member, entries_of, quoted, still_there
from handlers.contributions._search import LONGEST_QUERY, best
from storage.columns import from_microseconds, to_microseconds
from storage.contributions import Contribution
from storage.questions import Question

_LOOK_UP = "contributions.look_up"
_SHORTEST = 2
_MOST = 10
_WAITS_FOR = timedelta(seconds=20)
"""Who types has gone on by then, and the platform takes no answer any more."""


@capability.on(InlineAsked, private=True, strangers=True)
async def looked_up(event: InlineAsked, services: Services) -> None:
    """Members find what is published in their community; others hear how to begin."""
    query, asker = event.words.strip()[:LONGEST_QUERY], event.by.account
    if services.known_member is None or services.known_community is None:
        say, label = services.wording.say, services.wording.label
        text = say(
            mark("I am Baraza, and I help communities to find what they know. Join a place where I am, and ask me.")
        )
        begin = InlineResult("begin", label(mark("Join a community first")), text)
        await services.answer_inline(asker, event.query_id, [begin])
    elif len(query) < _SHORTEST:
        await services.answer_inline(asker, event.query_id, [])
    else:
        about = {"query": event.query_id, "asker": asdict(asker), "at": to_microseconds(event.at)}
        await services.later(_LOOK_UP, {"for": services.known_member.id, "words": query, **about})


async def _answer(payload: Mapping[str, Any], codes: Sequence[str], services: Services) -> None:
    asking = await as_member(services, payload["for"])
    if asking is None or services.now() - from_microseconds(payload["at"]) > _WAITS_FOR:
        return
    found = [one for code in codes[:_MOST] if (one := await still_there(asking, code)) is not None]
    results = [_result(asking, one) for one in found if not _is_confidential(one)]
    await services.answer_inline(Account(**payload["asker"]), payload["query"], results)


@capability.task(_LOOK_UP, finish=_answer)
async def look_up(payload: Mapping[str, Any], services: WorkServices) -> list[str]:
    """The codes of what fits, the best first."""
    async with services.database.reading() as session:
        entries = await entries_of(session, services.community.id, confidential=False)
    return [entry.key for entry in await asyncio.to_thread(best, payload["words"], entries)]


def _is_confidential(one: Contribution | Question) -> bool:
    return isinstance(one, Question) and one.confidential


def _result(services: Services, one: Contribution | Question) -> InlineResult:
    say, label = services.wording.say, services.wording.label
    if isinstance(one, Question):
        question = one.text or ""
        parts: list[Value] = [quoted(question), say(mark("The answer:")), quoted(one.answer or "")]
        return InlineResult(one.code, words.shortened(question), joined(parts))
    head = say(mark("**{title}** ({kind})"), title=one.title, kind=label(words.KINDS[one.kind]))
    parts = [head, quoted(one.text)]
    if one.link:
        parts.append(say(mark("Link: {link}"), link=one.link))
    return InlineResult(one.code, one.title, joined(parts))
