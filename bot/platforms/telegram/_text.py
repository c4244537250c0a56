"""Telegram's texts, which carry their look and their links beside them, as the plain words that people see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.question_marks import asks_something
from bot.platforms.cutting import units
from bot.platforms.labelled_links import written_out
from bot.platforms.reading import Json, optional_part, readable, text
from bot.platforms.telegram._reading import identity

_NO_WORDS = frozenset({"code", "pre", "text_link", "url"})
_LINK_TO_PERSON = re.compile(r"tg://user\?id=(\d{1,19})")


@dataclass(frozen=True, slots=True)
class Entity:
    """A part of a text that is more than its characters: from ``start`` to ``end``, in UTF-16 units."""

    kind: str
    start: int
    end: int
    told: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """The words of a message, as Telegram has them."""

    words: str = field(default="", repr=False)
    entities: tuple[Entity, ...] = ()

    def plain(self) -> str:
        """What people read. Links become ``label (address)``; bold and italics go, emoji stay."""
        return self._with(lambda entity, words: _shown_link(entity, words) if entity.kind == "text_link" else words)

    def arguments(self, users: Json) -> str:
        """The same for what follows a command, where a mention stays one that can be looked up: ``<@1>``.

        ``users`` are the ids behind usernames, which are in small letters.
        """

        def seen(entity: Entity, words: str) -> str:
            user = _mentioned(entity, words, users)
            if user:
                return f"<@{user}>"
            return _shown_link(entity, words) if entity.kind == "text_link" else words

        return self._with(seen)

    def asks(self) -> bool:
        """Whether it asks something, besides code and links."""
        return asks_something(self._with(lambda entity, words: " " if entity.kind in _NO_WORDS else words))

    def usernames(self) -> Iterator[str]:
        """The usernames that are mentioned, in small letters."""
        encoded = self.words.encode("utf-16-le", "surrogatepass")
        for entity in self.entities:
            if entity.kind == "mention":
                yield _decoded(encoded, entity.start, entity.end).lstrip("@").casefold()

    def after(self, place: int) -> Written:
        """What follows the first ``place`` characters."""
        gone = units(self.words[:place])
        kept = (one for one in self.entities if one.start >= gone)
        moved = tuple(Entity(one.kind, one.start - gone, one.end - gone, one.told) for one in kept)
        return Written(self.words[place:], moved)

    def _with(self, seen: Callable[[Entity, str], str]) -> str:
        """The words with those of each entity as ``seen``. Of two that overlap, the first counts."""
        if not self.entities:
            return readable(self.words)
        encoded = self.words.encode("utf-16-le", "surrogatepass")
        parts, place = [], 0
        for entity in self.entities:
            if entity.start < place:
                continue
            parts.append(_decoded(encoded, place, entity.start))
            parts.append(seen(entity, _decoded(encoded, entity.start, entity.end)))
            place = entity.end
        parts.append(_decoded(encoded, place, len(encoded) // 2))
        return readable("".join(parts))


def written(message: Json, words: str, entities: str) -> Written:
    """The text of these two names. Entities that tell nothing about words are left out, and so are impossible ones."""
    said, told = message.get(words), message.get(entities)
    if said is None:
        return Written()
    if not isinstance(said, str) or not isinstance(told, list | None):
        raise ValueError(f"{words} is no text")
    found = (_entity(one, said) for one in told or ())
    return Written(said, tuple(sorted((one for one in found if one), key=lambda one: (one.start, -one.end))))


_TELLING = _NO_WORDS | {"mention", "text_mention"}


def _entity(told: object, said: str) -> Entity | None:
    if not isinstance(told, dict):
        return None
    kind, start, length = told.get("type"), told.get("offset"), told.get("length")
    if not isinstance(kind, str) or kind not in _TELLING:
        return None
    if not isinstance(start, int) or not isinstance(length, int) or start < 0 or length < 1:
        return None
    return Entity(kind, start, start + length, told) if start + length <= units(said) else None


def _mentioned(entity: Entity, words: str, users: Mapping[str, object]) -> str:
    """The id of the person whom an entity mentions; empty where it mentions nobody who is known."""
    if entity.kind == "text_mention":
        return identity(optional_part(entity.told, "user"), "id")
    if entity.kind == "mention":
        return text(users, words.lstrip("@").casefold())
    match = _LINK_TO_PERSON.fullmatch(text(entity.told, "url")) if entity.kind == "text_link" else None
    return match[1] if match else ""


def _shown_link(entity: Entity, words: str) -> str:
    address = text(entity.told, "url")
    return words if _LINK_TO_PERSON.fullmatch(address) else written_out(address, words)


def _decoded(encoded: bytes, start: int, end: int) -> str:
    return encoded[2 * start : 2 * end].decode("utf-16-le", "replace")
