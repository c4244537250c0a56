"""What Baraza says, in people's languages: gettext catalogues with Babel's numbers and dates.

English sentences are the keys. A ``.po`` file is read when its language is first needed.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from functools import cached_property
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from bot.core.messages import Text, Value

LOCALES = Path(__file__).parent / "locales"
DOMAIN = "baraza"


class Wording:
    """The words of one language."""

    def __init__(self, language: str, translations: NullTranslations) -> None:
        self.language = language
        self._translations = translations

    @cached_property
    def locale(self) -> Locale:
        """How numbers, dates and lists are written in this language."""
        return Locale.parse(self.language, sep="-" if "-" in self.language else "_")

    def say(self, key: str, /, **values: Value) -> Text:
        """A sentence for people; ``values`` fill its named places and are never parsed."""
        return Text(self._translations.gettext(key) if key else "", values)  # "" would give the catalogue's header

    def plural(self, one: str, many: str, count: int, /, **values: Value) -> Text:
        """A sentence that depends on a number, which fills ``{count}``."""
        chosen = self._translations.ngettext(one, many, count)
        return Text(chosen, {"count": self.number(count), **values})

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
        return format_date(moment, format="long", locale=self.locale)

    def short_day(self, moment: date | datetime) -> str:
        """A calendar day in few characters, such as 2 Mar."""
        return format_skeleton("MMMd", moment, locale=self.locale)

    def moment(self, moment: datetime, time_zone: str) -> str:
        """A date and time of day on the clocks of ``time_zone``."""
        local = moment.astimezone(ZoneInfo(time_zone))
        return format_datetime(local, format="EEEE d MMMM, HH:mm", locale=self.locale)

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
            self._wordings[language] = Wording(language, self._read(language))
        return self._wordings[language]

    def _read(self, language: str) -> NullTranslations:
        path = self._folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, domain=DOMAIN)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        return GNUTranslations(compiled)
