"""What is said where a form is asked for step by step: each question with its buttons, and the look at the end. Pure.

The buttons' actions begin with ``forms.``; their subject is the form, the turn, and a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.core.form_steps import NO, YES, Input, Move, Picked, Standing, Switched, at_the_end, chosen_of, has_answer
from bot.core.forms import (
    ChoiceField,
    ConsentField,
    DateField,
    Field,
    Form,
    FormValue,
    MultiChoiceField,
    PersonField,
)
from bot.core.messages import Button, Emphasis, Message, Text, Value, joined, mark, points
from bot.texts import Wording

CANCEL = "cancel"
"""The command that leaves a form."""

START = "start"
"""The command that opens the private chat; with nothing behind it, it does not lead away from a form there."""

CHOOSE, ADD, REMOVE = "forms.choose", "forms.add", "forms.remove"
GO_ON, LEAVE = "forms.go_on", "forms.leave"
_MOVES = {f"forms.{move}": move for move in Move}
OF_A_QUESTION = frozenset({CHOOSE, ADD, REMOVE, *_MOVES})
"""What the buttons of a question do."""

ACTIONS = OF_A_QUESTION | {GO_ON, LEAVE}
"""What the buttons of a conversation do. The frame serves them itself."""

_LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A form that is asked for: where it stands, and what its words need.

    ``names`` are those of the people among the answers, by their ids; ``today`` is the day in the community.
    """

    wording: Wording
    form: Form
    form_id: str
    turn: int
    standing: Standing
    today: date
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def field(self) -> Field:
        """What is asked now."""
        return self.form.fields[self.standing.position]

    def button(self, label: str, action: str, value: str = "", emphasis: Emphasis = Emphasis.NORMAL) -> Button:
        """A button of this question."""
        return Button(label, action, f"{self.form_id} {self.turn} {value}", emphasis)


def pressed(action: str, value: str) -> Input:
    """What a button of a question stands for."""
    if action == CHOOSE:
        return Picked(value)
    return Switched(value, action == ADD) if action in (ADD, REMOVE) else _MOVES[action]


def question(asking: Asking, trouble: Text | None = None, *, first: bool = False) -> Message:
    """What is asked now, or the look at everything; before it ``trouble``, and the form's title where it begins."""
    if at_the_end(asking.form, asking.standing):
        return _look(asking, trouble)
    parts: list[Value] = [trouble] if trouble else []
    if first:
        parts.append(Text("**{title}**", {"title": asking.form.title}))
        parts += [asking.form.intro] if asking.form.intro else []
    parts.append(_heading(asking))
    parts += [Text("{hint}", {"hint": one}) for one in (asking.field.hint, _how(asking)) if one]
    if not isinstance(asking.field, ChoiceField | MultiChoiceField) and has_answer(asking.field, asking.standing):
        parts.append(asking.wording.say(mark("This is there already. Keep it, or write it anew:")))
        parts.append(Text("> {words}", {"words": _full(asking, asking.field)}))
    return Message(joined(parts), (*_answers(asking), *_ways(asking)))


def unasked(asking: Asking) -> Message:
    """A question without its buttons, when it is asked no longer."""
    return Message(_title(asking) if at_the_end(asking.form, asking.standing) else _heading(asking))


def asked_below(asking: Asking) -> Message:
    """The same, when something is asked further down."""
    return Message(joined([unasked(asking).text, asking.wording.say(mark("*It goes on below.*"))]))


def answered(asking: Asking, one: Field, *, first: bool = False) -> Message:
    """A question with its answer, which is all that is left of it. With the first stays what stood above it."""
    parts: list[Value] = [_title(asking)] if first else []
    parts += [asking.form.intro] if first and asking.form.intro else []
    return Message(joined([*parts, _line(asking, one)]))


def sent(asking: Asking) -> Message:
    """The look at everything, once it is on its way."""
    return Message(joined([_title(asking), _everything(asking)]))


def whether_to_leave(wording: Wording, title: str, form_id: str, instead: str) -> Message:
    """Somebody does something else in the middle of a form. ``instead`` tells the button what that was."""
    text = wording.say(mark("You are in the middle of **{form}**. Go on with it, or leave it?"), form=title)
    buttons = (
        Button(wording.label(mark("Go on")), GO_ON, form_id, Emphasis.PRIMARY),
        Button(wording.label(mark("Leave it")), LEAVE, f"{form_id} {instead}"),
    )
    return Message(text, buttons)


def left(wording: Wording, title: str) -> Message:
    """The form was left."""
    return Message(wording.say(mark("You have left **{form}**. Nothing was sent."), form=title))


def declined(wording: Wording, title: str) -> Message:
    """The form was left, as a consent was not given."""
    return Message(wording.say(mark("That is fine. **{form}** needs a yes here, so nothing was sent."), form=title))


def expired(wording: Wording, title: str, again: Button) -> Message:
    """The form was left alone for a day."""
    text = wording.say(
        mark(
            "I have closed **{form}**, as it was left for a day. Nothing was sent. What you wrote is kept for a week."
        ),
        form=title,
    )
    return Message(text, (again,))


