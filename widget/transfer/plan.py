"""The first pass of an import: what is in the file, and where each comment will stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from widget import ids
from widget.comments import MAX_LEVELS
from widget.errors import Invalid
from widget.names import clean_name
from widget.page_key import SiteAddress, normalise_origin, page_key
from widget.store.sites import Site
from widget.transfer.records import ImportedComment, ImportedPage, Record, Skipped

STATES = ("approved", "pending", "rejected", "spam", "deleted")
FOREIGN = "page of another host"
NO_PAGE = "page without an address"
NAMED_ORIGINS = 5


@dataclass
class Report:
    """What was found in the file, and what was written.

    `comments` and `states` count every record of the file, those that are skipped for a reason too; `imported` those
    that were written now, `duplicates` those that were there already, `orphans` those whose parent is not in the file
    (they stand as roots).
    """

    format: str
    pages: int = 0
    comments: int = 0
    people: int = 0
    states: Counter[str] = field(default_factory=Counter)
    imported: int = 0
    max_depth: int = 0  # a lone root is 1
    duplicates: int = 0
    orphans: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "states": {state: self.states[state] for state in STATES}, "skipped": dict(self.skipped)}

    def as_lines(self, *, dry_run: bool) -> list[str]:
        """The same for a person."""
        states = ", ".join(f"{self.states[state]:,} {state}" for state in STATES if self.states[state])
        people = _counted(self.people, "person", "people")
        written = "Nothing was written (dry run)." if dry_run else f"Imported now: {self.imported:,}"
        return [
            f"Found: {_counted(self.comments, 'comment')} ({states or 'none'}) by {people} "
            f"on {_counted(self.pages, 'page')}",
            f"Deepest reply: level {self.max_depth}; replies whose parent is missing, now roots: {self.orphans:,}",
            written + ("" if dry_run else f"; there already: {self.duplicates:,}"),
            *(f"Skipped: {count:,} × {reason}" for reason, count in self.skipped.items()),
            *(f"Note: {warning}" for warning in self.warnings),
        ]


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


class PlannedPage(NamedTuple):
    key: str
    url: str
    title: str
    locked: bool


class Place(NamedTuple):
    """Where a comment will stand; `parent_id` is its real parent, `parent_path` what its path continues."""

    id: int
    page_source_id: str
    parent_id: int | None
    parent_path: bytes


@dataclass
class Plan:
    report: Report
    pages: dict[str, PlannedPage] = field(default_factory=dict)  # by source id
    places: dict[str, Place] = field(default_factory=dict)  # by source id
    page_ids: dict[str, int] = field(default_factory=dict)  # by key, as they are written
    first_ids: dict[str, int] = field(default_factory=dict)  # of the oldest comment, by the page's source id


class _Refused(NamedTuple):
    """Why a page is not taken; `origin` where that is none of the site's."""

    reason: str
    origin: str = ""


class _Seen(NamedTuple):
    id: int
    page: str
    parent: str | None


def make_plan(site: Site, source_format: str, read: Callable[[], Iterator[Record]], *, any_host: bool) -> Plan:
    """Go through the whole file once. Raises `ImportFailed` where it cannot be read."""
    plan = Plan(Report(source_format))
    refused: dict[str, _Refused] = {}
    seen: dict[str, _Seen] = {}
    used: set[int] = set()
    authors: set[tuple[str, str | None]] = set()
    used_pages: set[str] = set()
    for record in read():
        if isinstance(record, ImportedPage):
            _plan_page(plan, site, record, refused, any_host=any_host)
            continue
        plan.report.comments += 1
        plan.report.states[record.status] += 1
        if isinstance(record, Skipped):
            plan.report.skipped[record.reason] += 1
        elif record.page_source_id not in plan.pages:
            plan.report.skipped[refused.get(record.page_source_id, _Refused(NO_PAGE)).reason] += 1
        elif record.source_id in seen:
            plan.report.skipped["twice in the file"] += 1
        else:
            comment_id = _free_id(record, source_format, used)
            seen[record.source_id] = _Seen(comment_id, record.page_source_id, record.parent_source_id)
            authors.add((record.author_name, record.author_email))
            used_pages.add(record.page_source_id)
            first = plan.first_ids.get(record.page_source_id, comment_id)
            plan.first_ids[record.page_source_id] = min(first, comment_id)
    plan.report.pages = len(used_pages)
    plan.report.people = len(authors)
    plan.pages = {source_id: page for source_id, page in plan.pages.items() if source_id in used_pages}
    _place_all(plan, seen)
    if plan.report.skipped[FOREIGN]:
        plan.report.warnings.append(_about_origins(plan.report.skipped[FOREIGN], refused.values()))
    return plan


