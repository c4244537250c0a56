"""A form that is asked question by question, as somebody on Telegram answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.app import App
from bot.core.addresses import Account
from bot.core.form_steps import Standing, at_the_end, chosen_of, has_answer, questions_of
from bot.core.forms import ChoiceField, ConsentField, Field, Form, MultiChoiceField, PersonField
from bot.core.serialization import form_from_json
from bot.platforms.rich_text import parse, plain
from storage import form_steps, forms
from tests.conversations import FormField, OpenForm


@dataclass(frozen=True)
class Given:
    """What somebody does to answer a question: buttons that are pressed, or words, with the people they mention."""

    presses: Sequence[str] = ()
    writes: str | None = None
    mentions: Sequence[str] = ()


@dataclass(frozen=True)
class Asked:
    """Where somebody stands in a form."""

    id: str
    whole: Form
    standing: Standing
    turn: int

    @property
    def field(self) -> Field | None:
        """What is asked now; None for the look at everything."""
        form = questions_of(self.whole)
        return None if at_the_end(form, self.standing) else form.fields[self.standing.position]

    @property
    def submit(self) -> str:
        """The button under the look at everything."""
        return self.whole.submit

    @property
    def form(self) -> OpenForm:
        """The whole of it, of which a person sees one question after the other."""
        fields = [FormField(one.name, one.label, one.hint, one.initial) for one in self.whole.fields]
        intro = plain(parse(self.whole.intro)) if self.whole.intro else ""
        return OpenForm(self.whole.title, intro, fields, {"id": self.id})

    def answer(self, values: dict[str, Any]) -> Given:
        """How somebody with these answers, by the labels, answers what is asked now."""
        one = self.field
        assert one is not None
        if one.label not in values:
            return self._unchanged(one)
        value = values[one.label]
        if isinstance(one, ConsentField):
            return Given(["Yes" if value else "No"])
        if isinstance(one, MultiChoiceField):
            return Given([*self._switches(one, value), *(["Done"] if value or not one.required else [])])
        if isinstance(one, ChoiceField):
            label = next((each.label for each in one.choices if value in (each.value, each.label)), None)
            return Given([self._shown(one, label)]) if label else Given(writes=str(value))
        if isinstance(one, PersonField):
            return Given(writes=str(value), mentions=[str(value)])
        if not value:
            return Given(["Leave empty" if has_answer(one, self.standing) else "Skip"])
        return Given(writes=str(value))

    def _unchanged(self, one: Field) -> Given:
        """They leave it as it is."""
        if isinstance(one, ConsentField):
            return Given(["No"])
        if isinstance(one, MultiChoiceField):
            return Given(["Done"])
        if isinstance(one, ChoiceField):
            now = self.standing.answers.get(one.name)
            chosen = [each.label for each in one.choices if each.value == now]
            return Given([f"✓ {chosen[0]}"] if chosen else ["Skip"])
        return Given(["Keep it" if has_answer(one, self.standing) else "Skip"])

    def _shown(self, one: ChoiceField, label: str) -> str:
        now = self.standing.answers.get(one.name)
        ticked = any(each.label == label and each.value == now for each in one.choices)
        return f"✓ {label}" if ticked else label

    def _switches(self, one: MultiChoiceField, wanted: Sequence[str]) -> list[str]:
        chosen = chosen_of(one, self.standing)
        return [
            f"✓ {each.label}" if each.value in chosen else each.label
            for each in one.choices
            if (each.value in chosen) != (each.value in wanted or each.label in wanted)
        ]


async def asked(app: App, account: Account) -> Asked | None:
    """Where somebody stands in the form that is asked in their private chat; None for no form."""
    async with app.database.transaction() as session:
        row = await form_steps.in_private_chat(session, app.database.cipher, account)
        stored = await forms.by_id(session, row.form_id) if row else None
    if row is None or stored is None:
        return None
    return Asked(row.form_id, form_from_json(stored.body), Standing(row.position, row.answers["values"]), row.turn)
