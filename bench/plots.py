"""Plots of the figures as small SVG files: bars, in colours that stand on light and dark pages."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

from bench.report import Bar

OURS = "Palaver"
WIDTH, LABEL, LONGEST = 720, 200, 400  # px: of a plot, of the labels' column, of the longest bar
_LINE, _BAR, _HEAD = 26, 16, 44


class Plot(NamedTuple):
    title: str
    unit: str
    digits: int = 0


PLOTS = {
    "cpu": Plot("CPU for a thread of 100 comments, in floor requests", "×", 1),
    "wire": Plot("A thread of 100 comments on the wire", " kB", 1),
    "paint": Plot("Until the first comment is painted, on 3G", " s", 2),
    "growth": Plot("CPU of a request, by the number of comments on the page", " ms", 1),
    "processes": Plot("Posts a second on PostgreSQL, by processes", ""),
}
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 }
.group { fill: #57606a }
rect { fill: #8c959f }
.ours { fill: #1a7f64 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .group { fill: #9198a1 }
  rect { fill: #6e7681 }
  .ours { fill: #3fb68b }
}
"""


def write_plots(bars: Sequence[Bar], page: Path) -> str:
    """Write a file for each plot that has bars into `images/` beside the page; the Markdown that shows them."""
    shown = []
    for name, plot in PLOTS.items():
        own = [bar for bar in bars if bar.plot == name]
        if own:
            file = page.parent / "images" / f"bench-{name}.svg"
            file.parent.mkdir(exist_ok=True)
            file.write_text(draw(plot, own))
            shown.append(f"![{plot.title}: {_told(plot, own)}](images/{file.name})")
    return "\n\n".join(shown)


def draw(plot: Plot, bars: Sequence[Bar]) -> str:
    """Of a plot with bars of another system than ours, ours alone stand out."""
    compared = any(bar.label == OURS for bar in bars)
    most = max(bar.value for bar in bars) or 1
    parts, top = [f'<text class="title" x="0" y="18">{escape(plot.title)}</text>'], _HEAD
    for group, members in itertools.groupby(bars, key=lambda bar: bar.group):
        if group:
            parts.append(f'<text class="group" x="0" y="{top}">{escape(group)}</text>')
            top += _LINE - 4
        for bar in members:
            width = max(1.0, bar.value / most * LONGEST)
            kind = ' class="ours"' if not compared or bar.label == OURS else ""
            parts += [
                f'<text x="{LABEL - 10}" y="{top}" text-anchor="end">{escape(bar.label)}</text>',
                f'<rect{kind} x="{LABEL}" y="{top - 13}" width="{width:.1f}" height="{_BAR}" rx="2"/>',
                f'<text x="{LABEL + width + 8:.1f}" y="{top}">{_value(plot, bar)}</text>',
            ]
            top += _LINE
    height = top - _LINE + 12
    title = f"<title>{escape(plot.title)}: {escape(_told(plot, bars))}</title>"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">'
    return "\n".join([head, title, f"<style>{_STYLE}</style>", *parts, "</svg>\n"])


def _told(plot: Plot, bars: Sequence[Bar]) -> str:
    return "; ".join(f"{f'{bar.group}, ' if bar.group else ''}{bar.label} {_value(plot, bar)}" for bar in bars)


def _value(plot: Plot, bar: Bar) -> str:
    return f"{bar.value:,.{plot.digits}f}{plot.unit}"
