"""Contributions: what members learned is saved with their consent, reviewed, found and used."""

from handlers.contributions import _consent, _exporting, _finding, _home, _inline, _own, _review, _saving, _takedown
from handlers.contributions._capability import capability
from handlers.contributions._exporting import FORMATS, exported

__all__ = ["FORMATS", "capability", "exported", "parts"]

parts = (_consent, _exporting, _finding, _home, _inline, _own, _review, _saving, _takedown)
"""The modules whose handlers hang on the capability once they are imported."""
