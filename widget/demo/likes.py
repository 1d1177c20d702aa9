"""Likes for the demo's comments, which the format of its export cannot carry."""

from __future__ import annotations

from widget.db import Tx
from widget.store import comments, likes, pages
from widget.store.comments import Comment
from widget.store.sites import get_site

_PATTERN = (3, 0, 2, 0, 0, 5, 1, 0, 2)  # how many like the first comment, the second …


def add_likes(tx: Tx, site_name: str) -> None:
    """Let the people of the site like each other's comments, always the same ones."""
    site = get_site(tx, site_name)
    assert site is not None
    approved = [comment for page in pages.list_pages(tx, site.id) for comment in _list_approved(tx, site.id, page.id)]
    authors = {(comment.author_name or "", comment.person_id) for comment in approved if comment.person_id is not None}
    readers = [person_id for _, person_id in sorted(authors)]
    for place, comment in enumerate(sorted(approved, key=lambda comment: comment.id)):
        others = [person for person in readers if person != comment.person_id]
        start = place % len(others)
        fans = (others[start:] + others[:start])[: _PATTERN[place % len(_PATTERN)]]
        added = sum(likes.add_like(tx, site.id, comment.page_id, comment.id, fan) for fan in fans)
        if added:
            likes.raise_likes(tx, site.id, comment.id, added, added)


def _list_approved(tx: Tx, site_id: int, page_id: int) -> list[Comment]:
    rows = comments.list_paths(tx, site_id, page_id)
    return comments.list_comments(tx, site_id, [row.id for row in rows if row.status == "approved"])
