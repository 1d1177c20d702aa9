"""Reports: what readers say against comments, and how many of them hold one"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _id(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _number(name: str, default: int) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=str(default), nullable=False)


def upgrade() -> None:
    op.add_column("sites", _number("reports_to_hide", 3))
    op.add_column("comments", _number("reports", 0))
    where = sa.text("reports > 0")
    op.create_index("ix_comments_reported", "comments", ["site_id", "id"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "reports",
        _id("site_id"),
        _id("comment_id"),
        sa.Column("reporter", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id", "comment_id"],
            ["comments.site_id", "comments.id"],
            name="fk_reports_site_id_comment_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("site_id", "comment_id", "reporter", name="pk_reports"),
    )


def downgrade() -> None:
    op.drop_table("reports")
    op.drop_index("ix_comments_reported", "comments")
    with op.batch_alter_table("comments") as comments:
        comments.drop_column("reports")
    with op.batch_alter_table("sites") as sites:
        sites.drop_column("reports_to_hide")
