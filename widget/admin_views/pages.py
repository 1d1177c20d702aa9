"""Pages as moderators see them."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from widget import ids
from widget.admin_views.addresses import inbox_address, page_address, path_of
from widget.admin_views.words import closing, comments, date
from widget.moderation.page_list import OnePage, Pair, Preview
from widget.policy import closes_at, is_closed
from widget.store.page_list import Listed
from widget.store.sites import Site


class PageView(msgspec.Struct, frozen=True):
    id: str
    name: str  # its title, or else the path of its address, or else its key
    where: str  # its address, or else its key
    link: str  # to the page itself; "" where no address is known
    url: str  # its page here
    comments: str
    comments_url: str
    newest: str  # "" where it is not known
    newest_time: str
    state: str  # "closed", "part of another page" or ""


class PartView(msgspec.Struct, frozen=True):
    page: PageView
    comments: str
    split: str  # the button's value, "" where the log has nothing to undo


class PairView(msgspec.Struct, frozen=True):
    one: PageView
    other: PageView
    why: str
    merge_url: str
    apart: str  # the value of “Not the same”


class ClosingView(msgspec.Struct, frozen=True):
    """When a page closes by itself: what the form shows as chosen."""

    told: str
    chosen: str  # site, never or date
    date: str  # ISO 8601
    site: str  # what the site says


class PreviewView(msgspec.Struct, frozen=True):
    part: PageView
    whole: PageView | None
    to: str  # the address afterwards
    comments: str  # of both together
    do: str  # the button's value


def page_view(site: Site, page: Listed, now: int) -> PageView:
    identifier = ids.encode(page.id)
    newest = ids.time_of(page.newest) if page.newest else 0
    return PageView(
        id=identifier,
        name=page.title or path_of(page.url) or page.key,
        where=page.url or page.key,
        link=page.url,
        url=page_address(site.name, page.id),
        comments=comments(page.count),
        comments_url=inbox_address(tab="all", site=site.name, page=identifier),
        newest=date(newest) if newest else "",
        newest_time=ids.rfc3339(newest) if newest else "",
        state=_state(site, page, now),
    )


def _state(site: Site, page: Listed, now: int) -> str:
    if page.shown_as is not None:
        return "part of another page"
    return "closed" if is_closed(site, page, now) else ""


def closing_view(site: Site, page: Listed) -> ClosingView:
    chosen = "site" if page.closes_at is None else "date" if page.closes_at else "never"
    day = datetime.fromtimestamp(page.closes_at / 1000, UTC).date().isoformat() if page.closes_at else ""
    says = f"{site.close_after} days after the first comment" if site.close_after else "never"
    return ClosingView(f"It {closing(closes_at(site, page) or 0)}.", chosen, day, says)


def part_views(found: OnePage, now: int) -> list[PartView]:
    return [
        PartView(
            page_view(found.site, part.page, now),
            comments(part.comments),
            f"undo {found.site.name}.{part.batch}" if part.batch else "",
        )
        for part in found.parts
    ]


def pair_view(site: Site, pair: Pair, now: int) -> PairView:
    one, other = page_view(site, pair.one, now), page_view(site, pair.other, now)
    return PairView(one, other, pair.why, f"{other.url}/merge?into={one.id}", f"differ {site.name}.{one.id}.{other.id}")


def preview_view(preview: Preview, now: int) -> PreviewView:
    part = page_view(preview.site, preview.part, now)
    if preview.whole is None:
        assert preview.to is not None
        return PreviewView(part, None, preview.to.url, part.comments, f"move {preview.to.url}")
    whole = page_view(preview.site, preview.whole, now)
    together = comments(preview.part.count + preview.whole.count)
    return PreviewView(part, whole, whole.where, together, f"merge {whole.id}")
