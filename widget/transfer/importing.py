"""Writing an export into a site, in two passes over the file.

The first pass reads everything, so that a broken file stops before a byte is written, and learns who answers whom in
whatever order they come. The second writes, a batch in a transaction, under ids made from the source's own: what is
there already is left as it is, so an import that was interrupted, or is run again, goes on where it has to. Nothing
is sent to anybody.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, closing
from functools import partial
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from widget import ids
from widget.db import Database, Tx
from widget.errors import NotFound
from widget.events import PageChanged
from widget.former_accounts import person_id
from widget.retention import DAY
from widget.store import actions, comments, imports, pages, people, pins
from widget.store import sites as site_store
from widget.store.actions import Line
from widget.store.comments import NewComment
from widget.store.people import ImportedAuthor
from widget.store.scratch import ScratchPage
from widget.store.sites import Site
from widget.text import visible_text
from widget.threads import MOST_PINS
from widget.transfer.plan import Options, Place, Plan, Progress
from widget.transfer.planning import make_plan
from widget.transfer.records import ImportedComment, Record
from widget.transfer.report import Report
from widget.written import address_hashes

BATCH = 500
TURN = 0.001  # seconds
COUNTED = 5_000  # comments of which a unit of work counts the replies
Read = Callable[[], Iterator[Record]]  # opens the file anew for each pass

T = TypeVar("T")


class Source(NamedTuple):
    """`secret_keys`: the first is the key of what is kept of addresses; without one nothing is kept of them."""

    format: str
    read: Read
    secret_keys: Sequence[str] = ()


class _Ready(NamedTuple):
    """A comment that waits for its transaction, with all that costs time done; `page_id` and pins are still missing."""

    place: Place
    author: ImportedAuthor | None
    created_at: int
    values: dict[str, Any]


class _Batch(NamedTuple):
    rows: list[_Ready]
    pages: dict[int, ScratchPage]  # of the rows, by number


async def import_records(
    db: Database,
    site_name: str,
    source: Source,
    options: Options = Options(),  # noqa: B008  (immutable)
    *,
    by: int | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Import what the source yields. Raises `ImportFailed` (the file) or `NotFound` (the site).

    `by` is the person for the log; `dry_run` stops before anything is written.
    """
    site = await db.read(site_store.get_site, site_name)
    if site is None:
        raise NotFound(f"There is no site “{site_name}”; `palaver site list` shows all.", code="unknown_site")
    source = source._replace(read=partial(in_turns, source.read))
    plan = await asyncio.to_thread(make_plan, site, source.format, source.read, options, db.now(), progress)
    with closing(plan):
        if dry_run:
            plan.report.duplicates = await _count_taken(db, site, plan)
            return plan.report
        total, counted = sum(1 for _ in plan.placed()), False
        try:
            async with aclosing(_ahead(_batches(site, plan, source, db.now()))) as batches:
                async for batch in batches:
                    plan.report.imported += await db.write(_write, site, plan, batch)
                    if not counted:  # without it, all that is there is searched for each batch
                        await db.write(imports.analyze)
                        counted = True
                    if progress is not None:
                        progress(len(batch.rows), total)
        except Exception:  # what was written stays
            await _round_off(db, site, plan, by)
            raise
        await _round_off(db, site, plan, by)
        plan.report.duplicates = total - plan.report.imported
        return plan.report


async def _round_off(db: Database, site: Site, plan: Plan, by: int | None) -> None:
    await recount_pages(db, site, sorted(filter(None, plan.page_ids)))
    if plan.report.imported:
        await db.write(finish, site, plan.report, by)


def in_turns(read: Callable[[], Iterator[T]]) -> Iterator[T]:
    """A thread that computes keeps the interpreter for 5 ms while readers wait. This one lets go of it every
    millisecond, which halves what they wait. For each record would help them no more, and takes a tenth of the time.
    """
    until = time.perf_counter() + TURN
    for record in read():
        if time.perf_counter() > until:
            time.sleep(0)
            until = time.perf_counter() + TURN
        yield record


async def _count_taken(db: Database, site: Site, plan: Plan) -> int:
    placed, taken = (plan.ids[number] for number in plan.placed()), 0
    while chunk := list(islice(placed, BATCH)):
        taken += len(await db.read(comments.list_taken, site.id, chunk))
    return taken


async def _ahead(batches: Iterator[_Batch]) -> AsyncGenerator[_Batch]:
    """Makes the next batch in a thread while the last one is written."""
    following = asyncio.create_task(asyncio.to_thread(next, batches, None))
    try:
        while batch := await following:
            following = asyncio.create_task(asyncio.to_thread(next, batches, None))
            yield batch
    finally:  # the thread uses the plan, which is closed after this
        await asyncio.gather(following, return_exceptions=True)


def _batches(site: Site, plan: Plan, source: Source, now: int) -> Iterator[_Batch]:
    """Rendering takes most of the time, and no transaction waits for it."""
    placed = (
        _ready(site, plan, record, place, source.secret_keys, now)
        for record in source.read()
        if isinstance(record, ImportedComment) and (place := plan.place(record)) is not None
    )
    while rows := list(islice(placed, BATCH)):
        yield _Batch(rows, {page: plan.scratch.get_page(page) for page in {row.place.page for row in rows}})


