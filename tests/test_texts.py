"""Texts: every sentence is in the catalogues, and every language falls back on one that is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from bot.core.messages import Text
from bot.texts import LOCALES, Texts

ROOT = Path(__file__).parent.parent
KEYWORDS = {"mark": None, "plural": (1, 2)}
PLACE = re.compile(r"\{\w+\}")
ENGLISH = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
Key = str | tuple[str, ...]
FRENCH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Thank you, {name}."
msgstr "Merci, {name}."

msgid "{count} question"
msgid_plural "{count} questions"
msgstr[0] "{count} question posée"
msgstr[1] "{count} questions posées"

#, fuzzy
msgid "Begin"
msgstr "Fin"
"""


def sentences_in_the_code() -> Iterator[tuple[Key, str]]:
    """Every sentence that is marked in the code, and where."""
    for folder in ("bot", "handlers", "schedules", "storage"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for line, key, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
                yield _key(key), f"{path.relative_to(ROOT)}:{line}"


def catalogue(path: Path) -> set[Key]:
    with path.open("rb") as file:
        return {_key(message.id) for message in read_po(file) if message.id}


def _key(key: str | list[str] | tuple[str, ...]) -> Key:
    return key if isinstance(key, str) else tuple(key)


def _forms(words: str | list[str] | tuple[str, ...] | None) -> list[str]:
    """Singular and plural, or the one form there is."""
    return [words] if isinstance(words, str) else list(words or ())


@pytest.mark.parametrize("path", sorted(LOCALES.rglob("baraza.po*")), ids=lambda path: str(path.relative_to(LOCALES)))
def test_every_sentence_is_in_every_catalogue(path: Path) -> None:
    known = catalogue(path)
    missing = [f"{where}: {key}" for key, where in sentences_in_the_code() if key not in known]
    assert missing == [], "`make texts` collects them"


def test_the_catalogue_has_no_sentence_that_nobody_says() -> None:
    said = {key for key, _ in sentences_in_the_code()}
    assert catalogue(LOCALES / "baraza.pot") - said == set(), "`make texts` leaves them out"


def test_translations_keep_the_named_places_of_their_sentence() -> None:
    wrong = []
    for path in LOCALES.rglob("baraza.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                places = set(PLACE.findall(" ".join(_forms(message.id))))
                wrong += [one for one in _forms(message.string) if not set(PLACE.findall(one)) <= places]
    assert wrong == []


@pytest.fixture
def french(tmp_path: Path) -> Texts:
    """Baraza with English and French."""
    for language, content in (
        ("en", 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'),
        ("fr", FRENCH),
    ):
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "baraza.po").write_text(content, encoding="utf-8")
    return Texts("en", tmp_path)


def test_a_sentence_is_said_in_the_persons_language_with_values_beside_it(french: Texts) -> None:
    assert french.wording("fr").say("Thank you, {name}.", name="*Ana*") == Text("Merci, {name}.", {"name": "*Ana*"})
    assert french.wording("fr").label("Thank you, {name}.", name="Ana") == "Merci, Ana."


def test_what_is_not_translated_is_said_in_english(french: Texts) -> None:
    assert french.wording("fr").label("Welcome") == "Welcome"
    assert french.wording("fr").label("Begin") == "Begin"  # a translation that nobody has looked at yet
    assert french.wording("fr").label("") == ""


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en", 0, "0 questions"),
        ("en", 1, "1 question"),
        ("en", 2, "2 questions"),
        ("en", 12345, "12,345 questions"),
        ("fr", 0, "0 question posée"),
        ("fr", 1, "1 question posée"),
        ("fr", 2, "2 questions posées"),
        ("fr", 12345, "12\u202f345 questions posées"),
    ],
)
def test_plural_forms_follow_the_language(french: Texts, language: str, count: int, words: str) -> None:
    text = french.wording(language).plural("{count} question", "{count} questions", count)
    assert text.plain() == words


@pytest.mark.parametrize(
    ("preferred", "language"),
    [
        (("fr",), "fr"),
        (("fr-CA",), "fr"),
        (("fr_CA",), "fr"),
        (("de", "fr"), "fr"),
        ((None, None, "fr"), "fr"),
        (("tlh",), "en"),
        (("",), "en"),
        ((), "en"),
        (("../fr",), "en"),
    ],
)
def test_the_first_language_that_is_spoken_is_taken(
    french: Texts, preferred: tuple[str | None, ...], language: str
) -> None:
    assert french.wording(*preferred).language == language


def test_the_default_language_is_the_one_of_the_settings_where_it_is_spoken(french: Texts, tmp_path: Path) -> None:
    assert french.languages == ["en", "fr"]
    assert Texts("fr", tmp_path).wording("de").language == "fr"
    assert Texts("de", tmp_path).wording("es").language == "en"


def test_numbers_dates_and_lists_are_written_as_the_language_writes_them(french: Texts) -> None:
    english, other = french.wording("en"), french.wording("fr")
    assert (english.number(1234.56), other.number(1234.56)) == ("1,234.6", "1\u202f234,6")
    assert (english.percent(0.256), other.percent(0.256)) == ("26%", "26\u00a0%")
    assert (english.day(date(2026, 3, 2)), other.day(date(2026, 3, 2))) == ("2 March 2026", "2 mars 2026")
    moment = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert english.moment(moment, "Africa/Nairobi") == "Tuesday 3 March, 01:30"
    assert english.listing(["a", "b", "c"]) == "a, b, and c"
    assert other.listing(["a", "b", "c"]) == "a, b et c"
    assert english.listing([]) == ""
