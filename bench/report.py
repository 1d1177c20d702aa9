"""The table of figures."""

from __future__ import annotations

import operator
import os
import platform
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from bench.rounds import Spread


class Row(NamedTuple):
    """One figure. `limit` is the target, at most, `under` or at `least`; None where a figure only explains others.

    A `value` of None could not be measured here; the name says why.
    """

    name: str
    value: float | None
    unit: str = ""
    limit: float | None = None
    under: bool = False
    least: bool = False
    spread: Spread | None = None
    digits: int = 2

    def cells(self) -> tuple[str, str, str, str, str]:
        spread = f"{self._number(self.spread.low)}–{self._number(self.spread.high)}" if self.spread else ""
        value = "–" if self.value is None else f"{self._number(self.value)}{self.unit}"
        return self.name, value, spread, self._target(), self._verdict()

    def _target(self) -> str:
        sign = "≥" if self.least else "<" if self.under else "≤"
        return "" if self.limit is None else f"{sign} {self.limit:g}{self.unit}"

    def _verdict(self) -> str:
        if self.limit is None or self.value is None:
            return ""
        compare = operator.ge if self.least else operator.lt if self.under else operator.le
        return "met" if compare(self.value, self.limit) else "MISSED"

    def _number(self, value: float) -> str:
        return f"{value:,.{self.digits}f}"


class Bar(NamedTuple):
    """A bar of a plot (`plots.PLOTS`); those of one `group` stand together under its name."""

    plot: str
    label: str
    value: float
    group: str = ""


Figure = Row | Bar
BEGIN, END = "<!-- figures: written by python -m bench --write -->", "<!-- end of figures -->"
_LIBRARIES = ("uvicorn", "starlette", "SQLAlchemy", "Jinja2", "brotli")
HEADS = ("figure", "measured", "min–max", "target", "")


def table(rows: Sequence[Row]) -> str:
    """As Markdown, which is also readable on a terminal."""
    cells = [HEADS, *(row.cells() for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADS))]
    lines = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in cells]
    rule = f"|{'|'.join('-' * (width + 2) for width in widths)}|"
    return "\n".join([lines[0], rule, *lines[1:]])


def machine() -> str:
    """When and on what it ran, and how busy that was."""
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    model = cpu[0].partition(":")[2].strip() if cpu else platform.machine()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    where = f"{datetime.now(UTC):%d %B %Y}; {model}, {os.cpu_count()} cores; Linux {platform.release()}"
    return f"{where}; {python}, SQLite {sqlite3.sqlite_version}, {libraries}; load averages {load}"


def write(page: Path, text: str) -> None:
    """Put the text between the two marks in a Markdown page. Raises `ValueError` where they are not both there."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{page} has no place for the figures: {BEGIN} … {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
