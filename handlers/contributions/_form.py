"""The form that a contribution is written in, and what comes back from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.forms import Choice, ChoiceField, Field, Form, FormValue, LongTextField, TextField
from bot.core.messages import Text, mark
from bot.core.topics import topics
from bot.texts import Wording
from handlers.contributions._search import folded
from handlers.contributions._wording import KINDS, shortened
from storage.contributions import Contribution

LONGEST_WORDS = 3000
_LONGEST_TITLE = 120
_LONGEST_TOPICS = 300
_LONGEST_LINK = 500
_LONGEST_TITLE_FROM_WORDS = 80
_SHORTEST_TITLE_FROM_WORDS = 12
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[^\n.!?؟。]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """A contribution before it is kept."""

    kind: str
    title: str = ""
    text: str = ""
    topics: tuple[str, ...] = ()
    link: str | None = None
    named: bool = True

    def values(self) -> dict[str, Any]:
        """Its words, for a row of a contribution."""
        return {
            "kind": self.kind,
            "title": self.title,
            "text": self.text,
            "topics": list(self.topics),
            "link": self.link,
        }


def from_words(words: str, known: Iterable[str], kind: str = "lesson", title: str = "") -> Draft:
    """What can be told from somebody's words alone: a title, and those of the ``known`` topics that they name."""
    text = words.strip()
    if len(text) > LONGEST_WORDS:
        text = text[: LONGEST_WORDS - 1] + "…"
    in_words = _as_words(text)
    named = {topic.casefold(): topic for topic in known if _as_words(topic).strip() and _as_words(topic) in in_words}
    return Draft(kind, (title or title_from(text))[:_LONGEST_TITLE], text, tuple(named.values()))


def _as_words(text: str) -> str:
    """The words alone, each between blanks, so that a topic is not found inside of another word."""
    return f" {' '.join(_WORD.findall(folded(text)))} "


def title_from(words: str) -> str:
    """The first sentence, or as much of it as a title holds. One that says too little ("Not yet.") goes on."""
    first = _SENTENCE.search(words.strip())
    says_enough = first is not None and len(first[0]) >= _SHORTEST_TITLE_FROM_WORDS
    return shortened(first[0] if first and says_enough else words, _LONGEST_TITLE_FROM_WORDS)


def of_row(one: Contribution) -> Draft:
    """A contribution as it stands."""
    return Draft(one.kind, one.title, one.text, tuple(one.topics), one.link, one.named)


def filled_in(values: Mapping[str, FormValue]) -> Draft:
    """What somebody sent."""
    text = str(values["text"])
    return Draft(
        kind=str(values["kind"]),
        title=str(values.get("title") or title_from(text)),
        text=text,
        topics=tuple(topics(str(values.get("topics") or ""))),
        link=str(values["link"]) if values.get("link") else None,
        named=values.get("named") != "no",
    )


def contribution_form(
    wording: Wording, draft: Draft, intro: Text, *, action: str, subject: str = "", own: bool = False
) -> Form:
    """The form with what is known already. Only the author (``own``) decides whether their name is shown."""
    label = wording.label
    fields: tuple[Field, ...] = (
        ChoiceField(name="kind", label=label(mark("Kind")), initial=draft.kind,
                    choices=tuple(Choice(kind, label(name)) for kind, name in KINDS.items())),
        TextField(name="title", label=label(mark("Title")), initial=draft.title or None, required=False,
                  max_length=_LONGEST_TITLE, hint=label(mark("Without one I take the first words."))),
        LongTextField(name="text", label=label(mark("What did you learn or want to share?")),
                      initial=draft.text or None, max_length=LONGEST_WORDS),
        TextField(name="topics", label=label(mark("Topics")), required=False, max_length=_LONGEST_TOPICS,
                  initial=shortened(", ".join(draft.topics), _LONGEST_TOPICS) or None,
                  hint=label(mark("Separate them with commas, for example: cold chain, training"))),
        TextField(name="link", label=label(mark("Link")), initial=draft.link, required=False,
                  max_length=_LONGEST_LINK),
    )  # fmt: skip
    choose = ChoiceField(name="named", label=label(mark("Show my name with it?")),
                         initial="yes" if draft.named else "no",
                         hint=label(mark("The facilitators see in any case who shared it.")),
                         choices=(Choice("yes", label(mark("Yes"))), Choice("no", label(mark("No")))))  # fmt: skip
    return Form(
        action=action,
        subject=subject,
        title=label(mark("Share something")),
        submit=label(mark("Save")),
        intro=intro,
        language=wording.language,
        fields=(*fields, choose) if own else fields,
    )
