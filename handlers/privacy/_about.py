"""What is kept, for how long, and who sees what: one message, with the buttons for what a person can do about it."""

from __future__ import annotations

from bot.core.events import CommandUsed
from bot.core.messages import Button, Emphasis, Message, Text, Value, joined, mark, points
from bot.services import Services
from handlers.privacy._capability import AGAIN, FORGET_ME, MY_DATA, STOP, capability, known
from storage import opting_out


@capability.command(
    "privacy",
    summary=mark("What I keep about you, and what you can do about it"),
    title=mark("My data and privacy"),
    for_strangers=True,
)
async def privacy(_event: CommandUsed, services: Services) -> None:
    """What everybody may know."""
    out = await opting_out.is_out(services.session, known(services).id)
    say, label = services.wording.say, services.wording.label
    lines: list[Value] = [
        say(mark("**What you write in our places**: I keep the words for 7 days, to do my work. "
                 "After that I know only who wrote when and where.")),
        _activity(services),
        say(mark("**What you give me** (profile, questions, answers, contributions, thanks) stays until you say "
                 "otherwise.")),
        say(mark("**Who sees it**: everybody sees your profile and what you share. Facilitators also see figures of "
                 "all together, who is new, and which questions wait.")),
        say(mark("**Confidential questions**: no member, expert or facilitator sees who asked. "
                 "I forget it myself 30 days after the end.")),
    ]  # fmt: skip
    if out:
        lines.append(say(mark("**Your activity is not recorded**, as you asked.")))
    record = (
        Button(label(mark("Record my activity again")), AGAIN)
        if out
        else Button(label(mark("Stop recording my activity")), STOP)
    )
    buttons = (
        Button(label(mark("See my data")), MY_DATA, emphasis=Emphasis.PRIMARY),
        record,
        Button(label(mark("Forget me")), FORGET_ME, emphasis=Emphasis.DANGER),
    )
    title = say(mark("**Your data, in short**"))
    await services.answer(Message(joined([title, points(lines)]), buttons))


def _activity(services: Services) -> Text:
    """For how long it is known who wrote when."""
    months = services.known_community.keep_activity_months if services.known_community else 0
    if months == 0:
        return services.wording.say(mark("**That activity** counts in the figures as long as the community is here."))
    return services.wording.plural(
        "**That activity** counts in the figures and is removed after {count} month.",
        "**That activity** counts in the figures and is removed after {count} months.",
        months,
    )
