"""Writing an export of ours into the site that it came from, which is made unless it is there.

Everything comes as it was, under the same ids, in two passes: the first reads it all, so that a broken file stops
before a byte is written; the second writes a batch in a transaction, and leaves alone what is there, so an import that
was interrupted goes on where it has to. The file is believed about who wrote what and who moderates the site, and about
nothing beyond: it makes nobody an owner, and says of no address that it was verified.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby, islice
from typing import Any, NamedTuple

from widget import ids
from widget.db import Database, Tx
from widget.retention import DAY
from widget.site_verbs import make_site
from widget.sites import check_name
from widget.spam.bayes import tokens_of
from widget.store import comments
from widget.store import rebuilding as store
from widget.store import sites as site_store
from widget.store import spam as spam_store
from widget.store.comments import NewComment
from widget.store.imports import analyze
from widget.store.sites import Site
from widget.store.spam import ALL, Seen
from widget.transfer import lines, rows
from widget.transfer.importing import BATCH, finish, in_turns, recount_pages
from widget.transfer.lines import CommentLine, SiteLine
from widget.transfer.plan import Options, Progress
from widget.transfer.records import ImportFailed
from widget.transfer.report import Report
from widget.transfer.rows import Row
from widget.transfer.surveying import Read, Survey, survey
from widget.written import address_hashes


class _Rendered(NamedTuple):
    line: CommentLine
    row: Row


class _Into(NamedTuple):
    """Where a batch goes."""

    site: Site
    found: Survey
    secret_keys: Sequence[str]


async def brings(db: Database, site_name: str, line: SiteLine | None, options: Options) -> bool:
    """Whether a file comes with this site: it is not there yet, or is the one that was exported.

    Raises `ImportFailed` where it would be there twice, or has to come as it was and is not to.
    """
    if line is None:
        return False
    here = await db.read(site_store.get_site, site_name)
    there = await db.read(site_store.get_site_by_id, rows.key(line.id))
    if here is None and there is not None:
        raise ImportFailed(
            f"the site is here already, as “{there.name}”. Add another first, to have its comments twice."
        )
    if here is not None and here != there:
        return False
    if options.any_host or options.mappings:
        raise ImportFailed("a site of our own comes as it was. Move its pages when it is here.")
    return True


async def rebuild(
    db: Database,
    site_name: str,
    read: Read,
    *,
    secret_keys: Sequence[str] = (),
    own_origin: str | None = None,
    by: int | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Raises `ImportFailed` (the file), or `Invalid` and `Conflict` (the site's name).

    `by` is the person for the log; without one nothing is added to it, so that the site is as it was.
    """
    read = partial(in_turns, read)
    found = await asyncio.to_thread(survey, read, own_origin, progress)
    assert found.site is not None
    site_id, report = rows.key(found.site.id), found.report
    if dry_run:
        for chunk in found.branches.chunks(BATCH):
            report.duplicates += len(await db.read(comments.list_taken, site_id, chunk))
        return report
    into = _Into(await db.write(_site, check_name(site_name), found.site, found.columns), found, secret_keys)
    batches, counted = _batches(read), set[type]()
    try:
        while batch := await asyncio.to_thread(next, batches, None):
            report.imported += await db.write(_write, into, batch)
            if type(batch[0]) not in counted:  # as for any import: its ids are looked for in what came before
                counted.add(type(batch[0]))
                await db.write(analyze)
            if progress is not None and isinstance(batch[0], _Rendered):
                progress(len(batch), len(found.branches))
        await db.write(_connect, into)
    except Exception:  # what was written stays
        await _round_off(db, into, by)
        raise
    await _round_off(db, into, by)
    report.duplicates = report.comments - report.imported
    return report


async def _round_off(db: Database, into: _Into, by: int | None) -> None:
    found = into.found
    await recount_pages(db, into.site, sorted({found.page_id(page_id) for page_id in found.filled}))
    if found.report.imported:
        await (db.write(finish, into.site, found.report, by) if by is not None else db.write(analyze))


def _site(tx: Tx, name: str, line: SiteLine, columns: Row) -> Site:
    """The site of the file, made unless it is there. It is found by its names of before, as far as they are free."""
    site_id = rows.key(line.id)
    site = site_store.get_site_by_id(tx, site_id)
    if site is None:
        site = make_site(tx, site_id, name, columns)
        store.add_former_names(tx, site_id, [former for former in line.former_names if former != name])
    return site


def _batches(read: Read) -> Iterator[list[Any]]:
    """Lines of one kind each. Cleaning HTML takes most of the time, and no transaction waits for it."""
    for _, group in groupby((_ready(numbered.line) for numbered in read()), type):
        while batch := list(islice(group, BATCH)):
            yield batch


def _ready(line: lines.Line) -> lines.Line | _Rendered:
    return _Rendered(line, rows.comment(line, readable=True)) if isinstance(line, CommentLine) else line


def _write(tx: Tx, into: _Into, batch: Sequence[Any]) -> int:
    """How many comments of the batch are new."""
    write = _WRITE.get(type(batch[0]))
    return (write(tx, into, batch) or 0) if write else 0


