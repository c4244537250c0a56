"""Text and its entities, as Telegram takes them: counted in UTF-16, checked, cleaned, and with what it finds itself."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.wire.telegram.html_text import parsed_html
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.typing_in import found_in
from tests.wire.telegram.utf16 import boundaries, units

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
MOST_ENTITIES = 100
"""Telegram drops what is beyond without a word; this emulator refuses it, for a bot would not notice."""

_STYLES = {"bold", "italic", "underline", "strikethrough", "spoiler"}
_QUOTES = {"blockquote", "expandable_blockquote"}
_CODE = {"code", "pre"}
_LINKS = {"text_link", "text_mention", "custom_emoji"}
_FOUND_BY_TELEGRAM = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
_FIELDS = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]*")
_DEEP_LINK = re.compile(r"[A-Za-z0-9_-]{1,64}")


def formatted(
    text: str, parse_mode: str, entities: Any, *, bot: str, may_be_empty: bool = False
) -> tuple[str, list[Json]]:
    """What becomes of text that a bot sends, with its entities."""
    check_encoding(text)
    if parse_mode and entities:
        raise Refused("this emulator takes parse_mode or entities, not both (Telegram would ignore the entities)")
    if parse_mode:
        text, given = parsed_html(text) if parse_mode.lower() == "html" else _unsupported(parse_mode)
    else:
        given = _checked_shapes(entities or [])
    _check_places(text, given)
    given = sorted((one for one in given if one["length"]), key=lambda one: (one["offset"], -one["length"]))
    _check_nesting(given)
    given = [one for one in (_with_sound_link(one, bot) for one in given) if one is not None]
    text, given = _cleaned(text, given)
    if not may_be_empty and _INVISIBLE.fullmatch(text):
        raise Refused("text must be non-empty")
    return text, _with_found(text, given)


def check_encoding(text: str) -> None:
    """Refuse halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused("strings must be encoded in UTF-8") from None


def check_deep_link(url: str, bot: str) -> None:
    """Refuse a link to the bot whose payload no client would pass on (Telegram itself doesn't look)."""
    payload = start_payload(url, bot)
    if payload and not _DEEP_LINK.fullmatch(payload):
        raise Refused(f"the deep link's payload {payload!r} is not of 1-64 characters of A-Z, a-z, 0-9, _ and -")


def start_payload(url: str, bot: str) -> str | None:
    """What a link to the bot gives to its ``/start``; None when the link leads elsewhere."""
    found = re.fullmatch(r"(?:https?://)?(?:t|telegram)\.me/(\w+)(?:\?start=(.*))?", url, re.DOTALL)
    return (found[2] or "") if found and found[1].lower() == bot.lower() else None


def sound_url(url: str) -> str | None:
    """An address as Telegram keeps it; None when it takes it for none."""
    if url.startswith(("tg://", "mailto:")):
        return url
    parts = urlsplit(url if "://" in url else f"http://{url}")
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https", "ton", "tonsite"} or ("." not in host and ":" not in host):
        return None
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", parts.query, parts.fragment))


def _unsupported(parse_mode: str) -> tuple[str, list[Json]]:
    if parse_mode.lower() in {"markdown", "markdownv2"}:
        raise Refused("this emulator reads HTML and entities alone")
    raise Refused("unsupported parse_mode")


def _checked_shapes(entities: Any) -> list[Json]:
    if not isinstance(entities, list):
        raise Refused("expected an Array of MessageEntity")
    if len(entities) > MOST_ENTITIES:
        raise Refused("ENTITIES_TOO_LONG")
    return [_checked_shape(one) for one in entities]


