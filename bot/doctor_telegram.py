"""What ``baraza doctor`` says about Telegram: the token, the way in, and what the bot may see in its groups."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import aiohttp

from bot.finding import Finding
from bot.platforms.telegram.calling import Moved, Refused
from bot.platforms.telegram.checkup import Checkup, Identity, Presence, TokenRefused, Unreachable, WebhookState
from bot.platforms.telegram.receiving import PATH
from bot.settings import Settings
from storage import communities
from storage.communities import CommunityPlace
from storage.database import Database

_PORTS = (None, 80, 88, 443, 8443)
_RECENT = timedelta(hours=1)
_OWN_PATIENCE = aiohttp.ClientTimeout(total=5)
_UNKNOWN_BOT = (
    "Telegram knows no bot with TELEGRAM_BOT_TOKEN. Ask @BotFather for the token with /mybots, API Token, and put it "
    "into .env."
)
_UNREACHABLE = (
    "Telegram does not answer ({problem}). Is this machine online, may it reach api.telegram.org, and is "
    "TELEGRAM_API_URL empty or right?"
)
_OTHER_PROGRAM = (
    "another program asks for this bot's news, and each takes some from the other. Stop that program, or give it a bot "
    "of its own; /revoke at @BotFather shuts it out, and needs the new token in .env."
)


async def groups_in(database: Database) -> tuple[CommunityPlace, ...]:
    """The groups and topics that are part of a community."""
    async with database.reading() as session:
        return tuple(await communities.places_on(session, "telegram"))


async def check_telegram(settings: Settings, places: Sequence[CommunityPlace], now: datetime) -> AsyncIterator[Finding]:
    """Everything about Telegram; nothing at all where it isn't used."""
    if settings.telegram_bot_token is None:
        return
    try:
        async with Checkup(settings.telegram_bot_token.get_secret_value(), settings.telegram_api_url) as checkup:
            found = await checkup.identity()
            yield _token(found)
            yield await _way_in(settings, checkup, now)
            async for finding in _groups(checkup, found, places):
                yield finding
    except TokenRefused:
        yield Finding("Telegram token", "", _UNKNOWN_BOT)
    except (Unreachable, Refused, Moved) as problem:
        yield Finding("Telegram", "", _UNREACHABLE.format(problem=problem))


def _token(found: Identity) -> Finding:
    name = f"@{found.username}"
    if not found.joins_groups:
        advice = f"{name} can't be added to groups. Ask @BotFather: /setjoingroups, {name}, Enable."
        return Finding("Telegram token", "", advice)
    return Finding("Telegram token", f"it is that of {name}")


# The way in


async def _way_in(settings: Settings, checkup: Checkup, now: datetime) -> Finding:
    """How updates arrive: by webhook where PUBLIC_URL is set, else by polling."""
    state = await checkup.webhook()
    troubles = await _own_troubles(settings)
    if settings.public_url:
        return _webhook(settings.public_url.rstrip("/") + PATH, state, now, runs=troubles is not None)
    if troubles is not None:
        return _while_it_runs(troubles, state)
    if state.url:
        hint = f"a webhook is set ({_host(state.url)}); Baraza takes it away when it starts."
        return Finding("Telegram news", "", hint=hint)
    if await checkup.somebody_else_asks():
        return Finding("Telegram news", "", _OTHER_PROGRAM)
    return Finding("Telegram news", "by polling")


def _while_it_runs(troubles: Sequence[str], state: WebhookState) -> Finding:
    """What the running Baraza says itself: to ask beside it would disturb it."""
    if state.url:
        advice = (
            f"another program has set a webhook for this bot ({_host(state.url)}). Stop it, then start Baraza again."
        )
        return Finding("Telegram news", "", advice)
    if any("(409)" in one for one in troubles):
        return Finding("Telegram news", "", _OTHER_PROGRAM)
    if troubles:
        return Finding("Telegram news", "", f"the running Baraza says: {'; '.join(troubles)}.")
    return Finding("Telegram news", "by polling, and the running Baraza hears them")


