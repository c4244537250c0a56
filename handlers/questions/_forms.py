"""The form for words about a question, which several acts share."""

from __future__ import annotations

from bot.core.forms import Form, LongTextField
from bot.core.messages import mark
from bot.services import Services
from handlers.questions import _wording as words
from handlers.questions._askers import asker_of
from storage.questions import Question


async def words_form(services: Services, action: str, question: Question, title: str, label: str) -> Form:
    """Words about a question. It stands above them: who has two such forms open must not mistake one for the other."""
    asker = await asker_of(services, question)
    return Form(
        action=action,
        subject=str(question.id),
        title=services.wording.label(title),
        intro=words.which(services.wording, question, asker.words if asker else question.text or ""),
        submit=services.wording.label(mark("Send")),
        language=services.wording.language,
        fields=(LongTextField(name="text", label=services.wording.label(label)),),
    )
