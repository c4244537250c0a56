"""The greeting and the norms: in Baraza's own words, or in those that a facilitator wrote for a place and a language.

A facilitator's text is neutral Markdown in which ``{name}``, ``{community}`` and ``{place}`` stand for values. Nothing
else in braces means anything, and no value is ever read as Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.messages import Text, joined, mark, points
from bot.services import Services
from bot.texts import Wording
from storage import welcome_texts
from storage.communities import CommunityPlace
from storage.welcome_texts import WelcomeText, Which

LONGEST = 1500
"""Characters of a text; with its values it still fits into one message everywhere."""


class Part(StrEnum):
    """What a facilitator may write."""

    GREETING = "greeting"
    NORMS = "norms"


_OWN_WORDS = {
    Part.GREETING: (
        mark("**Welcome to {community}, {name}!**"),
        mark(
            "I am Baraza. I help the facilitators here: I bring questions to people who can answer them, "
            "and I keep what we learn."
        ),
        mark("Start with a short introduction, so that others know who to turn to."),
    ),
    Part.NORMS: (
        mark("Ask early. There are no silly questions here."),
        mark("Share what went wrong too; that is what others learn from most."),
        mark("Never share what could identify a patient or a person you serve."),
        mark("Disagree with ideas, be kind to people."),
    ),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it is used: its Markdown, and the version it is from; None for Baraza's own words."""

    markdown: str
    version: WelcomeText | None


async def written(services: Services, part: Part, place: CommunityPlace | None, wording: Wording,
                  *languages: str | None) -> Written:  # fmt: skip
    """What somebody who reads these languages gets in a place, the language they like best first.

    The text of the place comes before that of every place, and Baraza's own words (``wording``) come last.
    """
    community_id = services.community.id
    for language in _tried([*languages, wording.language]):
        for place_id in (place.id, None) if place else (None,):
            found = await welcome_texts.in_use(services.session, Which(community_id, part.value, language, place_id))
            if found is not None and found.text is not None:
                return Written(found.text, found)
    return Written(own_words(part, wording), None)


def _tried(languages: Sequence[str | None]) -> Iterator[str]:
    """Each language once: ``fr-CA`` first, then ``fr``."""
    codes = [code for language in languages if language for code in (language, language.split("-")[0])]
    yield from dict.fromkeys(codes)


def own_words(part: Part, wording: Wording) -> str:
    """Baraza's own words as Markdown."""
    sentences = [wording.say(key).markdown for key in _OWN_WORDS[part]]
    if part is Part.NORMS:
        return points(sentences).plain()
    return joined(sentences).plain()


def filled(markdown: str, *, name: str, community: str, place: str) -> Text:
    """A text with the values that it may name in their places."""
    return Text(markdown, {"name": name, "community": community, "place": place})
