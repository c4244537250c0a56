"""Communities and the places that they span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import UniqueConstraint, true, update
from sqlalchemy import text as sql
from sqlmodel import SQLModel, col, select

from bot.core.addresses import Place
from bot.core.errors import Refusal
from bot.core.messages import mark
from bot.core.rights import Rights
from bot.core.roles import Purpose
from bot.core.working_time import WorkingTime
from storage.columns import Moment, neutral, row_id
from storage.database import Session
from storage.statements import given


class Community(SQLModel, table=True):
    """People who work on the same thing, wherever they chat. ``complete`` is false while an import builds it.

    ``weekend`` holds the digits of its days, Monday being 0; quiet hours are wall-clock times, as HH:MM.
    ``silence_days``: after so many days without anybody's word a prompt comes early; 0 means never.
    ``keep_activity_months``: activity older than so many months is removed; 0 means never. A new community begins
    with 24, enough to compare a season with that of the year before. One that was here before anybody could choose,
    or whose history was imported, keeps everything until its facilitator decides otherwise.
    ``all_main_places``: answers that helped and prompts go to every main place, not only to the first.
    """

    __tablename__ = "community"

    id: int = row_id()
    name: str = neutral()
    language: str = neutral(default="en")
    time_zone: str = neutral(default="UTC")
    is_sample: bool = neutral(default=False)
    complete: bool = neutral(default=True)
    created_at: datetime = neutral(sa_type=Moment)
    quiet_from: str = neutral(default="21:00", sa_column_kwargs={"server_default": "21:00"})
    quiet_until: str = neutral(default="07:00", sa_column_kwargs={"server_default": "07:00"})
    weekend: str = neutral(default="56", sa_column_kwargs={"server_default": "56"})
    remind_after_hours: int = neutral(default=24, sa_column_kwargs={"server_default": "24"})
    next_expert_after_hours: int = neutral(default=48, sa_column_kwargs={"server_default": "48"})
    facilitator_after_hours: int = neutral(default=72, sa_column_kwargs={"server_default": "72"})
    silence_days: int = neutral(default=7, sa_column_kwargs={"server_default": "7"})
    keep_activity_months: int = neutral(default=24, sa_column_kwargs={"server_default": "0"})
    all_main_places: bool = neutral(default=False, sa_column_kwargs={"server_default": sql("false")})

    @property
    def working_time(self) -> WorkingTime:
        """When people here may be reminded of something."""
        return WorkingTime(
            ZoneInfo(self.time_zone),
            time.fromisoformat(self.quiet_from),
            time.fromisoformat(self.quiet_until),
            frozenset(int(day) for day in self.weekend),
        )


class CommunityPlace(SQLModel, table=True):
    """A channel or group. Without a community it is a place where the bot waits, silent and recording nothing.

    ``asked`` is the reference of the private message that asked somebody last what it is to be, and ``offer`` that of
    the one line there that says how to begin, where nobody could be asked privately.
    """

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("platform", "tenant", "external_id"),)

    id: int = row_id()
    community_id: int | None = neutral(default=None, foreign_key="community.id", index=True)
    platform: str = neutral()
    tenant: str = neutral()
    external_id: str = neutral()
    name: str = neutral(default="")
    purpose: str = neutral(default=Purpose.LISTENING.value)
    active: bool = neutral(default=True)
    tells_joins: bool = neutral(default=True)
    reads_everything: bool = neutral(default=True, sa_column_kwargs={"server_default": true()})
    sees_joins: bool = neutral(default=True, sa_column_kwargs={"server_default": true()})
    sees_reactions: bool = neutral(default=True, sa_column_kwargs={"server_default": true()})
    offer: str | None = neutral(default=None)
    asked: str | None = neutral(default=None)

    @property
    def address(self) -> Place:
        """The place as messages are addressed to it."""
        return Place(self.platform, self.tenant, self.external_id, self.name)

    @property
    def rights(self) -> Rights:
        """What the bot is shown there."""
        return Rights(self.reads_everything, self.sees_joins, self.sees_reactions)


_AT: Any = select(CommunityPlace).where(
    CommunityPlace.platform == given("platform"),
    CommunityPlace.tenant == given("tenant"),
    CommunityPlace.external_id == given("place"),
)


async def by_id(session: Session, community_id: int) -> Community:
    """The community with this id; it exists."""
    return await session.get_one(Community, community_id)


async def place_at(session: Session, place: Place) -> CommunityPlace | None:
    """What is known about a place on a platform, or None."""
    at = {"platform": place.platform, "tenant": place.tenant, "place": place.id}
    found: CommunityPlace | None = (await session.exec(_AT, params=at)).one_or_none()
    return found


async def place_of(session: Session, place: Place) -> CommunityPlace | None:
    """The same for a place where something happened: a topic of a community's group comes to it by that.

    It is one where the bot just listens, until a facilitator says otherwise. What it is called is not always told.
    """
    known = await place_at(session, place)
    group, is_topic, number = place.id.rpartition("/")
    if known is not None:
        if is_topic and place.name and known.name != place.name:
            known.name = place.name
            session.add(known)
        return known
    whole = await place_at(session, replace(place, id=group)) if is_topic else None
    if whole is None or whole.community_id is None or not whole.active:
        return None
    topic = await discover(session, replace(place, name=place.name or f"{whole.name}/{number}"))
    topic.community_id = whole.community_id
    for name, shown in asdict(whole.rights).items():
        setattr(topic, name, shown)
    session.add(topic)
    await session.flush()
    return topic


async def place_by_id(session: Session, place_id: int) -> CommunityPlace | None:
    """The place with this id, or None."""
    return await session.get(CommunityPlace, place_id)


async def discover(session: Session, place: Place) -> CommunityPlace:
    """The place, known from now on; it belongs to no community until somebody says so."""
    known = await place_at(session, place)
    if known is None:
        known = CommunityPlace(
            platform=place.platform, tenant=place.tenant, external_id=place.id, name=place.name, active=True
        )
        session.add(known)
    elif not known.active:  # a group is back, and its topics with it
        await session.exec(update(CommunityPlace).where(*_within(place)).values(active=True))
    known.active = True
    known.name = place.name or known.name
    await session.flush()
    return known


async def found(
    session: Session, place: CommunityPlace, *, name: str, language: str, time_zone: str, now: datetime
) -> Community:
    """A new community whose main place is ``place``.

    Raises Refusal when the place has a community already, or the name is taken.
    """
    community = Community(name=name, language=language, time_zone=time_zone, created_at=now)
    if await named(session, name):
        raise Refusal(mark("There is a community called {name} here already. Please choose another name."), name=name)
    session.add(community)
    await session.flush()
    await take_in(session, place, community.id, Purpose.MAIN)
    return community


async def take_in(session: Session, place: CommunityPlace, community_id: int, purpose: Purpose) -> None:
    """Make ``place`` part of a community, with the topics of it that are known from an earlier time.

    Raises Refusal when it is part of one already: two clicks, one effect.
    """
    statement = update(CommunityPlace).where(
        col(CommunityPlace.id) == place.id, col(CommunityPlace.community_id).is_(None)
    )
    result = await session.exec(statement.values(community_id=community_id, purpose=purpose.value))
    if result.rowcount != 1:
        raise Refusal(mark("This place is part of a community already."))
    place.community_id, place.purpose = community_id, purpose.value
    topics = (*_within(place.address), col(CommunityPlace.community_id).is_(None))
    await session.exec(update(CommunityPlace).where(*topics).values(community_id=community_id))


async def named(session: Session, name: str) -> Community | None:
    """The community of this name, upper or lower case. (SQLite's own lower() knows ASCII letters alone.)"""
    everybody = await all_communities(session)
    return next((one for one in everybody if one.name.casefold() == name.casefold()), None)


async def all_communities(session: Session) -> list[Community]:
    """Every community that is complete, oldest first."""
    return list(
        (await session.exec(select(Community).where(col(Community.complete)).order_by(col(Community.id)))).all()
    )


async def places_of(session: Session, community_id: int) -> list[CommunityPlace]:
    """The places where a community meets now, in the order in which they came to it."""
    statement = select(CommunityPlace).where(CommunityPlace.community_id == community_id, col(CommunityPlace.active))
    return list((await session.exec(statement.order_by(col(CommunityPlace.id)))).all())


async def alone_in(session: Session, platform: str, tenant: str) -> Community | None:
    """The community that meets in this tenant, where it is the only one; None where there are several, or none."""
    statement = (
        select(Community)
        .join(CommunityPlace, col(CommunityPlace.community_id) == col(Community.id))
        .where(
            CommunityPlace.platform == platform,
            CommunityPlace.tenant == tenant,
            col(CommunityPlace.active),
            col(Community.complete),
        )
        .distinct()
        .limit(2)
    )
    found = list((await session.exec(statement)).all())
    return found[0] if len(found) == 1 else None


async def with_topics(session: Session, community_id: int, places: Sequence[CommunityPlace]) -> list[CommunityPlace]:
    """Places of a community with the topics within them, which everybody of a group may read."""
    whole = {(one.platform, one.tenant, one.external_id) for one in places}
    return [
        one
        for one in await places_of(session, community_id)
        if (one.platform, one.tenant, one.external_id) in whole
        or (one.platform, one.tenant, one.external_id.rpartition("/")[0]) in whole
    ]


async def places_on(session: Session, platform: str) -> list[CommunityPlace]:
    """Every place on a platform that is part of a community, also those that are closed, the oldest first."""
    mine = (CommunityPlace.platform == platform, col(CommunityPlace.community_id).is_not(None))
    return list((await session.exec(select(CommunityPlace).where(*mine).order_by(col(CommunityPlace.id)))).all())


async def place_for(session: Session, community_id: int, *purposes: Purpose) -> CommunityPlace | None:
    """The community's first place of the first of ``purposes`` that it has a place for."""
    for purpose in purposes:
        for place in await places_for(session, community_id, purpose):
            return place
    return None


async def places_for(session: Session, community_id: int, purpose: Purpose) -> list[CommunityPlace]:
    """The community's places of this purpose, in the order in which they came to it."""
    return [place for place in await places_of(session, community_id) if place.purpose == purpose.value]


async def main_places(session: Session, community: Community) -> list[CommunityPlace]:
    """Where answers that helped and prompts are posted: the first main place, or all of them, as it is set."""
    places = await places_for(session, community.id, Purpose.MAIN)
    return places if community.all_main_places else places[:1]


def names_of(places: Sequence[CommunityPlace]) -> str:
    """The names of several places, to stand behind one ``#``: circle, #cercle."""
    return ", #".join(place.name for place in places)


async def change(session: Session, community: Community, **values: Any) -> None:
    """Give a community these values, all at once: of two who change the same, the last one wins whole."""
    await session.exec(update(Community).where(col(Community.id) == community.id).values(**values))
    await session.refresh(community)


async def give_purpose(session: Session, community_id: int, place_id: int, purpose: Purpose) -> bool:
    """What a place of the community is for from now on. False when it is no longer part of it."""
    return await _change_place(session, community_id, place_id, purpose=purpose.value)


async def take_out(session: Session, community_id: int, place_id: int) -> bool:
    """The place is no longer part of the community, nor are its topics; what happened there stays known.

    False when it was part of it no more. Raises Refusal for the last one: nobody could reach the community then.
    """
    await session.exec(select(Community.id).where(Community.id == community_id).with_for_update())  # one at a time
    place = await session.get_one(CommunityPlace, place_id)
    here = (*_within(place.address), CommunityPlace.community_id == community_id)
    going = set((await session.exec(select(CommunityPlace.id).where(*here))).all())
    if not any(one.id not in going for one in await places_of(session, community_id)):
        raise Refusal(mark("This is the only place of the community. Add another place first: /settings"))
    nobodys = {"community_id": None, "purpose": Purpose.LISTENING.value}
    return (await session.exec(update(CommunityPlace).where(*here).values(**nobodys))).rowcount > 0


async def _change_place(session: Session, of_community: int, place_id: int, **values: Any) -> bool:
    statement = update(CommunityPlace).where(
        col(CommunityPlace.id) == place_id, col(CommunityPlace.community_id) == of_community
    )
    return (await session.exec(statement.values(**values))).rowcount == 1


async def move(session: Session, place: Place, to: Place) -> bool:
    """The place goes on at another address, with its community and everything that happened there.

    False where there is nothing to move: the place is unknown (any more), or there is a community at the new address.
    What was known of that address, without a community, gives way.
    """
    old, new = await place_at(session, place), await place_at(session, to)
    if old is None or (new is not None and new.community_id is not None):
        return False
    if new is not None:
        new.external_id, new.active = f"gave way:{new.id}", False
        session.add(new)
        await session.flush()
    old.external_id, old.active, old.name = to.id, True, to.name or old.name
    session.add(old)
    await session.flush()
    return True


async def show(session: Session, place: Place, rights: Rights) -> None:
    """What the bot is shown in a place, and in its topics, from now on."""
    await session.exec(update(CommunityPlace).where(*_within(place)).values(**asdict(rights)))


async def close_place(session: Session, place: Place) -> None:
    """The bot can't reach the place any more, nor its topics; what happened there stays known."""
    await session.exec(update(CommunityPlace).where(*_within(place)).values(active=False))


def _within(place: Place) -> tuple[Any, ...]:
    """The place, and where it is a group, its topics."""
    own = col(CommunityPlace.external_id)
    here = (own == place.id) | own.startswith(f"{place.id}/", autoescape=True)
    return (col(CommunityPlace.platform) == place.platform, col(CommunityPlace.tenant) == place.tenant, here)


async def close_places_of(session: Session, platform: str, tenant: str) -> None:
    """The bot can't reach any place of that tenant any more; what happened there stays known."""
    theirs = (col(CommunityPlace.platform) == platform, col(CommunityPlace.tenant) == tenant)
    await session.exec(update(CommunityPlace).where(*theirs).values(active=False))
