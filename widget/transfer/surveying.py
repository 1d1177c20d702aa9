"""Going through an export of ours once, before a site is rebuilt from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from widget.errors import Invalid
from widget.site_verbs import parse_changes
from widget.sites import check_name
from widget.transfer import lines, rows
from widget.transfer.branches import Branches
from widget.transfer.lines import CommentLine, PageLine, SiteLine
from widget.transfer.palaver import NAME, Numbered
from widget.transfer.plan import Progress
from widget.transfer.planning import TELL_EVERY
from widget.transfer.records import ImportFailed
from widget.transfer.report import Report
from widget.transfer.rows import Row

Read = Callable[[], Iterator[Numbered]]  # opens the file anew for each pass


@dataclass
class Survey:
    """What the file holds, by numbers; and what of it is called differently here, as that comes out."""

    report: Report = field(default_factory=lambda: Report(NAME))
    site: SiteLine | None = None
    columns: Row = field(default_factory=dict)  # of the site: origins and settings
    branches: Branches = field(default_factory=Branches)
    merged: dict[int, int] = field(default_factory=dict)  # pages into pages
    pages: set[int] = field(default_factory=set)
    filled: set[int] = field(default_factory=set)  # pages with comments
    differences: list[tuple[int, int]] = field(default_factory=list)
    authors: set[int] = field(default_factory=set)
    page_ids: dict[int, int] = field(default_factory=dict)  # of pages whose key another has here
    person_ids: dict[int, int] = field(default_factory=dict)  # of members who were somebody here already

    def page_id(self, page_id: int) -> int:
        return self.page_ids.get(page_id, page_id)

    def person_id(self, person_id: int) -> int:
        return self.person_ids.get(person_id, person_id)

    def end_of(self, page_id: int) -> int:
        """Where the comments of a merged page are. Raises `ImportFailed`."""
        seen = {page_id}
        while page_id in self.merged:
            page_id = self.merged[page_id]
            if page_id in seen or page_id not in self.pages:
                raise ImportFailed("pages are merged into pages that are missing, or into each other in a circle.")
            seen.add(page_id)
        return page_id


def survey(read: Read, own_origin: str | None, progress: Progress | None = None) -> Survey:
    """Raises `ImportFailed`, which names the line."""
    found = Survey()
    for number, line in read():
        try:
            _LOOK.get(type(line), _pass_by)(found, line)
            if isinstance(line, SiteLine):
                found.columns = _columns(line, own_origin)
        except (ImportFailed, Invalid) as error:
            raise ImportFailed(f"line {number}: {error.message}") from error
        if progress and isinstance(line, CommentLine) and len(found.branches) % TELL_EVERY == 0:
            progress(TELL_EVERY, None)
    if found.site is None:
        raise ImportFailed("this is the export of a page or a person: import it into a site that is there already.")
    for page_id in found.merged:
        found.end_of(page_id)
    found.branches.settle()
    report = found.report
    report.comments, report.pages, report.people = len(found.branches), len(found.filled), len(found.authors)
    report.max_depth, report.orphans = found.branches.max_depth, found.branches.orphans
    return found


def _columns(line: SiteLine, own_origin: str | None) -> Row:
    """Providers may be set up here later."""
    pairs = {**line.settings, "origins": ",".join(line.origins)}
    return parse_changes(pairs, own_origin, line.settings.get("providers", "").split())


def _site(found: Survey, line: SiteLine) -> None:
    rows.key(line.id)
    for name in (line.name, *line.former_names):
        check_name(name)
    found.site = line


def _page(found: Survey, line: PageLine) -> None:
    row = rows.page(line)
    found.pages.add(row["id"])
    found.differences += [(row["id"], rows.key(other)) for other in line.differs_from]
    if row["merged_into"] is not None:
        found.merged[row["id"]] = row["merged_into"]


def _comment(found: Survey, line: CommentLine) -> None:
    row = rows.comment(line)
    rows.reports(line)
    if row["page_id"] not in found.pages:
        raise ImportFailed("its page is not in the file.")
    if not found.branches.add(row["id"], row["page_id"], row["parent_id"]):
        raise ImportFailed("comments stand in the order of their ids, and this one does not.")
    found.filled.add(row["page_id"])
    found.report.states[line.status] += 1
    if line.author is not None:
        found.authors.add(rows.person(line.author)["id"])


def _member(_: Survey, line: lines.MemberLine) -> None:
    rows.person(line.person)
    rows.identities(line)


def _standing(_: Survey, line: lines.StandingLine) -> None:
    rows.person(line.person)
    rows.standing(line)


def _like(_: Survey, line: lines.LikeLine) -> None:
    rows.person(line.person)
    rows.like(line)


def _action(_: Survey, line: lines.ActionLine) -> None:
    if line.by is not None:
        rows.person(line.by)
    rows.action(line)


def _pass_by(_: Survey, line: Any) -> None:
    """The first line and the last were looked at as they were read."""


_LOOK: dict[type, Callable[[Survey, Any], None]] = {
    SiteLine: _site,
    PageLine: _page,
    lines.MemberLine: _member,
    lines.StandingLine: _standing,
    CommentLine: _comment,
    lines.LikeLine: _like,
    lines.ActionLine: _action,
}
