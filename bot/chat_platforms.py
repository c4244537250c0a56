"""The chat programs that the settings name, each ready to be wired into the app."""

from __future__ import annotations

from pydantic import SecretStr

from bot.core.clock import Clock
from bot.core.platform import Platform
from bot.settings import Settings
from storage.encryption import Cipher


def chat_platforms(settings: Settings, clock: Clock, cipher: Cipher) -> list[Platform]:
    """One platform for each that is configured; none means the local page.

    What has to be secret and was not chosen is derived with ``cipher``, and so stays the same from start to start.
    """
    platforms: list[Platform] = []
    if settings.wants_slack:
        platforms.append(_slack(settings, clock))
    if settings.telegram_bot_token is not None:
        platforms.append(_telegram(settings, clock, settings.telegram_bot_token.get_secret_value(), cipher))
    return platforms


def _telegram(settings: Settings, clock: Clock, token: str, cipher: Cipher) -> Platform:
    from bot.platforms.telegram.platform import TelegramPlatform  # as below

    return TelegramPlatform(
        clock,
        token,
        api_url=settings.telegram_api_url,
        public_url=settings.public_url,
        webhook_secret=_open(settings.telegram_webhook_secret) or cipher.digest("telegram webhook").hex(),
    )


def _slack(settings: Settings, clock: Clock) -> Platform:
    from bot.platforms.slack.installing import OAuthApp
    from bot.platforms.slack.platform import SlackPlatform  # its SDK takes a while to import, and not all use it

    client_id, client_secret = settings.slack_client_id, _open(settings.slack_client_secret)
    oauth = (
        OAuthApp(client_id, client_secret, settings.public_url, settings.slack_api_url)
        if client_id and client_secret and settings.public_url
        else None
    )
    return SlackPlatform(
        clock,
        bot_token=_open(settings.slack_bot_token),
        app_token=_open(settings.slack_app_token),
        signing_secret=_open(settings.slack_signing_secret),
        api_url=settings.slack_api_url,
        oauth=oauth,
    )


def _open(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
