"""Logs tell what happened, and nobody's token, name or words."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import ALLOWED, Redaction, configure_logs, only_allowed, redacted, where_it_failed
from tests.community import founded, running
from tests.frame import failing, program

SECRETS = [
    "xoxb-123456789012-abcdefABCDEF",
    "xoxe.xoxp-1-Mi0yLTEyMzQ1Njc4",
    "xapp-1-A012345-678-abcdef",
    "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw-",
    "sk-proj-abcdefghijklmnop1234",
    "Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc",
    "bearer 0123456789",
]


def test_what_is_not_on_the_list_is_left_out(logs: io.StringIO) -> None:
    structlog.get_logger().info("hello", name="Ana", text="words", platform="slack", attempts=3)
    line = logs.getvalue()
    assert "level=info event=hello" in line
    assert "platform=slack" in line
    assert "attempts=3" in line
    assert "Ana" not in line
    assert "words" not in line


@given(st.dictionaries(st.text(max_size=8) | st.sampled_from(sorted(ALLOWED)), st.text(max_size=8)))
def test_only_allowed_fields_pass(fields: dict[str, str]) -> None:
    assert set(only_allowed(None, "info", dict(fields))) == set(fields) & ALLOWED


@pytest.mark.parametrize("secret", SECRETS)
def test_tokens_are_taken_out_of_every_line(logs: io.StringIO, secret: str) -> None:
    structlog.get_logger().info("calling", reason=f"POST https://example.org/{secret}/send failed")
    logging.getLogger("some.package").warning("calling %s now", secret)
    written = logs.getvalue()
    assert secret.split(" ")[-1] not in written
    assert written.count("[secret]") == 2


@pytest.mark.parametrize("url", ["postgresql://user:hunter2@host/db", "redis://:hunter2@host", "https://u:hunter2@h/p"])
def test_passwords_are_taken_out_of_addresses(url: str) -> None:
    assert "hunter2" not in str(redacted(f"can't reach {url} now"))
    assert str(redacted(f"can't reach {url} now")).startswith("can't reach ")


@pytest.mark.parametrize("harmless", ["12:30", "2026-03-02T09:00:00", "ratio 3:4", "https://example.org:8080/path", ""])
def test_what_is_no_secret_stays(harmless: str) -> None:
    assert redacted(harmless) == harmless


def test_an_exception_as_a_value_tells_its_kind_alone(logs: io.StringIO) -> None:
    error = ValueError("Ana wrote this")
    structlog.get_logger().error("failed", reason=error, state=["Ana"], count=3)
    logging.getLogger("some.package").error("failed: %s", error)
    logging.getLogger("some.package").error("failed: %(error)s", {"error": error})
    written = logs.getvalue()
    assert written.count("ValueError") == 3
    assert "wrote" not in written


def test_exceptions_of_libraries_tell_their_kind_and_place_and_not_their_words(
    logs: io.StringIO,
) -> None:
    try:
        raise LookupError("Ana wrote this")
    except LookupError:
        logging.getLogger("some.package").exception("could not do it")
    written = logs.getvalue()
    assert "could not do it (LookupError at test_exceptions_of_libraries" in written
    assert "Ana" not in written
    assert "Traceback" not in written


async def test_a_task_that_failed_unseen_does_not_tell_what_its_exception_says(
    logs: io.StringIO,
) -> None:
    loop, error = asyncio.get_running_loop(), RuntimeError("Ana wrote this")
    future = loop.create_future()
    future.set_exception(error)
    loop.call_exception_handler(
        {"message": "Future exception was never retrieved", "exception": error, "future": future}
    )
    assert future.exception() is error
    written = logs.getvalue()
    assert "Future exception was never retrieved" in written
    assert "RuntimeError" in written
    assert "Ana" not in written


def test_a_log_line_that_is_wrong_itself_breaks_nothing(logs: io.StringIO) -> None:
    logging.getLogger("some.package").warning("%s and %s", "one")
    assert "and" in logs.getvalue()


def test_libraries_are_heard_from_warnings_on_whatever_the_level(logs: io.StringIO) -> None:
    logging.getLogger("aiosqlite").debug("executing INSERT with Ana's words")
    logging.getLogger("slack_bolt").info("body: Ana's words")
    logging.getLogger("some.package").warning("out of breath")
    assert "Ana" not in logs.getvalue()
    assert "out of breath" in logs.getvalue()


def test_the_filter_keeps_every_line() -> None:
    record = logging.LogRecord("library", logging.INFO, __file__, 1, "hello %s", ("you",), None)
    assert Redaction().filter(record)
    assert (record.getMessage(), record.exc_info) == ("hello you", None)


def test_where_it_failed_names_the_innermost_place() -> None:
    def inner() -> None:
        raise RuntimeError("Ana wrote this")

    with pytest.raises(RuntimeError) as caught:
        inner()
    assert where_it_failed(caught.value).startswith("RuntimeError at test_where_it_failed_names_the_innermost_place.")
    assert where_it_failed(KeyError("Ana")) == "KeyError"


async def test_during_a_conversation_nobodys_name_or_words_are_logged(tmp_path: Path, logs: io.StringIO) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ana = await talk.newcomer("Aurelienne")
        await ana.joins("circle")
        await ana.says("I lost my stethoscope", place="circle")
        await ana.says("/stethoscope and more")
        await ana.presses("Introduce me")
        await ana.fills_in(Name_to_show="Aurelienne Smaragd")
        await talk.wait(days=2)
        words = ["Aurelienne", "Smaragd", "stethoscope", "Fatima", ana.id, fatima.id]
    assert [word for word in words if word in logs.getvalue()] == []


async def test_a_failing_handler_logs_where_it_failed_and_not_what_was_said(tmp_path: Path, logs: io.StringIO) -> None:
    async with program(tmp_path, failing(99)) as running_program:
        await running_program.fake.writes("aurelienne", "my stethoscope", place="circle")
        await running_program.settle()
    written = logs.getvalue()
    assert 'event="will try again"' in written
    assert "RuntimeError at failing" in written
    assert "stethoscope" not in written
    assert "aurelienne" not in written


def test_a_line_that_can_not_be_written_stops_nobody(logs: io.StringIO) -> None:
    logs.close()
    structlog.get_logger().error("a delivery failed", reason="the terminal is gone")
    logging.getLogger("aiohttp").error("a library speaks")


def test_lines_go_to_what_standard_error_is_at_that_moment(logs: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    configure_logs("INFO")
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    structlog.get_logger().info("one")
    monkeypatch.setattr(sys, "stderr", second)
    first.close()
    structlog.get_logger().info("two")
    assert "event=two" in second.getvalue()
    assert not logs.getvalue()
