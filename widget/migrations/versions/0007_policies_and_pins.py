"""Policies and pins: who may post and vote, when pages close, pinned comments, former names of sites, staff to come"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=nullable)


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _number(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=str(default), nullable=False)


def _columns() -> dict[str, list[sa.Column[Any]]]:
    return {
        "sites": [
            _text("providers"),
            _text("votes", "up"),
            _number("close_after"),
            _text("proof_of_work", "off"),
            _text("badge_author", "Author"),
            _text("badge_moderator", "Moderator"),
            _text("badge_owner", "Owner"),
        ],
        "pages": [sa.Column("closes_at", sa.BigInteger(), nullable=True)],
        "comments": [sa.Column("pinned_at", sa.BigInteger(), nullable=True)],
        "likes": [_number("value", 1)],
    }


def _indexes() -> list[tuple[str, list[str], str]]:
    """Of comments: name, columns, condition."""
    return [
        ("ix_comments_pinned", ["site_id", "page_id"], "pinned_at IS NOT NULL"),
        ("ix_comments_pending_of_page", ["site_id", "page_id", "id"], "status = 'pending'"),
    ]


def upgrade() -> None:
    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    for name, indexed, condition in _indexes():
        where = sa.text(condition)
        op.create_index(name, "comments", indexed, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "site_aliases",
        sa.Column("name", sa.String(length=40), nullable=False),
        _id("site_id"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_site_aliases_site_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("name", name="pk_site_aliases"),
    )
    op.create_index("ix_site_aliases_site_id", "site_aliases", ["site_id"])
    op.create_table(
        "page_differences",
        _id("site_id"),
        _id("page_id"),
        _id("other_id"),
        *(
            sa.ForeignKeyConstraint(
                ["site_id", column],
                ["pages.site_id", "pages.id"],
                name=f"fk_page_differences_site_id_{column}",
                ondelete="CASCADE",
            )
            for column in ("page_id", "other_id")
        ),
        sa.PrimaryKeyConstraint("site_id", "page_id", "other_id", name="pk_page_differences"),
    )
    op.create_table(
        "appointments",
        _id("id"),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=9), nullable=False),
        _id("site_id", nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_appointments_site_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_appointments"),
    )
    op.create_index("ix_appointments_account", "appointments", ["account"])


def downgrade() -> None:
    for table in ("appointments", "page_differences", "site_aliases"):
        op.drop_table(table)
    for name, _, _ in _indexes():
        op.drop_index(name, "comments")
    for table, columns in _columns().items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column.name)
