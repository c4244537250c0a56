"""The Web API's methods about who is who: people, the bot, the workspace, tokens."""

from __future__ import annotations

import asyncio

from tests.wire.slack.call import Call, method
from tests.wire.slack.rates import AUTH_TEST, CONNECTIONS, TIER_2, TIER_3, TIER_4
from tests.wire.slack.refusal import Json, Refused


@method("auth.test", AUTH_TEST)
async def auth_test(call: Call) -> Json:
    """Whose token this is."""
    workspace, bot = call.workspace, call.workspace.bot
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": bot.handle,
        "team_id": workspace.id,
        "user_id": bot.id,
        "bot_id": bot.bot_id,
        "is_enterprise_install": False,
    }


@method("users.info", TIER_4, needs=("user",), may=("include_locale",), scopes=("users:read",))
async def user_info(call: Call) -> Json:
    """Who somebody is."""
    return {"user": call.user().shape(locale=call.flag("include_locale"))}


@method("users.list", TIER_2, may=("cursor", "include_locale", "limit", "team_id"), scopes=("users:read",))
async def list_users(call: Call) -> Json:
    """Everybody in the workspace."""
    everybody = [user.shape(locale=call.flag("include_locale")) for user in call.workspace.users.values()]
    page, cursor = call.page(everybody)
    cached = int(call.slack.clock.now())
    return {"members": page, "cache_ts": cached, "response_metadata": {"next_cursor": cursor}}


@method("bots.info", TIER_3, may=("bot", "team_id"), scopes=("users:read",))
async def bot_info(call: Call) -> Json:
    """What a bot is."""
    bot = call.workspace.bot
    if call.text("bot", bot.bot_id) != bot.bot_id:
        raise Refused("bot_not_found")
    shape = {"id": bot.bot_id, "deleted": False, "name": bot.name, "updated": 1_700_000_000, "user_id": bot.id}
    return {"bot": shape | {"app_id": call.slack.app.id, "icons": {}}}


@method("team.info", TIER_3, may=("team", "domain"), scopes=("team:read",))
async def team_info(call: Call) -> Json:
    """What the workspace is."""
    workspace = call.workspace
    if call.text("team", workspace.id) != workspace.id:
        raise Refused("team_not_found")
    return {"team": {"id": workspace.id, "name": workspace.name, "domain": workspace.domain, "icon": {}}}


@method("apps.connections.open", CONNECTIONS, token="app")
async def open_connection(call: Call) -> Json:
    """A ticket for one Socket Mode connection."""
    if not call.slack.app.socket_mode:
        raise Refused("socket_mode_not_enabled")
    await asyncio.sleep(0)
    return {"url": call.slack.socket.ticket()}


@method(
    "oauth.v2.access",
    TIER_4,
    may=("code", "client_id", "client_secret", "redirect_uri", "grant_type", "refresh_token"),
    token="none",
)
async def oauth_access(call: Call) -> Json:
    """Change a code for the bot token of the workspace that gave it."""
    app = call.slack.app
    if call.text("client_id") != app.client_id:
        raise Refused("invalid_client_id")
    if call.text("client_secret") != app.client_secret:
        raise Refused("bad_client_secret")
    granted = call.slack.codes.pop(call.text("code"), None)
    if granted is None:
        raise Refused("invalid_code")
    workspace, installer, redirect_uri = granted
    if redirect_uri and call.text("redirect_uri") not in {"", redirect_uri}:
        raise Refused("bad_redirect_uri")
    return {
        "app_id": app.id,
        "authed_user": {"id": installer},
        "scope": ",".join(sorted(workspace.scopes)),
        "token_type": "bot",
        "access_token": workspace.install(),
        "bot_user_id": workspace.bot.id,
        "team": {"id": workspace.id, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }
