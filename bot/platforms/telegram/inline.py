"""What was found, as the call that shows it to who looks something up while writing to others. Pure."""

from __future__ import annotations

from typing import Any

from bot.core.messages import Text
from bot.core.platform import AnswerInline, InlineResult
from bot.platforms.cutting import ELLIPSIS, is_blank, shortened, units
from bot.platforms.rich_text import clean
from bot.platforms.telegram._quiet_words import quiet_words
from bot.platforms.telegram._styled import Styled, styled
from bot.platforms.telegram.outgoing import LONGEST_TEXT, Call

Json = dict[str, Any]

MOST_RESULTS = 50
_LONGEST_TITLE = 120
_LONGEST_DESCRIPTION = 200
_LONGEST_ID = 64
_GOOD_FOR_SECONDS = 10
"""For so long Telegram shows the same again; what is taken down meanwhile must not be found much longer."""


def inline_answer(answer: AnswerInline) -> Call:
    """The results, for this person alone, each id once. What doesn't fit into a message is left out of its text."""
    results = {own: one for one in answer.results if (own := _id(one))}
    shown = [_article(own, one) for own, one in list(results.items())[:MOST_RESULTS]]
    about = {"inline_query_id": answer.query_id, "is_personal": True, "cache_time": _GOOD_FOR_SECONDS}
    return Call("answerInlineQuery", {"results": shown, **about})


def _id(result: InlineResult) -> str:
    return result.id.encode("utf-8", "ignore")[:_LONGEST_ID].decode("utf-8", "ignore")


def _article(own_id: str, result: InlineResult) -> Json:
    text = _short(result.text)
    entities = text.entities()
    return {
        "type": "article",
        "id": own_id,
        "title": _line(result.title, _LONGEST_TITLE),
        "description": _line(text.words, _LONGEST_DESCRIPTION),
        "input_message_content": {
            "message_text": text.words,
            **({"entities": entities} if entities else {}),
            "link_preview_options": {"is_disabled": True},
        },
    }


def _short(text: Text) -> Styled:
    parts = styled(text).cut(LONGEST_TEXT - units(ELLIPSIS) - 2)
    if not parts:
        return Styled(ELLIPSIS)
    return parts[0].followed_by(ELLIPSIS) if len(parts) > 1 else parts[0]


def _line(words: str, longest: int) -> str:
    line = shortened(" ".join(quiet_words(clean(words[: longest * 20])).split()), longest, units)
    return ELLIPSIS if is_blank(line) else line
