"""Forms step by step: what somebody writes, presses or commands in the middle of one, and what comes of it.

A form that is complete is submitted as any other: these functions give the event that goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot import form_questions as words
from bot.core.addresses import Privately
from bot.core.capability import Capability
from bot.core.dispatch import NotAllowed
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, Event, FormSubmitted, MessagePosted
from bot.core.form_steps import (
    NO,
    YES,
    Input,
    Outcome,
    Picked,
    Standing,
    Turn,
    Typed,
    at_the_end,
    proceed,
    returned,
)
from bot.core.forms import ConsentField, PersonField
from bot.core.messages import Kind, Message, mark
from bot.core.serialization import destination_from_json, ref_from_json
from bot.form_asking import CLOSES_AFTER, EXPIRE, NOBODY, Names, OpenSteps
from bot.services import Services
from storage import buttons, form_steps, forms, members, outbox

capability = Capability("forms")

FORM_OVER = mark("This form was sent already, or is no longer open. Nothing was changed.")
_BEHIND = mark("That question is answered already. With *Back* you can return to it.")


def asks_step_by_step(services: Services, event: Event) -> bool:
    """Whether this came from a private chat in which forms are asked for step by step."""
    return event.private and event.by.account.platform in services.frame.asks_step_by_step


async def open_steps(services: Services, event: Event) -> OpenSteps | None:
    """The form that whoever acts is in the middle of, in this private chat."""
    return await services.form_asking.open_for(event.by.account) if asks_step_by_step(services, event) else None


async def takes(services: Services, message: MessagePosted) -> bool:
    """Whether a message answers a question of a form. A reply to something else that the bot said doesn't."""
    steps = await open_steps(services, message)
    if steps is None or message.thread_key is None:
        return steps is not None
    asked = await outbox.by_reference(services.session, steps.row.question)
    return asked is None or asked.sent is None or ref_from_json(asked.sent).event_key == message.thread_key


async def answered(message: MessagePosted, services: Services) -> Event | None:
    """Somebody wrote in the middle of a form. The form as it is submitted, where it is complete."""
    steps = await open_steps(services, message)
    if steps is None:
        return None
    try:
        given, names = await _meant(services, steps, message.text)
    except Refusal as nobody:  # nothing was changed so far: it is said with the question
        await services.form_asking.ask_again(steps, services.wording.say(nobody.key, **nobody.values))
        return None
    return await _go_on(services, steps, message, given, names)


async def pressed(event: ButtonPressed, services: Services) -> Event | None:
    """Somebody pressed a button of a form. What goes on from there, if anything. Raises Refusal where it is over."""
    form_id, _, rest = event.subject.partition(" ")
    steps = await open_steps(services, event)
    if steps is None or steps.stored.id != form_id:
        raise Refusal(FORM_OVER)
    if event.action == words.GO_ON:
        await services.edit(event.reference, words.asked_below(services.form_asking.asking(steps)))
        await services.form_asking.ask_again(steps)
        return None
    if event.action == words.LEAVE:
        await services.edit(event.reference, await services.form_asking.leave(steps))
        return await _instead(services, event, json.loads(rest))
    turn, _, value = rest.partition(" ")
    if int(turn) == steps.row.turn:
        return await _go_on(services, steps, event, words.pressed(event.action, value), NOBODY)
    if int(turn) < steps.row.turn - 1:  # pressing twice is no reason to say anything
        await services.answer(Message(services.wording.say(_BEHIND)))
    return None


async def interrupted(event: CommandUsed, services: Services) -> None:
    """A command in the middle of a form: ask whether to leave it."""
    steps = await open_steps(services, event)
    if steps is not None:
        what = {} if event.about else {"command": event.name, "arguments": event.arguments}
        await services.form_asking.ask_whether_to_leave(steps, what)


async def refused(event: Event, services: Services, refusal: Refusal) -> bool:
    """What completed a form was refused: its answers are still there to be corrected. Whether it was such an event."""
    steps = await open_steps(services, event)
    if steps is None:
        return False
    await _leave_all_the_same(services, steps, event)
    outcome, names = await _outcome(services, steps, event)
    if outcome is None or outcome.turn is not Turn.SEND:
        return isinstance(event, MessagePosted) and await _said(services, refusal)
    if isinstance(refusal, NotAllowed):
        await services.form_asking.leave(steps)
        return await _said(services, refusal)
    asking = services.form_asking
    await asking.edit(steps, words.asked_below(asking.asking(steps)))
    why = services.wording.say(refusal.key, **refusal.values)
    await asking.ask(steps, returned(steps.form, outcome.standing), why, names)
    return True


@capability.command(words.CANCEL, summary=mark("Leave a form that you are in the middle of"), for_strangers=True)
async def cancel(event: CommandUsed, services: Services) -> None:
    """Leave the form that is open in the private chat."""
    steps = await services.form_asking.open_for(event.by.account)
    nothing = Message(services.wording.say(mark("There is nothing to leave: you are not in the middle of a form.")))
    await services.answer(nothing if steps is None else await services.form_asking.leave(steps))


@capability.due(EXPIRE)
async def close_what_was_left_alone(payload: Mapping[str, Any], services: Services) -> None:
    """End a form that nobody touched for a day, with a word; look again later where somebody is at it."""
    to = destination_from_json(payload["to"])
    row = await form_steps.of_form(services.session, payload["form"])
    if row is None or not isinstance(to, Privately):
        return
    asking = services.form_asking
    steps = await asking.with_form(row, to.account)
    if steps is None:
        return
    if services.now() < row.touched_at + CLOSES_AFTER:
        await asking.look_in_a_day(row, to.account, steps.stored.community_id)
        return
    await services.write_to(to.account, await asking.close(steps), Kind.RECEIPT)