def _pages(tx: Tx, into: _Into, batch: Sequence[lines.PageLine]) -> None:
    """Merged ones at once with where their comments are: nobody may find one without."""
    found = into.found
    made = [
        {**row, "shown_as": found.end_of(row["id"]) if row["merged_into"] is not None else None}
        for row in map(rows.page, batch)
    ]
    found.page_ids.update(store.add_pages(tx, into.site.id, made))


def _members(tx: Tx, into: _Into, batch: Sequence[lines.MemberLine]) -> None:
    """Whoever signs in here already in one of their ways is them. Only who is made here and now gets ways to sign in:
    a file gives nobody the account of another.
    """
    ways = {rows.key(line.person.id): rows.identities(line) for line in batch}
    owners = store.list_owners(tx, [(way["issuer"], way["subject"]) for each in ways.values() for way in each])
    for person_id, own in ways.items():
        known = next((owner for way in own if (owner := owners.get((way["issuer"], way["subject"])))), person_id)
        if known != person_id:
            into.found.person_ids[person_id] = known
    new = [line for line in batch if rows.key(line.person.id) not in into.found.person_ids]
    made = store.add_people(tx, [{**rows.person(line.person), "renamed": line.chose_name} for line in new])
    store.add_identities(tx, [{**way, "person_id": person_id} for person_id in made for way in ways[person_id]])


def _standings(tx: Tx, into: _Into, batch: Sequence[lines.StandingLine]) -> None:
    people = _people(tx, into, [line.person for line in batch])
    standings = [{**rows.standing(line), "person_id": person} for line, person in zip(batch, people, strict=True)]
    store.add_standings(tx, into.site.id, standings)


def _comments(tx: Tx, into: _Into, batch: Sequence[_Rendered]) -> int:
    taken = set(comments.list_taken(tx, into.site.id, [each.row["id"] for each in batch]))
    new = [each for each in batch if each.row["id"] not in taken]
    authors = _people(tx, into, [each.line.author for each in new])
    made = [_new(tx, into, each.row, author) for each, author in zip(new, authors, strict=True)]
    comments.add_comments(tx, into.site.id, made)
    store.add_reports(tx, into.site.id, [report for each in new for report in rows.reports(each.line)])
    _learn(tx, into.site, [each.row for each in new])
    return len(new)


def _new(tx: Tx, into: _Into, row: Row, author: int | None) -> NewComment:
    """In its place, with what may be kept of its address, as of any comment."""
    has_parent, parent_path = into.found.branches.place(row["id"])
    young = row["id"] >= ids.first_id(tx.now - into.site.address_days * DAY)
    hashes = address_hashes(into.secret_keys, row["address"] or "")
    values = {
        **row,
        "page_id": into.found.page_id(row["page_id"]),
        "merged_from": into.found.page_id(row["merged_from"]) if row["merged_from"] is not None else None,
        "parent_id": row["parent_id"] if has_parent else None,
        "person_id": author,
        "address": row["address"] if young and into.site.address_days else None,
        "address_hash": hashes[0] if hashes else None,
    }
    return NewComment(values.pop("id"), parent_path, values)


def _learn(tx: Tx, site: Site, decided: Sequence[Row]) -> None:
    """What the classifier had learned, from the same texts."""
    more: dict[str, Counter[str]] = {"spam": Counter(), "ham": Counter()}
    for row in decided:
        if row["learned"]:
            more[row["learned"]].update((ALL, *tokens_of(row["text"])))
    tokens = more["spam"].keys() | more["ham"].keys()
    spam_store.add_seen(tx, site.id, {token: Seen(more["spam"][token], more["ham"][token]) for token in tokens})


def _likes(tx: Tx, into: _Into, batch: Sequence[lines.LikeLine]) -> None:
    people = _people(tx, into, [line.person for line in batch])
    given = [{**rows.like(line), "person_id": person} for line, person in zip(batch, people, strict=True)]
    pages = store.list_pages_of(tx, into.site.id, [like["comment_id"] for like in given])
    there = [{**like, "page_id": pages[like["comment_id"]]} for like in given if like["comment_id"] in pages]
    store.add_likes(tx, into.site.id, there)


def _actions(tx: Tx, into: _Into, batch: Sequence[lines.ActionLine]) -> None:
    people = _people(tx, into, [line.by for line in batch])
    done = [{**rows.action(line), "person_id": person} for line, person in zip(batch, people, strict=True)]
    store.add_actions(tx, into.site.id, done)


def _people(tx: Tx, into: _Into, named: Sequence[lines.Person | None]) -> list[int | None]:
    """Who they are here; those who are nobody yet are made."""
    known = [rows.person(person) if person is not None else None for person in named]
    store.add_people(tx, [row for row in known if row is not None and row["id"] not in into.found.person_ids])
    return [into.found.person_id(row["id"]) if row is not None else None for row in known]


def _connect(tx: Tx, into: _Into) -> None:
    """Pages that belong together, or do not, once all are there."""
    found = into.found
    store.lead_on(tx, into.site.id, found.page_ids)
    pairs = [(found.page_id(one), found.page_id(other)) for one, other in found.differences if other in found.pages]
    store.add_differences(tx, into.site.id, pairs)


_WRITE: dict[type, Callable[[Tx, _Into, Any], int | None]] = {
    lines.PageLine: _pages,
    lines.MemberLine: _members,
    lines.StandingLine: _standings,
    _Rendered: _comments,
    lines.LikeLine: _likes,
    lines.ActionLine: _actions,
}
