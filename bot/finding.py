"""What one check of ``baraza doctor`` found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. ``advice`` is empty when all is well; ``hint`` is worth a look, and no trouble."""

    check: str
    fact: str
    advice: str = ""
    hint: str = ""

    @property
    def line(self) -> str:
        """The one line that is printed."""
        if self.advice:
            return f"{self.check}: {self.advice}"
        return f"{self.check}: {self.hint}" if self.hint else f"{self.check}: ok ({self.fact})"
