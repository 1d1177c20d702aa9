"""What the classifier has learned."""

from __future__ import annotations

import sqlalchemy as sa

from widget.models.columns import id_column, integer, metadata

spam_tokens = sa.Table(  # in how many comments that moderators decided on; the token "" counts all of them
    "spam_tokens",
    metadata,
    id_column("site_id", key=True),
    sa.Column("token", sa.Text, primary_key=True),
    integer("spam"),
    integer("ham"),
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
)
