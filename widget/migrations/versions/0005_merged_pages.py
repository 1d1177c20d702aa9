"""Merged pages: where a page's comments are now, and which page they belong to"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=True)


def upgrade() -> None:
    op.add_column("pages", _id("merged_into"))
    op.add_column("pages", _id("shown_as"))
    op.add_column("comments", _id("merged_from"))
    where = sa.text("shown_as IS NOT NULL")
    op.create_index("ix_pages_shown_as", "pages", ["site_id", "shown_as"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_pages_shown_as", "pages")
    with op.batch_alter_table("comments") as comments:
        comments.drop_column("merged_from")
    with op.batch_alter_table("pages") as pages:
        pages.drop_column("shown_as")
        pages.drop_column("merged_into")
