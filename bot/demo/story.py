"""The plot: two weeks in the life of the sample community, scene by scene, each with the reason why it is told."""

from __future__ import annotations

from bot.demo.asking import a_hard_question, a_reminder, an_answer_for_everybody, some_talk
from bot.demo.caring import a_health_check, somebody_is_forgotten, what_is_kept
from bot.demo.cast import A_WEEK, FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, Scene
from bot.demo.newcomers import a_first_post, a_newcomer, a_week_here, another_newcomer, still_a_stranger
from bot.demo.prompting import a_weekly_question, after_a_silence, one_and_not_two, the_question_of_the_week
from bot.demo.sharing import a_thank_you, found_and_used, the_facilitators_day, worth_keeping

FIRST_WEEK = (
    Scene(
        MONDAY,
        "09:20",
        "A newcomer",
        "Nobody arrives unnoticed: Baraza greets who joins, in private, and introduces them if they wish.",
        a_newcomer,
    ),
    Scene(
        MONDAY,
        "11:00",
        "Colleagues help each other",
        "Baraza stays out of the way here. It only notes that an answer came, and how soon.",
        some_talk,
    ),
    Scene(
        MONDAY,
        "16:00",
        "An answer worth keeping",
        "Good advice sinks in the stream of messages. Anybody can have it kept, and only its author can say yes.",
        worth_keeping,
    ),
    Scene(
        TUESDAY,
        "08:00",
        "The facilitator's day",
        "Nobody has to go and look for what waits: one short message says it, and what to do first.",
        the_facilitators_day,
    ),
    Scene(
        TUESDAY,
        "09:00",
        "A question every week",
        "A community talks more when somebody asks. Tuesday is the day of the boats, so the question moves to Monday.",
        a_weekly_question,
    ),
    Scene(
        TUESDAY,
        "10:00",
        "A question that is hard to ask",
        "Asked confidentially, a question travels alone: its expert and even the facilitators never learn whose it is.",
        a_hard_question,
    ),
    Scene(
        TUESDAY,
        "12:00",
        "Another newcomer, on a busy day",
        "Most communities lose people here, without noticing: somebody says hello, and nobody is there.",
        another_newcomer,
    ),
    Scene(
        WEDNESDAY,
        "11:00",
        "A reminder, and an answer",
        "Experts are busy. Who has not answered within a day is asked again, kindly; no question is forgotten.",
        a_reminder,
    ),
    Scene(
        WEDNESDAY,
        "13:30",
        "A hello that nobody had seen",
        "Newcomers whose first words are answered come back more often. So facilitators hear of those that are not.",
        a_first_post,
    ),
    Scene(
        THURSDAY,
        "08:00",
        "One answer for everybody",
        "One person dared to ask; now all can learn from the answer, and who asked stays unknown.",
        an_answer_for_everybody,
    ),
    Scene(
        FRIDAY,
        "12:30",
        "Still a stranger",
        "Who has not told on the third day who they are is asked once more, and then left in peace.",
        still_a_stranger,
    ),
)

SECOND_WEEK = (
    Scene(
        A_WEEK + MONDAY,
        "09:05",
        "The question of the week",
        "It has come at nine by itself. People answer where they are used to talk, or with a button and two thumbs.",
        the_question_of_the_week,
    ),
    Scene(
        A_WEEK + MONDAY,
        "09:30",
        "A week here",
        "After a week Chloé knows some faces. Now she is shown where people talk about what she wants to learn.",
        a_week_here,
    ),
    Scene(
        A_WEEK + MONDAY,
        "14:00",
        "Found, and used",
        "What one of them learned last Monday is there when the next one needs it, and its author hears of that.",
        found_and_used,
    ),
    Scene(
        A_WEEK + TUESDAY,
        "09:00",
        "A thank-you",
        "Help is seldom seen. Who is thanked in front of everybody helps again, and others learn who can.",
        a_thank_you,
    ),
    Scene(
        A_WEEK + FRIDAY,
        "10:05",
        "Three days of silence",
        "A silence feeds itself: who looks in sees nothing new. So the next question does not wait until Monday.",
        after_a_silence,
    ),
    Scene(
        A_WEEK + FRIDAY,
        "14:00",
        "What do you know about me?",
        "Whoever is talked with has a right to know what is kept of it: everything, and at once.",
        what_is_kept,
    ),
)

AND_ANOTHER_MONDAY = (
    Scene(
        2 * A_WEEK + MONDAY,
        "08:10",
        "How is the community doing?",
        "Those who carry the community get five honest figures, read in a minute, each beside the month before.",
        a_health_check,
    ),
    Scene(
        2 * A_WEEK + MONDAY,
        "08:40",
        "Somebody leaves, and is forgotten",
        "Who goes can take everything along. What a community needs to know of itself are figures, and not names.",
        somebody_is_forgotten,
    ),
    Scene(
        2 * A_WEEK + MONDAY,
        "09:05",
        "One question, and not two",
        "The question of today was asked on Friday. Another one besides would only be noise.",
        one_and_not_two,
    ),
)

TWO_WEEKS = (*FIRST_WEEK, *SECOND_WEEK, *AND_ANOTHER_MONDAY)
