"""Writing an export into a site, in two passes over the file.

The first pass reads everything, so that a broken file stops before a byte is written, and learns who answers whom in
whatever order they come. The second writes, a batch in a transaction, under ids made from the source's own: what is
there already is left as it is, so an import that was interrupted, or is run again, goes on where it has to. Nothing
is sent to anybody.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from widget import ids
from widget.db import Database, Tx
from widget.errors import NotFound
from widget.events import PageChanged
from widget.former_accounts import person_id
from widget.retention import DAY
from widget.store import comments, pages, people, pins
from widget.store import sites as site_store
from widget.store.comments import NewComment
from widget.store.sites import Site
from widget.text import visible_text
from widget.threads import MOST_PINS
from widget.transfer.plan import Options, Place, Plan, PlannedPage, Progress
from widget.transfer.planning import make_plan
from widget.transfer.records import ImportedComment, Record
from widget.transfer.report import Report
from widget.written import address_hashes

BATCH = 500
Read = Callable[[], Iterator[Record]]  # opens the file anew for each pass


class Source(NamedTuple):
    """`secret_keys`: the first is the key of what is kept of addresses; without one nothing is kept of them."""

    format: str
    read: Read
    secret_keys: Sequence[str] = ()


class _Rendered(NamedTuple):
    record: ImportedComment
    place: Place
    html: str


async def import_records(
    db: Database,
    site_name: str,
    source: Source,
    options: Options = Options(),  # noqa: B008  (immutable)
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Import what the source yields. Raises `ImportFailed` (the file) or `NotFound` (the site).

    `dry_run` stops before anything is written.
    """
    site = await db.read(site_store.get_site, site_name)
    if site is None:
        raise NotFound(f"There is no site “{site_name}”; `palaver site list` shows all.", code="unknown_site")
    plan = await asyncio.to_thread(make_plan, site, source.format, source.read, options, db.now(), progress)
    if dry_run:
        placed = (plan.ids[number] for number in plan.placed())
        while chunk := list(islice(placed, BATCH)):
            plan.report.duplicates += len(await db.read(comments.list_taken, site.id, chunk))
        return plan.report
    total = sum(1 for _ in plan.placed())
    batches = _batches(plan, source.read())
    while batch := await asyncio.to_thread(next, batches, None):
        plan.report.imported += await db.write(_write, site, plan, batch, source.secret_keys)
        if progress is not None:
            progress(len(batch), total)
    for page_id in plan.page_ids.values():
        await db.write(recount, site, page_id)
    plan.report.duplicates = total - plan.report.imported
    return plan.report


def _batches(plan: Plan, records: Iterator[Record]) -> Iterator[list[_Rendered]]:
    """Rendering takes most of the time, and no transaction waits for it."""
    placed = (
        _Rendered(record, place, record.html)
        for record in records
        if isinstance(record, ImportedComment) and (place := plan.place(record)) is not None
    )
    while batch := list(islice(placed, BATCH)):
        yield batch


def _write(tx: Tx, site: Site, plan: Plan, batch: Sequence[_Rendered], secret_keys: Sequence[str]) -> int:
    """Write those of a batch that are not there yet; how many."""
    pages_by_key = {row.place.page.key: row.place.page for row in batch}
    page_ids = {key: _page_id(tx, site, plan, page) for key, page in pages_by_key.items()}
    taken = set(comments.list_taken(tx, site.id, [row.place.id for row in batch]))
    new = {row.place.id: row for row in reversed(batch) if row.place.id not in taken}  # of two in the file the first
    people.add_imported(tx, [_author(site, plan, row.record) for row in new.values() if row.record.status != "deleted"])
    pinned = _pinned(tx, site, plan, [(page_ids[row.place.page.key], row) for row in new.values()])
    rows = [
        NewComment(
            row.place.id,
            row.place.parent_path,
            {
                **_content(site, plan, row),
                **_whence(tx, site, row.record, secret_keys),
                "page_id": page_ids[row.place.page.key],
                "pinned_at": row.record.created_at if row.place.id in pinned else None,
            },
        )
        for row in new.values()
    ]
    comments.add_comments(tx, site.id, rows)
    return len(new)


