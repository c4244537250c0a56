"""Answering a prompt with its button: the words go into its thread, with the name of who wrote them.

When that person is forgotten, the name goes there too, for as long as messages can be edited.
"""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Form, LongTextField
from bot.core.messages import Kind, Message, mark
from bot.services import Services
from bot.texts import Wording
from handlers.events import MemberForgotten
from handlers.prompts._capability import capability
from handlers.prompts._library import words_of
from handlers.prompts._options import listed
from handlers.prompts._posting import is_open, places_of
from storage import opting_out, prompts
from storage.communities import CommunityPlace
from storage.members import FORMER_MEMBER
from storage.prompts import PostedPrompt, PromptAnswer

_LONGEST_ANSWER = 2000


@capability.button("prompts.answer")
async def ask_for_answer(event: ButtonPressed, services: Services) -> None:
    """Open the form, with the prompt above its field."""
    posted, place = await _still_open(services, event.subject)
    prompt = await prompts.prompt(services.session, services.community.id, posted.prompt_id)
    label = services.wording.label
    form = Form(
        action="prompts.answered",
        subject=f"{posted.id}|{place.id}",
        title=label(mark("Answer the prompt")),
        submit=label(mark("Post it")),
        language=services.wording.language,
        intro=listed(words_of(prompt, services.community_wording)) if prompt else None,
        fields=(
            LongTextField(
                name="text",
                label=label(mark("Your answer")),
                hint=label(mark("Everybody in the place reads it, with your name.")),
                max_length=_LONGEST_ANSWER,
            ),
        ),
    )
    await services.open_form(form)


@capability.form("prompts.answered")
async def answered(event: FormSubmitted, services: Services) -> None:
    """Post the answer into the thread, and keep who gave it."""
    session, member = services.session, services.member
    posted, place = await _still_open(services, event.subject)
    words = str(event.values["text"])
    thread = await prompts.thread_of(session, posted, place.id)
    message = _message(services.community_wording, member.name, words)
    row = await services.post(place.address, message, Kind.ANSWER, thread=thread)
    answer = PromptAnswer(
        community_id=services.community.id,
        posted_id=posted.id,
        member_id=member.id,
        answered_at=services.now(),
        reference=row.reference,
        text=words,
        counted=not await opting_out.is_out(session, member.id),
    )
    await prompts.keep_answer(session, answer)
    text = services.wording.say(mark("Thank you, {name}. Your answer is posted."), name=member.name)
    await services.answer(Message(text))


@capability.hears(MemberForgotten)
async def forgotten(news: MemberForgotten, services: Services) -> None:
    """What stands in threads under their name stays as nobody's, or is taken back, as they want it."""
    wording = services.community_wording
    for answer in await prompts.answers_of(services.session, services.community.id, news.member_id):
        message = Message(wording.say(mark("*This answer was taken back.*")))
        if news.keep_shared:
            message = _message(wording, wording.label(FORMER_MEMBER), answer.text)
        await services.edit(answer.reference, message)


def _message(wording: Wording, name: str, words: str) -> Message:
    return Message(wording.say(mark("**{name}:** {words}"), name=name, words=words))


async def _still_open(services: Services, subject: str) -> tuple[PostedPrompt, CommunityPlace]:
    """The prompt, and the place of it where somebody acts, checked at the moment of acting. Raises Refusal.

    ``subject`` is the prompt's number; behind a bar that of the place where its button was pressed.
    """
    await services.check_belongs()
    number, _, where = subject.partition("|")
    posted = await prompts.posted(services.session, services.community.id, int(number))
    places = [one for one in await places_of(services, posted) if is_open(one, services)] if posted else []
    here = int(where) if where else services.known_place.id if services.known_place else None
    place = next((one for one in places if one.id == here), places[0] if places else None)
    if posted is None or place is None:
        raise Refusal(mark("This prompt is no longer open, as its place is gone. Nothing was posted."))
    return posted, place
