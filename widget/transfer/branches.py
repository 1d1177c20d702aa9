"""Who answers whom in an export of ours: numbers alone, a few dozen bytes of each comment."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator

from widget.posting import MAX_LEVELS

NONE = -1


class Branches:
    """Comments by number, in the order of their ids. A parent may come later, be missing, or stand elsewhere."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._pages = array("q")
        self._hangs = array("q")  # the number below whose path it stands: paths reach so deep only
        self._depths = array("i")  # 1: a root; 0: not known yet
        self._waiting: dict[int, int] = {}  # number → id of the parent
        self.orphans = 0

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def max_depth(self) -> int:
        return max(self._depths, default=0)

    def add(self, comment_id: int, page_id: int, parent_id: int | None) -> bool:
        """Whether the id is higher than all before it; else nothing was added."""
        if self._ids and comment_id <= self._ids[-1]:
            return False
        number = len(self._ids)
        self._ids.append(comment_id)
        self._pages.append(page_id)
        self._hangs.append(NONE)
        self._depths.append(0)
        parent = self._find(parent_id) if parent_id is not None else NONE
        if parent_id is None:
            self._depths[number] = 1
        elif parent != NONE and self._depths[parent]:
            self._hang(number, parent)
        else:
            self._waiting[number] = parent_id
        return True

    def settle(self) -> None:
        """Once all are there: place those whose parents came later, cut circles, and make orphans roots."""
        for number in self._waiting:
            chain: dict[int, int] = {}
            step = number
            while step != NONE and not self._depths[step] and step not in chain:
                chain[step] = self._find(self._waiting[step])
                step = chain[step]
            for below, parent in reversed(chain.items()):
                self._hang(below, parent if parent != NONE and self._depths[parent] else NONE)
        self._waiting.clear()

    def chunks(self, size: int) -> Iterator[list[int]]:
        """The ids, so many at a time."""
        return (self._ids[start : start + size].tolist() for start in range(0, len(self._ids), size))

    def place(self, comment_id: int) -> tuple[bool, bytes]:
        """Whether the comment has a parent, and what its path continues."""
        number = self._find(comment_id)
        path: list[bytes] = []
        above = self._hangs[number]
        while above != NONE:
            path.append(self._ids[above].to_bytes(8, "big"))
            above = self._hangs[above]
        return self._depths[number] > 1, b"".join(reversed(path))

    def _hang(self, number: int, parent: int) -> None:
        if parent == NONE or self._pages[parent] != self._pages[number]:
            self._depths[number] = 1
            self.orphans += 1
            return
        self._depths[number] = self._depths[parent] + 1
        self._hangs[number] = parent if self._depths[parent] <= MAX_LEVELS else self._hangs[parent]

    def _find(self, comment_id: int) -> int:
        number = bisect_left(self._ids, comment_id)
        return number if number < len(self._ids) and self._ids[number] == comment_id else NONE
