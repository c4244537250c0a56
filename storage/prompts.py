"""The library of discussion prompts of each community, what was posted of it, and who answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, func, or_, update
from sqlmodel import SQLModel, col, select

from storage import prompt_copies
from storage.activity import Activity, ActivityKind
from storage.columns import Erase, Moment, RowId, SealedText, neutral, personal, pseudonymous, row_id
from storage.database import Session
from storage.prompt_copies import PromptCopy
from storage.upserts import insert_into


class PromptLibrary(SQLModel, table=True):
    """That a community has a library. ``told_empty_at``: when its facilitators heard that nothing in it is rested.

    Whoever picks a prompt holds this row, so that two who do it at once don't pick the same.
    """

    __tablename__ = "prompt_library"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    told_empty_at: datetime | None = neutral(default=None, sa_type=Moment)


class LibraryPrompt(SQLModel, table=True):
    """A prompt of a community's library: one of the pack, by its name there, or one of their own with its words.

    ``dropped_at``: it is not used any more, but can be taken back. ``passed_over_at``: somebody wanted another one in
    its place. ``wanted_at``: since when somebody wants it to be the next one.
    """

    __tablename__ = "library_prompt"
    __table_args__ = (UniqueConstraint("community_id", "pack"),)

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id", index=True)
    kind: str = neutral()
    pack: str | None = neutral(default=None)
    text: str | None = personal(default=None, sa_type=SealedText, erase=Erase.UNLESS_SHARED)
    author_id: int | None = pseudonymous(default=None, foreign_key="member.id", index=True)
    added_at: datetime = neutral(sa_type=Moment)
    dropped_at: datetime | None = neutral(default=None, sa_type=Moment)
    last_posted_at: datetime | None = neutral(default=None, sa_type=Moment)
    passed_over_at: datetime | None = neutral(default=None, sa_type=Moment)
    wanted_at: datetime | None = neutral(default=None, sa_type=Moment)


class PostedPrompt(SQLModel, table=True):
    """That a prompt was posted, and why: asked for now, by a schedule, or early after a silence.

    ``in_place_of`` is the local date and time of the occurrence that an early one replaced. ``message_key`` is the
    activity key of the message, so the ``thread`` of its replies; ``message_id`` names the message on its platform.
    Both are learned from the outbox once it has been delivered.
    """

    __tablename__ = "posted_prompt"
    __table_args__ = (Index("posted_prompt_by_time", "community_id", "posted_at"),)

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id")
    prompt_id: int = neutral(foreign_key="library_prompt.id", index=True)
    kind: str = neutral()
    place_id: int = neutral(foreign_key="place.id")
    schedule_id: int | None = neutral(default=None, sa_type=RowId, index=True)
    reason: str = neutral()
    in_place_of: str | None = neutral(default=None)
    posted_at: datetime = neutral(sa_type=Moment)
    reference: str = neutral(default="")
    message_id: str | None = neutral(default=None)
    message_key: int | None = neutral(default=None, sa_type=BigInteger)
    reported_at: datetime | None = neutral(default=None, sa_type=Moment)


class PromptAnswer(SQLModel, table=True):
    """What a member answered with a prompt's button, and the ``reference`` of the message that everybody reads.

    Not ``counted``: they don't want their activity to be recorded, so it appears in no figure.
    """

    __tablename__ = "prompt_answer"

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id", index=True)
    posted_id: int = neutral(foreign_key="posted_prompt.id", index=True)
    member_id: int = pseudonymous(foreign_key="member.id", index=True)
    answered_at: datetime = neutral(sa_type=Moment)
    reference: str = neutral(default="")
    text: str = personal(default="", sa_type=SealedText, erase=Erase.UNLESS_SHARED)
    counted: bool = neutral(default=True)


@dataclass(frozen=True, slots=True)
class PostedWithReplies:
    """A prompt that was posted, and how many people answered it: in its thread or with its button."""

    posted: PostedPrompt
    replies: int


@dataclass(frozen=True, slots=True)
class Answerer:
    """Somebody who answered a prompt. ``first_ever``: they had never said anything in the community before."""

    member_id: int
    first_ever: bool


async def open_library(
    session: Session, community_id: int, pack: Mapping[str, str], now: datetime
) -> list[LibraryPrompt]:
    """Every prompt of a community's library, those that were dropped too, in the order in which they came to it.

    It has every prompt of the ``pack`` (name -> kind) from now on. Until this transaction ends nobody else opens it.
    """
    await hold_library(session, community_id)
    known = await in_library(session, community_id)
    missing = pack.keys() - {one.pack for one in known}
    if not missing:
        return known
    for name, kind in pack.items():
        if name in missing:
            session.add(LibraryPrompt(community_id=community_id, pack=name, kind=kind, added_at=now))
            await session.flush()
    return await in_library(session, community_id)


async def hold_library(session: Session, community_id: int) -> None:
    """Until this transaction ends nobody else picks prompts of a community, or decides about its schedules."""
    await session.exec(insert_into(session, PromptLibrary).values(community_id=community_id).on_conflict_do_nothing())
    held = select(PromptLibrary).where(PromptLibrary.community_id == community_id).with_for_update()
    (await session.exec(held)).one()


async def in_library(session: Session, community_id: int) -> list[LibraryPrompt]:
    """What a community's library holds, in the order in which it came to it; nothing before it was first opened."""
    statement = select(LibraryPrompt).where(LibraryPrompt.community_id == community_id)
    found = await session.exec(statement.order_by(col(LibraryPrompt.id)).execution_options(populate_existing=True))
    return list(found.all())


