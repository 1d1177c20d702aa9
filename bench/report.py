"""The table of figures."""

from __future__ import annotations

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
    """One figure. `limit` is the target, at most or `under`; None where a figure only explains others."""

    name: str
    value: float
    unit: str = ""
    limit: float | None = None
    under: bool = False
    spread: Spread | None = None
    digits: int = 2

    def cells(self) -> tuple[str, str, str, str, str]:
        spread = f"{self._number(self.spread.low)}–{self._number(self.spread.high)}" if self.spread else ""
        return self.name, f"{self._number(self.value)}{self.unit}", spread, self._target(), self._verdict()

    def _target(self) -> str:
        return "" if self.limit is None else f"{'<' if self.under else '≤'} {self.limit:g}{self.unit}"

    def _verdict(self) -> str:
        if self.limit is None:
            return ""
        met = self.value < self.limit if self.under else self.value <= self.limit
        return "met" if met else "MISSED"

    def _number(self, value: float) -> str:
        return f"{value:,.{self.digits}f}"


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