def _about_origins(count: int, refused: Iterable[_Refused]) -> str:
    origins = sorted({page.origin for page in refused if page.origin})
    more = f" and {len(origins) - NAMED_ORIGINS:,} more" if len(origins) > NAMED_ORIGINS else ""
    return (
        f"{count:,} comments are on pages of origins that the site does not list: "
        f"{', '.join(origins[:NAMED_ORIGINS])}{more}. Add them, or take the pages as they are with --any-host."
    )


def _plan_page(plan: Plan, site: Site, record: ImportedPage, refused: dict[str, _Refused], *, any_host: bool) -> None:
    try:
        origins = [_origin(record.url)] if any_host else site.origins
        key = page_key(record.url, None, SiteAddress(origins, site.keep_query, site.hash_routes))
    except Invalid as error:
        foreign = error.code == "foreign_url"
        refused[record.source_id] = _Refused(FOREIGN, _origin(record.url)) if foreign else _Refused(NO_PAGE)
        return
    plan.pages[record.source_id] = PlannedPage(key.key, key.url, clean_name(record.title, 300), record.locked)


def _origin(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return normalise_origin(scheme + separator + rest.partition("/")[0].partition("?")[0].partition("#")[0])


def _free_id(record: ImportedComment, source_format: str, used: set[int]) -> int:
    """The id of the record's own date and source id; in the rare clash the next one, the same in every run."""
    comment_id = ids.imported_id(record.created_at, source_format, record.source_id)
    while comment_id in used:
        comment_id += 1
    used.add(comment_id)
    return comment_id


def _place_all(plan: Plan, seen: dict[str, _Seen]) -> None:
    depths: dict[str, int] = {}
    paths: dict[str, bytes] = {}
    for source_id in seen:
        for step in reversed(_chain(source_id, seen, paths)):
            comment = seen[step]
            parent = _parent(comment, seen) if comment.parent is not None else None
            if parent is None or parent not in paths:  # a root, an orphan, or the one that opens a circle
                plan.report.orphans += comment.parent is not None
                parent_path, depths[step] = b"", 1
            else:
                parent_path, depths[step] = paths[parent][: MAX_LEVELS * 8], depths[parent] + 1
            paths[step] = parent_path + comment.id.to_bytes(8, "big")
            parent_id = seen[parent].id if parent is not None and parent_path else None
            plan.places[step] = Place(comment.id, comment.page, parent_id, parent_path)
    plan.report.max_depth = max(depths.values(), default=0)


def _parent(comment: _Seen, seen: dict[str, _Seen]) -> str | None:
    """The parent's source id, if it is in the file and on the same page."""
    parent = seen.get(comment.parent or "")
    return comment.parent if parent is not None and parent.page == comment.page else None


def _chain(source_id: str, seen: dict[str, _Seen], placed: dict[str, bytes]) -> list[str]:
    """The comment and its ancestors that have no place yet, upwards; a circle is cut where it closes."""
    chain: dict[str, None] = {}
    step: str | None = source_id
    while step is not None and step not in placed and step not in chain:
        chain[step] = None
        step = _parent(seen[step], seen)
    return list(chain)
