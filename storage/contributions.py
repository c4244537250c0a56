"""Contributions: what members learned and want others to find, who agreed to that, and who used it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, delete, func, or_, update
from sqlmodel import SQLModel, col, select

from storage.columns import Erase, Linked, Moment, SealedJson, SealedText, neutral, personal, pseudonymous, row_id
from storage.communities import Community
from storage.database import Session
from storage.members import Member
from storage.upserts import insert_into

MOST_SEARCHED = 2_000
"""How many contributions a search looks at, the newest. They are encrypted, so no index can look for it."""


class ContributionState(StrEnum):
    """Where a contribution stands."""

    ASKED = "asked"  # somebody else saved it; its author has not answered yet
    REVIEW = "review"  # its author agreed; a facilitator decides
    PUBLISHED = "published"  # everybody finds it
    SET_ASIDE = "set aside"  # a facilitator would rather not publish it as it is
    DECLINED = "declined"  # its author said no, or nothing; the words are gone
    WITHDRAWN = "withdrawn"  # its author took it back; the words are gone


_AUTHORS: dict[str, Any] = {"whose": "author_id", "erase": Erase.UNLESS_SHARED, "shared": {"state": "published"}}
"""Its author's words: once the author is forgotten, others keep what was published, if the author lets them."""


class Contribution(SQLModel, table=True):
    """A lesson, a practice, a resource or a story, in its author's words. ``number`` counts in a community: C7.

    ``source`` stands for the message that it came from, as the ``key`` of activity does; each message is saved once.
    ``revision`` counts how often its words or topics changed, so that nobody decides about others than they saw.
    ``card`` is the message that asks its author; ``told_at`` when its author last heard that somebody used it.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        UniqueConstraint("community_id", "source"),
        Index("contribution_by_state", "community_id", "state"),
    )

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id")
    number: int = neutral(default=0)
    state: str = neutral()
    kind: str = neutral()
    title: str = personal(sa_type=SealedText, **_AUTHORS)
    text: str = personal(sa_type=SealedText, **_AUTHORS)
    topics: list[str] = personal(default_factory=list, sa_type=SealedJson, **_AUTHORS)
    link: str | None = personal(default=None, sa_type=SealedText, **_AUTHORS)
    named: bool = neutral(default=True)
    author_id: int | None = pseudonymous(default=None, foreign_key="member.id", index=True)
    saver_id: int | None = pseudonymous(default=None, foreign_key="member.id", index=True)
    source: int | None = neutral(default=None, sa_type=BigInteger)
    revision: int = neutral(default=0)
    card: str | None = neutral(default=None)
    saved_at: datetime = neutral(sa_type=Moment)
    agreed_at: datetime | None = neutral(default=None, sa_type=Moment)
    published_at: datetime | None = neutral(default=None, sa_type=Moment)
    told_at: datetime | None = neutral(default=None, sa_type=Moment)

    @property
    def code(self) -> str:
        """What people call it: C7."""
        return f"C{self.number}"


class ReviewCard(SQLModel, table=True):
    """The message that shows a contribution to one facilitator, so that it can change when another one decided."""

    __tablename__ = "contribution_card"

    contribution_id: int = neutral(foreign_key="contribution.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    reference: str = neutral(linked=Linked.OWN)


class ContributionUse(SQLModel, table=True):
    """That a member used a contribution. One row for each of them, however often they did."""

    __tablename__ = "contribution_use"

    contribution_id: int = neutral(foreign_key="contribution.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True, erase=Erase.KEEP)
    used_at: datetime = neutral(sa_type=Moment, index=True, linked=Linked.FIRST)


async def add(session: Session, contribution: Contribution) -> Contribution:
    """Keep a new contribution under the community's next number. Hold the community first, see ``hold``."""
    highest = select(func.max(Contribution.number)).where(Contribution.community_id == contribution.community_id)
    contribution.number = ((await session.exec(highest)).one() or 0) + 1
    session.add(contribution)
    await session.flush()
    return contribution


async def hold(session: Session, community_id: int) -> None:
    """Until this transaction ends nobody else saves anything in this community."""
    await session.exec(select(Community.id).where(Community.id == community_id).with_for_update())


async def by_id(session: Session, contribution_id: int) -> Contribution | None:
    """The contribution, as it stands now, or None. Until this transaction ends nobody else can change it."""
    return await session.get(Contribution, contribution_id, populate_existing=True, with_for_update=True)


