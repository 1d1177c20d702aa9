"""Live: at which version of its page a comment changed, and became visible"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_COLUMNS = {"comments": ("changed", "appeared"), "pages": ("reset",)}


def upgrade() -> None:
    for table, names in _COLUMNS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sites", sa.Column("live", sa.Boolean(), server_default=sa.true(), nullable=False))
    where = sa.text("changed > 0")
    op.create_index(
        "ix_comments_changed", "comments", ["site_id", "page_id", "changed"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index("ix_comments_changed", "comments")
    for table, names in {**_COLUMNS, "sites": ("live",)}.items():
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
