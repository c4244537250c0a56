"""The library as prompts are picked from it: their words in a language, which is ready, and which comes next."""

from __future__ import annotations

from datetime import datetime

from bot.core.errors import Refusal
from bot.core.messages import mark
from bot.services import Services
from bot.texts import Wording
from handlers.prompts._pack import KINDS, OWN, PACK
from handlers.prompts._rotation import REST, Candidate, choose, is_rested
from handlers.prompts._similarity import plain
from storage import prompts
from storage.prompt_schedules import PromptSchedule
from storage.prompts import LibraryPrompt

LONGEST = 500
"""Characters of a community's own prompt."""
_MOST_OWN = 200
_SHORTEST_WORD = 3
_PACK_KINDS = {one.name: one.kind for one in PACK.values()}


async def open_library(services: Services) -> list[LibraryPrompt]:
    """Everything in the community's library, what was dropped too. Until the transaction ends nobody else picks."""
    return await prompts.open_library(services.session, services.community.id, _PACK_KINDS, services.now())


def words_of(prompt: LibraryPrompt, wording: Wording) -> str:
    """What a prompt says: one of the pack in this language, a community's own as it was written; "" if it is gone."""
    if prompt.pack is None:
        return prompt.text or ""
    known = PACK.get(prompt.pack)
    return wording.label(known.words) if known else ""


def kind_name(kind: str, wording: Wording) -> str:
    """What stands above prompts of a kind."""
    return wording.label(KINDS.get(kind, KINDS[OWN]))


def kind_called(text: str, wording: Wording) -> str | None:
    """The kind that somebody means by its name, or by how it begins; None for anything else."""
    wanted = plain(text)
    for kind, name in KINDS.items():
        for called in (plain(name), plain(wording.label(name)), plain(kind.replace("_", " "))):
            if wanted == called or (len(wanted) >= _SHORTEST_WORD and called.startswith(wanted)):
                return kind
            if wanted.replace(" ", "") == called.replace(" ", ""):
                return kind
    return None


def in_use(prompt: LibraryPrompt) -> bool:
    """Whether a prompt takes part in the rotation."""
    return prompt.dropped_at is None and (bool(prompt.text) if prompt.pack is None else prompt.pack in PACK)


def last_used(prompt: LibraryPrompt) -> datetime | None:
    """Since when a prompt rests; None when it was never used."""
    moments = [one for one in (prompt.last_posted_at, prompt.passed_over_at) if one is not None]
    return max(moments, default=None)


def is_ready(prompt: LibraryPrompt, now: datetime) -> bool:
    """Whether a prompt may be posted now."""
    return in_use(prompt) and is_rested(last_used(prompt), now)


async def line_up(services: Services, *, kind: str | None = None, at: datetime | None = None, count: int = 1,
                  without: frozenset[int] = frozenset()) -> list[LibraryPrompt]:  # fmt: skip
    """The prompts that come next by rotation, as it stands ``at`` a moment; fewer when the others still rest."""
    now = at or services.now()
    known = {one.id: one for one in await open_library(services) if in_use(one) and one.id not in without}
    left = [
        Candidate(one.id, one.kind, last_used(one), one.wanted_at, own=one.pack is None)
        for one in known.values()
        if kind is None or one.kind == kind
    ]
    turns = await prompts.turns_of_kinds(services.session, services.community.id)
    found: list[LibraryPrompt] = []
    while len(found) < count and (chosen := choose(left, tuple(KINDS), turns, now)) is not None:
        found.append(known[chosen.id])
        left.remove(chosen)
        turns[chosen.kind] = max(turns.values(), default=0) + 1
    return found


async def next_for(
    services: Services, schedule: PromptSchedule | None, at: datetime | None = None
) -> LibraryPrompt | None:
    """What is posted next: what the schedule begins with, else by rotation. None when every prompt still rests."""
    if schedule is not None and schedule.first_id is not None:
        first = await prompts.prompt(services.session, services.community.id, schedule.first_id)
        if first is not None and is_ready(first, at or services.now()):
            return first
    found = await line_up(services, at=at)
    return found[0] if found else None


async def add_own(services: Services, kind: str, text: str, *, keep: bool = True) -> LibraryPrompt:
    """A prompt in somebody's own words. Without ``keep`` it is posted once and stays out of the rotation.

    The same words again are the same prompt. Raises Refusal for words that can't be a prompt, or that still rest.
    """
    known, text = await open_library(services), await services.with_names(text)
    check_words(text)
    same = next((one for one in known if plain(words_of(one, services.community_wording)) == plain(text)), None)
    if same is not None:
        return await _known_already(services, same, keep=keep)
    if keep and sum(one.pack is None and in_use(one) for one in known) >= _MOST_OWN:
        raise Refusal(mark("The library is full. Drop some prompts first: /prompt list"))
    now = services.now()
    own = LibraryPrompt(
        community_id=services.community.id,
        kind=kind,
        text=text,
        author_id=services.known_member.id if services.known_member else None,
        added_at=now,
        dropped_at=None if keep else now,
    )
    return await prompts.add(services.session, own)


async def _known_already(services: Services, same: LibraryPrompt, *, keep: bool) -> LibraryPrompt:
    rests_since = last_used(same)
    if rests_since is not None and not is_rested(rests_since, services.now()):
        raise Refusal(
            mark(
                "The community saw this prompt on {day}, and a prompt rests for {count} days. Please ask differently."
            ),
            day=services.wording.day(rests_since),
            count=str(REST.days),
        )
    if keep:
        await prompts.take_back(services.session, same.id)
    return same


def check_words(text: str) -> None:
    """Raise Refusal for words that can't be a prompt."""
    if not plain(text):
        raise Refusal(mark("Please write what you want to ask, too."))
    if len(text) > LONGEST:
        raise Refusal(
            mark("Please keep a prompt under {limit} characters, so that it can be read on a phone. It has {length}."),
            limit=str(LONGEST),
            length=str(len(text)),
        )
