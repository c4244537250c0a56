"""Privacy: what is kept about people, and what each of them can do about it."""

from handlers.privacy import _about, _forgetting, _mentions, _mydata, _opting_out
from handlers.privacy._capability import capability

__all__ = ["capability", "parts"]

parts = (_about, _forgetting, _mentions, _mydata, _opting_out)
"""The modules whose handlers hang on the capability once they are imported."""