async def by_code(session: Session, community_id: int, code: str) -> Contribution | None:
    """The contribution that people call ``code``, such as C7 (or c7); or None. Held like that of ``by_id``."""
    statement = select(Contribution).where(
        Contribution.community_id == community_id, Contribution.number == int(code[1:])
    )
    return (await session.exec(statement.with_for_update())).one_or_none()


async def from_message(session: Session, community_id: int, source: int) -> Contribution | None:
    """What was saved from a message, also when its author said no; or None. Held like that of ``by_id``."""
    statement = select(Contribution).where(Contribution.community_id == community_id, Contribution.source == source)
    return (await session.exec(statement.with_for_update())).one_or_none()


async def move(
    session: Session,
    contribution: Contribution,
    allowed: Collection[str],
    *,
    seen: int | None = None,
    **values: Any,
) -> bool:
    """Change the contribution if it is in one of the ``allowed`` states; whether it was.

    With ``seen`` only while its revision is the one that somebody saw.
    """
    statement = update(Contribution).where(
        col(Contribution.id) == contribution.id, col(Contribution.state).in_(list(allowed))
    )
    if seen is not None:
        statement = statement.where(col(Contribution.revision) == seen)
    changed = (await session.exec(statement.values(**values))).rowcount
    await session.refresh(contribution)
    return bool(changed)


async def change(session: Session, contribution: Contribution, **values: Any) -> None:
    """Change what no state depends on, such as the reference of a message."""
    await session.exec(update(Contribution).where(col(Contribution.id) == contribution.id).values(**values))
    await session.refresh(contribution)


async def end(session: Session, contribution: Contribution, allowed: Collection[str], state: ContributionState) -> bool:
    """Delete its words, and who was about to share them; whether it was in one of the ``allowed`` states.

    The row stays without them: its number is never given again, and nobody is asked twice about the same message.
    """
    nothing: dict[str, Any] = {"title": "", "text": "", "topics": [], "link": None, "card": None}
    nobody = {"author_id": None, "saver_id": None}
    return await move(session, contribution, allowed, state=state.value, **nothing, **nobody)


async def to_review(session: Session, community_id: int) -> list[Contribution]:
    """What waits for a facilitator's decision, the oldest first."""
    return await _in_state(session, community_id, ContributionState.REVIEW)


async def exportable(session: Session, community_id: int) -> list[Contribution]:
    """What everybody may read, the oldest first."""
    return await _in_state(session, community_id, ContributionState.PUBLISHED)


async def _in_state(session: Session, community_id: int, state: ContributionState) -> list[Contribution]:
    statement = select(Contribution).where(Contribution.community_id == community_id, Contribution.state == state.value)
    return list((await session.exec(statement.order_by(col(Contribution.number)))).all())


async def findable(session: Session, community_id: int) -> list[Contribution]:
    """What everybody may find, the newest first; at most ``MOST_SEARCHED``."""
    statement = (
        select(Contribution)
        .where(Contribution.community_id == community_id, Contribution.state == ContributionState.PUBLISHED.value)
        .order_by(col(Contribution.published_at).desc(), col(Contribution.id).desc())
        .limit(MOST_SEARCHED)
    )
    return list((await session.exec(statement)).all())


async def mine(session: Session, community_id: int, member_id: int) -> list[Contribution]:
    """What a member agreed to share and has not taken back, the newest first."""
    standing = (ContributionState.REVIEW, ContributionState.PUBLISHED, ContributionState.SET_ASIDE)
    statement = select(Contribution).where(
        Contribution.community_id == community_id,
        Contribution.author_id == member_id,
        col(Contribution.state).in_([state.value for state in standing]),
    )
    return list((await session.exec(statement.order_by(col(Contribution.number).desc()))).all())


async def written_by(session: Session, community_id: int, member_id: int) -> list[Contribution]:
    """Everything of a member that still has words, also what waits for their yes or no."""
    statement = select(Contribution).where(
        Contribution.community_id == community_id, Contribution.author_id == member_id
    )
    return list((await session.exec(statement.order_by(col(Contribution.number)))).all())


async def waiting_for_author(session: Session, community_id: int, member_id: int) -> int:
    """How many contributions wait for a yes or no of this author."""
    statement = (
        select(func.count())
        .select_from(Contribution)
        .where(
            Contribution.community_id == community_id,
            Contribution.author_id == member_id,
            Contribution.state == ContributionState.ASKED.value,
        )
    )
    return (await session.exec(statement)).one()


async def keep_card(session: Session, contribution_id: int, member_id: int, reference: str) -> None:
    """This message shows the contribution to a facilitator from now on."""
    await session.merge(ReviewCard(contribution_id=contribution_id, member_id=member_id, reference=reference))
    await session.flush()


async def cards(session: Session, contribution_id: int) -> list[tuple[Member, str]]:
    """The facilitators who have the contribution before them, each with the reference of the message."""
    statement = (
        select(Member, ReviewCard.reference)
        .join(ReviewCard, col(ReviewCard.member_id) == col(Member.id))
        .where(ReviewCard.contribution_id == contribution_id)
        .order_by(col(Member.id))
    )
    return [(member, reference) for member, reference in (await session.exec(statement)).all()]


async def forget_cards(session: Session, contribution_id: int) -> None:
    """It is decided: the messages that showed it change no more."""
    await session.exec(delete(ReviewCard).where(col(ReviewCard.contribution_id) == contribution_id))


async def use(session: Session, contribution_id: int, member_id: int, now: datetime) -> bool:
    """A member used it. False when that is counted already: it counts once."""
    values = {"contribution_id": contribution_id, "member_id": member_id, "used_at": now}
    result = await session.exec(insert_into(session, ContributionUse).values(**values).on_conflict_do_nothing())
    return bool(result.rowcount)


async def may_tell_author(session: Session, contribution: Contribution, now: datetime, since: datetime) -> bool:
    """Whether the author has not heard of a use ``since`` then. They hear of it now: the next one waits."""
    statement = update(Contribution).where(
        col(Contribution.id) == contribution.id,
        or_(col(Contribution.told_at).is_(None), col(Contribution.told_at) <= since),
    )
    return bool((await session.exec(statement.values(told_at=now))).rowcount)


async def users_of(session: Session, contribution_ids: Collection[int]) -> dict[int, int]:
    """How many members used each of these; those that nobody used are not in it."""
    statement = (
        select(ContributionUse.contribution_id, func.count())
        .where(col(ContributionUse.contribution_id).in_(list(contribution_ids)))
        .group_by(col(ContributionUse.contribution_id))
    )
    return dict((await session.exec(statement)).all())


async def names_of(session: Session, found: Collection[Contribution]) -> dict[int, str]:
    """The authors' names by contribution; those who want no name with it are left out."""
    authors = {one.id: one.author_id for one in found if one.named and one.author_id is not None}
    statement = select(Member).where(col(Member.id).in_(set(authors.values())))
    names = {member.id: member.name for member in (await session.exec(statement)).all()}
    return {contribution: names[author] for contribution, author in authors.items() if author in names}


@dataclass(frozen=True, slots=True)
class KindFigures:
    """How much became of contributions of one kind in a window."""

    saved: int = 0
    published: int = 0
    reused: int = 0


async def figures_between(session: Session, community_id: int, a: datetime, b: datetime) -> dict[str, KindFigures]:
    """By kind, in ``[a, b)``: saved with consent, published after review, and times that one was used.

    What was withdrawn later still counts in the time in which it happened.
    """
    saved = await _by_kind(session, community_id, Contribution.agreed_at, a, b)
    published = await _by_kind(session, community_id, Contribution.published_at, a, b)
    used = (
        select(Contribution.kind, func.count())
        .join(ContributionUse, col(ContributionUse.contribution_id) == col(Contribution.id))
        .where(
            Contribution.community_id == community_id,
            col(ContributionUse.used_at) >= a,
            col(ContributionUse.used_at) < b,
        )
        .group_by(col(Contribution.kind))
    )
    reused = dict((await session.exec(used)).all())
    return {
        kind: KindFigures(saved.get(kind, 0), published.get(kind, 0), reused.get(kind, 0))
        for kind in sorted({*saved, *published, *reused})
    }


async def _by_kind(session: Session, community_id: int, moment: Any, a: datetime, b: datetime) -> Mapping[str, int]:
    statement = (
        select(Contribution.kind, func.count())
        .where(Contribution.community_id == community_id, col(moment) >= a, col(moment) < b)
        .group_by(col(Contribution.kind))
    )
    return dict((await session.exec(statement)).all())
