"""What readers say against comments."""

from __future__ import annotations

import sqlalchemy as sa

from widget.models.columns import id_column, metadata, text

reports = sa.Table(
    "reports",
    metadata,
    id_column("site_id", key=True),
    id_column("comment_id", key=True),
    sa.Column("reporter", sa.String(32), primary_key=True),  # a keyed hash of who, or else of the address
    sa.Column("reason", sa.String(12), nullable=False),
    text("note", ""),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(["site_id", "comment_id"], ["comments.site_id", "comments.id"], ondelete="CASCADE"),
)
