"""Sites, their pages and comments."""

from __future__ import annotations

import sqlalchemy as sa

from widget.models.columns import flag, id_column, integer, metadata, text

sites = sa.Table(
    "sites",
    metadata,
    id_column("id", key=True),
    sa.Column("name", sa.String(40), nullable=False, unique=True),
    text("origins"),  # JSON list of normalised origins
    sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),  # rises with every setting
    # Settings: `sites.py` names, explains and checks them.
    flag("guests", True),
    text("guest_name", "required"),
    text("guest_email", "required"),
    text("guest_website", "optional"),
    text("hold", "none"),
    integer("trust_after", 1),
    integer("max_links", 2),
    integer("max_copies", 0),
    integer("min_seconds", 2),
    text("words_hold", ""),  # lists have an entry on each line
    text("words_spam", ""),
    text("words_reject", ""),
    text("blocked", ""),
    integer("reports_to_hide", 3),
    integer("address_days", 30),
    text("sort", "old"),
    text("theme", "auto"),
    text("lang", "en"),
    integer("visible_depth", 5),
    integer("edit_window", 900),
    text("privacy_url", ""),
    flag("keep_query", True),
    flag("hash_routes", False),
    flag("sso", False),
    text("sso_url", ""),
    text("providers", ""),
    text("votes", "up"),
    integer("close_after"),
    text("proof_of_work", "off"),
    text("badge_author", "Author"),
    text("badge_moderator", "Moderator"),
    text("badge_owner", "Owner"),
    flag("live", True),
    integer("sso_key", 1),  # the number in the derivation of the site's key: another number, another key
)

site_aliases = sa.Table(  # names that a site had before: its tags lead to it still
    "site_aliases",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    id_column("site_id"),
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.Index("ix_site_aliases_site_id", "site_id"),
)

pages = sa.Table(
    "pages",
    metadata,
    id_column("site_id", key=True),
    id_column("id", key=True),
    text("key"),
    text("url"),
    text("title", ""),
    integer("count"),  # approved comments
    flag("locked", False),
    sa.Column("closes_at", sa.BigInteger),  # as a moderator chose; 0: never; null: as the site's `close_after` says
    id_column("merged_into", null=True),  # the page that a moderator made this one a part of
    id_column("shown_as", null=True),  # where that ends: the page that holds the comments now
    sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),  # rises with every write
    sa.Column("reset", sa.BigInteger, nullable=False, server_default="0"),  # the version before which all is to be read
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.UniqueConstraint("site_id", "key"),
)
_merged = pages.c.shown_as.is_not(None)
sa.Index("ix_pages_shown_as", pages.c.site_id, pages.c.shown_as, sqlite_where=_merged, postgresql_where=_merged)

