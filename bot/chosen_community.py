"""Which community a command of the terminal is about."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.messages import mark
from storage import communities
from storage.communities import Community
from storage.database import Session

_NO_COMMUNITY = mark("There is no community yet. Start with `make run`, or with `baraza import slack-export FILE.zip`.")
_WHICH = mark("There are several communities. Choose one: {choices}")
_UNKNOWN = mark("There is no community called {name}. There is: {choices}")


async def chosen(session: Session, name: str | None) -> Community:
    """The community of this name; without one, the only community that isn't the sample. Raises Refusal."""
    everybody = await communities.all_communities(session)
    if not everybody:
        raise Refusal(_NO_COMMUNITY)
    names = ", ".join(one.name for one in everybody)
    if name is not None:
        found = await communities.named(session, name)
        if found is None:
            raise Refusal(_UNKNOWN, name=name, choices=names)
        return found
    own = [one for one in everybody if not one.is_sample] or everybody
    if len(own) > 1:
        raise Refusal(_WHICH, choices="--community " + ", --community ".join(f'"{one.name}"' for one in own))
    return own[0]
