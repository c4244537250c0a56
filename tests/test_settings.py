"""Settings: each that can't be used is named in plain words, and each is explained in .env.example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings, SettingsProblem, load_settings

EXAMPLE = Path(__file__).parent.parent / ".env.example"


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor a .env file of this machine counts."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_with_nothing_set_everything_has_its_default() -> None:
    settings = load_settings()
    assert settings.database_url == "sqlite:///baraza.sqlite3"
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8080)
    assert (settings.default_language, settings.default_timezone, settings.log_level) == ("en", "UTC", "INFO")
    assert not settings.wants_slack
    assert not settings.wants_telegram
    assert settings.loopback_only


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HTTP_PORT", "eighty", "HTTP_PORT: "),
        ("HTTP_PORT", "65536", "HTTP_PORT: "),
        ("HTTP_PORT", "-1", "HTTP_PORT: "),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL: use DEBUG, INFO, WARNING or ERROR"),
        ("DEFAULT_TIMEZONE", "Atlantis/Deep", "DEFAULT_TIMEZONE: use a name such as UTC or Africa/Nairobi"),
        ("DEFAULT_LANGUAGE", "klingon!", "DEFAULT_LANGUAGE: use a language code such as en or fr"),
        ("DEFAULT_LANGUAGE", "xx", "DEFAULT_LANGUAGE: use a language code such as en or fr"),
    ],
)
def test_what_cannot_be_used_is_named_without_the_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsProblem) as caught:
        load_settings()
    assert str(caught.value).startswith(sentence)
    assert value not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_problem_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PORT", "eighty")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    with pytest.raises(SettingsProblem) as caught:
        load_settings()
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["HTTP_PORT", "LOG_LEVEL"]


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")
    assert load_settings() == Settings()


def test_the_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("HTTP_PORT=9000\nLOG_LEVEL=debug\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("HTTP_PORT", "9001")
    settings = load_settings()
    assert (settings.http_port, settings.log_level) == (9001, "DEBUG")


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("192.168.1.5", False),
        ("example.org", False),
    ],
)
def test_whether_this_machine_alone_can_reach_it(host: str, alone: bool) -> None:
    assert Settings(http_host=host).loopback_only is alone


def test_no_secret_is_shown_when_settings_are_printed() -> None:
    secret = [name for name, field in Settings.model_fields.items() if re.search("token$|secret$|key$", name)]
    settings = Settings.model_validate(dict.fromkeys(secret, "hunter2"))
    visible = [name for name in secret if "hunter2" in repr(getattr(settings, name))]
    assert visible == []
    assert "hunter2" not in repr(settings)


def explained() -> list[tuple[str, str]]:
    """The settings of .env.example, each with the line above it."""
    lines = EXAMPLE.read_text().splitlines()
    return [(line.split("=")[0], lines[number - 1]) for number, line in enumerate(lines) if re.match(r"[A-Z_]+=", line)]


def test_the_example_has_every_setting_once_and_nothing_else() -> None:
    assert sorted(name for name, _ in explained()) == sorted(name.upper() for name in Settings.model_fields)


def test_every_setting_of_the_example_is_explained_in_one_line() -> None:
    assert [name for name, above in explained() if not re.match(r"# \S", above)] == []


def test_the_example_as_it_stands_can_be_used() -> None:
    Path(".env").write_text(EXAMPLE.read_text())
    assert load_settings() == Settings(_env_file=None)
