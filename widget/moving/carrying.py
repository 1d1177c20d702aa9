"""Carrying out a plan, in several deeds, each of which can be undone in the log.

Nobody else can write to SQLite while one is done, so a deed has few pages, and few comments unless one page has more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from widget.db import Database, Tx
from widget.events import PageChanged
from widget.moderation.merging import move_page
from widget.moving.planning import Move, Plan, Progress
from widget.site_verbs import get_site, set_columns
from widget.sites import check_origins
from widget.store import actions, pages
from widget.store.actions import Line
from widget.store.pages import Page
from widget.store.sites import Site

MOST_PAGES, MOST_COMMENTS = 100, 2_000  # of a deed
REASON = "palaver pages move"  # in the log, where nobody's name stands


async def carry_out(
    db: Database, site_name: str, plan: Plan, own_origin: str, progress: Progress | None = None
) -> list[Move]:
    """What was moved: all of a plan without conflicts, but for pages that were moved or merged otherwise meanwhile.

    Raises `NotFound`, and `Invalid` (the service's own origin is to be listed).
    """
    if plan.conflicts:
        return []
    if plan.origins:
        await db.write(_add_origins, site_name, plan.origins, own_origin)
    moved: list[Move] = []
    for chosen in _deeds(plan.moves):
        moved += await db.write(_carry, site_name, chosen)
        if progress:
            progress(len(chosen))
    return moved


def _deeds(moves: Sequence[Move]) -> Iterator[list[Move]]:
    deed, comments = list[Move](), 0
    for move in moves:
        if deed and (len(deed) == MOST_PAGES or comments + move.page.count > MOST_COMMENTS):
            yield deed
            deed, comments = [], 0
        deed.append(move)
        comments += move.page.count
    if deed:
        yield deed


def _add_origins(tx: Tx, site_name: str, origins: Sequence[str], own_origin: str) -> None:
    site = get_site(tx, site_name)
    set_columns(tx, site, {"origins": check_origins([*site.origins, *origins], own_origin)}, None)


def _carry(tx: Tx, site_name: str, moves: Sequence[Move]) -> list[Move]:
    site = get_site(tx, site_name)
    pages.lock_pages(tx, site.id, [move.page.id for move in moves])
    done: list[tuple[Move, Line]] = []
    for move in moves:
        page = pages.get_page_by_id(tx, site.id, move.page.id)
        if page is None or page.merged_into is not None:
            continue
        if move.keeps_key:
            line = _set_url(tx, site, page, move.to.url)
        else:
            there = pages.get_page(tx, site.id, move.to.key)
            if there is not None and there.id == page.id:
                continue
            line, _ = move_page(tx, site, page.id, move.to)
        done.append((move, line))
    if done:
        actions.add_actions(tx, site.id, None, [line for _, line in done], REASON)
    return [move for move, _ in done]


def _set_url(tx: Tx, site: Site, page: Page, url: str) -> Line:
    pages.set_page(tx, site.id, page.id, url=url)
    tx.events.append(PageChanged(site.name, page.key, pages.raise_version(tx, site.id, page.id)))
    return Line("move", "page", page.id, {"url": page.url}, {"url": url})