async def _go_on(services: Services, steps: OpenSteps, event: Event, given: Input, names: Names) -> Event | None:
    asking, before = services.form_asking, steps.standing
    wording = services.frame.texts.wording(steps.form.language)
    outcome = proceed(steps.form, before, given)
    if outcome.turn is Turn.SAME:
        await asking.show_choices(steps, outcome.standing)
    elif outcome.turn is Turn.SEND:
        return await _complete(services, steps, event, outcome)
    elif outcome.turn in (Turn.LEFT, Turn.DECLINED):
        say = words.left if outcome.turn is Turn.LEFT else words.declined
        await asking.leave(steps, say(wording, steps.form.title))
    elif outcome.problem is not None:
        await asking.ask_again(steps, wording.say(outcome.problem.key, **outcome.problem.values))
    elif outcome.standing != before:
        await asking.edit(steps, _what_is_left(services, steps, outcome.standing))
        await asking.ask(steps, outcome.standing, names=names)
    return None


def _what_is_left(services: Services, steps: OpenSteps, after: Standing) -> Message:
    """What stays where the question was: its answer too, unless it goes back."""
    asking, before = services.form_asking, steps.standing
    if at_the_end(steps.form, before) or after.position <= before.position:
        return words.asked_below(asking.asking(steps))
    one = steps.form.fields[before.position]
    return words.answered(asking.asking(steps, after), one, first=steps.row.turn == 1)


async def _complete(services: Services, steps: OpenSteps, event: Event, outcome: Outcome) -> FormSubmitted:
    asking = services.form_asking
    done = asking.asking(steps, outcome.standing)
    only = len(steps.form.fields) == 1
    message = words.answered(done, steps.form.fields[0], first=steps.row.turn == 1) if only else words.sent(done)
    await asking.edit(steps, message)
    await form_steps.end(services.session, steps.row)
    values, trigger = steps.all_answers(outcome.standing), getattr(event, "trigger", None)
    return FormSubmitted(at=event.at, by=event.by, form=steps.stored.id, values=values, trigger=trigger)


async def _meant(services: Services, steps: OpenSteps, text: str) -> tuple[Input, Names]:
    """What was written, as an input; with the names of people it means. Raises Refusal for nobody, and for several."""
    if at_the_end(steps.form, steps.standing):
        return Typed(text), NOBODY
    one = steps.form.fields[steps.standing.position]
    if isinstance(one, ConsentField):
        wording = services.frame.texts.wording(steps.form.language)
        called = {wording.label(mark("Yes")).casefold(): YES, wording.label(mark("No")).casefold(): NO}
        value = called.get(text.strip().casefold())
        return (Picked(value) if value else Typed(text)), NOBODY
    if not isinstance(one, PersonField) or not text.strip():
        return Typed(text), NOBODY
    about = await services.within(steps.stored.community_id)
    member = await about.member_called(text.strip())
    mine = steps.account
    accounts = await members.accounts_of(services.session, member.id)
    here = [account for account in accounts if (account.platform, account.tenant) == (mine.platform, mine.tenant)]
    if not here:
        raise Refusal(mark("{name} is not on this platform. Please name somebody who is."), name=member.name)
    return Picked(here[0].user), {here[0].user: member.name}


async def _outcome(services: Services, steps: OpenSteps, event: Event) -> tuple[Outcome | None, Names]:
    """What an event led to, looked at once more."""
    if isinstance(event, MessagePosted):
        try:
            given, names = await _meant(services, steps, event.text)
        except Refusal:
            return None, NOBODY
        return proceed(steps.form, steps.standing, given), names
    button = await buttons.pressed(services.session, event.button) if isinstance(event, ButtonPressed) else None
    if button is None or button.action not in words.OF_A_QUESTION:
        return None, NOBODY
    form_id, _, rest = button.subject.partition(" ")
    turn, _, value = rest.partition(" ")
    if form_id != steps.stored.id or turn != str(steps.row.turn):
        return None, NOBODY
    return proceed(steps.form, steps.standing, words.pressed(button.action, value)), NOBODY


async def _instead(services: Services, event: ButtonPressed, what: Mapping[str, Any]) -> Event | None:
    """What somebody wanted to do when they were asked whether to leave a form."""
    if "command" in what:
        used = CommandUsed(at=event.at, by=event.by, name=what["command"], arguments=what["arguments"])
        return replace(used, trigger=event.trigger)
    stored = await forms.by_id(services.session, what["form"]) if "form" in what else None
    if stored is not None and stored.submitted_at is None:
        await services.open_again(stored)
    return None


async def _leave_all_the_same(services: Services, steps: OpenSteps, event: Event) -> None:
    """What somebody left a form for was refused, which has taken back the leaving with it."""
    button = await buttons.pressed(services.session, event.button) if isinstance(event, ButtonPressed) else None
    if button is not None and button.action == words.LEAVE and button.subject.startswith(f"{steps.stored.id} "):
        await services.edit(button.reference, await services.form_asking.leave(steps))


async def _said(services: Services, refusal: Refusal) -> bool:
    await services.answer(Message(services.wording.say(refusal.key, **refusal.values)))
    return True
