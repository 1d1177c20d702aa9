"""The tables. Times are Unix milliseconds in UTC; ids are described in `ids.py`.

Every table of a site's content has `site_id` first in its primary key, so that PostgreSQL can be sharded by it.
People, identities, sessions and attempts are global.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str, *, key: bool = False, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=null, autoincrement=False)


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _int(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=str(default))


def _flag(name: str, default: bool) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.true() if default else sa.false())


sites = sa.Table(
    "sites",
    metadata,
    _id("id", key=True),
    sa.Column("name", sa.String(40), nullable=False, unique=True),
    _text("origins"),  # JSON list of normalised origins
    sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),  # rises with every setting
    # Settings: `sites.py` names, explains and checks them.
    _flag("guests", True),
    _text("guest_name", "required"),
    _text("guest_email", "required"),
    _text("guest_website", "optional"),
    _text("hold", "none"),
    _text("sort", "old"),
    _text("theme", "auto"),
    _text("lang", "en"),
    _int("visible_depth", 5),
    _int("edit_window", 900),
    _text("privacy_url", ""),
    _flag("keep_query", True),
    _flag("hash_routes", False),
    _flag("sso", False),
    _text("sso_url", ""),
    _int("sso_key", 1),  # the number in the derivation of the site's key: another number, another key
)

pages = sa.Table(
    "pages",
    metadata,
    _id("site_id", key=True),
    _id("id", key=True),
    _text("key"),
    _text("url"),
    _text("title", ""),
    _int("count"),  # approved comments
    _flag("locked", False),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),  # rises with every write
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.UniqueConstraint("site_id", "key"),
)

comments = sa.Table(
    "comments",
    metadata,
    _id("site_id", key=True),
    _id("id", key=True),
    _id("page_id"),
    _id("parent_id", null=True),
    _id("root_id"),  # its own id for a root
    sa.Column("path", sa.LargeBinary, nullable=False),  # 8 bytes big-endian for each ancestor and itself
    _int("depth"),  # 0 for a root
    _id("person_id", null=True),  # null once the author deleted it
    sa.Column("provider", sa.String(40), nullable=False, server_default=""),  # signed in with; "" for a guest
    sa.Column("status", sa.String(8), nullable=False),
    _text("text"),  # as written: Markdown, or the visible text of an imported comment
    _text("html"),  # made by text.py when written
    sa.Column("edited_at", sa.BigInteger),
    _int("likes"),
    _int("score"),
    _int("replies"),  # approved descendants at any depth: not 0 keeps a vanished comment's place
    sa.ForeignKeyConstraint(["site_id", "page_id"], ["pages.site_id", "pages.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="SET NULL"),
)

# What readers page through: approved comments, and the places kept by their replies.
_shown = sa.or_(comments.c.status == "approved", comments.c.replies > 0)
_roots = sa.and_(comments.c.parent_id.is_(None), _shown)
_replies = sa.and_(comments.c.parent_id.is_not(None), _shown)


def _partial(name: str, where: sa.ColumnElement[bool], *columns: str) -> sa.Index:
    chosen = [comments.c[column] for column in columns]
    return sa.Index(name, *chosen, sqlite_where=where, postgresql_where=where)


_partial("ix_comments_roots_by_time", _roots, "site_id", "page_id", "id")
_partial("ix_comments_roots_by_score", _roots, "site_id", "page_id", "score", "id")
_partial("ix_comments_replies", _replies, "site_id", "root_id", "path")
sa.Index("ix_comments_person", comments.c.person_id, comments.c.site_id, comments.c.id)

likes = sa.Table(
    "likes",
    metadata,
    _id("site_id", key=True),
    _id("comment_id", key=True),
    _id("person_id", key=True),
    _id("page_id"),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(["site_id", "comment_id"], ["comments.site_id", "comments.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    sa.Index("ix_likes_person", "person_id", "site_id", "page_id"),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    _id("site_id", key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("body_hash", sa.LargeBinary(32), nullable=False),
    _id("comment_id"),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.Index("ix_idempotency_keys_created_at", "created_at"),
)

people = sa.Table(
    "people",
    metadata,
    _id("id", key=True),
    sa.Column("kind", sa.String(8), nullable=False),  # member (signed in), guest, imported, erased (a name no more)
    _text("name"),
    _text("url", ""),
    _text("email", ""),  # never public
    _flag("renamed", False),  # chose the name themselves: what a provider says no longer changes it
    _text("look", ""),  # what the name looks like (names.look_of): equal for names that can be taken for each other
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
    _id("person_id"),
    _text("name", ""),  # as the provider says it; so are all below
    _text("email", ""),
    _flag("email_verified", False),  # and the provider's word on that counts
    _text("avatar", ""),  # an address
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("used_at", sa.BigInteger, nullable=False, server_default="0"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    sa.Index("ix_identities_person", "person_id"),
)

standings = sa.Table(  # what a person is on one site
    "standings",
    metadata,
    _id("site_id", key=True),
    _id("person_id", key=True),
    sa.Column("role", sa.String(9), nullable=False, server_default="reader"),  # reader, author, moderator, owner
    sa.Column("banned_until", sa.BigInteger, nullable=False, server_default="0"),
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    sa.Index("ix_standings_person", "person_id"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
    _id("person_id"),
    _id("site_id", null=True),  # null: first-party; else the frame session of that site
    sa.Column("provider", sa.String(40), nullable=False, server_default=""),  # "" for a guest
    sa.Column("parent_hash", sa.LargeBinary(32)),  # the first-party session that a frame session came from
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False, server_default="0"),  # exact to a day
    sa.Column("proved_at", sa.BigInteger, nullable=False, server_default="0"),  # the sign-in it came from
    _text("device", ""),  # what its owner knows it by: “Firefox on Linux”
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
    sa.Column("purpose", sa.String(7), nullable=False, server_default="comment"),  # comment, account, link
    _id("site_id", null=True),  # null: for the account page
    _text("page_url"),
    _text("page_id"),
    sa.Column("provider", sa.String(40), nullable=False),
    _text("server", ""),  # the origin that the person named, where the provider has many (Mastodon)
    sa.Column("status", sa.String(9), nullable=False),  # started, finished, redeemed, cancelled, failed
    sa.Column("reason", sa.String(20), nullable=False),  # why it failed: a key of auth.errors.SENTENCES
    sa.Column("state_hash", sa.LargeBinary(32), unique=True),  # null before the provider, and once used
    _text("nonce"),
    _text("verifier"),  # PKCE
    _text("answer", ""),  # of a provider that answers by a form of its own (Apple), until our GET reads it
    _id("person_id", null=True),
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
    _text("email"),
    sa.Column("code_hash", sa.LargeBinary(32), nullable=False),  # keyed: digits alone could be guessed from a hash
    sa.Column("link_hash", sa.LargeBinary(32), nullable=False, unique=True),
    _int("mails", 1),  # sent in this attempt
    _flag("undelivered", False),  # the mail server did not take the last one
    _int("tries"),  # wrong ones, of all codes of this attempt
    sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], ondelete="CASCADE"),
)

sso_tokens = sa.Table(  # tokens of a site's own accounts that were used; auth/sso.py
    "sso_tokens",
    metadata,
    _id("site_id", key=True),
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
    _text("scope"),
    sa.Column("created_at", sa.BigInteger, nullable=False),
)