async def prompt(session: Session, community_id: int, prompt_id: int) -> LibraryPrompt | None:
    """The prompt with this number in a community's library, as it stands now, or None."""
    found = await session.get(LibraryPrompt, prompt_id, populate_existing=True)
    return found if found is not None and found.community_id == community_id else None


async def add(session: Session, own: LibraryPrompt) -> LibraryPrompt:
    """A community's own prompt joins its library."""
    session.add(own)
    await session.flush()
    return own


async def drop(session: Session, prompt_id: int, now: datetime) -> bool:
    """The prompt is not used any more. False when that was so already."""
    return await _change(session, prompt_id, col(LibraryPrompt.dropped_at).is_(None), dropped_at=now, wanted_at=None)


async def take_back(session: Session, prompt_id: int) -> bool:
    """A prompt that was dropped is used again. False when it was not dropped."""
    return await _change(session, prompt_id, col(LibraryPrompt.dropped_at).is_not(None), dropped_at=None)


async def want(session: Session, prompt_id: int, now: datetime) -> bool:
    """The prompt is next in line, behind those that others want already."""
    return await _change(session, prompt_id, col(LibraryPrompt.wanted_at).is_(None), wanted_at=now, dropped_at=None)


async def pass_over(session: Session, prompt_id: int, now: datetime) -> None:
    """Another prompt takes its turn; it rests as if it had been posted."""
    await _change(session, prompt_id, passed_over_at=now, wanted_at=None)


async def _change(session: Session, prompt_id: int, *conditions: Any, **values: Any) -> bool:
    statement = update(LibraryPrompt).where(col(LibraryPrompt.id) == prompt_id, *conditions)
    return bool((await session.exec(statement.values(**values))).rowcount)


async def tell_empty(session: Session, community_id: int, now: datetime) -> bool:
    """Whether it is time to tell facilitators that every prompt rests. False when they know already."""
    statement = update(PromptLibrary).where(
        col(PromptLibrary.community_id) == community_id, col(PromptLibrary.told_empty_at).is_(None)
    )
    return bool((await session.exec(statement.values(told_empty_at=now))).rowcount)


async def post(session: Session, posted: PostedPrompt) -> PostedPrompt:
    """Remember that a prompt of the library is posted; it rests from now on."""
    session.add(posted)
    await session.flush()
    await _change(session, posted.prompt_id, last_posted_at=posted.posted_at, wanted_at=None)
    library = update(PromptLibrary).where(col(PromptLibrary.community_id) == posted.community_id)
    await session.exec(library.values(told_empty_at=None))
    return posted


async def posted(session: Session, community_id: int, posted_id: int) -> PostedPrompt | None:
    """What was posted under this number in a community, or None."""
    found = await session.get(PostedPrompt, posted_id, populate_existing=True)
    return found if found is not None and found.community_id == community_id else None


