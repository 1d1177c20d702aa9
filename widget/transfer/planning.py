"""Making the plan of an import: going through the whole file once."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from widget import ids
from widget.comments import MAX_LEVELS
from widget.store.sites import Site
from widget.text import lost_elements
from widget.threads import MOST_PINS
from widget.transfer.addresses import FOREIGN, NO_PAGE, Addresses, Refused
from widget.transfer.plan import NONE, Options, Plan, PlannedPage, Progress
from widget.transfer.records import ImportedComment, ImportedPage, ImportedPerson, Record, Skipped
from widget.transfer.report import Report, counted

FIRST_COMMENT = 631_152_000_000  # 1990 in Unix ms: older dates are mistakes
TOMORROW = 86_400_000  # ms that a clock may be ahead
TELL_EVERY = 500  # comments
_MISSING = -2  # instead of the number of a parent that is not there
_Author = str | tuple[str, str | None]  # an account, or a name and an address


def make_plan(
    site: Site,
    source_format: str,
    read: Callable[[], Iterator[Record]],
    options: Options,
    now: int,
    progress: Progress | None = None,
) -> Plan:
    """Go through the whole file once. Raises `ImportFailed` where it cannot be read."""
    planner = _Planner(site, source_format, options, now)
    told = 0
    for record in read():
        planner.take(record)
        if progress and planner.plan.report.comments >= told + TELL_EVERY:
            progress(TELL_EVERY, None)
            told += TELL_EVERY
    return planner.finish()


class _Planner:
    def __init__(self, site: Site, source_format: str, options: Options, now: int) -> None:
        self.plan = Plan(Report(source_format))
        self._addresses = Addresses(site, options.mappings, any_host=options.any_host)
        self._latest = now + TOMORROW
        self._refused: dict[str, Refused] = {}
        self._waiting: dict[int, str] = {}  # replies by number, with the source id of a parent that did not come yet
        self._homeless: dict[int, _Author] = {}  # comments of a page that did not come yet
        self._authors: set[_Author] = set()
        self._page_names: dict[str, str] = {}
        self._pins: list[tuple[str, str]] = []  # page and comment, by source id
        self._lost: Counter[str] = Counter()
        self._undatable = 0

    def take(self, record: Record) -> None:
        report = self.plan.report
        if isinstance(record, ImportedPage):
            self._take_page(record)
        elif isinstance(record, ImportedPerson):
            self.plan.people[record.source_id] = record
        else:
            report.comments += 1
            report.states[record.status] += 1
            if isinstance(record, Skipped):
                report.skipped[record.reason] += 1
            elif record.page_source_id in self._refused:
                report.skipped[self._refused[record.page_source_id].reason] += 1
            elif record.source_id in self.plan.numbers:
                report.skipped["twice in the file"] += 1
            else:
                self._take_comment(record)

    def _take_page(self, record: ImportedPage) -> None:
        found = self._addresses.page(record.url)
        if isinstance(found, Refused):
            self._refused[record.source_id] = found
        else:
            self.plan.pages[record.source_id] = PlannedPage(found.key, found.url, record.title, record.locked)

    def _take_comment(self, record: ImportedComment) -> None:
        plan, page = self.plan, record.page_source_id
        number = plan.numbers[record.source_id] = len(plan.ids)
        plan.ids.append(ids.imported_id(record.created_at, plan.report.format, record.source_id))
        plan.page_names.append(self._page_names.setdefault(page, page))
        parent = record.parent_source_id
        plan.parents.append(NONE if parent is None else plan.numbers.get(parent, _MISSING))
        if plan.parents[number] == _MISSING and parent is not None:
            self._waiting[number] = parent
        if parent is None and record.pinned and record.status == "approved":
            self._pins.append((page, record.source_id))
        author = record.author_source_id or (record.author_name, record.author_email)
        if page not in plan.pages:
            self._homeless[number] = author
        elif record.status != "deleted":
            self._authors.add(author)
        self._undatable += not FIRST_COMMENT <= record.created_at <= self._latest
        self._lost.update(lost_elements(record.body))

    def finish(self) -> Plan:
        plan, report = self.plan, self.plan.report
        for number, parent in self._waiting.items():
            plan.parents[number] = plan.numbers.get(parent, _MISSING)
        self._part_ids()
        for number, author in self._homeless.items():
            if plan.is_placed(number):
                self._authors.add(author)
            else:
                report.skipped[self._refused.get(plan.page_names[number], Refused(NO_PAGE)).reason] += 1
        plan.pages = {name: plan.pages[name] for name in self._page_names if name in plan.pages}
        for number in plan.placed():
            key = plan.pages[plan.page_names[number]].key
            plan.first_ids[key] = min(plan.first_ids.get(key, plan.ids[number]), plan.ids[number])
        report.pages = len(plan.first_ids)
        report.people = len(self._authors)
        report.max_depth = self._place_all()
        report.warnings += self._warnings(self._pin())
        return plan

    def _part_ids(self) -> None:
        """In the rare clash the comment that comes later in the file takes the next id, the same in every run."""
        taken = self.plan.ids
        last = NONE
        for number in sorted(range(len(taken)), key=taken.__getitem__):
            last = taken[number] = max(taken[number], last + 1)

    def _place_all(self) -> int:
        """Hang each comment below its parent; the greatest depth."""
        plan = self.plan
        plan.hangs = array("q", [NONE]) * len(plan.ids)
        depths = array("q", [0]) * len(plan.ids)  # 0: not placed yet
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
        return parent if parent >= 0 and self.plan.page_names[parent] == self.plan.page_names[number] else NONE

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
        count: Counter[str] = Counter()
        for page, source_id in self._pins:
            if page in self.plan.pages:
                count[self.plan.pages[page].key] += 1
                if count[self.plan.pages[page].key] <= MOST_PINS:
                    self.plan.pinned.add(source_id)
        return count.total() - len(self.plan.pinned)

    def _warnings(self, too_many_pins: int) -> Iterator[str]:
        foreign = self.plan.report.skipped[FOREIGN]
        if foreign:
            yield self._addresses.about(foreign, list(self._refused.values()))
        yield from self._addresses.unused()
        if self._undatable:
            yield f"Dated before 1990 or after today, and taken as it is: {counted(self._undatable, 'comment')}."
        if self._lost:
            found = ", ".join(f"{name} ({count:,})" for name, count in self._lost.most_common())
            yield f"HTML that comments cannot have is left out, by the number of comments that hold it: {found}."
        if too_many_pins:
            yield f"A page can have {MOST_PINS} pinned comments; not pinned here: {too_many_pins:,}."
