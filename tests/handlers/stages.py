"""Which conversation is played where: all on the local page, and on Slack whatever is not about the page itself.

A module of conversations is played on Slack by one of its two routes, and one module of each capability by both.
"""

from __future__ import annotations

from collections.abc import Mapping

LOCAL, SOCKET, HTTP = "local", "slack-socket", "slack-http"

SLACK: Mapping[str, tuple[str, ...]] = {
    "welcome/test_texts.py": (SOCKET, HTTP),
    "test_welcome.py": (HTTP,),
    "welcome/test_first_posts.py": (SOCKET,),
    "welcome/test_journey.py": (HTTP,),
    "prompts/test_library.py": (SOCKET, HTTP),
    "prompts/test_answers.py": (SOCKET,),
    "prompts/test_drafts.py": (HTTP,),
    "prompts/test_posting.py": (HTTP,),
    "prompts/test_schedules.py": (SOCKET,),
    "prompts/test_silence.py": (HTTP,),
    "prompts/test_time.py": (SOCKET,),
    "questions/test_flow.py": (SOCKET, HTTP),
    "questions/test_by_reply.py": (SOCKET,),
    "questions/test_exchange.py": (HTTP,),
    "questions/test_experts.py": (SOCKET,),
    "questions/test_experts_who_ask.py": (HTTP,),
    "questions/test_privacy.py": (SOCKET,),
    "questions/test_refusals.py": (HTTP,),
    "questions/test_reminders.py": (SOCKET,),
    "questions/test_shortcuts.py": (HTTP,),
    "questions/test_topics.py": (SOCKET,),
    "contributions/test_review.py": (SOCKET, HTTP),
    "contributions/test_consent.py": (HTTP,),
    "contributions/test_export.py": (SOCKET,),
    "contributions/test_finding.py": (HTTP,),
    "contributions/test_forgotten.py": (SOCKET,),
    "contributions/test_own.py": (HTTP,),
    "contributions/test_saving.py": (SOCKET,),
    "contributions/test_takedown.py": (HTTP,),
    "health/test_conversation.py": (SOCKET, HTTP),
    "health/test_own_work.py": (HTTP,),
    "health/test_schedule.py": (SOCKET,),
    "test_labels.py": (SOCKET, HTTP),
}
"""The modules with the conversations of the five capabilities, and Slack's routes for each."""

_ONE_MENU = "the menu of a message is the same for everybody on Slack, as it stands in the app's manifest"
_CLOCKS = "about the clocks of a community, day by day, in which no platform has a part; its neighbours wait too"
_A_DATABASE = "about the other database, not about the platform"

ONLY_LOCAL: Mapping[str, str] = {
    "questions/test_shortcuts.py::test_who_is_no_expert_is_not_offered_to_save_an_answer": _ONE_MENU,
    "questions/test_reminders.py::test_nights_and_weekends_hold_reminders": _CLOCKS,
    "prompts/test_silence.py::test_how_many_days_is_a_setting_and_quiet_hours_hold": _CLOCKS,
    "prompts/test_time.py::test_a_schedule_keeps_to_the_wall_clock_when_clocks_change": _CLOCKS,
    "welcome/test_first_posts.py::test_nights_weekends_and_changed_clocks": _CLOCKS,
    "welcome/test_journey.py::test_nights_and_weekends_hold_it": _CLOCKS,
    "health/test_schedule.py::test_it_is_nine_o_clock_after_clocks_have_changed": _CLOCKS,
    "test_welcome.py::test_it_is_the_same_on_postgresql": _A_DATABASE,
}
"""Conversations of these modules that are played on the local page alone, and why."""


def stages_of(test: str) -> list[str]:
    """The stages of a conversation, given as ``module::name``; empty for a test that is none of the five's."""
    path, _, name = test.partition("::")
    module = path.removeprefix("tests/handlers/")
    if module not in SLACK:
        return []
    return [LOCAL] if f"{module}::{name}" in ONLY_LOCAL else [LOCAL, *SLACK[module]]