async def last_posted(session: Session, community_id: int) -> PostedPrompt | None:
    """The newest prompt of a community, or None."""
    statement = select(PostedPrompt).where(PostedPrompt.community_id == community_id)
    return (await session.exec(statement.order_by(col(PostedPrompt.id).desc()).limit(1))).first()


async def turns_of_kinds(session: Session, community_id: int) -> dict[str, int]:
    """When each kind of prompt had its last turn in a community: a number that grows with every prompt."""
    statement = (
        select(PostedPrompt.kind, func.max(PostedPrompt.id))
        .where(PostedPrompt.community_id == community_id)
        .group_by(col(PostedPrompt.kind))
    )
    return {kind: turn for kind, turn in (await session.exec(statement)).all() if turn is not None}


async def learn_addresses(session: Session, community_id: int) -> None:
    """Take over from the outbox where the prompts of a community ended up, as it forgets that after a while."""
    unknown = select(PostedPrompt).where(
        PostedPrompt.community_id == community_id, col(PostedPrompt.message_key).is_(None)
    )
    for one in (await session.exec(unknown)).all():
        found = await _address(session, one)
        if found is not None:
            one.message_id, one.message_key = found
    await session.flush()
    await prompt_copies.learn_addresses(session, community_id)


async def _address(session: Session, one: PostedPrompt) -> tuple[str, int] | None:
    """The id of the message and its activity key; None as long as nobody knows that it arrived."""
    if one.message_key is not None and one.message_id is not None:
        return one.message_id, one.message_key
    return await prompt_copies.address_of(session, one.reference)


async def thread_of(session: Session, one: PostedPrompt, place_id: int | None = None) -> str | None:
    """The id under which replies to it hang together in a place, else in its first; None as long as it is unknown."""
    copies = [copy for copy in await prompt_copies.of(session, one.id) if copy.place_id == place_id]
    found = await prompt_copies.learned(session, copies[0]) if copies else await _address(session, one)
    return found[0] if found else None


async def _threads(session: Session, one: PostedPrompt) -> list[int]:
    """The activity keys of its messages that are known."""
    found = [await _address(session, one)]
    found += [await prompt_copies.learned(session, copy) for copy in await prompt_copies.of(session, one.id)]
    return [address[1] for address in found if address is not None]


async def keep_answer(session: Session, answer: PromptAnswer) -> None:
    """Remember what somebody answered with the button."""
    session.add(answer)
    await session.flush()


async def answers_of(session: Session, community_id: int, member_id: int) -> list[PromptAnswer]:
    """What a member answered with buttons in a community, the oldest first."""
    statement = select(PromptAnswer).where(
        PromptAnswer.community_id == community_id, PromptAnswer.member_id == member_id
    )
    return list((await session.exec(statement.order_by(col(PromptAnswer.id)))).all())


async def report(session: Session, posted_id: int, now: datetime) -> bool:
    """Whether it is time to tell how a prompt did. False when that was told already."""
    statement = update(PostedPrompt).where(col(PostedPrompt.id) == posted_id, col(PostedPrompt.reported_at).is_(None))
    return bool((await session.exec(statement.values(reported_at=now))).rowcount)


async def answerers(session: Session, one: PostedPrompt) -> list[Answerer]:
    """Who answered a prompt, each once, in the order in which they first did."""
    earliest: dict[int, datetime] = {}
    for member_id, at in (*await _replies(session, one), *await _pressed(session, one)):
        earliest[member_id] = min(at, earliest.get(member_id, at))
    ever = await _first_words(session, one.community_id, list(earliest))
    in_order = sorted(earliest, key=lambda member_id: (earliest[member_id], member_id))
    return [Answerer(member_id, first_ever=ever[member_id] >= earliest[member_id]) for member_id in in_order]


async def _replies(session: Session, one: PostedPrompt) -> list[tuple[int, datetime]]:
    threads = await _threads(session, one)
    if not threads:
        return []
    statement = (
        select(Activity.member_id, func.min(Activity.at))
        .where(
            Activity.community_id == one.community_id,
            Activity.kind == ActivityKind.MESSAGE.value,
            col(Activity.thread).in_(threads),
        )
        .group_by(col(Activity.member_id))
    )
    return list((await session.exec(statement)).all())


