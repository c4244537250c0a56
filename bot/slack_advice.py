"""What to do when Slack refuses a token: one sentence for each of its codes, marked for translation."""

from __future__ import annotations

from bot.core.messages import mark

_UNKNOWN_TOKEN = mark(
    "{source} is not a token that Slack knows. Copy the Bot User OAuth Token (xoxb-...) from OAuth & Permissions of "
    "your app at api.slack.com/apps, and put it into .env or give it to: baraza slack install"
)
_WORTH_NOTHING = mark(
    "{source} is worth nothing any more: the app was taken out of the workspace, or the token revoked ({code}). "
    "Install the app again with OAuth & Permissions at api.slack.com/apps, and put the new token into .env or give it "
    "to: baraza slack install"
)
_NO_BOT_TOKEN = mark(
    "{source} is not a bot's token. The right one begins with xoxb- and is called Bot User OAuth Token, in OAuth & "
    "Permissions of your app at api.slack.com/apps."
)
_SOMETHING_ELSE = mark("Slack refuses {source}: {code}. Please look at your app at api.slack.com/apps.")
_UNREACHABLE = mark(
    "Slack does not answer ({code}). Is this machine online, may it reach slack.com, and is SLACK_API_URL empty or "
    "right?"
)
_UNKNOWN_APP_TOKEN = mark(
    "{source} is not a token that Slack knows. Copy the app-level token (xapp-...) from Basic Information, App-Level "
    "Tokens, of your app at api.slack.com/apps into .env."
)
_NO_APP_TOKEN = mark(
    "{source} is not an app-level token. The right one begins with xapp-, in Basic Information, App-Level Tokens, of "
    "your app at api.slack.com/apps."
)
_NO_CONNECTIONS = mark(
    "{source} has no leave to connect. Generate a new app-level token with the scope connections:write, in Basic "
    "Information of your app at api.slack.com/apps, and put it into .env."
)
_SOCKET_OFF = mark(
    "Socket Mode is switched off ({code}). Switch it on in Socket Mode of your app at api.slack.com/apps."
)

UNREACHABLE, NO_BOT = "unreachable", "no bot"

_BOT = {
    UNREACHABLE: _UNREACHABLE,
    NO_BOT: _NO_BOT_TOKEN,
    "not_allowed_token_type": _NO_BOT_TOKEN,
    "invalid_auth": _UNKNOWN_TOKEN,
    "not_authed": _UNKNOWN_TOKEN,
    "account_inactive": _WORTH_NOTHING,
    "token_revoked": _WORTH_NOTHING,
    "token_expired": _WORTH_NOTHING,
}
_APP = {
    UNREACHABLE: _UNREACHABLE,
    "not_allowed_token_type": _NO_APP_TOKEN,
    "invalid_auth": _UNKNOWN_APP_TOKEN,
    "not_authed": _UNKNOWN_APP_TOKEN,
    "token_revoked": _UNKNOWN_APP_TOKEN,
    "missing_scope": _NO_CONNECTIONS,
    "no_permission": _NO_CONNECTIONS,
    "socket_mode_not_enabled": _SOCKET_OFF,
}


def about_bot_token(code: str) -> str:
    """A sentence about the bot's token, with places for ``source`` and ``code``."""
    return _BOT.get(code, _SOMETHING_ELSE)


def about_app_token(code: str) -> str:
    """A sentence about the app-level token, with the same places."""
    return _APP.get(code, _SOMETHING_ELSE)
