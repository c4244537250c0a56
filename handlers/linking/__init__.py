"""One person, several accounts: linked with a code that is confirmed on the other side, and separated again."""

from handlers.linking import _asking, _codes, _parting, _where
from handlers.linking._capability import capability

__all__ = ["capability", "parts"]

parts = (_asking, _codes, _parting, _where)
"""The modules whose handlers hang on the capability once they are imported."""
