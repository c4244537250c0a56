"""``baraza slack install``: the bot token of one workspace is looked at, and kept."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.core.platform import Installation
from bot.platforms.slack.checkup import NoBot, Refused, Unreachable
from bot.platforms.slack.installing import introduced
from bot.platforms.slack.scopes import missing
from bot.settings import Settings
from bot.slack_advice import NO_BOT, UNREACHABLE, about_bot_token
from storage import tenants
from storage.database import Database

Echo = Callable[[str], None]

_NEXT = (
    "Next: start Baraza again if it runs now. Then type /invite in a channel of that workspace, choose Baraza, and "
    "answer what it asks you."
)


async def install_with_token(
    database: Database, settings: Settings, token: str | None, ask: Callable[[], str], echo: Echo
) -> None:
    """Keep the installation that a token is from: the one given, else SLACK_BOT_TOKEN, else what ``ask`` gives.

    Raises Refusal where Slack doesn't take the token, or doesn't answer.
    """
    configured = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    source = "SLACK_BOT_TOKEN" if configured and not token else "This token"
    installation = await _introduced((token or configured or ask()).strip(), settings.slack_api_url, source)
    if database.secret_key_created:
        echo(f"SECRET_KEY was not set: a new key is in {database.secret_key_created}. Keep a copy of that file.")
    echo(f"This is the workspace {installation.name}.")
    for scope in missing(installation.scopes):
        echo(
            f"The scope {scope.name} is missing: without it {scope.without}. Add it under OAuth & Permissions, Scopes, "
            "of your app at api.slack.com/apps, install the app there again, and run this once more."
        )
    async with database.transaction() as session:
        await tenants.keep(session, installation, Clock().now())
    echo("Its token is kept, encrypted, in the database; it need not stand in .env.")
    echo(_NEXT)


async def _introduced(token: str, api_url: str | None, source: str) -> Installation:
    try:
        return await introduced(token, api_url)
    except Refused as refused:
        code = str(refused)
    except Unreachable as problem:
        raise Refusal(about_bot_token(UNREACHABLE), source=source, code=str(problem)) from None
    except NoBot:
        code = NO_BOT
    raise Refusal(about_bot_token(code), source=source, code=code)
