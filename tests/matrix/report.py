"""What came of the cells, as Markdown: it is printed, and put into the document between its two marks."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.matrix.cells import BROWSERS, FURTHER_PAGES, PAGES, Browser, Control, Page
from tests.matrix.run import Result

BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"
_SENT = {
    Control(in_frame=True, in_window=True): "kept, in one jar",
    Control(in_frame=True, in_window=False): "kept, in a jar of the frame's own",
    Control(in_frame=False, in_window=False): "dropped",
}


def report(results: Sequence[Result], today: datetime.date) -> str:
    return "\n".join([_summary(results, today), "", *_outcomes(results), "", *_behaviour(results), ""])


def write_report(file: Path, text: str) -> None:
    """Raises `ValueError` for a document without the marks."""
    before, begin, rest = file.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file} has no place for the tables: {BEGIN!r}, {END!r}")
    file.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}")


def _summary(results: Sequence[Result], today: datetime.date) -> str:
    counts = []
    for pages, which in ((PAGES, "cells"), (FURTHER_PAGES, "further ones")):
        among = [result for result in results if result.cell.page in pages]
        if among:
            counts.append(f"{sum(result.passes for result in among)} of {len(among)} {which}")
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return f"**{' and '.join(counts)} pass**, on {today.day} {today:%B %Y}, {system}."


def _outcomes(results: Sequence[Result]) -> Iterable[str]:
    pages = [page for page in (*PAGES, *FURTHER_PAGES) if any(result.cell.page == page for result in results)]
    yield _row("Browser", *(page.title for page in pages))
    yield _row(*("---" for _ in range(len(pages) + 1)))
    for browser in _browsers(results):
        yield _row(_title(browser, results), *(_outcome(_find(results, browser, page)) for page in pages))


def _outcome(result: Result | None) -> str:
    if result is None:
        return "–"
    if result.problem:
        return f"**no**: {result.findings.step}"
    if not result.is_evidence:
        return "no evidence: the control is wrong"
    return "yes, by *Continue as*" if result.cell.session == "memory" else "yes"


def _behaviour(results: Sequence[Result]) -> Iterable[str]:
    yield _row("Browser", "An ordinary third-party cookie is", "The session is kept in", "The window closes itself")
    yield _row("---", "---", "---", "---")
    for browser in _browsers(results):
        found = next(result.findings for result in results if result.cell.browser == browser)
        sent = _SENT.get(found.control, "unclear") if found.control else "unclear"
        closes = "yes" if found.window_closes else "no"
        yield _row(_title(browser, results), sent, found.session or "unclear", closes)


def _browsers(results: Sequence[Result]) -> list[Browser]:
    return [browser for browser in BROWSERS if any(result.cell.browser == browser for result in results)]


def _title(browser: Browser, results: Sequence[Result]) -> str:
    versions = {result.version for result in results if result.cell.browser == browser}
    return browser.title.format(version=max(versions))


def _find(results: Sequence[Result], browser: Browser, page: Page) -> Result | None:
    return next((result for result in results if (result.cell.browser, result.cell.page) == (browser, page)), None)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