def _page_id(tx: Tx, site: Site, plan: Plan, planned: PlannedPage) -> int:
    """Of the page, which is made by its first comment, and closed if it was closed."""
    known = plan.page_ids.get(planned.key)
    if known is None:
        before = pages.get_page(tx, site.id, planned.key)
        begun = ids.time_of(plan.first_ids[planned.key])
        page = before or pages.add_page(tx, site.id, planned.key, planned.url, planned.title, begun_at=begun)
        if before is None and planned.locked:
            pages.set_page(tx, site.id, page.id, locked=True)
        known = plan.page_ids[planned.key] = page.id
    return known


def _author(site: Site, plan: Plan, record: ImportedComment) -> people.ImportedAuthor:
    """Somebody who may claim their comments one day: an account of the old system, or a name and an address."""
    person = plan.people.get(record.author_source_id)
    if person is not None:
        name, email, url = person.name, person.email or "", person.url or ""
    else:
        name, email, url = record.author_name, record.author_email or "", record.author_url or ""
    if record.author_source_id:
        number = person_id(site.id, plan.report.format, record.author_source_id)
    else:
        number = ids.hashed_id(ids.encode(site.id), name, email)
    return people.ImportedAuthor(number, name, url, email)


def _pinned(tx: Tx, site: Site, plan: Plan, rows: Sequence[tuple[int, _Rendered]]) -> set[int]:
    """Ids of those that are pinned: each page, given by its id, has so many places and may have filled some."""
    free: dict[int, int] = {}
    chosen: set[int] = set()
    for page_id, row in rows:
        if row.record.source_id in plan.pinned:
            if page_id not in free:
                free[page_id] = MOST_PINS - len(pins.list_pins(tx, site.id, page_id))
            if free[page_id] > 0:
                free[page_id] -= 1
                chosen.add(row.place.id)
    return chosen


def _content(site: Site, plan: Plan, row: _Rendered) -> dict[str, Any]:
    """A comment whose author deleted it belongs to nobody."""
    record = row.record
    return {
        "parent_id": row.place.parent_id,
        "person_id": _author(site, plan, record).id if record.status != "deleted" else None,
        "status": record.status,
        "text": visible_text(row.html),
        "html": row.html,
        "edited_at": record.edited_at,
        "likes": record.likes,
        "score": record.score,
    }


def _whence(tx: Tx, site: Site, record: ImportedComment, secret_keys: Sequence[str]) -> dict[str, Any]:
    """What may be kept of the address it came from, as of any comment: itself for some days, a short hash for good."""
    young = site.address_days > 0 and record.created_at >= tx.now - site.address_days * DAY
    hashes = address_hashes(secret_keys, record.address)
    return {
        "address": record.address if young and record.address else None,
        "address_hash": hashes[0] if hashes else None,
    }


def recount(tx: Tx, site: Site, page_id: int) -> None:
    """Set the page's count and every comment's number of replies to what the rows say; tell readers of a change."""
    page = pages.get_page_by_id(tx, site.id, page_id, lock=True)
    assert page is not None
    replies: Counter[int] = Counter()
    rows = comments.list_paths(tx, site.id, page_id)
    approved = [row for row in rows if row.status == "approved"]
    for row in approved:
        replies.update(comments.ids_in(row.path)[:-1])
    more = {row.id: replies[row.id] - row.replies for row in rows if row.replies != replies[row.id]}
    comments.add_replies(tx, site.id, more)
    if more or page.count != len(approved):
        version = pages.raise_version(tx, site.id, page_id, count=len(approved) - page.count)
        tx.events.append(PageChanged(site.name, page.key, version))
