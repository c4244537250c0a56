"""Reports: a member tells the facilitators about a message, privately, and nameless if they like."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.core.addresses import Account
from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.events import FormSubmitted, MessagePosted, ShortcutUsed
from bot.core.forms import Choice, ChoiceField, Form, LongTextField
from bot.core.messages import Button, Kind, Message, Value, joined, mark
from bot.core.roles import Role
from bot.core.serialization import ref_from_json, ref_to_json
from bot.services import Services
from storage import members
from storage.members import Member

capability = Capability("reports")

_TELL = "reports.tell"
_NAMELESS, _BY_NAME = "nameless", "by name"
_BY_A_BOT = mark("A bot wrote this. Please tell a facilitator what is wrong with it.")
_NOBODY = mark("There is nobody whom I could tell: no facilitator is here but who wrote this.")


@capability.shortcut("reports.report", label=mark("Report privately"))
async def report(event: ShortcutUsed, services: Services) -> None:
    """Ask for a few words, and whether the facilitators may know who reports. Nobody else sees any of it."""
    about = event.about
    if about.by.is_bot:
        raise Refusal(_BY_A_BOT)
    if not await _readers(services, about.by.account):
        raise Refusal(_NOBODY)
    label = services.wording.label
    form = Form(
        action="reports.sent",
        subject=_subject(about),
        title=label(mark("Report privately")),
        intro=services.wording.say(mark("The facilitators learn which message you mean. Nobody else learns of this.")),
        submit=label(mark("Report")),
        language=services.wording.language,
        fields=(
            LongTextField(name="words", label=label(mark("What is wrong?")), required=False),
            ChoiceField(name="manner", label=label(mark("May the facilitators know that it was you?")),
                        initial=_NAMELESS,
                        choices=(Choice(_NAMELESS, label(mark("No, report without my name"))),
                                 Choice(_BY_NAME, label(mark("Yes, so that they can ask me"))))),
        ),
    )  # fmt: skip
    await services.open_form(form)


def _subject(about: MessagePosted) -> str:
    """Which message, where, and by whom, for the form to bring along."""
    place = about.place.name if about.place else ""
    author = about.by.account
    told = {
        "message": ref_to_json(about.message),
        "place": place,
        "author": [author.platform, author.tenant, author.user],
    }
    return json.dumps(told)


@capability.form("reports.sent")
async def sent(event: FormSubmitted, services: Services) -> None:
    """The facilitators are told: at once by name, and else after a random while, which hides who was there."""
    by_name = event.values["manner"] == _BY_NAME
    payload = {
        **json.loads(event.subject),
        "words": event.values["words"] or "",
        "reporter": services.member.id if by_name else None,
    }
    if not await _readers(services, Account(*payload["author"])):
        raise Refusal(_NOBODY)
    longest = 0 if by_name else services.frame.settings.confidential_delay_seconds
    delay = timedelta(seconds=random.SystemRandom().uniform(0, longest))
    await services.later(_TELL, payload, at=services.now() + delay)
    await services.answer_privately(Message(services.wording.say(mark("Thank you. The facilitators will look at it."))))


@capability.due(_TELL)
async def tell(payload: Mapping[str, Any], services: Services) -> None:
    """Each facilitator but who wrote the message gets the way to it, and what was said about it."""
    reporter = await members.by_id(services.session, payload["reporter"]) if payload["reporter"] else None
    for facilitator in await _readers(services, Account(*payload["author"])):
        wording = services.wording_for(facilitator)
        place = payload["place"]
        parts: list[Value] = [
            wording.say(mark("{name} reports a message in **#{place}**."), name=reporter.name, place=place)
            if reporter
            else wording.say(mark("Somebody reports a message in **#{place}**."), place=place)
        ]
        if payload["words"]:
            parts.append(wording.say("> {words}", words=payload["words"]))
        parts.append(wording.say(mark("Please look at it, and decide with the others what it needs.")))
        button = Button(wording.label(mark("Show me the message")), goes_to=ref_from_json(payload["message"]))
        await services.tell(facilitator, Message(joined(parts), (button,)), Kind.RECEIPT)


async def _readers(services: Services, author: Account) -> Sequence[Member]:
    """The facilitators, without who wrote the message."""
    wrote = await members.find(services.session, author)
    everybody = await members.with_role(services.session, services.community.id, Role.FACILITATOR)
    return [one for one in everybody if wrote is None or one.id != wrote.id]
