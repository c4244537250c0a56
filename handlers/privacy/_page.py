"""A person's data as one page that opens on any phone, without a network. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from bot.core.messages import mark
from bot.texts import Wording

_TITLES = {
    "member": mark("Your profile"),
    "account": mark("Your accounts"),
    "member_link": mark("Accounts that you linked"),
    "linked_pair": mark("What your accounts had before you linked them"),
    "linked_rows": mark("What came from one account to the other"),
    "membership": mark("Your communities"),
    "presence": mark("Places you are in"),
    "role": mark("Your roles"),
    "welcome": mark("How I greeted you"),
    "question": mark("Questions you asked or answered"),
    "confidential_question": mark("What you asked confidentially"),
    "question_exchange": mark("What you said about questions before they were answered"),
    "said_confidentially": mark("What you said about confidential questions before they were answered"),
    "expert": mark("What you answer questions about"),
    "contribution": mark("Contributions"),
    "thanks": mark("Thanks you gave and received"),
    "contribution_use": mark("Contributions that you used"),
    "prompt_answer": mark("What you answered to prompts"),
    "library_prompt": mark("Prompts in your words"),
    "welcome_text": mark("Texts for newcomers in your words"),
    "opt_out": mark("Your activity is not recorded"),
    "activity": mark("Your activity, by month"),
    "what_you_did_lately": mark("What you did in the last 7 days"),
    "what_i_wrote_to_you_lately": mark("What I wrote to you in the last 7 days"),
    "form": mark("Forms you opened in the last 7 days"),
}
_NEVER_RUN = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}"
    "h2{margin-top:2rem;border-bottom:1px solid}dl{margin:0 0 1rem;padding-left:.75rem;border-left:3px solid}"
    "dt{font-size:.85rem;opacity:.75}dd{margin:0 0 .4rem;white-space:pre-wrap}:root{color-scheme:light dark}"
)
Row = Mapping[str, Any]


def page(wording: Wording, held: Mapping[str, Sequence[Row]], now: datetime) -> str:
    """Everything, the person first; activity as counts, since the rows are in the other file. ``now`` in their zone."""
    label = wording.label
    subjects = sorted(held, key=lambda subject: list(_TITLES).index(subject) if subject in _TITLES else len(_TITLES))
    title = label(mark("Everything I keep about you"))
    sections = [
        f"<h2>{escape(_title(wording, subject))}</h2>\n{_rows(wording, subject, held[subject], now)}"
        for subject in subjects
    ]
    return (
        f'<!doctype html>\n<html lang="{escape(wording.language)}" dir="{wording.locale.text_direction}">\n'
        f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_NEVER_RUN}">\n'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1><p>{escape(wording.moment(now, str(now.tzinfo)))}</p>\n"
        + "\n".join(sections)
        + "\n</body></html>\n"
    )


def _title(wording: Wording, subject: str) -> str:
    known = _TITLES.get(subject)
    return wording.label(known) if known else _words(subject)


def _rows(wording: Wording, subject: str, rows: Sequence[Row], now: datetime) -> str:
    shown = _by_month(rows) if subject == "activity" else rows
    return "\n".join(_row(wording, row, now) for row in shown)


def _row(wording: Wording, row: Row, now: datetime) -> str:
    parts = [
        f"<dt>{escape(_words(name))}</dt><dd>{escape(_value(wording, value, now))}</dd>"
        for name, value in row.items()
        if value not in (None, "", [], {})
    ]
    return f"<dl>{''.join(parts)}</dl>"


def _by_month(rows: Sequence[Row]) -> list[Row]:
    counts = Counter((str(row["at"])[:7], row.get("community"), row["kind"]) for row in rows)
    months: dict[tuple[str, Any], dict[str, Any]] = {}
    for (month, community, kind), count in sorted(counts.items(), key=str, reverse=True):
        months.setdefault((month, community), {"month": month, "community": community})[str(kind)] = count
    return list(months.values())


def _value(wording: Wording, value: Any, now: datetime) -> str:
    if isinstance(value, bool):
        return wording.label(mark("yes")) if value else wording.label(mark("no"))
    if isinstance(value, list):
        return ", ".join(_value(wording, one, now) for one in value)
    if isinstance(value, Mapping):
        return "; ".join(f"{_words(str(name))}: {_value(wording, one, now)}" for name, one in value.items())
    moment = _moment(value)
    return f"{moment.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" if moment else str(value)


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
