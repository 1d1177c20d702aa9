"""The tables. Times are Unix milliseconds in UTC; ids are described in `ids.py`.

Every table of a site's content has `site_id` first in its primary key, so that PostgreSQL can be sharded by it.
People, identities, sessions and attempts are global.
"""

from widget.models.columns import metadata
from widget.models.content import (
    NEXT_VERSION,
    VERSION,
    comments,
    has_status,
    idempotency_keys,
    is_shown,
    likes,
    page_differences,
    pages,
    site_aliases,
    sites,
)
from widget.models.moderation import actions, appointments, imports, owner_links
from widget.models.people import avatars, identities, people, standings
from widget.models.reports import reports
from widget.models.sign_in import attempts, clients, email_codes, sessions, sso_tokens
from widget.models.spam import spam_tokens

__all__ = [
    "NEXT_VERSION",
    "VERSION",
    "actions",
    "appointments",
    "attempts",
    "avatars",
    "clients",
    "comments",
    "email_codes",
    "has_status",
    "idempotency_keys",
    "identities",
    "imports",
    "is_shown",
    "likes",
    "metadata",
    "owner_links",
    "page_differences",
    "pages",
    "people",
    "reports",
    "sessions",
    "site_aliases",
    "sites",
    "spam_tokens",
    "sso_tokens",
    "standings",
]
