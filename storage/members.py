"""Members, their accounts on the platforms, their profiles, and what they are in a community."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import JSON, text
from sqlalchemy import select as select_columns
from sqlmodel import SQLModel, col, delete, select, update

from bot.core.addresses import Account, Person
from bot.core.messages import mark
from bot.core.roles import Role
from storage import erased_accounts
from storage.columns import (
    Erase,
    Linked,
    Moment,
    RowId,
    SealedText,
    neutral,
    personal,
    pseudonymous,
    row_id,
)
from storage.communities import Community, CommunityPlace
from storage.database import Session
from storage.member_accounts import IS_ACCOUNT, of_account
from storage.member_accounts import MemberAccount as MemberAccount
from storage.member_accounts import go_by as go_by
from storage.member_accounts import going_by as going_by
from storage.member_accounts import known_among as known_among
from storage.member_accounts import user_key as user_key
from storage.statements import columns, given, some
from storage.upserts import insert_into

FORMER_MEMBER = mark("Former member")
"""What somebody is called whose person was forgotten."""


class Member(SQLModel, table=True):
    """One person, with one or more accounts. Units, languages and topics are what they told about themselves.

    ``language`` is the one that they are spoken to in: what their platform tells, until they choose one themselves.

    Since ``forgotten_at`` it stands for nobody: figures still count what its person did. With ``linked_to_id`` it is
    who somebody was before their accounts were linked: nothing is theirs now but what ``storage.linking`` keeps.
    """

    __tablename__ = "member"

    id: int = row_id()
    name: str = personal(sa_type=SealedText, linked=Linked.FULLER)
    language: str | None = neutral(default=None, linked=Linked.CHOSEN)
    chose_language: bool = neutral(
        default=False, sa_column_kwargs={"server_default": text("false")}, linked=Linked.CHOSEN
    )
    unit: str | None = personal(default=None, linked=Linked.FULLER)
    languages: list[str] = personal(default_factory=list, sa_type=JSON, linked=Linked.FULLER)
    topics_known: list[str] = personal(default_factory=list, sa_type=JSON, linked=Linked.FULLER)
    topics_wanted: list[str] = personal(default_factory=list, sa_type=JSON, linked=Linked.FULLER)
    introduced_at: datetime | None = neutral(default=None, sa_type=Moment, linked=Linked.FIRST)
    announced_at: datetime | None = neutral(default=None, sa_type=Moment, linked=Linked.FIRST)
    created_at: datetime = neutral(sa_type=Moment, linked=Linked.FIRST)
    forgotten_at: datetime | None = neutral(default=None, sa_type=Moment, linked=Linked.OWN)
    linked_to_id: int | None = pseudonymous(default=None, sa_type=RowId, index=True, erase=Erase.CLEAR)


class Membership(SQLModel, table=True):
    """That a member belongs to a community: since when and until when. ``last_left_at`` is an earlier leave."""

    __tablename__ = "membership"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True, erase=Erase.KEEP)
    joined_at: datetime = neutral(sa_type=Moment, linked=Linked.FIRST)
    left_at: datetime | None = neutral(default=None, sa_type=Moment, linked=Linked.OPEN)
    last_left_at: datetime | None = neutral(default=None, sa_type=Moment, linked=Linked.LAST)


class Presence(SQLModel, table=True):
    """That a member is in a place now; who is in none of a community's places any more has left it."""

    __tablename__ = "presence"

    place_id: int = neutral(foreign_key="place.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    since: datetime = neutral(sa_type=Moment, linked=Linked.FIRST)


class MemberRole(SQLModel, table=True):
    """A role that a member holds in a community, beside being a member."""

    __tablename__ = "role"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    role: str = neutral(primary_key=True)


_MEMBERSHIP, _ROLE = columns(Membership), columns(MemberRole)
_BEHIND: Any = select(Member).join(MemberAccount).where(*IS_ACCOUNT)
_BELONGING: Any = select_columns(_MEMBERSHIP.member_id).where(
    _MEMBERSHIP.community_id == given("community"),
    _MEMBERSHIP.member_id.in_(some("members")),
    _MEMBERSHIP.left_at.is_(None),
)
_ROLES: Any = select_columns(_ROLE.role).where(
    _ROLE.community_id == given("community"),
    _ROLE.member_id == given("member"),
    _MEMBERSHIP.community_id == _ROLE.community_id,
    _MEMBERSHIP.member_id == _ROLE.member_id,
    _MEMBERSHIP.left_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a member tells about themselves."""

    name: str
    unit: str | None
    languages: list[str]
    topics_known: list[str]
    topics_wanted: list[str]


async def introduce(session: Session, member_id: int, profile: Profile, now: datetime) -> None:
    """Keep a member's profile in the place of the one before."""
    member = await session.get_one(Member, member_id)
    for name, value in asdict(profile).items():
        setattr(member, name, value)
    member.introduced_at = member.introduced_at or now
    session.add(member)
    await session.flush()


async def speak(session: Session, member_id: int, language: str) -> None:
    """The member has chosen to be spoken to in this language from now on."""
    await session.exec(update(Member).where(col(Member.id) == member_id).values(language=language, chose_language=True))


async def is_called_by_now(session: Session, member: Member, person: Person) -> None:
    """What a platform tells of a member counts, until they introduce themselves, or choose a language."""
    if member.introduced_at is None:
        member.name = person.name or member.name
        member.language = member.language if member.chose_language else person.language or member.language
        await session.flush()


async def announce(session: Session, member_id: int, now: datetime) -> bool:
    """Mark a member as introduced to everybody. False when that was done already: it is done once."""
    statement = update(Member).where(col(Member.id) == member_id, col(Member.announced_at).is_(None))
    return (await session.exec(statement.values(announced_at=now))).rowcount == 1


async def find(session: Session, account: Account) -> Member | None:
    """The member behind an account, or None when nobody is known there."""
    found: Member | None = (await session.exec(_BEHIND, params=of_account(account))).one_or_none()
    return found


async def ensure(session: Session, person: Person, now: datetime) -> Member:
    """The member behind an account, known from now on."""
    known = await find(session, person.account)
    if known is not None:
        return known
    ids = await ensure_many(session, {person.account: person}, now)
    return await session.get_one(Member, ids[person.account])


async def who_did(session: Session, person: Person, at: datetime, now: datetime) -> Member | None:
    """The member behind what an account did at a moment, known from now on; see ``ensure_many`` for None."""
    known = await find(session, person.account)
    if known is not None:
        return known
    ids = await ensure_many(session, {person.account: person}, now, {person.account: at})
    return await session.get_one(Member, ids[person.account]) if ids else None


async def ensure_many(
    session: Session,
    people: Mapping[Account, Person],
    now: datetime,
    last_acts: Mapping[Account, datetime] = MappingProxyType({}),
) -> dict[Account, int]:
    """The member ids behind many accounts; who is new is known from now on.

    Who was forgotten after the last of their acts, where that is told, is left out: what is still on its way from
    before must not bring them back.
    """
    found = await known_among(session, people)
    strangers = people.keys() - found.keys()
    erased = await erased_accounts.among(session, [user_key(one) for one in strangers]) if strangers else {}
    for account in strangers:
        erased_at, last_act = erased.get(user_key(account)), last_acts.get(account)
        if erased_at is None or last_act is None or last_act >= erased_at:
            found[account] = await _add(session, people[account], now)
    return found


async def _add(session: Session, person: Person, now: datetime) -> int:
    """Somebody new. Another transaction may know them by now: then it is that member, and this one never was."""
    account = person.account
    member = Member(name=person.name, language=person.language, created_at=now)
    session.add(member)
    await session.flush()
    values = {
        "member_id": member.id,
        "platform": account.platform,
        "tenant": account.tenant,
        "user_key": user_key(account),
        "user": account.user,
        "is_bot": person.is_bot,
    }
    added = await session.exec(insert_into(session, MemberAccount).values(**values).on_conflict_do_nothing())
    if added.rowcount == 1:
        await go_by(session, person)
        return member.id
    await session.delete(member)
    await session.flush()
    return (await known_among(session, [account]))[account]


async def by_id(session: Session, member_id: int) -> Member | None:
    """The member with this id, or who they are since their accounts were linked; None where there is nobody."""
    found = await session.get(Member, member_id)
    while found is not None and found.linked_to_id is not None:
        found = await session.get(Member, found.linked_to_id)
    return found


async def accounts_of(session: Session, member_id: int) -> list[Account]:
    """The accounts of a member: the one they are rather written to, then the one used last, then the newest."""
    wished = (col(MemberAccount.preferred).desc(), col(MemberAccount.last_used).desc(), col(MemberAccount.id).desc())
    statement = select(MemberAccount).where(MemberAccount.member_id == member_id).order_by(*wished)
    return [Account(row.platform, row.tenant, row.user) for row in (await session.exec(statement)).all()]


async def arrive(session: Session, community_id: int, place_id: int, member_id: int, at: datetime) -> None:
    """``member_id`` is in the place from now on, and belongs to the community, again or for the first time."""
    values = {"place_id": place_id, "member_id": member_id, "since": at}
    await session.exec(insert_into(session, Presence).values(**values).on_conflict_do_nothing())
    await belong(session, community_id, member_id, at)


async def belong(session: Session, community_id: int, member_id: int, at: datetime) -> None:
    """``member_id`` belongs to the community; who had left has come back."""
    membership = await session.get(Membership, (community_id, member_id))
    if membership is None:
        values = {"community_id": community_id, "member_id": member_id, "joined_at": at}
        await session.exec(insert_into(session, Membership).values(**values).on_conflict_do_nothing())
    elif membership.left_at is not None and at >= membership.left_at:
        membership.last_left_at, membership.left_at = membership.left_at, None
        await session.flush()


async def belong_many(session: Session, community_id: int, since: Mapping[int, datetime]) -> None:
    """Everybody in ``since`` (member id -> moment) belongs to the community; most of them do already."""
    of_them = {"community": community_id, "members": list(since)}
    there = {member_id for (member_id,) in await session.exec(_BELONGING, params=of_them)}
    for member_id in since.keys() - there:
        await belong(session, community_id, member_id, since[member_id])


async def depart(session: Session, community_id: int, place_id: int, member_id: int, at: datetime) -> None:
    """``member_id`` is no longer in the place; who is in none of the community's places has left it."""
    await session.exec(delete(Presence).where(col(Presence.place_id) == place_id, col(Presence.member_id) == member_id))
    elsewhere = (
        select(Presence)
        .join(CommunityPlace, col(CommunityPlace.id) == col(Presence.place_id))
        .where(CommunityPlace.community_id == community_id, Presence.member_id == member_id)
    )
    membership = await session.get(Membership, (community_id, member_id))
    if membership is not None and (await session.exec(elsewhere)).first() is None:
        membership.left_at = at
        await session.flush()


async def membership(session: Session, community_id: int, member_id: int) -> Membership | None:
    """Since when a member belongs to a community; None for strangers."""
    return await session.get(Membership, (community_id, member_id))


async def communities_of(session: Session, member_id: int) -> list[Community]:
    """The communities that a member belongs to, the one joined last first."""
    statement = (
        select(Community)
        .join(Membership, col(Membership.community_id) == col(Community.id))
        .where(Membership.member_id == member_id, col(Membership.left_at).is_(None), col(Community.complete))
        .order_by(col(Membership.joined_at).desc(), col(Community.id).desc())
    )
    return list((await session.exec(statement)).all())


async def ever_in(session: Session, member_id: int) -> list[Community]:
    """The communities that a member belongs or once belonged to, the one joined last first."""
    statement = (
        select(Community)
        .join(Membership, col(Membership.community_id) == col(Community.id))
        .where(Membership.member_id == member_id)
        .order_by(col(Membership.joined_at).desc(), col(Community.id).desc())
    )
    return list((await session.exec(statement)).all())


async def roles_of(session: Session, community_id: int, member_id: int) -> frozenset[Role]:
    """What a member is in a community, beside being a member; nothing once they have left it."""
    of_them = {"community": community_id, "member": member_id}
    return frozenset(Role(role) for (role,) in await session.exec(_ROLES, params=of_them))


async def give_role(session: Session, community_id: int, member_id: int, role: Role) -> None:
    """The member holds the role from now on; holding it already is fine."""
    values = {"community_id": community_id, "member_id": member_id, "role": role.value}
    await session.exec(insert_into(session, MemberRole).values(**values).on_conflict_do_nothing())


async def take_role(session: Session, community_id: int, member_id: int, role: Role) -> None:
    """The member no longer holds this one role."""
    await session.exec(
        delete(MemberRole).where(
            col(MemberRole.community_id) == community_id,
            col(MemberRole.member_id) == member_id,
            col(MemberRole.role) == role.value,
        )
    )


async def take_roles(session: Session, community_id: int, member_id: int) -> None:
    """The member holds no role from now on."""
    await session.exec(
        delete(MemberRole).where(col(MemberRole.community_id) == community_id, col(MemberRole.member_id) == member_id)
    )


async def with_role(session: Session, community_id: int, role: Role) -> list[Member]:
    """Who holds a role in a community and has not left it, in the order in which they came."""
    statement = (
        select(Member)
        .join(MemberRole, col(MemberRole.member_id) == col(Member.id))
        .join(Membership, col(Membership.member_id) == col(Member.id))
        .where(
            MemberRole.community_id == community_id,
            MemberRole.role == role.value,
            Membership.community_id == community_id,
            col(Membership.left_at).is_(None),
        )
        .order_by(col(Member.id))
    )
    return list((await session.exec(statement)).all())


async def of_community(session: Session, community_id: int) -> list[Member]:
    """Everybody who belongs to a community now."""
    statement = (
        select(Member)
        .join(Membership, col(Membership.member_id) == col(Member.id))
        .where(Membership.community_id == community_id, col(Membership.left_at).is_(None))
        .order_by(col(Member.id))
    )
    return list((await session.exec(statement)).all())
