"""Every table, for the migrations and for whatever must look at all of them.

A table is known once its module has been imported, so every module of this package is: a new one needs no
entry in any list.
"""

from importlib import import_module
from pkgutil import iter_modules

from sqlmodel import SQLModel

import storage

for _found in iter_modules(storage.__path__):
    if not _found.ispkg:
        import_module(f"{storage.__name__}.{_found.name}")

METADATA = SQLModel.metadata
