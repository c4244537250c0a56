"""The methods that answer what people press and ask inline."""

from __future__ import annotations

from typing import Any

from tests.wire.telegram.call import FLAG, LIST, NUMBER, OBJECT, TEXT, Call, method
from tests.wire.telegram.keyboards import checked_markup
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.state import Query
from tests.wire.telegram.text import LONGEST_TEXT, formatted, start_payload
from tests.wire.telegram.utf16 import units

ANSWER_WITHIN = 30.0
"""Seconds that a bot has. Telegram doesn't say how many there are; bots that were slower than this were refused."""
LONGEST_ANSWER = 200
MOST_RESULTS = 50

_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_ARTICLE = {"type", "id", "title", "description", "input_message_content", "reply_markup", "url", "thumbnail_url",
            "thumbnail_width", "thumbnail_height"}  # fmt: skip
_CONTENT = {"message_text", "parse_mode", "entities", "link_preview_options"}


def _asked(call: Call, name: str, kind: str) -> Query:
    query = call.telegram.queries.get(call.text(name))
    late = query is None or query.answer is not None or call.telegram.clock.now() - query.at > ANSWER_WITHIN
    if query is None or late or query.kind != kind:
        raise Refused(_TOO_OLD)
    return query


def _answer(query: Query, answer: Json) -> bool:
    query.answer = answer
    query.answered.set()
    return True


@method(
    "answerCallbackQuery",
    needs={"callback_query_id": TEXT},
    may={"text": TEXT, "show_alert": FLAG, "url": TEXT, "cache_time": NUMBER},
)
async def answer_callback_query(call: Call) -> bool:
    """Say something to who pressed a button, or nothing; the button stops waiting."""
    query = _asked(call, "callback_query_id", "callback")
    if units(call.text("text")) > LONGEST_ANSWER:
        raise Refused("MESSAGE_TOO_LONG")
    if call.text("url") and start_payload(call.text("url"), call.bot_name) is None:
        raise Refused("URL_INVALID")
    return _answer(query, {"text": call.text("text"), "alert": call.flag("show_alert"), "url": call.text("url")})


@method(
    "answerInlineQuery",
    needs={"inline_query_id": TEXT, "results": LIST},
    may={"cache_time": NUMBER, "is_personal": FLAG, "next_offset": TEXT, "button": OBJECT},
)
async def answer_inline_query(call: Call) -> bool:
    """Offer what somebody may choose from who typed the bot's name."""
    query, results = _asked(call, "inline_query_id", "inline"), call.structure("results")
    if len(results) > MOST_RESULTS:
        raise Refused("RESULTS_TOO_MUCH")
    checked = [_result(call, one) for one in results]
    if len({one["id"] for one in checked}) < len(checked):
        raise Refused("RESULT_ID_DUPLICATE")
    return _answer(query, {"results": checked, "button": call.structure("button")})


def _result(call: Call, result: Any) -> Json:
    if not isinstance(result, dict) or result.get("type") != "article":
        raise Refused("can't parse inline query result: this emulator takes articles alone")
    unknown = sorted(set(result) - _ARTICLE)
    if unknown:
        raise Refused(f"an article has no {', '.join(unknown)} (Telegram would ignore them)")
    if not isinstance(result.get("id"), str) or not 1 <= len(result["id"].encode()) <= 64:
        raise Refused("RESULT_ID_INVALID")
    if not result.get("title"):
        raise Refused("ARTICLE_TITLE_EMPTY")
    content = result.get("input_message_content")
    if not isinstance(content, dict) or "message_text" not in content:
        raise Refused("can't parse inline query result: Can't find field \"input_message_content\"")
    if set(content) - _CONTENT:
        raise Refused("can't parse inline query result: this emulator takes text alone")
    text, entities = formatted(
        str(content["message_text"]), str(content.get("parse_mode") or ""), content.get("entities"), bot=call.bot_name
    )
    if units(text) > LONGEST_TEXT:
        raise Refused("message is too long")
    markup = checked_markup(result.get("reply_markup"), bot=call.bot_name, inline_only=True)
    return {**result, "text": text, "entities": entities, "reply_markup": markup}
