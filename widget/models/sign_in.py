"""Sessions, and sign-ins under way."""

from __future__ import annotations

import sqlalchemy as sa

from widget.models.columns import flag, id_column, integer, metadata, text

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
    id_column("person_id"),
    id_column("site_id", null=True),  # null: first-party; else the frame session of that site
    sa.Column("provider", sa.String(40), nullable=False, server_default=""),  # "" for a guest
    sa.Column("parent_hash", sa.LargeBinary(32)),  # the first-party session that a frame session came from
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False, server_default="0"),  # exact to a day
    sa.Column("proved_at", sa.BigInteger, nullable=False, server_default="0"),  # the sign-in it came from
    text("device", ""),  # what its owner knows it by: “Firefox on Linux”
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.Index("ix_sessions_person", "person_id"),
    sa.Index("ix_sessions_expires_at", "expires_at"),
    sa.Index("ix_sessions_parent_hash", "parent_hash"),
)

attempts = sa.Table(  # one sign-in under way; auth/attempts.py
    "attempts",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),  # the window's id, random
    sa.Column("window_hash", sa.LargeBinary(32), nullable=False),  # of the window's cookie
    sa.Column("secret_hash", sa.LargeBinary(32), unique=True),  # of V; null without scripts
    sa.Column("purpose", sa.String(7), nullable=False, server_default="comment"),  # comment, account, admin, link
    id_column("site_id", null=True),  # null: for the account page
    text("page_url"),
    text("page_id"),
    sa.Column("provider", sa.String(40), nullable=False),
    text("server", ""),  # the origin that the person named, where the provider has many (Mastodon)
    sa.Column("status", sa.String(9), nullable=False),  # started, finished, redeemed, cancelled, failed
    sa.Column("reason", sa.String(20), nullable=False),  # why it failed: a key of auth.errors.SENTENCES
    sa.Column("state_hash", sa.LargeBinary(32), unique=True),  # null before the provider, and once used
    text("nonce"),
    text("verifier"),  # PKCE
    text("answer", ""),  # of a provider that answers by a form of its own (Apple), until our GET reads it
    id_column("person_id", null=True),
    sa.Column("session_hash", sa.LargeBinary(32)),  # the first-party session that finished it
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("finished_at", sa.BigInteger),
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    sa.Index("ix_attempts_created_at", "created_at"),
)

email_codes = sa.Table(  # the code on its way to an address; auth/email.py
    "email_codes",
    metadata,
    sa.Column("attempt_id", sa.String(16), primary_key=True),
    text("email"),
    sa.Column("code_hash", sa.LargeBinary(32), nullable=False),  # keyed: digits alone could be guessed from a hash
    sa.Column("link_hash", sa.LargeBinary(32), nullable=False, unique=True),
    integer("mails", 1),  # sent in this attempt
    flag("undelivered", False),  # the mail server did not take the last one
    integer("tries"),  # wrong ones, of all codes of this attempt
    sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], ondelete="CASCADE"),
)

sso_tokens = sa.Table(  # tokens of a site's own accounts that were used; auth/sso.py
    "sso_tokens",
    metadata,
    id_column("site_id", key=True),
    sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),  # of its `jti`
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.Index("ix_sso_tokens_expires_at", "expires_at"),
)

clients = sa.Table(  # how servers that people named know us (Mastodon)
    "clients",
    metadata,
    sa.Column("server", sa.Text, primary_key=True),  # its origin
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("client_secret", sa.LargeBinary, nullable=False),  # encrypted by the first secret key
    text("scope"),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)
