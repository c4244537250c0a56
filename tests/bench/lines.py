"""How a measurement is printed."""

from __future__ import annotations

from dataclasses import dataclass

_FORMAT = "{:<62} {:>16} {:>16} {:>8}  {}"


@dataclass(frozen=True)
class Line:
    """One figure beside its floor, in the same unit. The ratio is figure / floor."""

    what: str
    figure: float
    floor: float | None
    unit: str
    goal: str = ""

    def __str__(self) -> str:
        ratio = f"{self.figure / self.floor:.2f}" if self.floor else ""
        return _FORMAT.format(self.what, self._shown(self.figure), self._shown(self.floor), ratio, self.goal)

    def _shown(self, value: float | None) -> str:
        if value is None:
            return ""
        digits = 0 if value >= 100 else 2
        return f"{value:,.{digits}f} {self.unit}"


def heading() -> str:
    """The first line."""
    return _FORMAT.format("measurement", "figure", "floor", "ratio", "goal")
