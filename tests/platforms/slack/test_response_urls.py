"""The addresses that commands and buttons bring are used five times within half an hour, by whom they are for."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack import response_urls
from bot.platforms.slack.response_urls import LASTS, USES, ResponseUrls
from tests.community import START
from tests.wire.slack_payloads import Json

people, channels = st.sampled_from(("U1", "U2")), st.sampled_from(("C1", "C2"))
messages = st.sampled_from(("", "1.1", "1.2"))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("remember"), people, channels, messages),
        st.tuples(st.just("spend"), people, channels, messages),
        st.tuples(st.just("wait"), st.integers(0, 20)),
    ),
    max_size=60,
)


def command(user: str, channel: str, url: str) -> Json:
    return {"command": "/baraza", "user_id": user, "channel_id": channel, "response_url": url}


def press(user: str, channel: str, url: str, message: str) -> Json:
    return {
        "type": "block_actions",
        "user": {"id": user},
        "channel": {"id": channel},
        "container": {"message_ts": message},
        "response_url": url,
    }


@given(steps)
def test_no_address_is_used_too_often_too_late_or_for_somebody_else(steps: list[tuple[str, ...]]) -> None:
    urls, now, made = ResponseUrls(), START, 0
    brought, uses = {}, Counter[str]()
    for what, *details in steps:
        if what == "wait":
            now += timedelta(minutes=int(details[0]))
            continue
        user, channel, message = details
        if what == "remember":
            made += 1
            url = f"https://hooks.example/{made}"
            brought[url] = (user, channel, message, now)
            urls.remember("T1", press(user, channel, url, message) if message else command(user, channel, url), now)
            continue
        spent = urls.spend("T1", channel, user, now, message)
        if spent is not None:
            uses[spent] += 1
            by, where, about, at = brought[spent]
            assert (by, where) == (user, channel)
            assert not message or about == message
            assert now < at + LASTS
            assert uses[spent] <= USES


def test_the_newest_address_is_the_one_that_is_used() -> None:
    urls = ResponseUrls()
    for number in range(2):
        urls.remember("T1", command("U1", "C1", f"https://hooks.example/{number}"), START)
    assert urls.spend("T1", "C1", "U1", START) == "https://hooks.example/1"
    assert urls.spend("T2", "C1", "U1", START) is None


@pytest.mark.parametrize("url", [None, "", 5, [], {}])
def test_what_brings_no_address_is_passed_over(url: object) -> None:
    urls = ResponseUrls()
    urls.remember("T1", command("U1", "C1", "x") | {"response_url": url}, START)
    urls.remember("T1", {"response_url": "x", "user": 5, "channel": [], "container": None}, START)
    assert urls.spend("T1", "C1", "U1", START) is None


def test_no_more_are_remembered_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_urls, "_MOST", 3)
    urls = ResponseUrls()
    for number in range(10):
        urls.remember("T1", command(f"U{number}", "C1", "x"), START)
    assert [number for number in range(10) if urls.spend("T1", "C1", f"U{number}", START)] == [7, 8, 9]
