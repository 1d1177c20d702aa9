"""People, who they are elsewhere, and what they are on a site."""

from __future__ import annotations

import sqlalchemy as sa

from widget.models.columns import flag, id_column, metadata, text

people = sa.Table(
    "people",
    metadata,
    id_column("id", key=True),
    sa.Column("kind", sa.String(8), nullable=False),  # member (signed in), guest, imported, erased (a name no more)
    text("name"),
    text("url", ""),
    text("email", ""),  # never public
    flag("renamed", False),  # chose the name themselves: what a provider says no longer changes it
    flag("owner", False),  # of the service: of every site, those to come too
    text("look", ""),  # what the name looks like (names.look_of): equal for names that can be taken for each other
    sa.Column("avatar", sa.String(32), nullable=False, server_default=""),  # of `avatars`; "": drawn from the name
    sa.Index("ix_people_look", "look"),
    sa.Index("ix_people_email", "email", "name", "id"),
)

avatars = sa.Table(  # pictures, made small and without anything else in them; named by content and owner
    "avatars",
    metadata,
    sa.Column("hash", sa.String(32), primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("provider", sa.String(40), nullable=False),
    id_column("person_id"),
    text("name", ""),  # as the provider says it; so are all below
    text("email", ""),
    flag("email_verified", False),  # and the provider's word on that counts
    text("avatar", ""),  # an address
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("used_at", sa.BigInteger, nullable=False, server_default="0"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    sa.Index("ix_identities_person", "person_id"),
)

standings = sa.Table(  # what a person is on one site
    "standings",
    metadata,
    id_column("site_id", key=True),
    id_column("person_id", key=True),
    sa.Column("role", sa.String(9), nullable=False, server_default="reader"),  # reader, author, moderator
    sa.Column("banned_until", sa.BigInteger, nullable=False, server_default="0"),
    text("ban_reason", ""),  # told to whom it concerns
    flag("shadowed", False),  # nobody else sees what they write, and nothing tells them
    flag("trusted", False),  # no check holds what they write
    text("note", ""),  # of moderators, for moderators
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    sa.Index("ix_standings_person", "person_id"),
)
