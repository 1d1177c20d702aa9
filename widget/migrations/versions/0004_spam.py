"""Spam: what checks said of a comment, where it came from, what the classifier learned, and a site's own rules"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXES = {
    "spam_person_id": ("status = 'spam'", ["site_id", "person_id", "id"]),
    "spam_address_hash": ("status = 'spam'", ["site_id", "address_hash", "id"]),
    "address": ("address IS NOT NULL", ["site_id", "id"]),
    "text_hash": ("text_hash IS NOT NULL", ["site_id", "text_hash", "id"]),
}


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _number(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), server_default=str(default), nullable=False)


def _sites() -> list[sa.Column[Any]]:
    return [
        _number("trust_after", 1),
        _number("max_links", 2),
        _number("max_copies"),
        _number("min_seconds", 2),
        _text("words_hold"),
        _text("words_spam"),
        _text("words_reject"),
        _text("blocked"),
        _number("address_days", 30),
    ]


def _comments() -> list[sa.Column[Any]]:
    return [
        sa.Column("address", sa.String(length=50)),
        sa.Column("address_hash", sa.String(length=8)),
        sa.Column("text_hash", sa.BigInteger()),
        _text("verdicts"),
        sa.Column("learned", sa.String(length=4), server_default="", nullable=False),
    ]


def upgrade() -> None:
    for table, columns in (("sites", _sites()), ("comments", _comments())):
        for column in columns:
            op.add_column(table, column)
    for name, (condition, indexed) in INDEXES.items():
        where = sa.text(condition)
        op.create_index(f"ix_comments_{name}", "comments", indexed, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "spam_tokens",
        sa.Column("site_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        _number("spam"),
        _number("ham"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_spam_tokens_site_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("site_id", "token", name="pk_spam_tokens"),
    )


def downgrade() -> None:
    op.drop_table("spam_tokens")
    for name in INDEXES:
        op.drop_index(f"ix_comments_{name}", "comments")
    for table, columns in (("comments", _comments()), ("sites", _sites())):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column.name)
