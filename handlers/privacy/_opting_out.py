"""Not being counted: from now on, for a person, in all of their communities."""

from __future__ import annotations

from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Message, joined, mark
from bot.services import Services
from handlers.privacy._capability import AGAIN, STOP, capability, known
from storage import opting_out


@capability.command("optout", summary=mark("Have your activity recorded no more, or again"), for_strangers=True)
async def optout(_event: CommandUsed, services: Services) -> None:
    """Out; and for who is out already, back in."""
    if await opting_out.is_out(services.session, known(services).id):
        await _record_again(services)
    else:
        await _stop(services)


@capability.button(STOP, for_strangers=True)
async def stop(_event: ButtonPressed, services: Services) -> None:
    """Out; a second press says the same."""
    await _stop(services)


@capability.button(AGAIN, for_strangers=True)
async def again(_event: ButtonPressed, services: Services) -> None:
    """Back in; a second press says the same."""
    await _record_again(services)


async def _stop(services: Services) -> None:
    await opting_out.stop_recording(services.session, known(services).id, services.now())
    say, label = services.wording.say, services.wording.label
    text = joined(
        [
            say(
                mark(
                    "**From now on I don't record what you do**: what you write, your reactions and your coming and "
                    "going appear in no figure, in none of your communities. You stay a member: I still greet you, "
                    "and questions and answers still reach you."
                )
            ),
            say(mark("What I recorded before stays in the figures. /forgetme removes what leads from it to you.")),
        ]
    )
    await services.answer(Message(text, (Button(label(mark("Record my activity again")), AGAIN),)))


async def _record_again(services: Services) -> None:
    await opting_out.record_again(services.session, known(services).id)
    say, label = services.wording.say, services.wording.label
    text = say(mark("I record your activity again from now on. What you did in between is counted nowhere."))
    await services.answer(Message(text, (Button(label(mark("Stop recording my activity")), STOP),)))
