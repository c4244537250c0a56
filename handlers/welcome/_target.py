"""Which text a facilitator means: the greeting or the norms, in which language, for every place or for one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.errors import Refusal
from bot.core.messages import mark
from bot.services import Services
from bot.texts import known_language
from handlers.welcome._texts import Part
from storage import communities
from storage.communities import CommunityPlace
from storage.welcome_texts import Which


@dataclass(frozen=True, slots=True)
class Target:
    """One text. ``place`` None is the text for every place."""

    part: Part
    language: str
    place: CommunityPlace | None = None

    @property
    def subject(self) -> str:
        """What a button or a form carries."""
        return f"{self.part.value}|{self.language}|{self.place.id if self.place else ''}"

    def into(self, language: str) -> Target:
        """The same in another language."""
        return replace(self, language=language)

    def which(self, services: Services) -> Which:
        """The same as storage knows it."""
        return Which(services.community.id, self.part.value, self.language, self.place.id if self.place else None)

    @staticmethod
    async def of(services: Services, subject: str) -> Target:
        """The inverse of ``subject``. Raises Refusal when the place is no longer one of the community's."""
        part, language, place_id = subject.split("|")
        place = await communities.place_by_id(services.session, int(place_id)) if place_id else None
        if place_id and (place is None or not place.active or place.community_id != services.community.id):
            raise Refusal(mark("That place is no longer part of this community. Type /welcome preview to start again."))
        return Target(Part(part), language, place)


async def read(services: Services, words: str) -> Target:
    """``[norms] [language] [#place]``, of which each may be left out. Raises Refusal for anything else."""
    before, hash_sign, place_name = words.partition("#")
    part, language = Part.GREETING, services.community.language
    for word in before.rstrip("<").split():
        if word.casefold() in (Part.GREETING.value, Part.NORMS.value):
            part = Part(word.casefold())
            continue
        known = known_language(word)
        if known is None:
            raise Refusal(
                mark("I know no language called {word}. Write it like French or fr, and a place like #place."),
                word=word,
            )
        language = known
    return Target(part, language, await _place_called(services, place_name) if hash_sign else None)


async def _place_called(services: Services, name: str) -> CommunityPlace:
    """The community's place of this name; a mention also carries the platform's own id."""
    called = {one.strip().casefold() for one in name.strip().rstrip(">").split("|")}
    for place in await communities.places_of(services.session, services.community.id):
        if {place.name.casefold(), place.external_id.casefold()} & called:
            return place
    raise Refusal(mark("I know no place called #{place} in this community. /settings lists them."), place=name.strip())
