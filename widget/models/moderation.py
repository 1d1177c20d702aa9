"""What moderators did, and how the first of them comes in."""

from __future__ import annotations

import sqlalchemy as sa

from widget.models.columns import id_column, metadata, text

actions = sa.Table(  # lines are added and never changed
    "actions",
    metadata,
    id_column("site_id", key=True),
    id_column("id", key=True),
    id_column("batch_id"),  # one deed, also to many: the id of its first line
    id_column("person_id", null=True),  # who; null: the service itself, or somebody who was erased
    sa.Column("verb", sa.String(16), nullable=False),
    sa.Column("target", sa.String(8), nullable=False),  # comment, person, page
    id_column("target_id"),
    text("reason", ""),
    text("before", "{}"),  # JSON: the columns that changed, as they were
    text("after", "{}"),  # and as they became
    id_column("undoes", null=True),  # the line that this one takes back
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="SET NULL"),
    sa.Index("ix_actions_target", "site_id", "target", "target_id", "id"),
    sa.Index("ix_actions_batch", "site_id", "batch_id"),
    sa.Index("ix_actions_undoes", "site_id", "undoes"),
    sa.Index("ix_actions_person", "person_id"),
)

owner_links = sa.Table(  # each makes one person an owner, once
    "owner_links",
    metadata,
    sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)

appointments = sa.Table(  # a role for whoever signs in with that account; gone once it is given
    "appointments",
    metadata,
    id_column("id", key=True),
    sa.Column("provider", sa.String(40), nullable=False),
    sa.Column("account", sa.Text, nullable=False),  # the provider's id of the person, or a verified e-mail address
    sa.Column("role", sa.String(9), nullable=False),
    id_column("site_id", null=True),  # null: an owner, of all
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.Index("ix_appointments_account", "account"),
)
