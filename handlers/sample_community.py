"""The sample community, as Baraza knows it: a community with places, people, profiles and roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.addresses import Person, Place
from bot.core.roles import Purpose, Role
from storage import communities, members, questions, welcomes
from storage.database import Session
from storage.questions import Expert
from storage.welcomes import Welcome


@dataclass(frozen=True, slots=True)
class Settler:
    """Somebody who has been there since ``since`` (UTC), with a profile and a role."""

    person: Person
    role: Role
    profile: members.Profile
    since: datetime
    places: tuple[str, ...]


async def settle(
    session: Session,
    *,
    name: str,
    language: str,
    time_zone: str,
    places: Sequence[tuple[Place, Purpose]],
    settlers: Sequence[Settler],
    now: datetime,
) -> None:
    """Found the community with everybody in it, greeted already. Nothing happens when it exists."""
    if await communities.named(session, name):
        return
    first, *others = places
    main = await communities.discover(session, first[0])
    community = await communities.found(session, main, name=name, language=language, time_zone=time_zone, now=now)
    community.is_sample = True
    session.add(community)
    ids = {first[0].id: main.id}
    for place, purpose in others:
        known = await communities.discover(session, place)
        await communities.take_in(session, known, community.id, purpose)
        ids[place.id] = known.id
    for settler in settlers:
        member = await members.ensure(session, settler.person, now)
        await members.introduce(session, member.id, settler.profile, settler.since)
        for place_id in settler.places:
            await members.arrive(session, community.id, ids[place_id], member.id, settler.since)
        if settler.role is not Role.MEMBER:
            await members.give_role(session, community.id, member.id, settler.role)
        if settler.role is Role.EXPERT:
            topics = list(settler.profile.topics_known)
            await questions.put_expert(session, Expert(community_id=community.id, member_id=member.id, topics=topics))
        greeted = Welcome(community_id=community.id, member_id=member.id, greeted_at=settler.since)
        await welcomes.remember(session, greeted)
