"""The newest comments of a site, as other pages show them: who, where, when, and how it begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from widget import ids
from widget.api import LatestCommentOut, LatestOut, author_out
from widget.render import author_view, date_of
from widget.sites import badges_of
from widget.store.latest import Latest
from widget.store.sites import Site
from widget.text import visible_text
from widget.views import LatestCommentView

MAX_EXCERPT = 200  # characters


def latest_views(origin: str, site: Site, rows: Sequence[Latest]) -> list[LatestCommentView]:
    """`origin` is the service's own: where only the id of a page is known, its thread is there."""
    badges = badges_of(site)
    return [
        LatestCommentView(
            id=ids.encode(row.comment.id),
            url=_address(origin, site, row),
            title=row.page_title,
            author=author_view(row.comment, badges),
            excerpt=excerpt(visible_text(row.comment.html)),
            time=ids.rfc3339(row.comment.created_at),
            date=date_of(row.comment.created_at),
        )
        for row in rows
    ]


def latest_out(views: Sequence[LatestCommentView]) -> LatestOut:
    return LatestOut(
        [
            LatestCommentOut(
                view.id, view.url, view.title, author_out(view.author) if view.author else None, view.excerpt, view.time
            )
            for view in views
        ]
    )


def _address(origin: str, site: Site, row: Latest) -> str:
    name = ids.encode(row.comment.id)
    if row.page_url:
        return f"{row.page_url}#comment-{name}"
    query = urlencode({"id": row.page.removeprefix("id:"), "comment": name})
    return f"{origin}/thread/{site.name}?{query}#comment-{name}"


def excerpt(text: str) -> str:
    """How a text begins, on one line: at most `MAX_EXCERPT` characters, cut between words where it can be."""
    line = " ".join(text[: 4 * MAX_EXCERPT].split())
    if len(line) <= MAX_EXCERPT:
        return line
    kept = line[:MAX_EXCERPT]
    return re.sub(r"\s+\S*$", "", kept) + "…" if " " in kept else kept[:-1] + "…"
