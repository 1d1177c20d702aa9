"""Making the plan of an import: going through the whole file once."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from widget import ids
from widget.counted import counted
from widget.posting import MAX_LEVELS
from widget.store.scratch import Scratch, ScratchPage, ScratchPerson
from widget.store.sites import Site
from widget.text import lost_elements
from widget.threads import MOST_PINS
from widget.transfer.addresses import FOREIGN, NO_PAGE, Addresses, Refused
from widget.transfer.plan import NONE, NOWHERE, Options, Plan, Progress
from widget.transfer.records import ImportedComment, ImportedPage, ImportedPerson, Record, Skipped
from widget.transfer.report import Report

FIRST_COMMENT = 631_152_000_000  # 1990 in Unix ms: older dates are mistakes
TOMORROW = 86_400_000  # ms that a clock may be ahead
TELL_EVERY = 500  # comments
_MISSING = -2  # instead of the number of a parent that is not there
_NOBODY = 0  # instead of an author


def make_plan(
    site: Site,
    source_format: str,
    read: Callable[[], Iterator[Record]],
    options: Options,
    now: int,
    progress: Progress | None = None,
) -> Plan:
    """Go through the whole file once; who asks closes the plan. Raises `ImportFailed` where it cannot be read."""
    planner = _Planner(site, source_format, options, now)
    told = 0
    try:
        for record in read():
            planner.take(record)
            if progress and planner.plan.report.comments >= told + TELL_EVERY:
                progress(TELL_EVERY, None)
                told += TELL_EVERY
        return planner.finish()
    except BaseException:
        planner.plan.close()
        raise


class _Planner:
    def __init__(self, site: Site, source_format: str, options: Options, now: int) -> None:
        self._scratch = Scratch()
        self.plan = Plan(Report(source_format), self._scratch)
        self._addresses = Addresses(site, options.mappings, any_host=options.any_host)
        self._latest = now + TOMORROW
        self._authors = array("q")  # hashes, by the comment's number
        self._pins = array("i")
        self._lost: Counter[str] = Counter()
        self._undatable = 0

    def take(self, record: Record) -> None:
        report = self.plan.report
        if isinstance(record, ImportedPage):
            self._take_page(record)
        elif isinstance(record, ImportedPerson):
            self._scratch.set_person(record.source_id, ScratchPerson(record.name, record.email, record.url))
        else:
            report.comments += 1
            report.states[record.status] += 1
            if isinstance(record, Skipped):
                report.skipped[record.reason] += 1
            elif not self._scratch.add_comment(record.source_id, len(self.plan.ids)):
                report.skipped["twice in the file"] += 1
            else:
                self._take_comment(record)

    def _take_page(self, record: ImportedPage) -> None:
        number, found = self._scratch.number_page(record.source_id), self._addresses.page(record.url)
        if isinstance(found, Refused):
            self._scratch.refuse_page(number, found.reason, found.origin)
        else:
            self._scratch.set_page(number, ScratchPage(found.key, found.url, record.title, record.locked))

    def _take_comment(self, record: ImportedComment) -> None:
        plan, number, parent = self.plan, len(self.plan.ids), record.parent_source_id
        wanted = ids.imported_id(record.created_at, plan.report.format, record.permalink_id)
        plan.ids.append(self._scratch.add_id(wanted))  # in the rare clash the next, the same in every run
        plan.pages.append(self._scratch.number_page(record.page_source_id))
        known = NONE if parent is None else self._scratch.get_number(parent)
        if known is None and parent is not None:
            self._scratch.add_waiting(number, parent)
        plan.parents.append(_MISSING if known is None else known)
        if parent is None and record.pinned and record.status == "approved":
            self._pins.append(number)
        self._authors.append(_author_hash(record))
        self._undatable += not FIRST_COMMENT <= record.created_at <= self._latest
        self._lost.update(lost_elements(record.body))

    def finish(self) -> Plan:
        plan, report = self.plan, self.plan.report
        for number, parent in self._scratch.list_arrived():
            plan.parents[number] = parent
        self._find_threads()
        for number in plan.placed():
            thread, author = plan.thread(number), self._authors[number]
            plan.first_ids[thread] = min(plan.first_ids[thread] or ids.MAX_ID, plan.ids[number])
            if author != _NOBODY:
                self._scratch.add_author(author)
        report.pages = sum(map(bool, plan.first_ids))
        report.people = self._scratch.count_authors()
        report.max_depth = self._place_all()
        if report.foreign:
            report.advice = self._addresses.about(report.foreign)
        report.notes += self._notes(self._pin())
        return plan

    def _find_threads(self) -> None:
        """Which page of ours each of the file's is; comments of those that are none are skipped and counted."""
        plan, report, none = self.plan, self.plan.report, [0] * (self._scratch.count_pages() + 1)
        plan.threads, plan.first_ids, plan.page_ids = array("i", none), array("q", none), array("q", none)
        for page, thread in self._scratch.list_threads():
            plan.threads[page] = thread
        skipped = array("i", none)
        for page in plan.pages:
            skipped[page] += plan.threads[page] == NOWHERE
        for page, reason, origin in self._scratch.list_refused():
            if skipped[page]:
                report.skipped[reason or NO_PAGE] += skipped[page]
                if reason == FOREIGN:
                    report.foreign[origin or ""] += skipped[page]

    def _place_all(self) -> int:
        """Hang each comment below its parent; the greatest depth."""
        plan = self.plan
        plan.hangs = array("i", [NONE]) * len(plan.ids)
        depths = array("i", [0]) * len(plan.ids)  # 0: not placed yet
        for number in plan.placed():
            for step in reversed(self._chain(number, depths)):
                parent = self._parent(step)
                if parent == NONE or not depths[parent]:  # a root, an orphan, or the one that opens a circle
                    plan.report.orphans += plan.parents[step] != NONE
                    plan.parents[step] = NONE
                    depths[step] = 1
                else:
                    plan.hangs[step] = parent if depths[parent] <= MAX_LEVELS else plan.hangs[parent]
                    depths[step] = depths[parent] + 1
        return max(depths, default=0)

    def _parent(self, number: int) -> int:
        """The parent's number, if it is in the file and on the same page."""
        parent = self.plan.parents[number]
        return parent if parent >= 0 and self.plan.pages[parent] == self.plan.pages[number] else NONE

    def _chain(self, number: int, depths: Sequence[int]) -> list[int]:
        """The comment and its ancestors that have no place yet, upwards; a circle is cut where it closes."""
        chain: dict[int, None] = {}
        step = number
        while step != NONE and not depths[step] and step not in chain:
            chain[step] = None
            step = self._parent(step)
        return list(chain)

    def _pin(self) -> int:
        """As many of each page as there may be, those that come first; how many are too many."""
        count: Counter[int] = Counter()
        for number in filter(self.plan.thread, self._pins):
            thread = self.plan.thread(number)
            count[thread] += 1
            if count[thread] <= MOST_PINS:
                self.plan.pinned.add(number)
        return count.total() - len(self.plan.pinned)

    def _notes(self, too_many_pins: int) -> Iterator[str]:
        yield from self._addresses.unused()
        if self._undatable:
            yield f"Dated before 1990 or after today, and taken as it is: {counted(self._undatable, 'comment')}."
        if self._lost:
            found = ", ".join(f"{name} ({count:,})" for name, count in self._lost.most_common())
            yield f"HTML that comments cannot have is left out, by the number of comments that hold it: {found}."
        if too_many_pins:
            yield f"A page can have {MOST_PINS} pinned comments; not pinned here: {too_many_pins:,}."


def _author_hash(record: ImportedComment) -> int:
    """Of the account, or the name and address; of nobody where a comment is deleted."""
    if record.status == "deleted":
        return _NOBODY
    return ids.hashed_id(*(("", record.author_source_id) if record.author_source_id else _signature(record)))


def _signature(record: ImportedComment) -> tuple[str, str]:
    return record.author_name, record.author_email or ""
