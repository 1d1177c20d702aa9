"""What the bench prints and draws."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.plots import PLOTS, draw, write_plots
from bench.report import BEGIN, END, Bar, Row, table, write


@pytest.mark.parametrize(
    ("row", "target", "verdict"),
    [
        (Row("at most", 1.25, "×", 1.25), "≤ 1.25×", "met"),
        (Row("at most", 1.26, "×", 1.25), "≤ 1.25×", "MISSED"),
        (Row("under", 10.0, " ms", 10, under=True), "< 10 ms", "MISSED"),
        (Row("at least", 3.0, "×", 3, least=True), "≥ 3×", "met"),
        (Row("at least", 2.9, "×", 3, least=True), "≥ 3×", "MISSED"),
        (Row("explains", 7.0), "", ""),
        (Row("a peer: not measured", None, "×", 3, least=True), "≥ 3×", ""),
    ],
)
def test_a_figure_stands_beside_its_target(row: Row, target: str, verdict: str) -> None:
    assert row.cells()[3:] == (target, verdict)


def test_what_could_not_be_measured_is_named_without_a_figure() -> None:
    assert "| Isso: not measured | –" in table([Row("Isso: not measured", None)])


def test_the_longest_bar_is_the_greatest_and_all_are_told() -> None:
    bars = [Bar("cpu", "Palaver", 1.25), Bar("cpu", "A & B", 2_500.0)]
    drawn = draw(PLOTS["cpu"], bars)
    ours, other = ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}rect")
    assert float(ours.get("width", 0)) < float(other.get("width", 0))
    assert (ours.get("class"), other.get("class")) == ("ours", None)
    assert "Palaver 1.2×; A &amp; B 2,500.0×" in drawn


def test_figures_and_plots_are_put_between_the_marks_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Before.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n")
    write(page, write_plots([Bar("wire", "Palaver", 12.5)], page))
    assert (tmp_path / "images" / "bench-wire.svg").is_file()
    text = page.read_text()
    assert "old" not in text
    assert "A thread of 100 comments on the wire: Palaver 12.5 kB](images/bench-wire.svg)" in text
    assert text.startswith("Before.")
    assert text.endswith("After.\n")
