"""Answering a prompt with its button: the words go into its thread, with the name of who wrote them."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Form, LongTextField
from bot.core.messages import Kind, Message, Text, mark
from bot.services import Services
from handlers.prompts._capability import capability
from handlers.prompts._library import words_of
from handlers.prompts._posting import is_open
from storage import communities, members, opting_out, prompts
from storage.communities import CommunityPlace
from storage.prompts import PostedPrompt, PromptAnswer

_LONGEST_ANSWER = 2000


@capability.button("prompts.answer")
async def ask_for_answer(event: ButtonPressed, services: Services) -> None:
    """Open the form, with the prompt above its field."""
    posted, _ = await _still_open(services, event.subject)
    prompt = await prompts.prompt(services.session, services.community.id, posted.prompt_id)
    label = services.wording.label
    form = Form(
        action="prompts.answered",
        subject=event.subject,
        title=label(mark("Answer the prompt")),
        submit=label(mark("Post it")),
        language=services.wording.language,
        intro=Text("{prompt}", {"prompt": words_of(prompt, services.community_wording)}) if prompt else None,
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
    """Post the answer into the thread, and count who gave it."""
    posted, place = await _still_open(services, event.subject)
    text = services.community_wording.say(
        mark("**{name}:** {words}"), name=services.member.name, words=str(event.values["text"])
    )
    thread = await prompts.thread_of(services.session, posted)
    row = await services.post(place.address, Message(text), Kind.ANSWER, thread=thread)
    if not await opting_out.is_out(services.session, services.member.id):
        answer = PromptAnswer(
            community_id=services.community.id,
            posted_id=posted.id,
            member_id=services.member.id,
            answered_at=services.now(),
            reference=row.reference,
        )
        await prompts.keep_answer(services.session, answer)
    say = services.wording.say
    await services.answer(Message(say(mark("Thank you, {name}. Your answer is posted."), name=services.member.name)))


async def _still_open(services: Services, subject: str) -> tuple[PostedPrompt, CommunityPlace]:
    """The prompt and its place, checked at the moment of acting. Raises Refusal."""
    membership = await members.membership(services.session, services.community.id, services.member.id)
    if membership is None or membership.left_at is not None:
        raise Refusal(mark("You have left this community. Join one of its places again to answer."))
    posted = await prompts.posted(services.session, services.community.id, int(subject))
    place = await communities.place_by_id(services.session, posted.place_id) if posted else None
    if posted is None or place is None or not is_open(place, services):
        raise Refusal(mark("This prompt is no longer open, as its place is gone. Nothing was posted."))
    return posted, place
