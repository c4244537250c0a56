"""Which conversation is played where: all on the local page, and on Slack and Telegram what is not about the page.

A module of conversations is played on Slack by one of its two routes, and on Telegram in one kind of group, by polling
or by webhook; one module of each capability by both routes of Slack, and in all three kinds of groups. Private chats
are a part of all of them.
"""

from __future__ import annotations

from collections.abc import Mapping

LOCAL, SOCKET, HTTP = "local", "slack-socket", "slack-http"
SMALL, TOPIC, SUPER = "telegram-group-polling", "telegram-topic-polling", "telegram-supergroup-webhook"
TELEGRAM = (SMALL, TOPIC, SUPER)

STAGES: Mapping[str, tuple[str, ...]] = {
    "welcome/test_texts.py": (SOCKET, HTTP, SMALL, TOPIC, SUPER),
    "test_welcome.py": (HTTP, SMALL),
    "welcome/test_first_posts.py": (SOCKET, SUPER),
    "welcome/test_journey.py": (HTTP, TOPIC),
    "prompts/test_library.py": (SOCKET, HTTP, SMALL, TOPIC, SUPER),
    "prompts/test_answers.py": (SOCKET, TOPIC),
    "prompts/test_drafts.py": (HTTP, SUPER),
    "prompts/test_polls.py": (HTTP, SUPER),
    "prompts/test_posting.py": (HTTP, SMALL),
    "prompts/test_schedules.py": (SOCKET, TOPIC),
    "prompts/test_silence.py": (HTTP, SUPER),
    "prompts/test_time.py": (SOCKET, SMALL),
    "questions/test_flow.py": (SOCKET, HTTP, SMALL, TOPIC, SUPER),
    "questions/test_by_reply.py": (SOCKET, SUPER),
    "questions/test_exchange.py": (HTTP, TOPIC),
    "questions/test_experts.py": (SOCKET, SUPER),
    "questions/test_experts_who_ask.py": (HTTP, SMALL),
    "questions/test_privacy.py": (SOCKET, TOPIC),
    "questions/test_refusals.py": (HTTP, SUPER),
    "questions/test_reminders.py": (SOCKET, SMALL),
    "questions/test_shortcuts.py": (HTTP, TOPIC),
    "questions/test_topics.py": (SOCKET, SUPER),
    "contributions/test_review.py": (SOCKET, HTTP, SMALL, TOPIC, SUPER),
    "contributions/test_consent.py": (HTTP, SMALL),
    "contributions/test_export.py": (SOCKET, TOPIC),
    "contributions/test_finding.py": (HTTP, SUPER),
    "contributions/test_forgotten.py": (SOCKET, SMALL),
    "contributions/test_own.py": (HTTP, TOPIC),
    "contributions/test_saving.py": (SOCKET, SUPER),
    "contributions/test_takedown.py": (HTTP, SMALL),
    "health/test_conversation.py": (SOCKET, HTTP, SMALL, TOPIC, SUPER),
    "health/test_own_work.py": (HTTP, TOPIC),
    "health/test_schedule.py": (SOCKET, SUPER),
    "test_labels.py": (SOCKET, HTTP, SMALL, TOPIC, SUPER),
}
"""The modules with the conversations of the five capabilities, and where each is played besides the page."""

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

_ONE_FORM = "a private chat has one form open at a time there, and what is refused is said above its question"
_EMPTY = "nobody can send a message without words there, nor press what isn't offered"
_LONG = "nobody can send so long a message there"
_DELETED = "no bot hears there that a message was taken back"
_WORD_FOR_WORD = "compares all that somebody hears, to which the questions of a form belong there"

NOT_ON_TELEGRAM: Mapping[str, str] = {
    "questions/test_refusals.py::test_two_open_forms_for_one_answer_give_one_answer": _ONE_FORM,
    "questions/test_refusals.py::test_two_open_forms_for_asking_back_ask_once_and_two_replies_both_arrive": _ONE_FORM,
    "questions/test_refusals.py::test_a_form_that_was_open_when_the_question_moved_on": _WORD_FOR_WORD,
    "questions/test_refusals.py::test_a_form_that_was_open_when_the_answer_came": _WORD_FOR_WORD,
    "questions/test_refusals.py::test_an_empty_question_is_not_taken": _EMPTY,
    "questions/test_experts.py::test_whose_role_is_taken_can_do_nothing_with_the_question_they_had": _ONE_FORM,
    "questions/test_shortcuts.py::test_absurdly_many_words_are_cut_to_what_a_form_takes": _LONG,
    "questions/test_shortcuts.py::test_who_may_not_and_what_is_over_is_refused_in_a_sentence": _ONE_FORM,
    "contributions/test_consent.py::test_a_message_that_is_taken_back_is_not_asked_about_any_more": _DELETED,
    "contributions/test_finding.py::test_a_query_may_be_anything": _LONG,
    "contributions/test_saving.py::test_more_words_than_fit_are_refused_or_cut": _LONG,
    "contributions/test_saving.py::test_two_who_save_the_same_message_ask_its_author_once": "one emoji is for both",
    "contributions/test_takedown.py::test_what_is_taken_down_is_found_no_more_and_its_author_hears_why": _EMPTY,
    "contributions/test_takedown.py::test_a_facilitators_own_is_taken_down_without_a_word_to_anybody": _WORD_FOR_WORD,
    "prompts/test_answers.py::test_who_had_spoken_before_is_no_first_voice_and_what_was_taken_back_does_not_count": (
        _DELETED
    ),
    "test_welcome.py::test_a_form_without_a_name_is_sent_back_with_a_sentence": _EMPTY,
    "welcome/test_first_posts.py::test_what_was_answered_or_taken_back_while_it_waited_for_the_morning_is_not_shown": (
        _DELETED
    ),
    "welcome/test_journey.py::test_what_was_taken_back_is_not_shown_and_an_edit_is": _DELETED,
    "welcome/test_texts.py::test_too_long_a_text_is_refused_with_a_sentence_and_an_empty_one_too": _EMPTY,
}
"""Conversations that can't be had on Telegram, and why."""


def stages_of(test: str) -> list[str]:
    """The stages of a conversation, given as ``module::name``; empty for a test that is none of the five's."""
    path, _, name = test.partition("::")
    module = path.removeprefix("tests/handlers/")
    test = f"{module}::{name}"
    if module not in STAGES:
        return []
    if test in ONLY_LOCAL:
        return [LOCAL]
    return [LOCAL, *(stage for stage in STAGES[module] if stage not in TELEGRAM or test not in NOT_ON_TELEGRAM)]
