"""What is told of the cells: a cell passes only where its browser did what it is known for."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.matrix.cells import BROWSERS, CELLS, EVERYWHERE, FURTHER_PAGES, PAGES, Cell
from tests.matrix.reader import Findings
from tests.matrix.report import report, write_report
from tests.matrix.run import Result

TODAY = datetime.date(2026, 11, 24)
DOCUMENT = Path(__file__).parents[2] / "docs" / "matrix.md"


def passed(cell: Cell) -> Result:
    return Result(cell, Findings("look at the control", cell.session, control=cell.control), "1.2.3")


def cell(name: str) -> Cell:
    return next(cell for cell in CELLS if cell.name == name)


def test_there_are_18_cells_and_in_three_of_them_nothing_can_persist() -> None:
    cells = [cell for cell in CELLS if cell.page in PAGES]
    assert len(cells) == len(BROWSERS) * len(PAGES) == 18
    assert [cell.name for cell in cells if cell.session == "memory"] == [
        f"firefox-blocking/{page.name}" for page in PAGES
    ]


def test_cells_that_pass_are_counted_and_shown_with_the_version() -> None:
    text = report([passed(cell) for cell in CELLS], TODAY)
    assert "**18 of 18 cells and 11 of 11 further ones pass**, on 24 November 2026" in text
    assert f"| Firefox ESR 1.2.3 as it comes |{' yes |' * 5}" in text
    by_continuing = " yes, by *Continue as* |"
    assert f"| Firefox ESR 1.2.3, all cross-site storage blocked |{by_continuing * 4} yes |" in text
    assert all(page.title in text for page in FURTHER_PAGES)


def test_cell_with_a_wrong_control_is_no_evidence() -> None:
    result = passed(cell("chromium-blocking/plain"))
    result.findings.control = EVERYWHERE
    assert not result.passes
    text = report([result], TODAY)
    assert "0 of 1 cells pass" in text
    assert "| no evidence: the control is wrong |" in text


def test_cell_that_fails_names_its_step() -> None:
    result = passed(cell("webkit/plain"))
    result.problem, result.findings.step = "no new window within 60 s", "sign in"
    assert not result.passes
    assert "| WebKitGTK 1.2.3 as it comes | **no**: sign in |" in report([result], TODAY)


def test_tables_replace_those_in_the_document_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "matrix.md"
    before, _, rest = DOCUMENT.read_text().partition("<!-- tables: begin -->")
    file.write_text(DOCUMENT.read_text())
    write_report(file, "The tables.\n")
    after = rest.partition("<!-- tables: end -->")[2]
    assert file.read_text() == f"{before}<!-- tables: begin -->\n\nThe tables.\n\n<!-- tables: end -->{after}"


def test_document_without_a_place_for_the_tables_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.md"
    file.write_text("Words.\n")
    with pytest.raises(ValueError, match="no place for the tables"):
        write_report(file, "The tables.\n")
    assert file.read_text() == "Words.\n"