def _checked_shape(entity: Any) -> Json:
    if not isinstance(entity, dict):
        raise Refused("can't parse MessageEntity: expected an Object")
    for name in ("type", "offset", "length"):
        if name not in entity:
            raise Refused(f"can't parse MessageEntity: Can't find field \"{name}\"")
    kind = entity["type"]
    if kind not in {*_STYLES, *_QUOTES, *_CODE, *_LINKS, *_FOUND_BY_TELEGRAM}:
        raise Refused("can't parse MessageEntity: Unsupported type specified")
    for name in ("offset", "length"):
        if not isinstance(entity[name], int):
            raise Refused(f'can\'t parse MessageEntity: Field "{name}" must be of type Number')
        if entity[name] < 0:
            raise Refused(f"receive an entity with incorrect {name} {entity[name]}")
    needed = _FIELDS.get(kind)
    if needed is not None and not entity.get(needed):
        raise Refused(f"can't parse MessageEntity: Can't find field \"{needed}\"")
    known = {"type", "offset", "length", needed, *({"language"} if kind == "pre" else ())}
    unknown = {name for name, value in entity.items() if name not in known and value is not None}
    if unknown:
        raise Refused(f"MessageEntity of type {kind} has no {', '.join(sorted(unknown))}")
    return {name: value for name, value in entity.items() if value is not None}


def _check_places(text: str, entities: list[Json]) -> None:
    at, end = boundaries(text), units(text)
    for entity in entities:
        first, last = entity["offset"], entity["offset"] + entity["length"]
        if first > end:
            raise Refused(f"entity begins after the end of the text at UTF-16 offset {first}")
        if last > end:
            raise Refused(
                f"entity beginning at UTF-16 offset {first} ends after the end of the text at UTF-16 offset {last}"
            )
        if first not in at:
            raise Refused(f"entity begins in a middle of a UTF-16 symbol at byte offset {at[first + 1]}")
        if last not in at:
            raise Refused(
                f"entity beginning at UTF-16 offset {first} ends in a middle of a UTF-16 symbol"
                f" at byte offset {at[last + 1]}"
            )


def _check_nesting(entities: list[Json]) -> None:
    """Stricter than Telegram, which splits or drops such formatting without a word."""
    for number, outer in enumerate(entities):
        end = outer["offset"] + outer["length"]
        for inner in entities[number + 1 :]:
            if inner["offset"] >= end:
                break
            pair = f"{inner['type']} at UTF-16 offset {inner['offset']} and {outer['type']} at {outer['offset']}"
            if inner["offset"] + inner["length"] > end:
                raise Refused(f"can't parse entities: {pair} overlap, and neither is inside the other")
            if not _may_contain(outer["type"], inner["type"]):
                raise Refused(f"can't parse entities: {pair}: one can't be inside the other")


def _may_contain(outer: str, inner: str) -> bool:
    if outer in _CODE or (inner in _CODE and outer not in _QUOTES):
        return False
    if inner in _QUOTES:
        return outer not in _QUOTES | _LINKS
    return not (outer in _LINKS and inner in _LINKS)


def _with_sound_link(entity: Json, bot: str) -> Json | None:
    if entity["type"] in _FOUND_BY_TELEGRAM:
        return None
    if entity["type"] != "text_link":
        return entity
    url = sound_url(entity["url"])
    if url is None:
        raise Refused(f"entity URL '{entity['url']}' is invalid: Wrong HTTP URL")
    check_deep_link(url, bot)
    return {**entity, "url": url}


def _cleaned(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Without carriage returns, control characters, and blanks around; the entities moved along."""
    text = _CONTROL.sub(" ", text)
    body = text.replace("\r", "")
    bare = body.strip()
    first = len(body) - len(body.lstrip())
    last = first + len(bare)
    places, old, new, position = {}, 0, 0, 0
    for char in text:
        places[old] = new
        width = 2 if ord(char) > 0xFFFF else 1
        old += width
        if char != "\r":
            new += width if first <= position < last else 0
            position += 1
    places[old] = new
    moved = [(places[one["offset"]], places[one["offset"] + one["length"]], one) for one in entities]
    return bare, [{**one, "offset": begin, "length": end - begin} for begin, end, one in moved if end > begin]


def _with_found(text: str, entities: list[Json]) -> list[Json]:
    """With the commands, mentions and addresses that Telegram finds itself, outside of code and links."""
    taken = [
        (one["offset"], one["offset"] + one["length"])
        for one in entities
        if one["type"] in _CODE or one["type"] in _LINKS
    ]
    found = [
        one
        for one in found_in(text)
        if not any(first < one["offset"] + one["length"] and one["offset"] < last for first, last in taken)
    ]
    return sorted([*entities, *found], key=lambda one: (one["offset"], -one["length"]))
