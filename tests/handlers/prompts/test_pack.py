"""The pack: forty prompts in eight kinds, no two alike, each short enough for a phone."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest

from handlers.prompts._pack import KINDS, OWN, PACK, PackPrompt
from handlers.prompts._similarity import alike, like_any, plain, telling_words

EIGHT = ["warm_up", "share_a_win", "what_went_wrong", "case_clinic", "how_do_you", "debate", "resource_swap",
         "look_back"]  # fmt: skip
WORDS = [one.words for one in PACK.values()]


def near_duplicates(pack: dict[str, str]) -> list[tuple[str, str]]:
    """The names of prompts that ask nearly the same."""
    return [(one, other) for one, other in combinations(pack, 2) if alike(pack[one], pack[other])]


def test_forty_prompts_five_of_each_of_eight_kinds() -> None:
    assert Counter(one.kind for one in PACK.values()) == dict.fromkeys(EIGHT, 5)
    assert list(KINDS) == [*EIGHT, OWN]
    assert list(PACK) == [one.name for one in PACK.values()]


def test_no_two_of_them_are_alike() -> None:
    assert near_duplicates({one.name: one.words for one in PACK.values()}) == []


@pytest.mark.parametrize(
    "again",
    [
        "Which plan fell apart on its very first day? What had you put in place by the evening?",
        "WHICH PLAN OF YOURS FELL APART ON ITS VERY FIRST DAY - what had you put in its place, by evening",
        "By evening, what had you put in the place of a plan that fell apart on the first day?",
        "A plan of mine fell apart by evening. Did one of yours?",
        "Do you have a checklist that you use until the paper falls apart? Please share it.",
        "How do you count people in a camp or a market where everybody is on the move?",
    ],
)
def test_a_near_duplicate_would_be_found(again: str) -> None:
    pack = {one.name: one.words for one in PACK.values()} | {"again": again}
    assert [pair[1] for pair in near_duplicates(pack)] == ["again"]


def test_what_only_shares_a_subject_is_not_alike() -> None:
    assert not like_any("Which vaccine do parents ask you about most, and how do you reply?", WORDS)
    assert not alike("Why?", "Who?")
    assert not alike("How?", "How many boxes fit on a truck?")


def test_words_are_compared_whatever_their_dress() -> None:
    assert plain("Ｗhat,  a DAY!") == "what a day"
    assert telling_words("What do you carry in your bag?") == {"carry"}
    assert alike("Что нового?", "что НОВОГО")


@pytest.mark.parametrize("one", PACK.values(), ids=lambda one: one.name)
def test_each_can_be_read_and_answered_on_a_phone(one: PackPrompt) -> None:
    assert 40 <= len(one.words) <= 160
    assert one.words.count("?") in (1, 2) or one.name in ("warm_up.greeting",) or one.words.endswith(".")
    assert not re.search(r"[*_`{}<>\[\]#|]", one.words), "nothing that a renderer could take for markup"
    assert one.about.split()


def test_none_speaks_in_jargon() -> None:
    jargon = re.compile(r"\b(leverage|stakeholders?|synerg\w+|capacity|beneficiar\w+|learnings|best practices?|M&E)\b")
    assert [words for words in WORDS if jargon.search(words)] == []
