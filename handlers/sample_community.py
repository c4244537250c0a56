"""The sample community, as Baraza knows it: its people and places, and what came of six weeks of their talk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from bot.core.addresses import MessageRef, Person, Place
from bot.core.roles import Purpose, Role
from storage import communities, contributions, members, prompt_schedules, prompts, questions, thanks, welcomes
from storage.activity import activity_key
from storage.communities import Community, CommunityPlace
from storage.contributions import Contribution, ContributionState
from storage.database import Session
from storage.members import Member
from storage.prompt_schedules import PromptSchedule
from storage.prompts import LibraryPrompt, PostedPrompt
from storage.questions import Expert, Question
from storage.thanks import Thanks
from storage.welcomes import Welcome

_REVIEWED_WITHIN = timedelta(hours=1)
_REPORTED_AFTER = timedelta(days=7)
_ACCEPTED = "accepted"
"""The state of questions whose answer helped; see ``storage.questions.shared_answers``."""


@dataclass(frozen=True, slots=True)
class Settler:
    """Somebody who has been there since ``since`` (UTC), with a profile and a role."""

    id: str
    person: Person
    role: Role
    profile: members.Profile
    since: datetime
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prompted:
    """A prompt that stands in a place already: who reads it there can answer in its thread."""

    kind: str
    text: str
    at: datetime
    message: MessageRef


class Written(TypedDict):
    """Something that is written down for a day, counted backwards, and an hour of it (14:30)."""

    day: int
    at: str


class Shared(Written):
    """A contribution. With ``waits`` no facilitator has looked at it yet, else it is published."""

    kind: str
    title: str
    text: str
    topics: list[str]
    author: str
    link: NotRequired[str]
    waits: NotRequired[bool]
    used: NotRequired[list[Use]]


class Use(TypedDict):
    """That somebody used a contribution."""

    who: str
    day: int


class Answered(Written):
    """A question that was answered after so many ``hours``, and the answer helped. No ``asker``: confidentially."""

    text: str
    answer: str
    topic: str
    asker: str | None
    expert: str
    hours: int


class Thanked(Written):
    """Thanks."""

    giver: str
    receiver: str
    reason: str


class Scheduled(Written):
    """Since when prompts are posted, where and how often."""

    by: str
    place: str
    cadence: str


class Knowledge(TypedDict):
    """What the community asked, learned and gave thanks for. People and places are named by their ids."""

    contributions: list[Shared]
    questions: list[Answered]
    thanks: list[Thanked]
    schedule: Scheduled


async def is_settled(session: Session, name: str) -> bool:
    """Whether there is a community of this name already."""
    return bool(await communities.named(session, name))


async def settle(
    session: Session,
    *,
    name: str,
    language: str,
    time_zone: str,
    places: Sequence[tuple[Place, Purpose]],
    settlers: Sequence[Settler],
    now: datetime,
) -> Settled:
    """Found the community with everybody in it, greeted already."""
    first, *others = places
    main = await communities.discover(session, first[0])
    community = await communities.found(session, main, name=name, language=language, time_zone=time_zone, now=now)
    community.is_sample = True
    session.add(community)
    known = {first[0].id: main}
    for place, purpose in others:
        known[place.id] = await communities.discover(session, place)
        await communities.take_in(session, known[place.id], community.id, purpose)
    people = {one.id: await _settle_down(session, community, known, one, now) for one in settlers}
    return Settled(session, community, known, people)


async def _settle_down(
    session: Session, community: Community, places: Mapping[str, CommunityPlace], settler: Settler, now: datetime
) -> Member:
    member = await members.ensure(session, settler.person, now)
    await members.introduce(session, member.id, settler.profile, settler.since)
    for place_id in settler.places:
        await members.arrive(session, community.id, places[place_id].id, member.id, settler.since)
    if settler.role is not Role.MEMBER:
        await members.give_role(session, community.id, member.id, settler.role)
    if settler.role is Role.EXPERT:
        topics = list(settler.profile.topics_known)
        await questions.put_expert(session, Expert(community_id=community.id, member_id=member.id, topics=topics))
    greeted = Welcome(community_id=community.id, member_id=member.id, greeted_at=settler.since)
    await welcomes.remember(session, greeted)
    return member


@dataclass(frozen=True, slots=True)
class Settled:
    """The community with its places and people by their ids, to be told what they did until now."""

    session: Session
    community: Community
    places: Mapping[str, CommunityPlace]
    people: Mapping[str, Member]

    async def learn(self, knowledge: Knowledge, moment: Callable[[int, str], datetime]) -> None:
        """Keep what was shared, answered and given thanks for; ``moment`` tells when something was, in UTC."""
        for shared in knowledge["contributions"]:
            await self._share(shared, moment)
        for answered in knowledge["questions"]:
            await self._answer(answered, moment(answered["day"], answered["at"]))
        for thanked in knowledge["thanks"]:
            given = Thanks(
                community_id=self.community.id,
                giver_id=self.people[thanked["giver"]].id,
                receiver_id=self.people[thanked["receiver"]].id,
                reason=thanked["reason"],
                given_at=moment(thanked["day"], thanked["at"]),
            )
            await thanks.keep(self.session, given)

    async def _share(self, shared: Shared, moment: Callable[[int, str], datetime]) -> None:
        saved_at, waits = moment(shared["day"], shared["at"]), shared.get("waits", False)
        author = self.people[shared["author"]].id
        row = Contribution(
            community_id=self.community.id,
            state=ContributionState.REVIEW.value if waits else ContributionState.PUBLISHED.value,
            kind=shared["kind"],
            title=shared["title"],
            text=shared["text"],
            topics=shared["topics"],
            link=shared.get("link"),
            author_id=author,
            saver_id=author,
            saved_at=saved_at,
            agreed_at=saved_at,
            published_at=None if waits else saved_at + _REVIEWED_WITHIN,
        )
        await contributions.add(self.session, row)
        for use in shared.get("used", []):
            used_at = max(moment(use["day"], shared["at"]), saved_at + _REVIEWED_WITHIN)
            await contributions.use(self.session, row.id, self.people[use["who"]].id, used_at)

    async def _answer(self, answered: Answered, asked_at: datetime) -> None:
        answered_at = asked_at + timedelta(hours=answered["hours"])
        asker = self.people[answered["asker"]] if answered["asker"] else None
        row = Question(
            community_id=self.community.id,
            state=_ACCEPTED,
            topic=answered["topic"],
            language=self.community.language,
            confidential=asker is None,
            asker_id=asker.id if asker else None,
            text=answered["text"],
            answer=answered["answer"],
            expert_id=self.people[answered["expert"]].id,
            asked_at=asked_at,
            routed_at=asked_at,
            answered_at=answered_at,
            closed_at=answered_at,
        )
        await questions.add(self.session, row)

    async def was_prompted(self, prompted: Prompted) -> None:
        """Remember a prompt that a facilitator had posted, and where its answers hang."""
        where = prompted.message
        own = LibraryPrompt(
            community_id=self.community.id, kind=prompted.kind, text=prompted.text, added_at=prompted.at
        )
        prompt = await prompts.add(self.session, own)
        posted = PostedPrompt(
            community_id=self.community.id,
            prompt_id=prompt.id,
            kind=prompted.kind,
            place_id=self.places[where.conversation].id,
            reason="now",
            posted_at=prompted.at,
            message_id=where.id,
            message_key=activity_key(where.platform, where.tenant, where.event_key),
            reported_at=prompted.at + _REPORTED_AFTER,
        )
        await prompts.post(self.session, posted)

    async def schedule(self, scheduled: Scheduled, started_at: datetime) -> PromptSchedule:
        """A schedule of prompts that runs; whoever calls this sees to it that its time comes."""
        proposed = PromptSchedule(
            community_id=self.community.id,
            place_id=self.places[scheduled["place"]].id,
            cadence=scheduled["cadence"],
            proposed_by=self.people[scheduled["by"]].id,
            proposed_at=started_at,
        )
        await prompt_schedules.propose(self.session, proposed)
        await prompt_schedules.start(self.session, proposed.id, started_at)
        return proposed