def _webhook(wanted: str, state: WebhookState, now: datetime, *, runs: bool) -> Finding:
    check, parts = "Telegram webhook", urlsplit(wanted)
    if parts.scheme != "https" or parts.port not in _PORTS:
        advice = (
            "Telegram posts to https addresses on the ports 443, 80, 88 and 8443 alone. Change PUBLIC_URL, or leave it "
            "empty."
        )
        return Finding(check, "", advice)
    if state.url != wanted:
        set_to = f"it is set to {_host(state.url)} instead of {_host(wanted)}" if state.url else "it is not set"
        if not runs:
            return Finding(check, "", hint=f"{set_to}; Baraza sets it when it starts.")
        return Finding(check, "", f"{set_to}. Does another program use this bot? Stop it, then start Baraza again.")
    recent = state.failed_at is not None and now - state.failed_at < _RECENT
    if state.failure and (state.pending or recent):
        waiting = f"{state.pending} updates wait" if state.pending != 1 else "1 update waits"
        advice = (
            f"Telegram can't reach {_host(wanted)} ({state.failure}); {waiting}. Does PUBLIC_URL lead to this machine, "
            "and does its certificate hold?"
        )
        return Finding(check, "", advice)
    return Finding(check, f"at {_host(wanted)}")


async def _own_troubles(settings: Settings) -> list[str] | None:
    """What the Baraza that runs here says of Telegram; None where none runs."""
    host = f"[{settings.http_host}]" if ":" in settings.http_host else settings.http_host
    url = f"http://{host}:{settings.http_port}/healthz"
    try:
        async with aiohttp.ClientSession(timeout=_OWN_PATIENCE) as session, session.get(url) as answer:
            told = await answer.json()
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return None
    troubles = told.get("troubles") if isinstance(told, dict) else None
    return [one for one in troubles if str(one).startswith("Telegram")] if isinstance(troubles, list) else None


def _host(url: str) -> str:
    return urlsplit(url).netloc or "an address that is none"


# Groups


async def _groups(checkup: Checkup, found: Identity, places: Iterable[CommunityPlace]) -> AsyncIterator[Finding]:
    """What the bot may see, once a group: its topics share that."""
    groups: dict[str, CommunityPlace] = {}
    for place in sorted((one for one in places if one.active), key=lambda one: "/" in one.external_id):
        groups.setdefault(place.external_id.partition("/")[0], place)
    fine = 0
    for chat, place in groups.items():
        finding = _group(place.name or chat, await checkup.presence_in(chat), found)
        fine += finding is None
        if finding is not None:
            yield finding
    if fine == len(groups):
        fact = f"in all {fine} the bot is an administrator" if groups else "none is part of a community yet"
        yield Finding("Telegram groups", fact)


def _group(name: str, here: Presence, found: Identity) -> Finding | None:
    """What to do about a group; None when nothing is."""
    check, bot = f"Telegram group {name}", f"@{found.username}"
    if not here.inside:
        return Finding(check, "", f"the bot is not in it. Add {bot} to the group, or take it out with /settings.")
    if not here.writes:
        return Finding(check, "", f"the bot may not write there. In the group: Administrators, Add Admin, {bot}.")
    if not here.leads:
        unseen = "who comes and goes, or reactions" if found.reads_everything else "messages, joins or reactions"
        advice = (
            f"the bot does not see {unseen}, for it is no administrator. In the group: Administrators, Add Admin, {bot}"
        )
        privacy = f"; for messages alone ask @BotFather: /setprivacy, {bot}, Disable, and add the bot to the group anew"
        return Finding(check, "", f"{advice}{'' if found.reads_everything else privacy}.")
    if not here.admits:
        hint = f"the bot can't let in who asks to join. In the group: Administrators, {bot}, Add Members."
        return Finding(check, "", hint=hint)
    return None
