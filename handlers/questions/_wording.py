"""What is said about questions, to whom. Pure: texts and buttons, no row is read here."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.messages import Button, Emphasis, Message, Text, Value, joined, mark
from bot.texts import Wording
from storage.question_exchange import Part, Said
from storage.questions import Question

ANSWER, ASK_BACK = "questions.answer", "questions.ask_back"
NOT_MINE, AWAY = "questions.not_mine", "questions.away"
HELPS, NOT_YET, REPLY, ADD = "questions.helps", "questions.not_yet", "questions.reply", "questions.add"
SEND, FOUND, GIVE = "questions.send", "questions.found", "questions.give"
_LONGEST_IN_LIST = 90
_LONGEST_IN_FORM = 600


def quoted(words: str) -> Text:
    """Somebody's words as a quote."""
    return Text("> {words}", {"words": words})


def card(wording: Wording, question: Question, words: str, name: str | None, said: Sequence[Said] = ()) -> Message:
    """A question as its expert gets it, with what was said about it before. ``name`` is None for who asked
    confidentially.
    """
    about = question.topic or wording.label(mark("no topic given"))
    head = wording.say(mark("**{code}** ({topic}): a question for you"), code=question.code, topic=about)
    asks = wording.say(mark("{name} asks:"), name=name) if name else wording.say(mark("Somebody asks confidentially:"))
    what = wording.say(mark("Answer in your own words; I bring it to them."))
    exchange = [part for one in said for part in _exchanged(wording, one, name)]
    return Message(joined([head, asks, quoted(words), *exchange, what]), choices(wording, question))


def _exchanged(wording: Wording, one: Said, asker: str | None) -> list[Value]:
    say, somebody = wording.say, one.name or ""
    if one.part is Part.REPLIED:
        head = say(mark("{name} replied:"), name=asker) if asker else say(mark("Who asked replied:"))
        return [head, quoted(one.words)]
    if one.part is Part.ASKED_BACK:
        return [say(mark("{expert} asked back:"), expert=somebody), quoted(one.words)]
    not_solved = say(mark("The answer has not solved it yet."))
    return [say(mark("{expert} answered:"), expert=somebody), quoted(one.words), not_solved]


def which(wording: Wording, question: Question, words: str) -> Text:
    """Which question a form is about, to stand above its fields."""
    return joined([wording.say(mark("**{code}**"), code=question.code), quoted(shortened(words, _LONGEST_IN_FORM))])


def choices(wording: Wording, question: Question) -> tuple[Button, ...]:
    """What an expert can do with a question."""
    label, subject = wording.label, str(question.id)
    return (
        Button(label(mark("Answer")), ANSWER, subject, Emphasis.PRIMARY),
        Button(label(mark("Ask back")), ASK_BACK, subject),
        Button(label(mark("Not mine")), NOT_MINE, subject),
        Button(label(mark("Away")), AWAY, subject),
    )


def card_is_over(wording: Wording, question: Question, key: str) -> Message:
    """The same card without its buttons, saying why there is nothing left to do."""
    return Message(joined([wording.say(mark("**{code}**"), code=question.code), wording.say(key)], " "))


def answer(wording: Wording, question: Question, expert: str, words: str) -> Message:
    """An answer as the asker gets it."""
    say = wording.say
    head = say(mark("**{code}**: {expert} answers:"), code=question.code, expert=expert)
    ask = say(mark("Does this help you?"))
    return Message(joined([head, quoted(words), ask]), verdicts(wording, question))


def verdicts(wording: Wording, question: Question) -> tuple[Button, ...]:
    """What an asker can say of an answer."""
    label, subject = wording.label, str(question.id)
    return (
        Button(label(mark("This helps")), HELPS, subject, Emphasis.PRIMARY),
        Button(label(mark("Not yet")), NOT_YET, subject),
    )


def asked_back(wording: Wording, question: Question, expert: str, words: str) -> Message:
    """What the expert wants to know, as the asker gets it."""
    say = wording.say
    head = say(mark("**{code}**: {expert} would like to know:"), code=question.code, expert=expert)
    button = Button(wording.label(mark("Answer")), REPLY, str(question.id), Emphasis.PRIMARY)
    return Message(joined([head, quoted(words)]), (button,))


def replied_to(wording: Wording, question: Question, said: Said) -> Message:
    """The same once the asker has replied: nothing is left to do there."""
    head = wording.say(mark("**{code}**: {expert} asked:"), code=question.code, expert=said.name or "")
    return Message(joined([head, quoted(said.words), wording.say(mark("You have replied. Thank you!"))]))


def suggestions(wording: Wording, question: Question, earlier: Sequence[Question]) -> Message:
    """Likely answers from what was accepted before."""
    say, label = wording.say, wording.label
    parts: list[Value] = [say(mark("**{code}**: this was answered before. Is it what you need?"), code=question.code)]
    buttons = []
    for number, one in enumerate(earlier, start=1):
        parts.append(say(mark("**{number}.** {question}"), number=str(number), question=one.text or ""))
        parts.append(quoted(one.answer or ""))
        helps = (
            label(mark("This helps")) if len(earlier) == 1 else label(mark("This helps: {number}"), number=str(number))
        )
        buttons.append(Button(helps, FOUND, f"{question.id}:{one.id}"))
    buttons.append(Button(label(mark("Send it to an expert")), SEND, str(question.id), Emphasis.PRIMARY))
    return Message(joined(parts), tuple(buttons))


def published(wording: Wording, question: Question, words: str, name: str | None, expert: str) -> Text:
    """Question and answer as everybody reads them."""
    say = wording.say
    asked = (
        say(mark("**{code}**: {name} asked:"), code=question.code, name=name)
        if name
        else say(mark("**{code}**: Somebody asked confidentially:"), code=question.code)
    )
    answered = say(mark("{expert} answered:"), expert=expert)
    return joined([asked, quoted(words), answered, quoted(question.answer or "")])


def shortened(words: str, longest: int = _LONGEST_IN_LIST) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
