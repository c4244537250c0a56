"""Telegram's own polls."""

from __future__ import annotations

import copy
from typing import Any

from tests.wire.telegram.call import CHAT, FLAG, LIST, NUMBER, OBJECT, TEXT, Call, method
from tests.wire.telegram.methods_sending import HOW, post
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.state import Poll
from tests.wire.telegram.text import formatted
from tests.wire.telegram.utf16 import units

LONGEST_QUESTION = 300
LONGEST_OPTION = 100
MOST_OPTIONS = 12
LONGEST_EXPLANATION = 200
OPEN_PERIOD = (5, 2_628_000)

_OPTION = {"text", "text_parse_mode", "text_entities"}


@method(
    "sendPoll",
    needs={"chat_id": CHAT, "question": TEXT, "options": LIST},
    may={**HOW, "question_parse_mode": TEXT, "question_entities": LIST, "is_anonymous": FLAG, "type": TEXT,
         "allows_multiple_answers": FLAG, "allows_revoting": FLAG, "correct_option_ids": LIST, "explanation": TEXT,
         "open_period": NUMBER, "close_date": NUMBER, "is_closed": FLAG, "reply_markup": OBJECT},
)  # fmt: skip
async def send_poll(call: Call) -> Json:
    """Ask many people to choose."""
    question, _ = formatted(call.text("question"), call.text("question_parse_mode"),
                            call.structure("question_entities"), bot=call.bot_name)  # fmt: skip
    if units(question) > LONGEST_QUESTION:
        raise Refused(f"Poll question length must not exceed {LONGEST_QUESTION}")
    options = _options(call, call.structure("options"))
    right = _right_ones(call, len(options))
    chat = call.open_chat("polls")
    shape: Json = {
        "id": str(call.telegram.number()),
        "question": question,
        "options": [_option(number, text) for number, text in enumerate(options)],
        "total_voter_count": 0,
        "is_closed": call.flag("is_closed"),
        "is_anonymous": call.flag("is_anonymous", default=True),
        "type": call.text("type", "regular"),
        "allows_multiple_answers": call.flag("allows_multiple_answers"),
        "allows_revoting": call.flag("allows_revoting", default=not right),
        "members_only": False,
        **({"correct_option_ids": right} if right else {}),
        **_times(call),
    }
    message = post(call, chat, {"poll": shape})
    call.telegram.polls[shape["id"]] = Poll(shape, chat.id, message["message_id"])
    return message


def _option(number: int, text: str) -> Json:
    return {"persistent_id": str(number), "text": text, "voter_count": 0}


def _options(call: Call, given: list[Any]) -> list[str]:
    if not 1 <= len(given) <= MOST_OPTIONS:
        many = f"Poll can't have more than {MOST_OPTIONS} options"
        raise Refused(many if given else "Poll must have at least 1 option")
    texts = []
    for one in given:
        option: Json = one if isinstance(one, dict) else {"text": one}
        if not isinstance(option.get("text"), str) or set(option) - _OPTION:
            raise Refused("can't parse InputPollOption: a String is wanted, or an Object with text and its entities")
        if not option["text"].strip():
            raise Refused("Poll options must be non-empty")
        mode, entities = option.get("text_parse_mode"), option.get("text_entities")
        text, _ = formatted(option["text"], str(mode or ""), entities, bot=call.bot_name)
        if units(text) > LONGEST_OPTION:
            raise Refused(f"Poll options length must not exceed {LONGEST_OPTION}")
        texts.append(text)
    return texts


def _right_ones(call: Call, options: int) -> list[int]:
    kind, right = call.text("type", "regular"), call.structure("correct_option_ids") or []
    if kind not in {"regular", "quiz"}:
        raise Refused("unsupported poll type specified")
    if units(call.text("explanation")) > LONGEST_EXPLANATION:
        raise Refused("message is too long")
    if kind == "regular" and (right or call.text("explanation")):
        raise Refused("a regular poll has no right answers (Telegram would ignore them)")
    if kind == "quiz" and not (right and all(one in range(options) for one in right)):
        raise Refused("wrong correct option ID specified")
    return list(right)


def _times(call: Call) -> Json:
    period = call.number("open_period")
    if period and call.number("close_date"):
        raise Refused("open_period and close_date can't be used together")
    if period and not OPEN_PERIOD[0] <= period <= OPEN_PERIOD[1]:
        raise Refused("POLL_OPEN_PERIOD_INVALID")
    if period:
        return {"open_period": period, "close_date": int(call.telegram.clock.now()) + period}
    return {"close_date": call.number("close_date")} if call.number("close_date") else {}


@method(
    "stopPoll",
    needs={"chat_id": CHAT, "message_id": NUMBER},
    may={"reply_markup": OBJECT, "business_connection_id": TEXT},
)
async def stop_poll(call: Call) -> Json:
    """Close a poll of the bot's; how it ended."""
    chat = call.open_chat("polls")
    message = chat.messages.get(call.number("message_id"))
    if message is None or "poll" not in message:
        raise Refused("message with poll to stop not found")
    if message.get("from", {}).get("id") != call.bot.id:
        raise Refused("poll can't be stopped")
    poll = call.telegram.polls[message["poll"]["id"]]
    if poll.shape["is_closed"]:
        raise Refused("poll has already been closed")
    poll.shape["is_closed"] = True
    chat.change(message, {"reply_markup": call.markup(inline_only=True)}, edited=False)
    return copy.deepcopy(poll.shape)
