"""Questions on a member's own page: what waits for their answer, what they asked, and the queue of facilitators.

A page changes by itself within seconds. So nothing on somebody else's may show at which minute a confidential asker did
something; nor does anything there tell who asked, not even of those who asked by name.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.home import MOST_ROWS, HomeRow, HomeSection, and_more
from bot.core.messages import Button, Emphasis, Text, mark
from bot.core.roles import Role
from bot.services import Services
from handlers.questions import _wording as words
from handlers.questions._askers import asker_of
from handlers.questions._capability import capability
from handlers.questions._queue import own_line, own_questions
from handlers.questions._state import ENDED, OPEN, State
from storage import members, questions
from storage.questions import Question

_LONGEST = 300
_AN_HOUR = timedelta(hours=1)


@capability.home(10, roles=(Role.EXPERT,))
async def waiting_for_me(services: Services) -> HomeSection:
    """The questions whose card the expert has before them, with what they can do on it.

    Not what is theirs and not before them: for a while an expert may seem to have what they asked confidentially.
    """
    wording, states = services.wording, [state.value for state in OPEN]
    held = await questions.waiting_for(services.session, services.community.id, services.member.id, states)
    waiting = [one for one in held if one.expert_message is not None]
    rows = [await _for_its_expert(services, one) for one in waiting[:MOST_ROWS]]
    more = and_more(len(waiting) - MOST_ROWS, wording.more(len(waiting) - MOST_ROWS), _all_of_mine(services))
    nothing = wording.say(mark("No question waits for you. Would you like to see what others found out?"))
    find = Button(wording.label(mark("Find something")), "menu.use", "find")
    heading = wording.label(mark("Waiting for your answer"))
    return HomeSection(heading, (*rows, *more), HomeRow(nothing, (find,)))


async def _for_its_expert(services: Services, question: Question) -> HomeRow:
    asker = await asker_of(services, question)
    asked = words.shortened(asker.words if asker else question.text or "", _LONGEST)
    topic = question.topic or services.wording.label(mark("no topic given"))
    text = services.wording.say(mark("**{code}** ({topic}): {text}"), code=question.code, topic=topic, text=asked)
    return HomeRow(text, words.choices(services.wording, question))


@capability.home(20)
async def asked_by_me(services: Services) -> HomeSection:
    """What the member asked and has not come to its end. Nobody else sees this page."""
    wording = services.wording
    asked = [(one, text) for one, text in await own_questions(services) if State(one.state) not in ENDED]
    rows = [HomeRow(own_line(services, one, text), _next_step(services, one)) for one, text in asked[:MOST_ROWS]]
    more = and_more(len(asked) - MOST_ROWS, wording.more(len(asked) - MOST_ROWS), _all_of_mine(services))
    nothing = wording.say(mark("None of your questions is open."))
    ask = Button(wording.label(mark("Ask something")), "questions.ask")
    return HomeSection(wording.label(mark("Your questions")), (*rows, *more), HomeRow(nothing, (ask,)))


def _next_step(services: Services, question: Question) -> tuple[Button, ...]:
    label, subject = services.wording.label, str(question.id)
    state = State(question.state)
    if state is State.ANSWERED:
        return words.verdicts(services.wording, question)
    if state is State.SUGGESTED:
        return (Button(label(mark("Send it to an expert")), words.SEND, subject, Emphasis.PRIMARY),)
    if state is State.ASKED_BACK:
        return (Button(label(mark("Answer")), words.REPLY, subject, Emphasis.PRIMARY),)
    return (Button(label(mark("Say more")), words.ADD, subject),)


def _all_of_mine(services: Services) -> Button:
    return Button(services.wording.label(mark("Show all of them")), "menu.use", "questions")


@capability.home(50, roles=(Role.FACILITATOR,))
async def queue(services: Services) -> HomeSection:
    """What waits in the community, the overdue first, each to be given to somebody."""
    wording, community, now = services.wording, services.community, services.now()
    held = timedelta(seconds=services.frame.settings.confidential_delay_seconds) + _AN_HOUR
    found = await questions.unanswered_since(services.session, community.id, now)
    waiting = [one for one in found if _shows(one, now - held)]
    limit = now - timedelta(hours=community.facilitator_after_hours)
    waiting.sort(key=lambda one: (one.asked_at > limit, one.number))
    rows = [await _in_queue(services, one, limit) for one in waiting[:MOST_ROWS]]
    all_of_them = Button(wording.label(mark("Open the queue")), "questions.queue", "open")
    more = and_more(len(waiting) - MOST_ROWS, wording.more(len(waiting) - MOST_ROWS), all_of_them)
    nothing = wording.say(mark("No question waits. What about a prompt?"))
    prompt = Button(wording.label(mark("Prompts")), "menu.use", "prompt")
    return HomeSection(wording.label(mark("Open questions")), (*rows, *more), HomeRow(nothing, (prompt,)))


def _shows(question: Question, held_until: datetime) -> bool:
    """Whether it may be seen that its asker opened it again. Of a confidential one that moment is kept to the hour."""
    return not question.confidential or question.reopened_at is None or question.reopened_at <= held_until


async def _in_queue(services: Services, question: Question, limit: datetime) -> HomeRow:
    """A question without its words: whose turn it is, and since when."""
    wording = services.wording
    text = await _told(services, question)
    if question.asked_at <= limit:
        text = wording.say(mark("{question} **Overdue.**"), question=text)
    give = Button(wording.label(mark("Give it to somebody")), words.GIVE, str(question.id))
    return HomeRow(text, (give,))


async def _told(services: Services, question: Question) -> Text:
    expert = await members.by_id(services.session, question.expert_id) if question.expert_id else None
    values = {
        "code": question.code,
        "topic": question.topic or services.wording.label(mark("no topic given")),
        "day": services.wording.day(question.asked_at.astimezone(ZoneInfo(services.community.time_zone))),
    }
    say = services.wording.say
    if expert is None:
        return say(mark("**{code}** ({topic}), since {day}: nobody has it."), **values)
    return say(mark("**{code}** ({topic}), since {day}: with {expert}."), expert=expert.name, **values)
