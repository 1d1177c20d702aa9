"""What moderators did, and how the first of them comes in."""

from __future__ import annotations

import sqlalchemy as sa

from widget.models.columns import flag, id_column, integer, metadata, text

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

imports = sa.Table(  # files that owners gave to `/admin`, what was found in them, and what became of them
    "imports",
    metadata,
    id_column("site_id", key=True),
    id_column("id", key=True),
    id_column("person_id", null=True),  # who; null: somebody who was erased
    sa.Column("state", sa.String(9), nullable=False),  # looking, looked, importing, done, failed, stopped
    text("file_name"),  # as it was called there
    text("mappings", ""),  # OLD=NEW, a line each
    flag("any_host", False),
    integer("done"),  # comments gone through
    sa.Column("total", sa.Integer),  # null: not known yet
    text("report", ""),  # JSON (`transfer.working`)
    text("error", ""),  # a sentence
    sa.Column("told_at", sa.BigInteger, nullable=False, server_default="0"),  # by whoever is at work; 0: nobody is yet
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="SET NULL"),
    sa.Index("ix_imports_person", "person_id"),
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
