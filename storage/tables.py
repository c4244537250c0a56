"""Every table, imported once, for the migrations and for whatever must look at all of them."""

from sqlmodel import SQLModel

from storage import (  # noqa: F401 - importing them declares their tables
    activity,
    attachments,
    buttons,
    communities,
    forms,
    imports,
    inbox,
    installation,
    invitations,
    members,
    outbox,
    schedules,
    tasks,
    welcomes,
)

METADATA = SQLModel.metadata
