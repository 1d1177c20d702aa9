"""A thread that nobody wrote, to show how one looks with settings that are not saved yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from widget import ids
from widget.documents import FRAME, Document
from widget.errors import Invalid
from widget.page_key import PageKey
from widget.render import thread_view
from widget.sites import SETTINGS, parse_settings
from widget.store.comments import Comment
from widget.store.pages import Page
from widget.store.sites import Site
from widget.threads import NOBODY, Thread
from widget.views import ProviderView, ThreadView

HOUR = 3_600_000  # ms
LOOKS = tuple(setting.name for setting in SETTINGS if setting.group == "looks")
# (which it answers, the author, their role, likes, what they say), in the order of writing
_SAMPLE = (
    (None, "Ada Moss", "reader", 12, "<p>The crust was the best I ever had. How long did you let the dough rest?</p>"),
    (0, "Ned Bramble", "author", 5, "<p>A night in the cold, <em>at least</em> twelve hours.</p>"),
    (1, "Ada Moss", "reader", 1, "<p>That explains it. I gave it three.</p>"),
    (2, "Kit Larkin", "moderator", 0, "<p>Three is enough in summer.</p>"),
    (3, "Ada Moss", "reader", 0, "<p>It was March.</p>"),
    (4, "Kit Larkin", "moderator", 2, "<p>Then it was not.</p>"),
    (5, "Ada Moss", "reader", 0, "<p>So I noticed.</p>"),
    (None, "Olga Fern", "owner", 3, "<blockquote><p>let the dough rest</p></blockquote><p>And the baker, too.</p>"),
    (None, "Gwen Applegarth", "reader", 0, "<p>Baked it <strong>twice</strong> this week.</p>"),
)
_ORDERS = {
    "old": lambda root: root.id,
    "new": lambda root: -root.id,
    "best": lambda root: -root.score,
}


def preview_view(site: Site, typed: Mapping[str, str], providers: Sequence[ProviderView], now: int) -> ThreadView:
    """With the looks that were typed; what cannot be taken stays as it is saved."""
    changed = msgspec.structs.replace(site, **_readable(typed))
    page = Page(1, "url:preview", "", "", len(_SAMPLE), locked=False, closes_at=0, merged_into=None, version=1)
    document = Document(changed, FRAME, PageKey(page.key, page.url), changed.sort, changed.lang, changed.theme)
    thread = Thread(page, _sample(changed.sort, now), None, {})
    return thread_view(document, thread, providers, now, NOBODY)


def _readable(typed: Mapping[str, str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name in LOOKS:
        try:
            values |= parse_settings({name: typed[name]} if name in typed else {})
        except Invalid:
            continue
    return values


def _sample(sort: str, now: int) -> list[Comment]:
    """Roots in their order, then replies by path, as the store gives them."""
    made: list[Comment] = []
    for number, (parent, name, role, likes, html) in enumerate(_SAMPLE):
        identifier = ids.first_id(now - (len(_SAMPLE) - number) * HOUR)
        made.append(_comment(identifier, made[parent] if parent is not None else None, name, role, likes, html))
    roots = sorted((comment for comment in made if not comment.depth), key=_ORDERS[sort])
    return [*roots, *(comment for comment in made if comment.depth)]


def _comment(identifier: int, parent: Comment | None, name: str, role: str, likes: int, html: str) -> Comment:
    return Comment(
        id=identifier,
        page_id=1,
        merged_from=None,
        parent_id=parent.id if parent else None,
        root_id=parent.root_id if parent else identifier,
        path=(parent.path if parent else b"") + identifier.to_bytes(8, "big"),
        depth=parent.depth + 1 if parent else 0,
        person_id=1,
        provider="",
        status="approved",
        text="",
        html=html,
        edited_at=None,
        likes=likes,
        score=likes,
        replies=0,
        pinned_at=None,
        author_name=name,
        author_url="",
        author_role=role,
        author_avatar="",
    )
