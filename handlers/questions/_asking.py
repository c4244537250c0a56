"""Asking: the form, likely answers from before, and the way to an expert."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from rapidfuzz import fuzz, process, utils

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted, ShortcutUsed
from bot.core.forms import Choice, ChoiceField, Form, FormValue, LongTextField
from bot.core.messages import Message, mark
from bot.services import Services
from bot.texts import OWN_NAMES as _NAMES
from handlers.questions import _routing as routing
from handlers.questions import _wording as words
from handlers.questions._askers import asked_confidentially, keep_asker, moment_of_asker, own_question
from handlers.questions._capability import capability
from handlers.questions._state import Act, State, after, allowed_from
from storage import questions
from storage.questions import Question

MOST_AN_HOUR = 5
UNKNOWN_TOPIC = "?"
LONGEST = 3000
_BY_NAME, _ALWAYS, _NEVER = "by name", "always", "never"
_ASSISTED = mark("When you don't know it, an AI service may read your question and suggest one; see below.")
_SHARED = mark("What helped goes to the main place; if you asked confidentially, without your name.")
_LIKELY = 62
_MOST_SUGGESTIONS = 3


@capability.command(
    "ask",
    summary=mark("Ask the experts, by name or confidentially"),
    usage=mark("ask [your question]"),
    title=mark("Ask something"),
)
async def ask(event: CommandUsed, services: Services) -> None:
    """Open the form; words behind the command are its beginning."""
    await _not_too_many(services)
    begun = await services.with_names(event.arguments) or (event.about.text if event.about else "")
    await services.open_form(await question_form(services, begun))


@capability.shortcut("questions.ask_about", label=mark("Ask an expert"))
async def ask_about(event: ShortcutUsed, services: Services) -> None:
    """A message that somebody would like to have answered: who chooses this is who asks, in the form."""
    await _not_too_many(services)
    await services.open_form(await question_form(services, event.about.text))


@capability.button("questions.ask")
async def ask_from_welcome(_event: ButtonPressed, services: Services) -> None:
    """The welcome's button *Ask something*."""
    await _not_too_many(services)
    await services.open_form(await question_form(services))


@capability.start("ask")
async def ask_by_link(_event: CommandUsed, services: Services) -> None:
    """The same by a link to the private chat."""
    await services.use_command("ask")


async def question_form(services: Services, begun: str = "") -> Form:
    """What is asked of who asks."""
    label = services.wording.label
    topics = await routing.topics_of(services)
    language = services.wording.language
    own = services.member.language or language
    assisted = bool(topics) and services.frame.assistant is not None
    return Form(
        action="questions.asked",
        title=label(mark("Ask a question")),
        submit=label(mark("Ask")),
        language=language,
        fields=(
            LongTextField(name="text", label=label(mark("Your question")), initial=begun[:LONGEST] or None,
                          max_length=LONGEST),
            ChoiceField(name="topic", label=label(mark("Topic")), initial=UNKNOWN_TOPIC,
                        hint=label(_ASSISTED) if assisted else "",
                        choices=(Choice(UNKNOWN_TOPIC, label(mark("I don't know"))),
                                 *(Choice(topic, topic) for topic in topics))),
            ChoiceField(name="language", label=label(mark("Language")), initial=own if own in _NAMES else "en",
                        choices=tuple(Choice(code, name) for code, name in _NAMES.items())),
            ChoiceField(name="manner", label=label(mark("By name or confidentially")), initial="name",
                        hint=label(mark("Confidentially: no member, expert or facilitator sees who asked.")),
                        choices=(Choice("name", label(mark("By name"))),
                                 Choice("confidential", label(mark("Confidentially"))))),
            *((_assistant_field(services),) if assisted else ()),
            ChoiceField(name="share", label=label(mark("May others read question and answer?")), initial="yes",
                        hint=label(_SHARED),
                        choices=(Choice("yes", label(mark("Yes"))), Choice("no", label(mark("No, only me"))))),
        ),
    )  # fmt: skip


def _assistant_field(services: Services) -> ChoiceField:
    """Whether a language model may see the words. By name it is used unless somebody says no; else only by a yes."""
    label = services.wording.label
    return ChoiceField(
        name="assistant",
        label=label(mark("May an AI service suggest a topic? It sees your words, never your name.")),
        initial=_BY_NAME,
        choices=(
            Choice(_BY_NAME, label(mark("Only when I ask by name"))),
            Choice(_ALWAYS, label(mark("Yes, also when I ask confidentially"))),
            Choice(_NEVER, label(mark("No"))),
        ),
    )