def _ready(
    site: Site, plan: Plan, record: ImportedComment, place: Place, secret_keys: Sequence[str], now: int
) -> _Ready:
    """A comment whose author deleted it belongs to nobody. Of the address is kept what may be, as of any comment:
    itself for some days, a short hash for good.
    """
    author = _author(site, plan, record) if record.status != "deleted" else None
    young = site.address_days > 0 and record.created_at >= now - site.address_days * DAY
    hashes = address_hashes(secret_keys, record.address)
    html = record.html
    values = {
        "parent_id": place.parent_id,
        "person_id": author.id if author else None,
        "status": record.status,
        "text": visible_text(html),
        "html": html,
        "edited_at": record.edited_at,
        "likes": record.likes,
        "score": record.score,
        "address": record.address if young and record.address else None,
        "address_hash": hashes[0] if hashes else None,
    }
    return _Ready(place, author, record.created_at, values)


def _write(tx: Tx, site: Site, plan: Plan, batch: _Batch) -> int:
    """Write those of a batch that are not there yet; how many."""
    page_ids = {number: _page_id(tx, site, plan, number, page) for number, page in batch.pages.items()}
    taken = set(comments.list_taken(tx, site.id, [row.place.id for row in batch.rows]))
    new = {row.place.id: row for row in reversed(batch.rows) if row.place.id not in taken}  # of two the first
    people.add_imported(tx, [row.author for row in new.values() if row.author])
    pinned = _pinned(tx, site, [(page_ids[row.place.page], row.place) for row in new.values()])
    rows = [
        NewComment(
            row.place.id,
            row.place.parent_path,
            {
                **row.values,
                "page_id": page_ids[row.place.page],
                "pinned_at": row.created_at if row.place.id in pinned else None,
            },
        )
        for row in new.values()
    ]
    comments.add_comments(tx, site.id, rows)
    return len(new)


def _page_id(tx: Tx, site: Site, plan: Plan, number: int, planned: ScratchPage) -> int:
    """Of a page of the file, which is made by its first comment, and closed if it was closed."""
    thread = plan.threads[number]
    if not plan.page_ids[thread]:
        before = pages.get_page(tx, site.id, planned.key)
        begun = ids.time_of(plan.first_ids[thread])
        page = before or pages.add_page(tx, site.id, planned.key, planned.url, planned.title, begun_at=begun)
        if before is None and planned.locked:
            pages.set_page(tx, site.id, page.id, locked=True)
        plan.page_ids[thread] = page.id
    return plan.page_ids[thread]


def _author(site: Site, plan: Plan, record: ImportedComment) -> ImportedAuthor:
    """Somebody who may claim their comments one day: an account of the old system, or a name and an address."""
    account = record.author_source_id
    person = plan.scratch.get_person(account) if account else None
    if person is not None:
        name, email, url = person.name, person.email or "", person.url or ""
    else:
        name, email, url = record.author_name, record.author_email or "", record.author_url or ""
    if account:
        number = person_id(site.id, plan.report.format, account)
    else:
        number = ids.hashed_id(ids.encode(site.id), name, email)
    return ImportedAuthor(number, name, url, email)


def _pinned(tx: Tx, site: Site, places: Sequence[tuple[int, Place]]) -> set[int]:
    """Ids of those that are pinned: each page, given by its id, has so many places and may have filled some."""
    free: dict[int, int] = {}
    chosen: set[int] = set()
    for page_id, place in places:
        if place.pinned:
            if page_id not in free:
                free[page_id] = MOST_PINS - len(pins.list_pins(tx, site.id, page_id))
            if free[page_id] > 0:
                free[page_id] -= 1
                chosen.add(place.id)
    return chosen


async def recount_pages(db: Database, site: Site, page_ids: Sequence[int]) -> None:
    """Set the counts of pages, and the numbers of replies, to what the rows say; tell readers of changes. The ids come
    in their order, so that nobody who locks several waits for this, and this for them.
    """
    left, after = list(page_ids), -1
    while left:
        done, after = await db.write(_recount, site, left, after)
        del left[:done]


def _recount(tx: Tx, site: Site, page_ids: Sequence[int], after: int) -> tuple[int, int]:
    """As many pages as a unit of work should, from the comment behind `after` on: how many, and where to go on in the
    next one.
    """
    left = COUNTED
    for number, page_id in enumerate(page_ids):
        page = pages.get_page_by_id(tx, site.id, page_id, lock=True)
        assert page is not None
        seen, last, changed = imports.recount_replies(tx, site.id, page_id, after, left)
        more = imports.count_approved(tx, site.id, page_id) - page.count
        if changed or more:
            version = pages.raise_version(tx, site.id, page_id, count=more)
            pages.set_page(tx, site.id, page_id, reset=version)
            tx.events.append(PageChanged(site.name, page.key, version))
        left -= seen
        if not left:
            return number, last
        after = -1
    return len(page_ids), -1


def finish(tx: Tx, site: Site, report: Report, by: int | None) -> None:
    """Tell it in the log, and the database how much there is now."""
    line = Line("import", "site", site.id, {}, {"imported": report.imported, "format": report.format})
    actions.add_actions(tx, site.id, by, [line])
    imports.analyze(tx)
