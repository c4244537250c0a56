"""What nobody needs any more goes, and what is about to be forgotten elsewhere is taken over."""

from __future__ import annotations

from bot.services import Services
from handlers.prompts._drafts import KEPT_FOR
from storage import prompt_drafts, prompt_schedules, prompts


async def tidy_up(services: Services) -> None:
    """Forget drafts and proposed schedules of a week ago; learn where prompts ended up, for their answers."""
    session, community_id = services.session, services.community.id
    await prompt_drafts.forget(session, community_id, services.now() - KEPT_FOR)
    await prompt_schedules.forget_proposals(session, community_id, services.now() - KEPT_FOR)
    await prompts.learn_addresses(session, community_id)