async def _pressed(session: Session, one: PostedPrompt) -> list[tuple[int, datetime]]:
    statement = (
        select(PromptAnswer.member_id, func.min(PromptAnswer.answered_at))
        .where(PromptAnswer.posted_id == one.id, col(PromptAnswer.counted))
        .group_by(col(PromptAnswer.member_id))
    )
    return list((await session.exec(statement)).all())


async def _first_words(session: Session, community_id: int, member_ids: list[int]) -> dict[int, datetime]:
    """When each of these members first said anything in the community, by themselves or with a button."""
    written = (
        select(Activity.member_id, func.min(Activity.at))
        .where(
            Activity.community_id == community_id,
            Activity.kind == ActivityKind.MESSAGE.value,
            col(Activity.member_id).in_(member_ids),
        )
        .group_by(col(Activity.member_id))
    )
    answered = (
        select(PromptAnswer.member_id, func.min(PromptAnswer.answered_at))
        .where(
            PromptAnswer.community_id == community_id,
            col(PromptAnswer.member_id).in_(member_ids),
            col(PromptAnswer.counted),
        )
        .group_by(col(PromptAnswer.member_id))
    )
    first = dict((await session.exec(answered)).all())
    for member_id, at in (await session.exec(written)).all():
        first[member_id] = min(at, first.get(member_id, at))
    return first


async def posted_between(session: Session, community_id: int, a: datetime, b: datetime) -> list[PostedWithReplies]:
    """The prompts posted in ``[a, b)``, the oldest first, each with how many people have answered it until now."""
    statement = select(PostedPrompt).where(
        PostedPrompt.community_id == community_id, col(PostedPrompt.posted_at) >= a, col(PostedPrompt.posted_at) < b
    )
    found = (await session.exec(statement.order_by(col(PostedPrompt.posted_at), col(PostedPrompt.id)))).all()
    return [PostedWithReplies(one, len(await answerers(session, one))) for one in found]


async def last_heard(session: Session, community_id: int, place_id: int) -> datetime | None:
    """When somebody last said anything in a place, by themselves or with a prompt's button; None: never."""
    written = (  # not max(): from the newest backwards, this stops at the first message of the place
        select(Activity.at)
        .where(
            Activity.community_id == community_id,
            Activity.kind == ActivityKind.MESSAGE.value,
            Activity.place_id == place_id,
        )
        .order_by(col(Activity.at).desc())
        .limit(1)
    )
    answered = (
        select(func.max(PromptAnswer.answered_at))
        .join(PostedPrompt, col(PostedPrompt.id) == col(PromptAnswer.posted_id))
        .where(
            PostedPrompt.community_id == community_id,
            _stands_in(place_id),
            col(PromptAnswer.counted),
        )
    )
    moments = ((await session.exec(written)).first(), (await session.exec(answered)).one())
    return max((moment for moment in moments if moment is not None), default=None)


async def last_in_place(session: Session, community_id: int, place_id: int, *reasons: str) -> datetime | None:
    """When a prompt was last posted in a place, for one of ``reasons`` where any are named; None: never."""
    statement = select(func.max(PostedPrompt.posted_at)).where(
        PostedPrompt.community_id == community_id, _stands_in(place_id)
    )
    if reasons:
        statement = statement.where(col(PostedPrompt.reason).in_(reasons))
    return (await session.exec(statement)).one()


def _stands_in(place_id: int) -> Any:
    copies = select(PromptCopy.posted_id).where(PromptCopy.place_id == place_id)
    return or_(col(PostedPrompt.place_id) == place_id, col(PostedPrompt.id).in_(copies))


async def last_of_schedule(session: Session, schedule_id: int, reason: str) -> datetime | None:
    """When a schedule last posted a prompt for this reason; None: never."""
    statement = select(func.max(PostedPrompt.posted_at)).where(
        PostedPrompt.schedule_id == schedule_id, PostedPrompt.reason == reason
    )
    return (await session.exec(statement)).one()
