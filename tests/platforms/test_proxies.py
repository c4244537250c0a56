"""Calls go through a proxy where the environment names one."""

from __future__ import annotations

import pytest

from bot.platforms.proxies import is_behind_a_proxy


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ftp_proxy", "ws_proxy", "wss_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_counts(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://proxy.example:3128")
    assert is_behind_a_proxy()


def test_without_one_or_with_exceptions_alone_calls_go_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_behind_a_proxy()
    monkeypatch.setenv("NO_PROXY", "localhost")
    assert not is_behind_a_proxy()
