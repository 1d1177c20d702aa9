"""Imports: files that owners gave to the management page, and what became of them"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=nullable)


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def upgrade() -> None:
    op.create_table(
        "imports",
        _id("site_id"),
        _id("id"),
        _id("person_id", nullable=True),
        sa.Column("state", sa.String(length=9), nullable=False),
        _text("file_name", None),
        _text("mappings"),
        sa.Column("any_host", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        _text("report"),
        _text("error"),
        sa.Column("told_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_imports_site_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_imports_person_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("site_id", "id", name="pk_imports"),
    )
    op.create_index("ix_imports_person", "imports", ["person_id"])


def downgrade() -> None:
    op.drop_table("imports")
