"""Settings, typed, from the environment or ``.env``. Their names are fixed; ``.env.example`` explains each."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsProblem(Exception):
    """A setting can't be used; the message names each and says what it should be."""


class Settings(BaseSettings):
    """What the administrator decides. An empty value counts as not set."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: str = "sqlite:///baraza.sqlite3"
    secret_key: SecretStr | None = None
    http_host: str = "127.0.0.1"
    http_port: Port = 8080
    public_url: str | None = None
    log_level: str = "INFO"
    default_language: str = "en"
    default_timezone: str = "UTC"

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None

    telegram_bot_token: SecretStr | None = None
    telegram_api_url: str | None = None
    telegram_webhook_secret: SecretStr | None = None

    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str | None = None
    openai_daily_tokens: Annotated[int, Field(ge=0)] = 100_000

    heartbeat_url: str | None = None
    confidential_delay_seconds: Annotated[int, Field(ge=0, le=86_400)] = 120

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("default_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("use a name such as UTC or Africa/Nairobi")
        return value

    @field_validator("default_language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        try:
            Locale.parse(value)
        except (ValueError, UnknownLocaleError) as error:
            raise ValueError("use a language code such as en or fr") from error
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _secret_that_telegram_takes(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
            raise ValueError("use up to 256 letters, digits, underscores and hyphens")
        return value

    @property
    def wants_slack(self) -> bool:
        """Whether Slack is configured. Its workspaces may be in the database alone: see ``baraza slack install``."""
        given = (self.slack_bot_token, self.slack_client_id, self.slack_app_token, self.slack_signing_secret)
        return any(one is not None for one in given)

    @property
    def wants_telegram(self) -> bool:
        """Whether a Telegram bot is configured."""
        return self.telegram_bot_token is not None

    @property
    def loopback_only(self) -> bool:
        """Whether the web server can be reached from this machine alone."""
        if self.http_host == "localhost":
            return True
        try:
            return ip_address(self.http_host).is_loopback
        except ValueError:
            return False


def load_settings() -> Settings:
    """The settings as they stand now. Raises SettingsProblem, naming every setting that can't be used."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{str(problem['loc'][0]).upper()}: {str(problem['msg']).removeprefix('Value error, ')}"
            for problem in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsProblem("\n".join(lines)) from None
