"""What changed on a page since a version of it, as those are told who have it open: rows to events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from widget import ids, policy
from widget.db import Tx
from widget.documents import FRAME, Document
from widget.html import Html
from widget.page_key import PageKey
from widget.pending import read_context
from widget.render import thread_view
from widget.store import pages, sites
from widget.store.changes import Change, list_changes
from widget.store.comments import Comment
from widget.store.pages import Page
from widget.store.sites import Site
from widget.threads import Thread
from widget.view_tree import flat_views

MOST = 100  # comments that are told at once; beyond it the thread is to be read anew


class State(NamedTuple):
    """What a reader has of a page."""

    version: int  # 0: a page without comments
    closed: bool  # to new comments


class News(NamedTuple):
    """What changed on a page after the version `since`, the last first; `now` is in Unix ms."""

    site: Site
    page: Page | None  # None: a page without comments
    since: int
    changes: list[Change]
    context: list[Comment]  # that the changed comments hang on
    now: int

    @property
    def state(self) -> State:
        return State(self.page.version if self.page else 0, policy.is_closed(self.site, self.page, self.now))

    @property
    def closes_at(self) -> int | None:
        """When it will be another though nothing is written; Unix ms."""
        return None if self.state.closed else policy.closes_at(self.site, self.page)


class Told(NamedTuple):
    """A changed comment as every reader is told of it."""

    changed: int  # the version of the page
    site: int  # and of the site
    shape: Mapping[str, object]


def read_news(tx: Tx, site_id: int, page_key: str, since: int) -> News | None:
    """None where nothing is told: of a site that is gone, or does not have it."""
    site = sites.get_site_by_id(tx, site_id)
    if site is None or not site.live:
        return None
    page = pages.get_page(tx, site.id, page_key)
    changes = list_changes(tx, site.id, page.id, max(since, page.reset), MOST + 1) if page else []
    return News(site, page, since, changes, read_context(tx, site, [change.comment for change in changes]), tx.now)


def tell(html: Html, news: News, known: Mapping[int, Told]) -> dict[int, Told]:
    """Each change by its comment's id; what is `known` already is not rendered again. Slow: for a thread."""
    site = news.site
    versions = {change.comment.id: (change.changed, site.version) for change in news.changes}
    told = {id_: known[id_] for id_, version in versions.items() if known.get(id_, ())[:2] == version}
    new = {change.comment.id: change for change in news.changes if change.comment.id not in told}
    if news.page is None or not new:
        return told
    hung = [*news.context, *(change.comment for change in news.changes)]  # new ones hang on known ones, too
    thread = Thread(news.page, sorted(hung, key=lambda row: row.path), None, {}, branch=True)
    view = thread_view(_document(site, news.page), thread, (), news.now)
    for shown in flat_views(view.comments):
        change = new.get(ids.decode(shown.id) or 0)
        if change is not None:
            comment = change.comment
            shape = {
                "id": shown.id,
                "root": ids.encode(comment.root_id),
                "appeared": change.appeared,
                "gone": comment.status != "approved" and not comment.replies,
                "html": html.fragment("item", comment=shown, thread=view),
            }
            told[comment.id] = Told(change.changed, site.version, shape)
    return told


def _document(site: Site, page: Page) -> Document:
    """Of nobody's address, sort or theme: addresses in what all are told lead to the page's own."""
    return Document(site, FRAME, PageKey(page.key, page.url), site.sort, site.lang, site.theme)


def event(news: News, told: Mapping[int, Told], since: int) -> bytes:
    """For those who have the version `since`, which is `news.since` or later: what changed, or `reset` where that is
    more than can be told, or where no version follows from theirs: they may have one from before a backup came back.
    """
    version, closed = news.state
    changes = [change for change in news.changes if change.changed > since]
    reset = since > version or (news.page is not None and since < news.page.reset) or len(changes) > MOST
    body: dict[str, object] = {"count": news.page.count if news.page else 0, "closed": closed}
    if not reset:
        changes.sort(key=lambda change: change.comment.path)  # whom one answers stands before it
        body["comments"] = [told[change.comment.id].shape for change in changes]
    kind = b"event: reset\n" if reset else b""
    return b"%bid: %d\ndata: %b\n\n" % (kind, version, msgspec.json.encode(body))
