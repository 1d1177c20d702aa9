"""What the first pass of an import learns: which pages there are, and where each comment will stand."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from widget.transfer.addresses import Mapping
from widget.transfer.records import ImportedComment, ImportedPerson
from widget.transfer.report import Report

NONE = -1  # instead of a number

Progress = Callable[[int, int | None], None]
"""Called with the number of comments gone through since the last call, and of all (None: not known yet)."""


class Options(NamedTuple):
    """`any_host` takes pages of hosts that are not the site's as they are; mappings move pages before that is asked."""

    any_host: bool = False
    mappings: Sequence[Mapping] = ()


class PlannedPage(NamedTuple):
    key: str
    url: str
    title: str
    locked: bool


class Place(NamedTuple):
    """Where a comment will stand; `parent_id` is its real parent, `parent_path` what its path continues."""

    id: int
    page: PlannedPage
    parent_id: int | None
    parent_path: bytes


@dataclass
class Plan:
    """Holds a few dozen bytes of each comment and nothing of its text: the comments come again in the second pass."""

    report: Report
    pages: dict[str, PlannedPage] = field(default_factory=dict)  # by source id
    people: dict[str, ImportedPerson] = field(default_factory=dict)  # by source id
    pinned: set[str] = field(default_factory=set)  # source ids of comments
    page_ids: dict[str, int] = field(default_factory=dict)  # by key, as they are written
    first_ids: dict[str, int] = field(default_factory=dict)  # of the oldest comment, by the page's key
    numbers: dict[str, int] = field(default_factory=dict)  # of comments, by source id; what follows is by number:
    ids: array[int] = field(default_factory=lambda: array("q"))
    page_names: list[str] = field(default_factory=list)  # source ids, each one object however many comments have it
    parents: array[int] = field(default_factory=lambda: array("q"))  # numbers, or NONE
    hangs: array[int] = field(default_factory=lambda: array("q"))  # below which in the path, that reaches so deep only

    def is_placed(self, number: int) -> bool:
        return self.page_names[number] in self.pages

    def placed(self) -> Iterator[int]:
        """The numbers of the comments that are not skipped."""
        return filter(self.is_placed, range(len(self.ids)))

    def place(self, record: ImportedComment) -> Place | None:
        """None for one that is skipped."""
        number = self.numbers.get(record.source_id, NONE)
        if number == NONE or self.page_names[number] != record.page_source_id or not self.is_placed(number):
            return None
        path: list[bytes] = []
        parent, above = self.parents[number], self.hangs[number]
        while above != NONE:
            path.append(self.ids[above].to_bytes(8, "big"))
            above = self.hangs[above]
        parent_id = None if parent == NONE else self.ids[parent]
        return Place(self.ids[number], self.pages[record.page_source_id], parent_id, b"".join(reversed(path)))
