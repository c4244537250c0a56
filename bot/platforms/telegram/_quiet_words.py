"""People's words so that Telegram calls nobody and offers no command because of them.

Telegram looks for names and commands in every text and takes ``@ana`` for a mention, which rings at her phone, and
``/forgetme`` for a command, which a tap sends at once. An unseen character (U+200C) after the sign keeps both plain,
and copying the words keeps them readable. Addresses of pages stay as they are: they show where they lead, people share
them to be opened, and an unseen character inside would break every copy. Numbers and #words lead to a search alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.core.messages import Text, Value
from bot.core.readable import clean

UNSEEN = "\u200c"
_CALLS = re.compile(
    r"""
      (?<![\w@/:.-])https?://(?:[a-z0-9-]+\.)+[a-z]{2,24}(?::\d{1,5})?/[a-z0-9/@._~%+=&?\#-]*  # a page keeps its @
    | (?P<sign>(?<!\w)@(?=\w|\Z) | (?<![\w/<>])/(?=\Z|[a-z0-9_]+(?![\w/<>])))
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_OWN_CALL = re.compile(r"@(?=\{)")


def quiet(text: Text) -> Text:
    """The same text, with quiet values. Our own commands stay commands, also where a value names one."""
    values: Mapping[str, Value] = {
        name: quiet(value) if isinstance(value, Text) else quiet_words(value) for name, value in text.values.items()
    }
    return Text(_OWN_CALL.sub(f"@{UNSEEN}", text.markdown), values)


def quiet_words(words: str) -> str:
    """Words of a person. What nobody would see is taken out first: it might hide a name until it is gone."""
    return _CALLS.sub(lambda found: found[0] + UNSEEN if found["sign"] else found[0], clean(words))
