"""What Baraza says, in people's languages: gettext catalogues with Babel's numbers and dates.

English sentences are the keys. A ``.po`` file is read when its language is first needed.
"""

from __future__ import annotations

import io
import unicodedata
from datetime import date, datetime
from functools import cache, cached_property
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from bot.core.messages import Text, Value, mark
from bot.core.rights import Rights

LOCALES = Path(__file__).parent / "locales"
DOMAIN = "baraza"
OWN_NAMES = {
    "ar": "العربية",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "pt": "Português",
    "sw": "Kiswahili",
}
"""The languages that people choose from, whether Baraza speaks them already or not, as each calls itself."""


def not_shown(wording: Wording, place: str, rights: Rights) -> Text | None:
    """What the bot is not shown in a place of this name, and what to do about it; None where it sees everything."""
    missing = [wording.label(one) for one in rights.missing()]
    if not missing:
        return None
    key = mark("In **#{place}** I don't see {what}. Make me an administrator of the group, and I do.")
    return wording.say(key, place=place, what=wording.listing(missing))


def own_name(code: str) -> str:
    """What a language calls itself, such as Français; the code where nobody knows it."""
    locale = _locale(code)
    return OWN_NAMES.get(code) or (locale.get_display_name() if locale else None) or code


def known_language(typed: str) -> str | None:
    """The code of the language that somebody means, such as ``fr`` or ``fr-CA``; None where it is no language.

    Codes of every language are understood, names (in English or its own) of those that people choose from.
    """
    word = unicodedata.normalize("NFKC", typed).strip().casefold()
    for code, name in OWN_NAMES.items():
        if word in (code, name.casefold(), _english_name(code).casefold()):
            return code
    locale = _locale(word) if word not in _NO_LANGUAGES else None
    return str(locale).replace("_", "-") if locale else None


_NO_LANGUAGES = ("root", "und")
"""Codes that stand for no language in particular."""


def _english_name(code: str) -> str:
    locale = _locale(code)
    return (locale.english_name if locale else None) or code


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code.replace("-", "_"))
    except (ValueError, TypeError, UnknownLocaleError):
        return None


class Wording:
    """The words of one language."""

    def __init__(self, language: str, translations: NullTranslations) -> None:
        self.language = language
        self._translations = translations

    @cached_property
    def locale(self) -> Locale:
        """How numbers, dates and lists are written in this language."""
        return Locale.parse(self.language, sep="-" if "-" in self.language else "_")

    @cached_property
    def _dates(self) -> Locale:
        """English of no country puts the day first, as ``moment`` does: its readers live all over the world."""
        return Locale("en", "GB") if self.language == "en" else self.locale

    def say(self, key: str, /, **values: Value) -> Text:
        """A sentence for people; ``values`` fill its named places and are never parsed."""
        return Text(self._translations.gettext(key) if key else "", values)  # "" would give the catalogue's header

    def plural(self, one: str, many: str, count: int, /, **values: Value) -> Text:
        """A sentence that depends on a number, which fills ``{count}``."""
        chosen = self._translations.ngettext(one, many, count)
        return Text(chosen, {"count": self.number(count), **values})

    def more(self, count: int) -> Text:
        """How many a list leaves out."""
        return self.plural("and {count} more", "and {count} more", count)

    def label(self, key: str, /, **values: str) -> str:
        """Plain words for a button, a field or a title."""
        return self.say(key, **values).plain()

    def number(self, value: float) -> str:
        """A number as it is written here, with at most one decimal."""
        return format_decimal(round(value, 1), locale=self.locale)

    def decimal(self, value: float) -> str:
        """A number between two whole ones, with two decimals."""
        return format_decimal(value, format="0.00", locale=self.locale)

    def percent(self, share: float) -> str:
        """A share (0.25) as whole percent."""
        return format_percent(share, locale=self.locale)

    def day(self, moment: date | datetime) -> str:
        """A calendar day in full words."""
        return format_date(moment, format="long", locale=self._dates)

    def short_day(self, moment: date | datetime) -> str:
        """A calendar day in few characters, such as 2 Mar."""
        return format_skeleton("MMMd", moment, locale=self._dates)

    def moment(self, moment: datetime, time_zone: str) -> str:
        """A date and time of day on the clocks of ``time_zone``."""
        local = moment.astimezone(ZoneInfo(time_zone))
        return format_datetime(local, format="EEEE d MMMM, HH:mm", locale=self.locale)

    @property
    def weekdays(self) -> list[str]:
        """The days of the week, Monday first."""
        return [str(self.locale.days["stand-alone"]["wide"][number]) for number in range(7)]

    def language_name(self, code: str) -> str:
        """What this language calls the language with this code; the code where it has no name for it."""
        known = _locale(code)
        return (known.get_display_name(self.locale) if known else None) or code

    def listing(self, words: list[str]) -> str:
        """Several words as one enumeration: a, b, and c."""
        return format_list(words, locale=self.locale) if words else ""


class Texts:
    """Every language that there is a catalogue for; another one is answered in the default language."""

    def __init__(self, default_language: str = "en", folder: Path = LOCALES) -> None:
        self._folder = folder
        self._wordings: dict[str, Wording] = {}
        self.default_language = default_language if default_language in self.languages else "en"

    @cached_property
    def languages(self) -> list[str]:
        """The codes of the languages that Baraza speaks."""
        return sorted(path.parent.parent.name for path in self._folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))

    def wording(self, *preferred: str | None) -> Wording:
        """The words of the first of ``preferred`` that Baraza speaks (``fr-CA`` is served by ``fr``)."""
        for code in preferred:
            for candidate in (code, code.replace("_", "-").split("-")[0]) if code else ():
                if candidate in self.languages:
                    return self._wording(candidate)
        return self._wording(self.default_language)

    def _wording(self, language: str) -> Wording:
        if language not in self._wordings:
            path = self._folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
            self._wordings[language] = Wording(language, _translations(path, language, path.stat().st_mtime_ns))
        return self._wordings[language]


@cache
def _translations(path: Path, language: str, _changed_at: int) -> NullTranslations:
    """A catalogue, read once for as long as its file is the same."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
