"""Where communities meet: looked up for everything that happens, one by one or many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import col, select

from bot.core.addresses import Place
from storage import communities
from storage.communities import Community, CommunityPlace
from storage.database import Session
from storage.statements import columns, given, some

_PLACE = columns(CommunityPlace)
_MEETING_AT: Any = (
    select(CommunityPlace, Community)
    .join(Community, col(Community.id) == col(CommunityPlace.community_id), isouter=True)
    .where(
        CommunityPlace.platform == given("platform"),
        CommunityPlace.tenant == given("tenant"),
        CommunityPlace.external_id == given("place"),
    )
)
_KNOWN: Any = select_columns(_PLACE.external_id, _PLACE.id, _PLACE.community_id, _PLACE.active, _PLACE.name).where(
    _PLACE.platform == given("platform"),
    _PLACE.tenant == given("tenant"),
    _PLACE.external_id.in_(some("places")),
)


async def at(session: Session, place: Place) -> tuple[CommunityPlace | None, Community | None]:
    """The place where something happened, as ``place_of`` tells, and the community that meets there now."""
    where = {"platform": place.platform, "tenant": place.tenant, "place": place.id}
    found: CommunityPlace | None
    community: Community | None
    found, community = (await session.exec(_MEETING_AT, params=where)).one_or_none() or (None, None)
    if _is_news(place, found.name if found is not None else None):
        found = await communities.place_of(session, place)
        its_community = found.community_id if found is not None else None
        community = None if its_community is None else await communities.by_id(session, its_community)
    return found, community if found is not None and found.active else None


async def among(session: Session, places: Iterable[Place]) -> dict[Place, tuple[int, int]]:
    """Those of the places where something happened in which a community meets now: their number, and its.

    Given in the order of what happened, as ``place_of`` is asked.
    """
    by_tenant: dict[tuple[str, str], dict[Place, None]] = defaultdict(dict)
    for place in places:
        by_tenant[place.platform, place.tenant][place] = None
    found: dict[Place, tuple[int, int]] = {}
    for (platform, tenant), theirs in by_tenant.items():
        asked = {"platform": platform, "tenant": tenant, "places": list({one.id: None for one in theirs})}
        known = {row.external_id: row for row in (await session.exec(_KNOWN, params=asked)).all()}
        for place in theirs:
            row = known.get(place.id)
            if _is_news(place, row.name if row is not None else None):
                row = known[place.id] = await communities.place_of(session, place)
            if row is not None and row.active and row.community_id is not None:
                found[place] = (row.id, row.community_id)
    return found


def _is_news(place: Place, name: str | None) -> bool:
    """Whether a topic is not known yet, or by another name; ``name`` is what it is called, if it is known."""
    return "/" in place.id and (name is None or bool(place.name and place.name != name))
