"""What is said about contributions, to whom. Pure: texts and buttons, no row is read here."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.messages import Button, Emphasis, Message, Text, Value, joined, mark, points
from bot.texts import Wording
from storage.contributions import Contribution
from storage.contributions import ContributionState as State

WRITE, CHANGE, WITHDRAW = "contributions.write", "contributions.change", "contributions.withdraw"
WITHDRAW_LISTED = "contributions.withdraw_listed"
AGREE, AGREE_UNNAMED, REFUSE = "contributions.agree", "contributions.agree_unnamed", "contributions.refuse"
PUBLISH, EDIT, SET_ASIDE = "contributions.publish", "contributions.edit", "contributions.set_aside"
READ, USE, TAKE_DOWN = "contributions.read", "contributions.use", "contributions.take_down"

KINDS = {
    "lesson": mark("Lesson"),
    "practice": mark("Practice"),
    "resource": mark("Resource"),
    "story": mark("Story"),
}
STATE_NAMES = {
    State.REVIEW: mark("with the facilitators"),
    State.PUBLISHED: mark("published"),
    State.SET_ASIDE: mark("set aside"),
}
_LONGEST_IN_LIST = 80
_MOST_LISTED = 20


def quoted(words: str) -> Text:
    """Somebody's words as a quote."""
    return Text("> {words}", {"words": words})


def shortened(words: str, longest: int = _LONGEST_IN_LIST) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def body(wording: Wording, one: Contribution) -> list[Value]:
    """Its title, words, topics and link."""
    say = wording.say
    parts: list[Value] = [say(mark("**{title}**"), title=one.title), quoted(one.text)]
    if one.topics:
        parts.append(say(mark("Topics: {topics}"), topics=", ".join(one.topics)))
    if one.link:
        parts.append(say(mark("Link: {link}"), link=one.link))
    return parts


def request(wording: Wording, one: Contribution, saver: str) -> Message:
    """What its author is asked when somebody else saved it."""
    say, label, subject = wording.say, wording.label, str(one.id)
    head = say(mark("{name} would like to save something that you wrote, so that others here can find it:"), name=saver)
    ask = say(
        mark("Nobody else sees it before you say yes; then a facilitator has a look. Without an answer it stays out.")
    )
    buttons = (
        Button(label(mark("Yes, share")), AGREE, subject, Emphasis.PRIMARY),
        Button(label(mark("Yes, without my name")), AGREE_UNNAMED, subject),
        Button(label(mark("No, keep it out")), REFUSE, subject),
    )
    return Message(joined([head, *body(wording, one), ask]), buttons)


def own_buttons(wording: Wording, one: Contribution) -> tuple[Button, ...]:
    """What its author can do with it before it is published."""
    change = Button(wording.label(mark("Change it")), CHANGE, str(one.id))
    return (change, withdraw_button(wording, one))


def withdraw_button(wording: Wording, one: Contribution) -> Button:
    """Its author can take it back at any time."""
    return Button(wording.label(mark("Withdraw")), WITHDRAW, str(one.id))


def review_card(wording: Wording, one: Contribution, author: str) -> Message:
    """A contribution as facilitators get it."""
    say, label, subject = wording.say, wording.label, f"{one.id}:{one.revision}"
    key = (
        mark("**{code}** ({kind}) by {name}: shall everybody here find it?")
        if one.named
        else mark("**{code}** ({kind}) by {name}, to be shown without the name: shall everybody here find it?")
    )
    head = say(key, code=one.code, kind=label(KINDS[one.kind]), name=author)
    buttons = (
        Button(label(mark("Publish it")), PUBLISH, subject, Emphasis.PRIMARY),
        Button(label(mark("Edit it")), EDIT, subject),
        Button(label(mark("Not now")), SET_ASIDE, subject),
    )
    return Message(joined([head, *body(wording, one)]), buttons)


def listing(wording: Wording, own: Sequence[Contribution]) -> Message:
    """A member's own contributions, the newest each with a button to take it back."""
    say, label = wording.say, wording.label
    if not own:
        return Message(say(mark("You have shared nothing here yet. What did you learn lately? Tell it with /log.")))
    lines = [listed(wording, one) for one in own[:_MOST_LISTED]]
    parts: list[Value] = [say(mark("**What you have shared**")), points(lines)]
    if older := len(own) - len(lines):
        parts.append(
            wording.plural(
                "{count} older one is not listed. Take it back by its code: /log withdraw {code}",
                "{count} older ones are not listed. Take one back by its code, for example: /log withdraw {code}",
                older,
                code=own[-1].code,
            )
        )
    buttons = [
        Button(label(mark("Withdraw {code}"), code=one.code), WITHDRAW_LISTED, str(one.id))
        for one in own[:_MOST_LISTED]
    ]
    return Message(joined(parts), tuple(buttons))


def listed(wording: Wording, one: Contribution) -> Text:
    """A contribution of one's own in a list."""
    return wording.say(
        mark("**{code}** {title}: {state}"),
        code=one.code,
        title=shortened(one.title),
        state=wording.label(STATE_NAMES[State(one.state)]),
    )
