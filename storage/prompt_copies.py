"""One prompt in several places: the messages besides the first, and where each of them ended up."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import SQLModel, col, select

from storage import outbox
from storage.activity import activity_key
from storage.columns import neutral, row_id
from storage.database import Session


class PromptCopy(SQLModel, table=True):
    """That a posted prompt stands in one more place. ``message_*`` as with the first one, in ``posted_prompt``."""

    __tablename__ = "prompt_copy"

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id", index=True)
    posted_id: int = neutral(foreign_key="posted_prompt.id", index=True)
    place_id: int = neutral(foreign_key="place.id", index=True)
    reference: str = neutral(default="")
    message_id: str | None = neutral(default=None)
    message_key: int | None = neutral(default=None, sa_type=BigInteger)


async def keep(session: Session, copy: PromptCopy) -> None:
    """A prompt stands in one more place."""
    session.add(copy)
    await session.flush()


async def of(session: Session, posted_id: int) -> list[PromptCopy]:
    """Where a prompt stands besides its first place."""
    statement = select(PromptCopy).where(PromptCopy.posted_id == posted_id).order_by(col(PromptCopy.id))
    return list((await session.exec(statement)).all())


async def address_of(session: Session, reference: str) -> tuple[str, int] | None:
    """The id of a message and its activity key; None as long as nobody knows that it arrived."""
    row = await outbox.by_reference(session, reference)
    if row is None or not row.sent:
        return None
    sent = row.sent
    return str(sent["id"]), activity_key(sent["platform"], sent["tenant"], sent["key"] or sent["id"])


async def learned(session: Session, copy: PromptCopy) -> tuple[str, int] | None:
    """The same of a copy; what was learned from the outbox before, it may have forgotten by now."""
    if copy.message_key is not None and copy.message_id is not None:
        return copy.message_id, copy.message_key
    return await address_of(session, copy.reference)


async def learn_addresses(session: Session, community_id: int) -> None:
    """Take over from the outbox where the copies of a community's prompts ended up."""
    unknown = select(PromptCopy).where(PromptCopy.community_id == community_id, col(PromptCopy.message_key).is_(None))
    for copy in (await session.exec(unknown)).all():
        found = await learned(session, copy)
        if found is not None:
            copy.message_id, copy.message_key = found
    await session.flush()