def _assistant_may_read(chosen: FormValue, *, confidential: bool) -> bool:
    return chosen == _ALWAYS or (chosen == _BY_NAME and not confidential)


@capability.form("questions.asked")
async def asked(event: FormSubmitted, services: Services) -> None:
    """Keep the question; show likely answers first, or bring it to an expert."""
    await _not_too_many(services)
    values, text = event.values, str(event.values["text"])
    confidential = values["manner"] == "confidential"
    topic = None if values["topic"] == UNKNOWN_TOPIC else str(values["topic"])
    question = Question(
        community_id=services.community.id,
        number=0,
        state=State.SUGGESTED.value,
        topic=topic,
        language=str(values["language"]),
        confidential=confidential,
        share=values["share"] == "yes",
        asker_id=None if confidential else services.member.id,
        text=None if confidential else text,
        asked_at=services.now(),
        assistant_may_read=_assistant_may_read(values.get("assistant"), confidential=confidential),
    )
    question.asked_at = moment_of_asker(services, question)
    await questions.add(services.session, question)
    await keep_asker(services, question, text)
    likely = await likely_answers(services, text)
    if likely:
        message = words.suggestions(services.wording, question, likely)
        await services.answer_privately(message)
        return
    await _to_an_expert(services, question)


async def _to_an_expert(services: Services, question: Question) -> None:
    state = after(Act.SEND, State(question.state))
    if not await questions.move(services.session, question, allowed_from(Act.SEND), state=state.value):
        after(Act.SEND, State(question.state))  # says in a sentence where it stands now
    say = services.wording.say
    key = (
        mark("Thank you, I have your question: **{code}**. No member, expert or facilitator sees that it is yours. "
             "I bring you the answer here. Follow it with /questions.")
        if question.confidential
        else mark("Thank you, I have your question: **{code}**. I bring you the answer here. "
                  "Follow it with /questions.")
    )  # fmt: skip
    await services.answer_privately(Message(say(key, code=question.code)))
    await routing.start(services, question)


async def _not_too_many(services: Services) -> None:
    since = services.now() - timedelta(hours=1)
    count = await questions.asked_since(services.session, services.community.id, services.member.id, since)
    sealed = await asked_confidentially(services, services.member.id)
    count += sum(datetime.fromisoformat(asker.asked_at) >= since for _, asker in sealed)
    if count >= MOST_AN_HOUR:
        raise Refusal(mark("You have asked {count} questions within an hour. Please wait a little before the next."),
                      count=str(count))  # fmt: skip


async def likely_answers(services: Services, text: str) -> list[Question]:
    """Accepted answers to questions that are much like this one, the likeliest first."""
    shared = await questions.shared_answers(services.session, services.community.id, State.ACCEPTED.value)
    known = {one.id: one.text or "" for one in shared}
    found = process.extract(
        text, known, scorer=fuzz.token_set_ratio, processor=utils.default_process,
        score_cutoff=_LIKELY, limit=_MOST_SUGGESTIONS,
    )  # fmt: skip
    by_id = {one.id: one for one in shared}
    return [by_id[key] for _, _, key in found]


@capability.button(words.SEND)
async def send(event: ButtonPressed, services: Services) -> None:
    """No earlier answer fits: an expert gets the question."""
    question = await own_question(services, event.subject)
    await _to_an_expert(services, question)
    await services.edit(event.reference, words.card_is_over(services.wording, question, mark("An expert will answer.")))


@capability.button(words.FOUND)
async def found(event: ButtonPressed, services: Services) -> None:
    """An earlier answer helped."""
    question = await own_question(services, event.subject.split(":")[0])
    state = after(Act.FIND, State(question.state))
    changed: dict[str, Any] = {"state": state.value, "closed_at": moment_of_asker(services, question)}
    if await questions.move(services.session, question, allowed_from(Act.FIND), **changed):
        over = words.card_is_over(
            services.wording, question, mark("Good that this helped. Ask again any time with /ask.")
        )
        await services.edit(event.reference, over)
