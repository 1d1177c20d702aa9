"""What the first pass of an import learns: which pages there are, and where each comment will stand."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from widget.mapping import Mapping
from widget.store.scratch import Scratch
from widget.transfer.records import ImportedComment
from widget.transfer.report import Report

NONE = -1  # instead of a comment's number
NOWHERE = 0  # instead of a page's

Progress = Callable[[int, int | None], None]
"""Called with the number of comments gone through since the last call, and of all (None: not known yet)."""


class Options(NamedTuple):
    """`any_host` takes pages of hosts that are not the site's as they are; mappings move pages before that is asked."""

    any_host: bool = False
    mappings: Sequence[Mapping] = ()


class Place(NamedTuple):
    """Where a comment will stand; `parent_id` is its real parent, `parent_path` what its path continues."""

    id: int
    page: int  # its number, in the file
    parent_id: int | None
    parent_path: bytes
    pinned: bool


def _numbers() -> array[int]:
    return array("i")


def _ids() -> array[int]:
    return array("q")


@dataclass
class Plan:
    """Holds twenty bytes of each comment; texts are in `scratch`, and the comments come again in the second pass."""

    report: Report
    scratch: Scratch
    ids: array[int] = field(default_factory=_ids)  # of comments, by their number in the file, like the next three
    pages: array[int] = field(default_factory=_numbers)  # the numbers of their pages
    parents: array[int] = field(default_factory=_numbers)  # numbers, or NONE
    hangs: array[int] = field(default_factory=_numbers)  # below which in the path, that reaches so deep only
    pinned: set[int] = field(default_factory=set)  # numbers of comments
    threads: array[int] = field(default_factory=_numbers)  # of pages: the first page of the same key, or NOWHERE
    first_ids: array[int] = field(default_factory=_ids)  # of threads: of their oldest comment
    page_ids: array[int] = field(default_factory=_ids)  # of threads, as they are written

    def close(self) -> None:
        self.scratch.close()

    def thread(self, number: int) -> int:
        """Where a comment goes; NOWHERE for one that is skipped."""
        return self.threads[self.pages[number]]

    def placed(self) -> Iterator[int]:
        """The numbers of the comments that are not skipped."""
        return filter(self.thread, range(len(self.ids)))

    def place(self, record: ImportedComment) -> Place | None:
        """None for one that is skipped."""
        number = self.scratch.get_number(record.source_id)
        if number is None or not self.thread(number):
            return None
        page = self.pages[number]
        if self.scratch.number_page(record.page_source_id) != page:
            return None
        path: list[bytes] = []
        parent, above = self.parents[number], self.hangs[number]
        while above != NONE:
            path.append(self.ids[above].to_bytes(8, "big"))
            above = self.hangs[above]
        parent_id = None if parent == NONE else self.ids[parent]
        return Place(self.ids[number], page, parent_id, b"".join(reversed(path)), number in self.pinned)