def _title(asking: Asking) -> Text:
    return Text("**{title}**", {"title": asking.form.title})


def _heading(asking: Asking) -> Text:
    count = len(asking.form.fields)
    if count == 1:
        return Text("**{question}**", {"question": asking.field.label})
    return asking.wording.say(
        mark("**{question}** ({number} of {count})"),
        question=asking.field.label,
        number=asking.wording.number(asking.standing.position + 1),
        count=asking.wording.number(count),
    )


def _how(asking: Asking) -> str:
    """How to answer, where that isn't plain."""
    label = asking.wording.label
    if isinstance(asking.field, MultiChoiceField):
        return label(mark("Press all that fit, then Done."))
    if isinstance(asking.field, DateField):
        return label(mark("Press a day, or write a date such as {example}."), example=asking.today.isoformat())
    if isinstance(asking.field, PersonField):
        return label(mark("Mention the person, or write the name."))
    return ""


def _answers(asking: Asking) -> list[Button]:
    """The buttons that answer."""
    one, label, button = asking.field, asking.wording.label, asking.button
    if isinstance(one, ChoiceField):
        now = asking.standing.answers.get(one.name)
        return [button(_ticked(choice.label, choice.value == now), CHOOSE, choice.value) for choice in one.choices]
    if isinstance(one, MultiChoiceField):
        chosen = chosen_of(one, asking.standing)
        return [
            button(
                _ticked(choice.label, choice.value in chosen), REMOVE if choice.value in chosen else ADD, choice.value
            )
            for choice in one.choices
        ]
    if isinstance(one, ConsentField):
        return [
            button(label(mark("Yes")), CHOOSE, YES, Emphasis.PRIMARY),
            button(label(mark("No")), CHOOSE, NO),
        ]
    if isinstance(one, DateField):
        tomorrow = asking.today + timedelta(days=1)
        return [
            button(label(mark("Today")), CHOOSE, asking.today.isoformat()),
            button(label(mark("Tomorrow")), CHOOSE, tomorrow.isoformat()),
        ]
    return []


def _ticked(label: str, on: bool) -> str:  # noqa: FBT001 - read as a sentence where it is called
    return f"✓ {label}" if on else label


def _ways(asking: Asking) -> list[Button]:
    """The buttons that lead on, back and away."""
    one, label, button = asking.field, asking.wording.label, asking.button
    ways = []
    there = has_answer(one, asking.standing)
    if isinstance(one, MultiChoiceField):
        if there or not one.required:
            ways.append(button(label(mark("Done")), "forms.done", emphasis=Emphasis.PRIMARY))
    elif there and not isinstance(one, ChoiceField | ConsentField):
        ways.append(button(label(mark("Keep it")), "forms.keep", emphasis=Emphasis.PRIMARY))
    if not one.required and not isinstance(one, MultiChoiceField | ConsentField):
        ways.append(button(label(mark("Leave empty") if there else mark("Skip")), "forms.skip"))
    return [*ways, *_away(asking)]


def _away(asking: Asking) -> list[Button]:
    label = asking.wording.label
    back = [asking.button(label(mark("Back")), "forms.back")] if asking.standing.position else []
    return [*back, asking.button(label(mark("Cancel")), "forms.cancel")]


def _look(asking: Asking, trouble: Text | None) -> Message:
    parts: list[Value] = [trouble] if trouble else []
    right = mark("Nothing was sent yet. Go back to what you want to change.") if trouble else mark("Is this right?")
    parts += [_title(asking), asking.wording.say(right), _everything(asking)]
    send = asking.button(asking.form.submit, "forms.send", emphasis=Emphasis.PRIMARY)
    return Message(joined(parts), (send, *_away(asking)))


def _everything(asking: Asking) -> Text:
    return points(_line(asking, one) for one in asking.form.fields)


def _line(asking: Asking, one: Field) -> Text:
    words = _shortened(_full(asking, one)) or asking.wording.label(mark("(nothing)"))
    return Text("**{question}** {answer}", {"question": one.label, "answer": words})


def _full(asking: Asking, one: Field) -> str:
    """An answer in words; empty for none."""
    value: FormValue = asking.standing.answers.get(one.name)
    if isinstance(one, ConsentField):
        return asking.wording.label(mark("Yes") if value else mark("No"))
    if isinstance(value, list):
        labels = {choice.value: choice.label for choice in one.choices} if isinstance(one, MultiChoiceField) else {}
        return asking.wording.listing([labels.get(each, each) for each in value])
    if not isinstance(value, str):
        return ""
    if isinstance(one, ChoiceField):
        return next((choice.label for choice in one.choices if choice.value == value), value)
    if isinstance(one, DateField):
        return asking.wording.day(date.fromisoformat(value))
    return asking.names.get(value, value) if isinstance(one, PersonField) else value


def _shortened(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= _LONGEST_SHOWN else line[: _LONGEST_SHOWN - 1] + "…"
