"""Core messages and forms as the page shows them. Pure: no row is read, nothing is sent."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.core.forms import (
    ChoiceField,
    ConsentField,
    DateField,
    Field,
    Form,
    LongTextField,
    MultiChoiceField,
    PersonField,
    TextField,
)
from bot.core.messages import Button, Text
from bot.platforms.rich_text import Block, Code, Listing, Paragraph, Span, clean, parse

Json = dict[str, Any]

_FIELD_TYPES: dict[type[Field], str] = {
    TextField: "text",
    LongTextField: "long_text",
    ChoiceField: "choice",
    MultiChoiceField: "multi_choice",
    DateField: "date",
    PersonField: "person",
    ConsentField: "consent",
}


def content(text: Text) -> list[Json]:
    """A text as the page's blocks."""
    return [_block(block) for block in parse(text)]


def button(one: Button) -> Json:
    """A button with its opaque id, or with the message that it leads to."""
    if one.goes_to is None:
        return {"token": one.token, "label": one.label, "emphasis": one.emphasis.value}
    there = {"place": one.goes_to.conversation, "message": one.goes_to.id, "thread": one.goes_to.thread}
    return {"label": one.label, "emphasis": one.emphasis.value, "goes_to": there}


def form(one: Form) -> Json:
    """A form with its fields."""
    return {
        "title": one.title,
        "submit": one.submit,
        "intro": content(one.intro) if one.intro else [],
        "language": one.language,
        "fields": [_field(field) for field in one.fields],
    }


def words_of(blocks: list[Json]) -> str:
    """The words of a message without their look."""
    return "\n".join(_words(block) for block in blocks)


def _words(block: Json) -> str:
    if block["type"] == "code":
        return str(block["text"])
    lines = block["items"] if block["type"] == "list" else [block["children"]]
    return "\n".join("".join(span["text"] for span in line) for line in lines)


def _field(field: Field) -> Json:
    shown: Json = {
        "type": _FIELD_TYPES[type(field)],
        "name": field.name,
        "label": field.label,
        "hint": field.hint,
    }
    shown |= {"required": field.required, "initial": field.initial}
    if isinstance(field, TextField | LongTextField):
        shown["max_length"] = field.max_length
    if isinstance(field, ChoiceField | MultiChoiceField):
        shown["choices"] = [{"value": choice.value, "label": clean(choice.label)} for choice in field.choices]
    return shown


def _block(block: Block) -> Json:
    if isinstance(block, Code):
        return {"type": "code", "text": block.text}
    if isinstance(block, Listing):
        return {"type": "list", "items": [[_span(span) for span in item] for item in block.items]}
    kind = "paragraph" if isinstance(block, Paragraph) else "quote"
    return {"type": kind, "children": [_span(span) for span in block.spans]}


def _span(span: Span) -> Json:
    return {name: value for name, value in asdict(span).items() if value}
