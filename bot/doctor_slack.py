"""What ``baraza doctor`` says about Slack: tokens, scopes, the way in, channels, and the slash command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from pydantic import SecretStr

from bot.core.platform import Installation
from bot.finding import Finding
from bot.platforms.slack.checkup import (
    Identity,
    NoBot,
    Presence,
    Refused,
    Unreachable,
    identify,
    opens_socket,
    presence_in,
)
from bot.platforms.slack.envelope import is_command
from bot.platforms.slack.installing import INSTALL_PATH, REDIRECT_PATH
from bot.platforms.slack.scopes import NEEDED, missing
from bot.settings import Settings
from bot.slack_advice import NO_BOT, UNREACHABLE, about_app_token, about_bot_token
from storage import communities, inbox, tenants
from storage.communities import CommunityPlace
from storage.database import Database

_LOOKED_AT = 2_000
"""So many of a workspace's latest events are searched for a slash command."""

_APP = "of your app at api.slack.com/apps"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database knows of Slack. ``commanded``: the tenants where a slash command was typed lately."""

    installations: tuple[Installation, ...] = ()
    places: tuple[CommunityPlace, ...] = ()
    commanded: frozenset[str] = field(default_factory=frozenset)


async def kept_in(database: Database) -> Kept:
    """What the database knows of Slack."""
    async with database.reading() as session:
        installations = await tenants.open_on(session, "slack")
        places = await communities.places_on(session, "slack")
        used = {
            tenant
            for tenant in {one.tenant for one in installations} | {place.tenant for place in places}
            if any(is_command(body) for body in await inbox.latest(session, "slack", tenant, _LOOKED_AT))
        }
    return Kept(tuple(installations), tuple(places), frozenset(used))


async def check_slack(settings: Settings, kept: Kept) -> AsyncIterator[Finding]:
    """Everything about Slack; nothing at all where it isn't used."""
    if not (settings.wants_slack or kept.installations):
        return
    yield await _way_in(settings)
    if settings.slack_client_id is not None:
        yield _in_a_browser(settings)
    seen: set[str] = set()
    for source, token in _tokens(settings, kept):
        async for finding in _workspace(settings.slack_api_url, source, token, kept, seen):
            yield finding
    if not _tokens(settings, kept):
        yield Finding("Slack workspaces", "", "Baraza is in none yet. Run: baraza slack install")


def _tokens(settings: Settings, kept: Kept) -> list[tuple[str, str]]:
    """Every token, once, and how it is called."""
    configured = _secret(settings.slack_bot_token)
    found = {configured: "SLACK_BOT_TOKEN"} if configured else {}
    for one in kept.installations:
        found.setdefault(one.token, f"The token of {one.name}")
    return [(source, token) for token, source in found.items()]


async def _way_in(settings: Settings) -> Finding:
    """How events arrive: over a socket, else over HTTP."""
    token = _secret(settings.slack_app_token)
    if token:
        return await _socket(token, settings.slack_api_url)
    if settings.slack_signing_secret is None:
        advice = (
            f"nothing can arrive. Set SLACK_APP_TOKEN to an app-level token (Basic Information {_APP}), or "
            "SLACK_SIGNING_SECRET and PUBLIC_URL to receive over HTTP."
        )
        return Finding("Slack events", "", advice)
    if not (settings.public_url or "").startswith("https://"):
        advice = "set PUBLIC_URL to the https address under which Slack reaches this machine, or SLACK_APP_TOKEN."
        return Finding("Slack events", "", advice)
    address = f"{(settings.public_url or '').rstrip('/')}/slack/events"
    where = f"{address} belongs into Event Subscriptions, Interactivity and Slash Commands"
    return Finding("Slack events", f"over HTTP; {where}")


async def _socket(token: str, api_url: str | None) -> Finding:
    source = "SLACK_APP_TOKEN"
    try:
        await opens_socket(token, api_url)
    except Refused as refused:
        advice = about_app_token(str(refused)).format(source=source, code=refused)
    except Unreachable as problem:
        advice = about_app_token(UNREACHABLE).format(source=source, code=problem)
    else:
        return Finding("Slack events", "over Socket Mode")
    return Finding("Slack events", "", advice)


