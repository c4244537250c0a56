"""What a person may be in a community. Roles hang on the person, never on a name."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The roles of design and documents; everybody in a community is a member besides."""

    MEMBER = "member"
    EXPERT = "expert"
    FACILITATOR = "facilitator"
    STAKEHOLDER = "stakeholder"


class Purpose(StrEnum):
    """What a place is for in its community."""

    MAIN = "main"
    STAKEHOLDERS = "stakeholders"
    EXPERTS = "experts"
    LISTENING = "listening"