page_differences = sa.Table(  # two that look like one page, of which a moderator said that they are not
    "page_differences",
    metadata,
    id_column("site_id", key=True),
    id_column("page_id", key=True),
    id_column("other_id", key=True),  # the higher of the two
    sa.ForeignKeyConstraint(["site_id", "page_id"], ["pages.site_id", "pages.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["site_id", "other_id"], ["pages.site_id", "pages.id"], ondelete="CASCADE"),
)

comments = sa.Table(
    "comments",
    metadata,
    id_column("site_id", key=True),
    id_column("id", key=True),
    id_column("page_id"),
    id_column("merged_from", null=True),  # the page that it belongs to when merged pages are split again
    id_column("parent_id", null=True),
    id_column("root_id"),  # its own id for a root
    sa.Column("path", sa.LargeBinary, nullable=False),  # 8 bytes big-endian for each ancestor and itself
    integer("depth"),  # 0 for a root
    id_column("person_id", null=True),  # null once the author deleted it
    sa.Column("provider", sa.String(40), nullable=False, server_default=""),  # signed in with; "" for a guest
    sa.Column("status", sa.String(8), nullable=False),
    text("text"),  # as written: Markdown, or the visible text of an imported comment
    text("html"),  # made by text.py when written
    sa.Column("edited_at", sa.BigInteger),
    integer("likes"),
    integer("score"),
    integer("reports"),  # since a moderator looked at it
    integer("replies"),  # approved descendants at any depth: not 0 keeps a vanished comment's place
    sa.Column("pinned_at", sa.BigInteger),  # a root that stands before all others; null: it does not
    sa.Column("address", sa.String(50)),  # it came from, as long as the site keeps that; null: not known, or no longer
    sa.Column("address_hash", sa.String(8)),  # keyed and short (`screening.address_hash`), for good
    sa.Column("text_hash", sa.BigInteger),  # of the words alone (`screening.text_hash`)
    text("verdicts", ""),  # JSON (`spam.verdicts`): what the checks said when it was last written
    sa.Column("learned", sa.String(4), nullable=False, server_default=""),  # by the classifier, as spam or ham
    # Versions of its page, for those who read it meanwhile (`store.changes`); 0: before anybody was told
    sa.Column("changed", sa.BigInteger, nullable=False, server_default="0"),  # at which it last looked different
    sa.Column("appeared", sa.BigInteger, nullable=False, server_default="0"),  # at which it last became visible
    sa.ForeignKeyConstraint(["site_id", "page_id"], ["pages.site_id", "pages.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="SET NULL"),
)


def has_status(status: str, source: sa.FromClause = comments) -> sa.ColumnElement[bool]:
    """Written into the statement, as the partial indexes say it. For a parameter PostgreSQL does not take them, and
    SQLite looks at its value and plans anew each time, which costs several times what most statements do.
    """
    return source.c.status == sa.literal_column(f"'{status}'")


def is_shown(source: sa.FromClause = comments) -> sa.ColumnElement[bool]:
    """What readers page through: approved comments, and the places kept by their replies."""
    return sa.or_(has_status("approved", source), source.c.replies > sa.literal_column("0"))


# For `comments.changed`, while the page's row is locked: its version where that was raised already, else the next
VERSION, NEXT_VERSION = (
    sa.select(version).where(pages.c.site_id == comments.c.site_id, pages.c.id == comments.c.page_id).scalar_subquery()
    for version in (pages.c.version, pages.c.version + 1)
)

_roots = sa.and_(comments.c.parent_id.is_(None), is_shown())
_replies = sa.and_(comments.c.parent_id.is_not(None), is_shown())


def _partial(name: str, where: sa.ColumnElement[bool], *columns: str) -> sa.Index:
    chosen = [comments.c[column] for column in columns]
    return sa.Index(name, *chosen, sqlite_where=where, postgresql_where=where)


_partial("ix_comments_roots_by_time", _roots, "site_id", "page_id", "id")
_partial("ix_comments_roots_by_score", _roots, "site_id", "page_id", "score", "id")
_partial("ix_comments_replies", _replies, "site_id", "root_id", "path")
_partial("ix_comments_pinned", comments.c.pinned_at.is_not(None), "site_id", "page_id")
_queue = {
    "pending": has_status("pending"),
    "spam": has_status("spam"),
    "reported": comments.c.reports > 0,
}
for _name, _where in _queue.items():
    _partial(f"ix_comments_{_name}", _where, "site_id", "id")
_partial("ix_comments_pending_of_page", _queue["pending"], "site_id", "page_id", "id")
for _name in ("person_id", "address_hash"):  # whose spam it was: an index of all comments costs every post an entry
    _partial(f"ix_comments_spam_{_name}", _queue["spam"], "site_id", _name, "id")
_partial("ix_comments_address", comments.c.address.is_not(None), "site_id", "id")
_partial("ix_comments_changed", comments.c.changed > 0, "site_id", "page_id", "changed")
_partial("ix_comments_text_hash", comments.c.text_hash.is_not(None), "site_id", "text_hash", "id")
sa.Index("ix_comments_page", comments.c.site_id, comments.c.page_id, comments.c.id)
sa.Index("ix_comments_person", comments.c.person_id, comments.c.site_id, comments.c.id)

likes = sa.Table(
    "likes",
    metadata,
    id_column("site_id", key=True),
    id_column("comment_id", key=True),
    id_column("person_id", key=True),
    id_column("page_id"),
    integer("value", 1),  # -1: a dislike
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(["site_id", "comment_id"], ["comments.site_id", "comments.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE"),
    sa.Index("ix_likes_person", "person_id", "site_id", "page_id"),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    id_column("site_id", key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("body_hash", sa.LargeBinary(32), nullable=False),
    id_column("comment_id"),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(["site_id"], ["sites.id"], ondelete="CASCADE"),
    sa.Index("ix_idempotency_keys_created_at", "created_at"),
)
