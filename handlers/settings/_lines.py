"""What holds in a community now, one line for each thing that can be changed. Pure: no row is read here."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.messages import Message, Text, joined, mark
from bot.core.roles import Purpose
from bot.texts import Wording
from storage.communities import Community, CommunityPlace, names_of

PURPOSE_NAMES = {
    Purpose.MAIN: mark("main"),
    Purpose.STAKEHOLDERS: mark("stakeholders"),
    Purpose.EXPERTS: mark("experts"),
    Purpose.LISTENING: mark("just listening"),
}


def saved(wording: Wording, *now: Text) -> Message:
    """What is said after a change: what holds from now on."""
    return Message(joined([wording.say(mark("Saved. From now on:")), *now]))


def language_and_zone(wording: Wording, community: Community) -> Text:
    """Language and time zone."""
    return wording.say(
        mark("Language: {language}. Time zone: {zone}."),
        language=community.language,
        zone=community.time_zone,
    )


def quiet_hours(wording: Wording, community: Community) -> Text:
    """From when until when nobody is reminded of anything."""
    if community.quiet_from == community.quiet_until:
        return wording.say(mark("Quiet hours: none."))
    return wording.say(mark("Quiet hours: {start} to {end}."), start=community.quiet_from, end=community.quiet_until)


def weekend(wording: Wording, community: Community) -> Text:
    """The days on which nobody is reminded of anything."""
    names = wording.weekdays
    days = wording.listing([names[int(day)] for day in community.weekend])
    return wording.say(mark("Weekend: {days}."), days=days) if days else wording.say(mark("Weekend: none."))


def reminders(wording: Wording, community: Community) -> Text:
    """When a question that waits is brought to mind, and to whom."""
    return wording.say(
        mark(
            "A question that waits: after {remind} hours its expert is reminded, "
            "after {move} the next expert gets it, after {tell} the facilitators hear of it."
        ),
        remind=str(community.remind_after_hours),
        move=str(community.next_expert_after_hours),
        tell=str(community.facilitator_after_hours),
    )


def silence(wording: Wording, community: Community) -> Text:
    """When the next prompt comes early."""
    if community.silence_days == 0:
        return wording.say(mark("Prompts never come early."))
    return wording.plural(
        "The next prompt of a place comes early after {count} day of silence there.",
        "The next prompt of a place comes early after {count} days of silence there.",
        community.silence_days,
    )


def retention(wording: Wording, community: Community) -> Text:
    """How long it stays known who was active when."""
    if community.keep_activity_months == 0:
        return wording.say(mark("Activity is kept for ever."))
    return wording.plural(
        "Activity is kept for {count} month.",
        "Activity is kept for {count} months.",
        community.keep_activity_months,
    )


def published(wording: Wording, community: Community, places: Sequence[CommunityPlace]) -> Text:
    """Where answers that helped and prompts are posted."""
    main = [place for place in places if place.purpose == Purpose.MAIN.value]
    if not main:
        return wording.say(mark("Answers that helped and prompts go nowhere, as no place is a main one."))
    if community.all_main_places:
        key = mark("Answers that helped and prompts go to every main place: **#{places}**.")
        return wording.say(key, places=names_of(main))
    return wording.say(mark("Answers that helped and prompts go to **#{place}**."), place=main[0].name)


def place(wording: Wording, place: CommunityPlace) -> Text:
    """A place and what it is for."""
    purpose = wording.label(PURPOSE_NAMES[Purpose(place.purpose)])
    return wording.say(mark("#{place}: {purpose}"), place=place.name, purpose=purpose)
