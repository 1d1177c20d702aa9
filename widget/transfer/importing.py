"""Writing an export into a site, in two passes over the file.

The first pass reads everything, so that a broken file stops before a byte is written, and learns who answers whom in
whatever order they come. The second writes, a batch in a transaction, under ids made from the source's own: what is
there already is left as it is, so an import that was interrupted, or is run again, goes on where it has to. Nothing
is sent to anybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from widget import ids
from widget.db import Database, Tx
from widget.errors import NotFound
from widget.events import PageChanged
from widget.store import comments, pages, people
from widget.store import sites as site_store
from widget.store.sites import Site
from widget.transfer.plan import Place, Plan, Report, make_plan
from widget.transfer.records import ImportedComment, Record

BATCH = 500
Progress = Callable[[int], None]  # called with the number of comments that were gone through since the last call
Read = Callable[[], Iterator[Record]]  # opens the file anew for each pass


async def import_records(
    db: Database,
    site_name: str,
    source_format: str,
    read: Read,
    *,
    any_host: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Import what `read` yields. Raises `ImportFailed` (the file) or `NotFound` (the site).

    `any_host` takes pages of hosts that are not the site's as they are; `dry_run` stops before anything is written.
    """
    site = await db.read(site_store.get_site, site_name)
    if site is None:
        raise NotFound(f"There is no site “{site_name}”; `palaver site list` shows all.", code="unknown_site")
    plan = await asyncio.to_thread(make_plan, site, source_format, read, any_host=any_host)
    if dry_run:
        return plan.report
    records = (record for record in read() if isinstance(record, ImportedComment))
    while batch := await asyncio.to_thread(lambda: list(islice(records, BATCH))):
        plan.report.imported += await db.write(_write, site, plan, batch)
        if progress is not None:
            progress(len(batch))
    for key in plan.page_ids:
        await db.write(_recount, site, plan.page_ids[key])
    plan.report.duplicates = len(plan.places) - plan.report.imported
    return plan.report


def _write(tx: Tx, site: Site, plan: Plan, batch: Sequence[ImportedComment]) -> int:
    """Write those of a batch that have a place and are not there yet; how many."""
    written = 0
    for record in batch:
        place = plan.places.get(record.source_id)
        if place is None or record.page_source_id != place.page_source_id:
            continue
        page_id = _page(tx, site, plan, place)
        person_id = _person(tx, site, record)
        written += _add(tx, site, record, place, page_id, person_id)
    return written


def _page(tx: Tx, site: Site, plan: Plan, place: Place) -> int:
    """The page's id; made by its first comment, and closed if it was closed."""
    planned = plan.pages[place.page_source_id]
    known = plan.page_ids.get(planned.key)
    if known is None:
        before = pages.get_page(tx, site.id, planned.key)
        begun = ids.time_of(plan.first_ids[place.page_source_id])
        page = before or pages.add_page(tx, site.id, planned.key, planned.url, planned.title, begun_at=begun)
        if before is None and planned.locked:
            pages.set_page(tx, site.id, page.id, locked=True)
        known = plan.page_ids[planned.key] = page.id
    return known


def _person(tx: Tx, site: Site, record: ImportedComment) -> int | None:
    """Somebody who may claim their comments one day; nobody, where the author was erased."""
    if record.status == "deleted":
        return None
    person_id = ids.hashed_id(ids.encode(site.id), record.author_name, record.author_email or "")
    people.add_person_as(
        tx, person_id, "imported", record.author_name, record.author_url or "", record.author_email or ""
    )
    return person_id


def _add(tx: Tx, site: Site, record: ImportedComment, place: Place, page_id: int, person_id: int | None) -> bool:
    values = {
        "page_id": page_id,
        "parent_id": place.parent_id,
        "person_id": person_id,
        "status": record.status,
        "text": record.text,
        "html": record.html,
        "likes": 0,
        "score": 0,
    }
    return comments.add_comment_as(tx, site.id, place.id, values, place.parent_path)


def _recount(tx: Tx, site: Site, page_id: int) -> None:
    """Set the page's count and every comment's number of replies to what the rows say; tell readers of a change."""
    page = pages.get_page_by_id(tx, site.id, page_id, lock=True)
    assert page is not None
    replies: dict[int, int] = {}
    rows = comments.list_paths(tx, site.id, page_id)
    approved = [row for row in rows if row.status == "approved"]
    for row in approved:
        for ancestor in comments.ids_in(row.path)[:-1]:
            replies[ancestor] = replies.get(ancestor, 0) + 1
    wrong = [row for row in rows if row.replies != replies.get(row.id, 0)]
    for row in wrong:
        comments.set_comment(tx, site.id, row.id, replies=replies.get(row.id, 0))
    if wrong or page.count != len(approved):
        version = pages.raise_version(tx, site.id, page_id, count=len(approved) - page.count)
        tx.events.append(PageChanged(site.name, page.key, version))
