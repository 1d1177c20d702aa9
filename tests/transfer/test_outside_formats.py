"""Exports of other systems than WordPress that others wrote: imported once with all that they hold, or refused."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.support.comment_html import offences
from tests.support.damage import CHANGES, survives
from tests.support.outside import expected_files, expected_records, html_words, milliseconds
from tests.support.require import fixtures
from tests.support.rows import Rows, recount, rows_of
from tests.support.service import HOME, World
from widget import site_verbs
from widget.ids import time_of
from widget.names import clean_email
from widget.page_key import SiteAddress, page_key
from widget.transfer.containers import open_parts
from widget.transfer.formats import import_file, recognise
from widget.transfer.plan import Options
from widget.transfer.records import ImportFailed
from widget.transfer.report import Report
from widget.transfer.values import NAMELESS

BLOG = "https://alder-and-oak.example"
SYSTEMS = ("artalk", "commento", "disqus", "isso", "remark42", "waline")
STATES = {"flagged": "spam"}


@pytest.mark.parametrize("system", SYSTEMS)
async def test_export_of_others_is_imported_once_with_all_that_it_holds(world: World, system: str) -> None:
    for number, entry in enumerate(entry for entry in expected_files(system) if entry["valid"]):
        path = fixtures() / entry["file"]
        expected = expected_records(system, path)
        site = await site_verbs.add(world.db, f"site-{number}", [BLOG], HOME)
        report = await import_file(world.db, site.name, path, Options(any_host=True))
        rows = await rows_of(world, site)
        taken = [record for record in expected if record["created"] and record.get("page")]
        assert_counts(report, entry["counts"], expected, taken)
        assert Counter(facts(rows)) == Counter(expected_facts(taken)), path.name
        assert_texts(rows, taken)
        assert rows == recount(rows), path.name
        shown = sum(record["state"] == "approved" for record in taken)
        assert sum(page.comments for page in rows.pages) == shown

        again = await import_file(world.db, site.name, path, Options(any_host=True))
        assert (again.imported, again.duplicates) == (0, report.imported)
        assert await rows_of(world, site) == rows


def assert_counts(
    report: Report, counts: dict[str, Any], expected: list[dict[str, Any]], taken: list[dict[str, Any]]
) -> None:
    """`taken` are those that can be found: with a date, on a page with an address."""
    states = Counter({STATES.get(state, state): number for state, number in counts["states"].items()})
    assert (report.comments, report.states) == (counts["records"], states)
    assert report.max_depth == counts["max_depth"]
    assert report.orphans == counts["parent_missing"] + counts["parent_on_other_page"]
    assert report.pages == len({key_of(record) for record in taken})
    assert report.imported == len(taken) == counts["records"] - sum(report.skipped.values())
    assert set(report.skipped) <= {"page without an address", "without a date"}
    assert len(expected) - len(taken) <= counts["page_missing"] + counts.get("threads_without_link", 0)


def key_of(record: dict[str, Any]) -> str:
    """Of the page; where the file names none, the host is the site's."""
    page = unescape(record["page"])  # Remark42 keeps addresses as HTML
    url = page if "://" in page else f"https://{record.get('host') or BLOG.partition('://')[2]}/{page.lstrip('/')}"
    return page_key(url, None, SiteAddress([url[: (url + "/").index("/", 8)]])).key


def facts(rows: Rows) -> Iterator[tuple[Any, ...]]:
    """What of a comment can be compared with the file: no ids, for those are ours."""
    times = {row.id: time_of(row.id) for row in rows.comments}
    for row in rows.comments:
        parent = times[row.parent_id] if row.parent_id is not None else None
        yield row.page, times[row.id], parent, row.author, row.email, row.status


def expected_facts(taken: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    times = {(key_of(record), record["id"]): milliseconds(record["created"]) for record in taken}
    for record in taken:
        key, gone = key_of(record), record["state"] == "deleted"
        name = " ".join(unescape(record.get("author") or "").split()) or NAMELESS
        yield (
            key,
            times[key, record["id"]],
            times.get((key, record["parent"])),
            None if gone else name,
            None if gone else clean_email(record.get("email") or "") or "",
            STATES.get(record["state"], record["state"]),
        )


def assert_texts(rows: Rows, taken: list[dict[str, Any]]) -> None:
    written: dict[tuple[str, int], list[str]] = {}
    for record in taken:
        source = record.get("html") or record["text"] if record["state"] != "deleted" else ""
        written.setdefault((key_of(record), milliseconds(record["created"])), []).append(source)
    for row in rows.comments:
        assert offences(row.html) == []
        assert any(is_of(row.text, source) for source in written[row.page, time_of(row.id)]), row


def is_of(text: str, source: str) -> bool:
    """Whether each letter that is shown is in the file, in that order, and little of the file is not shown."""
    rest = iter(letters(unescape(source)))
    plain = letters(html_words(re.sub(r"https?://[^\s)]*", "", source)))
    return all(letter in rest for letter in letters(text)) and len(letters(text)) >= 0.8 * len(plain)


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


@pytest.mark.parametrize("system", SYSTEMS)
async def test_broken_export_of_others_writes_nothing(world: World, system: str) -> None:
    for entry in expected_files(system):
        if not entry["valid"]:
            with pytest.raises(ImportFailed, match=r"line \d.*\.$"):
                await import_file(world.db, "blog", fixtures() / entry["file"], Options(any_host=True))
            assert await rows_of(world, world.blog) == ([], [])


@pytest.mark.parametrize("system", [*SYSTEMS, "wordpress"])
def test_damaged_export_of_others_is_read_or_refused(system: str, tmp_path: Path) -> None:
    """In every way once, with the same choices each time."""
    file = tmp_path / "export"
    for entry in expected_files(system):
        if not entry["valid"] or entry["bytes"] > 200_000:
            continue
        file.write_bytes((fixtures() / entry["file"]).read_bytes())
        source_format = recognise(file).NAME
        with open_parts(file) as parts:
            whole = b"".join(chunk for part in parts for chunk in part.chunks())
        for seed, change in enumerate(CHANGES):
            file.write_bytes(change(whole, random.Random(seed)))
            survives(file, source_format)
