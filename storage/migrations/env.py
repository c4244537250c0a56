"""Alembic's entry: runs on the connection that ``storage.schema`` or ``storage.new_migration`` hands over."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from storage.columns import Moment, RowId, SealedBytes, SealedJson, SealedText
from storage.tables import METADATA

# A migration tells what the tables were like on its day. It names no type of ours, which may change or go later.
PLAIN_TYPES = {
    Moment: "sa.BigInteger()",
    RowId: 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")',
    SealedBytes: "sa.LargeBinary()",
    SealedJson: "sa.LargeBinary()",
    SealedText: "sa.LargeBinary()",
    AutoString: "sa.String()",
}


def plain_type(kind: str, item: Any, _autogenerating: object) -> str | Literal[False]:
    """How a column's type is written in a new migration; False leaves that to Alembic."""
    return PLAIN_TYPES.get(type(item), False) if kind == "type" else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=plain_type,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
