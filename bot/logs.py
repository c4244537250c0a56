"""Logs that can't leak: an allow-list of fields, and a filter over what libraries log.

No token, name or message text is ever logged. What isn't on the list is left out, whatever its value.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

ALLOWED = frozenset(
    {
        "attempts", "capability", "community", "count", "error", "event", "event_id", "handler", "kind", "level",
        "milliseconds", "moment", "outbox_id", "outcome", "path", "place", "platform", "port", "reason",
        "schedule", "seconds", "state", "task", "timestamp", "url", "version", "where",
    }
)  # fmt: skip
_SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|\d{6,}:[\w-]{30,}|sk-[\w-]{16,}|(?i:bearer)\s+\S+|://[^/\s:@]*:[^/\s@]+@"
)


def configure_logs(level: str, to: TextIO | None = None) -> None:
    """Send every log line through the allow-list to ``to``; by default to standard error, as it is at that moment.

    Libraries are heard from WARNING on, whatever the level: below it some tell whole bodies, queries and addresses.
    """
    stream = cast("TextIO", NeverFails(to))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(Redaction())
    handler.setFormatter(logging.Formatter("level=%(levelname)s event=%(name)s reason=%(message)r"))
    logging.basicConfig(
        level=max(logging.WARNING, logging.getLevelNamesMapping()[level]), handlers=[handler], force=True
    )


class NeverFails:
    """Where log lines go. One that can't be written is lost, and nothing else: a closed terminal stops no work."""

    def __init__(self, to: TextIO | None) -> None:
        self._to = to

    def write(self, text: str) -> int:
        """Write it, if that is possible."""
        with suppress(OSError, ValueError):
            (self._to or sys.stderr).write(text)
        return len(text)

    def flush(self) -> None:
        """Bring out what was written, if that is possible."""
        with suppress(OSError, ValueError):
            (self._to or sys.stderr).flush()


def only_allowed(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out every field that isn't on the list, and tokens inside those that are."""
    return {name: redacted(value) for name, value in fields.items() if name in ALLOWED}


def redacted(value: object) -> object:
    """``value`` without anything that looks like a token or a password. Of an exception only its kind is told."""
    if value is None or isinstance(value, int | float):
        return value
    return _SECRETS.sub("[secret]", where_it_failed(value) if isinstance(value, BaseException) else str(value))


class Redaction(logging.Filter):
    """Libraries' own log lines: tokens are taken out, exceptions keep their type and place but not their words."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the line is kept, without what it must not tell."""
        record.msg = redacted(_words(record))
        record.args = ()
        if record.exc_info and record.exc_info[1] is not None:
            record.msg = f"{record.msg} ({where_it_failed(record.exc_info[1])})"
        record.exc_info = None
        record.exc_text = None
        return True


def _words(record: logging.LogRecord) -> str:
    args = record.args
    if isinstance(args, tuple):
        record.args = tuple(_harmless(one) for one in args)
    elif args:
        record.args = {name: _harmless(one) for name, one in args.items()}
    try:
        words = record.getMessage()
    except (TypeError, ValueError, KeyError):  # a library's own mistake, which must not become its caller's
        words = str(record.msg)
    return words.split("\n")[0] if record.name == "asyncio" else words  # its next lines quote the exception


def _harmless(value: object) -> object:
    return where_it_failed(value) if isinstance(value, BaseException) else value


def where_it_failed(error: BaseException) -> str:
    """The kind of an error and the line of code it came from; never its text, which may quote people."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    place = f" at {step.tb_frame.f_code.co_qualname}:{step.tb_lineno}" if step is not None else ""
    return f"{type(error).__name__}{place}"
