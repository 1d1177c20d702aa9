"""Exports that others wrote: each record is read as it is in the file, and imported once, on either database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.comment_html import offences
from tests.support.outside import expected_files, expected_records, html_words, milliseconds, squeezed
from tests.support.require import fixtures
from tests.support.rows import CommentRow, Rows, recount, rows_of
from tests.support.service import HOME, World
from widget import site_verbs
from widget.ids import time_of
from widget.names import clean_email, clean_url
from widget.transfer import wordpress
from widget.transfer.containers import open_parts
from widget.transfer.formats import import_file
from widget.transfer.plan import Options
from widget.transfer.records import ImportedComment, ImportedPage, ImportFailed, Record, Skipped
from widget.transfer.report import Report
from widget.transfer.values import NAMELESS

NO_COMMENTS = {"pingback", "trackback"}
STATES = {"trash": "rejected", "post-trashed": "rejected"}
REFUSED = {"comentario-wordpress-bad-format.zip", "comentario-wordpress-bad-no-files.zip"}


def wordpress_files() -> list[Path]:
    return sorted(path for path in (fixtures() / "imports" / "wordpress").iterdir() if path.suffix in {".xml", ".zip"})


def read_file(path: Path) -> Iterator[Record]:
    with open_parts(path) as parts:
        for part in parts:
            yield from wordpress.read(part)


def test_outside_exports_are_read_record_by_record() -> None:
    compared = 0
    for path in wordpress_files():
        expected = expected_records("wordpress", path)
        if not expected:
            continue
        records = list(read_file(path))
        pages = {record.source_id: record for record in records if isinstance(record, ImportedPage)}
        found = [record for record in records if not isinstance(record, ImportedPage)]
        assert len(found) == len(expected), path.name
        for record, wanted in zip(found, expected, strict=True):
            compare(record, pages, wanted)
            compared += 1
    assert compared > 300


def compare(record: Record, pages: dict[str, ImportedPage], wanted: dict[str, Any]) -> None:
    assert record.source_id.rpartition(":")[2] == wanted["id"]
    if isinstance(record, Skipped):
        assert wanted["type"] in NO_COMMENTS
        return
    assert isinstance(record, ImportedComment)
    page = pages[record.page_source_id]
    assert page.url == wanted["page"].strip()
    assert (record.parent_source_id or ":").rpartition(":")[2] == (wanted["parent"] or "")
    assert record.author_name == (html_words(wanted["author"]) or NAMELESS)
    assert record.author_email == clean_email(wanted.get("email", ""))
    assert record.author_url == clean_url(wanted.get("url", ""))
    assert record.created_at == milliseconds(wanted["created"])
    assert record.status == STATES.get(wanted["state"], wanted["state"])
    assert offences(record.html) == []
    assert squeezed(html_words(record.html)) == squeezed(html_words(wanted["text"]))
    assert squeezed(record.text) == squeezed(html_words(wanted["text"]))


def test_broken_outside_exports_are_refused() -> None:
    for path in wordpress_files():
        if path.name in REFUSED:
            with pytest.raises(ImportFailed, match=r"line 1|holds no file"):
                list(read_file(path))
        else:
            list(read_file(path))


async def test_outside_exports_are_imported_once_with_all_that_they_hold(world: World) -> None:
    imported = 0
    for number, entry in enumerate(entry for entry in expected_files("wordpress") if entry["valid"]):
        path = fixtures() / entry["file"]
        site = await site_verbs.add(world.db, f"site-{number}", ["https://unlisted.example"], HOME)
        report = await import_file(world.db, site.name, path, Options(any_host=True))
        rows = await rows_of(world, site)
        assert_counts(report, entry["counts"], rows)
        assert Counter(map(facts(rows), rows.comments)) == Counter(
            expected_facts(expected_records("wordpress", path))
        ), path.name
        assert rows == recount(rows), path.name

        again = await import_file(world.db, site.name, path, Options(any_host=True))
        assert (again.imported, again.duplicates) == (0, report.imported)
        assert await rows_of(world, site) == rows
        imported += len(rows.comments)
    assert imported > 300


def assert_counts(report: Report, counts: dict[str, Any], rows: Rows) -> None:
    no_comments = sum(counts.get("types", {}).get(kind, 0) for kind in NO_COMMENTS)
    states = Counter({STATES.get(state, state): number for state, number in counts["states"].items()})
    assert (report.pages, len(rows.pages)) == (counts["pages_with_records"],) * 2
    assert report.comments == counts["records"]
    assert report.states == states
    assert report.max_depth == counts["max_depth"]
    assert report.orphans == counts["parent_missing"] + counts["parent_on_other_page"]
    assert sum(report.skipped.values()) == no_comments
    assert report.imported == len(rows.comments) == counts["records"] - no_comments
    visible = sum(page.comments for page in rows.pages)
    assert visible == counts["approved_with_known_page"] - no_comments  # all of them are approved
    assert report.duplicates == 0
    assert all(warning.startswith("HTML that comments cannot have") for warning in report.warnings)


def facts(rows: Rows) -> Callable[[CommentRow], tuple[Any, ...]]:
    """What of a comment can be compared with the file: no ids, for those are ours."""
    times = {row.id: time_of(row.id) for row in rows.comments}
    titles = {page.key: page.title for page in rows.pages}

    def of(row: CommentRow) -> tuple[Any, ...]:
        parent = times[row.parent_id] if row.parent_id is not None else None
        return titles[row.page], times[row.id], parent, row.author, row.email, row.status, squeezed(row.text)

    return of


def expected_facts(records: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    kept = [record for record in records if record.get("type") not in NO_COMMENTS]
    times = {(record["page"], record["id"]): milliseconds(record["created"]) for record in kept}
    for record in kept:
        yield (
            html_words(record.get("title", "")),
            times[record["page"], record["id"]],
            times.get((record["page"], record["parent"])),
            html_words(record["author"]) or NAMELESS,
            clean_email(record.get("email", "")) or "",
            STATES.get(record["state"], record["state"]),
            squeezed(html_words(record["text"])),
        )


async def test_outside_exports_that_are_broken_write_nothing(world: World) -> None:
    broken = [fixtures() / entry["file"] for entry in expected_files("wordpress") if not entry["valid"]]
    assert {path.name for path in broken} > REFUSED
    for path in broken:
        if path.name in REFUSED:
            with pytest.raises(ImportFailed, match=r"\.$"):
                await import_file(world.db, "blog", path, Options(any_host=True))
            assert await rows_of(world, world.blog) == ([], [])
        else:  # two parts in one archive, as WordPress.com sends them, the first without comments
            assert (await import_file(world.db, "blog", path, Options(any_host=True))).imported == 1


def test_attacks_by_entities_are_refused() -> None:
    for path in sorted((fixtures() / "imports" / "disqus").glob("security-*")):
        with pytest.raises(ImportFailed, match="document type"):
            list(read_file(path))