def _in_a_browser(settings: Settings) -> Finding:
    """Whether people can install it in their workspaces by themselves."""
    check = "Slack installation in a browser"
    if settings.slack_client_secret is None:
        return Finding(check, "", f"set SLACK_CLIENT_SECRET as well (Basic Information {_APP}).")
    if not settings.public_url:
        return Finding(check, "", "set PUBLIC_URL to the https address under which browsers reach this machine.")
    base = settings.public_url.rstrip("/")
    needs = f"{base}{REDIRECT_PATH} belongs into OAuth & Permissions, Redirect URLs"
    return Finding(check, f"at {base}{INSTALL_PATH}; {needs}")


async def _workspace(
    api_url: str | None, source: str, token: str, kept: Kept, seen: set[str]
) -> AsyncIterator[Finding]:
    """One workspace; not again where another token of it was looked at already."""
    try:
        found = await identify(token, api_url)
    except (Refused, Unreachable, NoBot) as problem:
        code = {Unreachable: UNREACHABLE, NoBot: NO_BOT}.get(type(problem), str(problem))
        yield Finding("Slack token", "", about_bot_token(code).format(source=source, code=str(problem) or code))
        return
    if found.tenant in seen:
        return
    seen.add(found.tenant)
    name = f"Slack, {found.workspace}"
    yield Finding(f"{name}, token", f"it is that of @{found.bot_name}")
    for finding in _scopes(name, found):
        yield finding
    async for finding in _channels(name, token, api_url, [one for one in kept.places if one.tenant == found.tenant]):
        yield finding
    yield _slash_command(name, used=found.tenant in kept.commanded)


def _scopes(name: str, found: Identity) -> list[Finding]:
    where = f"Add it under OAuth & Permissions, Scopes, {_APP}, then install the app there again."
    lacking = [
        Finding(f"{name}, scopes", "", f"{scope.name} is missing: without it {scope.without}. {where}")
        for scope in missing(found.scopes)
    ]
    return lacking or [Finding(f"{name}, scopes", f"all {len(NEEDED)} that are needed")]


async def _channels(name: str, token: str, api_url: str | None, places: list[CommunityPlace]) -> AsyncIterator[Finding]:
    """Whether the bot is in the channels of its communities."""
    check = f"{name}, channels"
    fine = True
    for place in places:
        try:
            advice = _about(place, await presence_in(token, api_url, place.external_id))
        except (Refused, Unreachable) as problem:
            yield Finding(
                check, "", f"Slack did not say whether the bot is in them ({problem}). Please try again later."
            )
            return
        if advice:
            fine = False
            yield Finding(check, "", advice)
    if fine:
        count = sum(place.active for place in places)
        yield Finding(check, f"the bot is in all {count}" if count else "none is part of a community yet")


def _about(place: CommunityPlace, presence: Presence) -> str:
    """What to do about a place; empty when nothing is."""
    called = f"#{place.name or place.external_id}"
    if not place.active:
        closed = f"the bot is in {called}, and takes no part there since it was once taken out of the workspace."
        again = "Type there: /remove @Baraza, then: /invite @Baraza"
        return f"{closed} {again}" if presence is Presence.IN else ""
    return {
        Presence.IN: "",
        Presence.OUT: f"the bot is not in {called}. Type there: /invite @Baraza",
        Presence.ARCHIVED: f"{called} is archived. Bring it back in Slack, or take it out with /baraza settings",
        Presence.UNKNOWN: (
            f"{called} is gone, or private and without the bot. Type there: /invite @Baraza, or take it out "
            "with /baraza settings"
        ),
    }[presence]


def _slash_command(name: str, *, used: bool) -> Finding:
    """Slack tells nobody which slash commands an app has; what tells is that one has come."""
    check = f"{name}, slash command"
    if used:
        return Finding(check, "it was used lately")
    return Finding(
        check,
        "",
        hint="not used lately. Type /baraza in any channel; if Slack does not know it, add it under Slash Commands "
        f"{_APP}.",
    )


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""
