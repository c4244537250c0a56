"""Answers by command, and words that stand in a conversation already, saved as the answer to a question."""

from __future__ import annotations

from bot.core.addresses import Person
from bot.core.errors import Refusal
from bot.core.events import CommandUsed, FormSubmitted, MessagePosted, ShortcutUsed
from bot.core.forms import Form, LongTextField, TextField
from bot.core.messages import mark
from bot.core.roles import Role
from bot.services import Services
from handlers.questions._answering import (
    CODE,
    answer_instead,
    check_expert,
    code_and_rest,
    give_answer,
    has_it,
    question_called,
)
from handlers.questions._capability import capability
from handlers.questions._forms import words_form
from handlers.questions._state import State
from storage import questions
from storage.questions import Question

_USAGE = mark("answer Q12 your answer")
_HINT = mark("Its code, such as Q12. /questions open shows those that wait.")
_WHICH = mark("Please give the question's code, such as Q12. /questions open shows those that wait.")
_INTRO = mark("Who asked gets this from you. Send somebody else's words only if they agree.")
_LONGEST = 3000
_WITH_THEM = (State.ROUTED.value, State.ASKED_BACK.value)


@capability.command("answer", summary=mark("Answer a question that you have"), usage=_USAGE,
                    roles=(Role.EXPERT, Role.FACILITATOR))  # fmt: skip
async def answer_by_command(event: CommandUsed, services: Services) -> None:
    """``answer Q12 text``; without a text the form opens, and as a reply to a message it begins with its words."""
    code, text = code_and_rest(event)
    if event.about is not None and not text:
        await _open_with_words_of(services, event.about, by=event.by, code=code)
        return
    question = await question_called(services, code, _USAGE)
    if text:
        await _give(services, question, await services.with_names(text))
        return
    await check_expert(services, question)
    title = mark("Answer a question")
    await services.open_form(await words_form(services, "questions.answered", question, title, mark("Your answer")))


@capability.shortcut("questions.save_answer", label=mark("Save as answer"), roles=(Role.EXPERT, Role.FACILITATOR))
async def save_as_answer(event: ShortcutUsed, services: Services) -> None:
    """Somebody has answered in a conversation."""
    await _open_with_words_of(services, event.about, by=event.by)


async def _open_with_words_of(services: Services, message: MessagePosted, *, by: Person, code: str = "") -> None:
    """The words can be changed before they are sent; whose they are stands above them."""
    held = await questions.waiting_for(services.session, services.community.id, services.member.id, _WITH_THEM)
    label, text, theirs = services.wording.label, message.text, message.by
    if theirs.account != by.account:
        text = label(mark("{name} wrote: {words}"), name=theirs.name, words=text)
    form = Form(
        action="questions.answer_saved",
        title=label(mark("Save as answer")),
        intro=services.wording.say(_INTRO),
        submit=label(mark("Send")),
        language=services.wording.language,
        fields=(
            TextField(name="code", label=label(mark("Question")), hint=label(_HINT), max_length=12,
                      initial=code or (held[0].code if len(held) == 1 else None)),
            LongTextField(name="text", label=label(mark("Your answer")), initial=text[:_LONGEST] or None,
                          max_length=_LONGEST),
        ),
    )  # fmt: skip
    await services.open_form(form)


@capability.form("questions.answer_saved", roles=(Role.EXPERT, Role.FACILITATOR))
async def answer_saved(event: FormSubmitted, services: Services) -> None:
    """From the expert who has the question, or from a facilitator. Raises Refusal for anybody else."""
    code = str(event.values["code"]).strip()
    if CODE.fullmatch(code) is None:
        raise Refusal(_WHICH)
    question = await question_called(services, code, _WHICH)
    await _give(services, question, str(event.values["text"]))


async def _give(services: Services, question: Question, text: str) -> None:
    """A facilitator may answer in the place of whoever has the question. Raises Refusal for anybody else."""
    if Role.FACILITATOR in services.roles and not await has_it(services, question):
        await answer_instead(services, question, text)
    else:
        await check_expert(services, question)
        await give_answer(services, question, text)
