"""Imports to views: what was found in a file, in words, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from widget import ids
from widget.admin_views.sites import site_address
from widget.admin_views.words import comments, date
from widget.store.imports import WORKING, Import
from widget.store.sites import Site
from widget.transfer.report import STATES
from widget.transfer.working import SILENT

_LABELS = {
    "looking": "Being looked at",
    "looked": "Waits for you",
    "importing": "Being imported",
    "done": "Imported",
    "failed": "Not imported",
    "stopped": "Stopped",
}
SUGGESTED = 20  # origins


class ImportView(msgspec.Struct, frozen=True):
    """`facts` are pairs of what and how much; `mappings` stand in the form, OLD=NEW on a line each."""

    url: str
    file_name: str
    date: str
    time: str
    state: str
    label: str
    working: bool
    waits: bool  # for a process that has its file
    done: int
    total: int | None
    facts: Sequence[tuple[str, str]]
    notes: Sequence[str]
    foreign: Sequence[tuple[str, str]]  # origins that the site does not list, and how many comments
    mappings: str
    any_host: bool
    error: str


def imports_address(site: str, *parts: str) -> str:
    return site_address(site, "imports", *parts)


def import_view(site: Site, found: Import, now: int) -> ImportView:
    report: Mapping[str, Any] = msgspec.json.decode(found.report) if found.report else {}
    foreign: dict[str, int] = dict(sorted(report.get("foreign", {}).items(), key=lambda item: -item[1]))
    begun, working = ids.time_of(found.id), found.state in WORKING
    return ImportView(
        url=imports_address(site.name, ids.encode(found.id)),
        file_name=found.file_name,
        date=date(begun),
        time=ids.rfc3339(begun),
        state=found.state,
        label=_LABELS[found.state],
        working=working,
        waits=working and found.told_at < now - 2 * SILENT,
        done=found.done,
        total=found.total,
        facts=list(_facts(report, done=found.state == "done")) if report else [],
        notes=report.get("notes", []),
        foreign=[(origin, comments(number)) for origin, number in foreign.items()][:SUGGESTED],
        mappings=_mappings(site, found.mappings, list(foreign)[:SUGGESTED]),
        any_host=found.any_host,
        error=found.error,
    )


def _facts(report: Mapping[str, Any], *, done: bool) -> Iterator[tuple[str, str]]:
    states = ", ".join(f"{report['states'][state]:,} {state}" for state in STATES if report["states"][state])
    skipped: Mapping[str, int] = report["skipped"]
    written = report["imported"] if done else report["comments"] - sum(skipped.values()) - report["duplicates"]
    yield "Format", report["format"]
    yield "Comments in the file", f"{report['comments']:,}" + (f" ({states})" if states else "")
    yield "Imported" if done else "To be imported", f"{written:,}"
    yield "Here already", f"{report['duplicates']:,}"
    for reason, number in skipped.items():
        yield f"Left out: {reason}", f"{number:,}"
    yield "Pages", f"{report['pages']:,}"
    yield "People", f"{report['people']:,}"
    yield "Deepest reply", f"level {report['max_depth']:,}"
    if report["orphans"]:
        yield "Replies whose parent is missing", f"{report['orphans']:,}, now comments of their own"


def _mappings(site: Site, given: str, origins: Sequence[str]) -> str:
    """Those that were given, and of the other origins the likeliest: that the site has moved."""
    home = site.origins[0] if site.origins else ""
    lines = given.splitlines()
    known = {line.partition("=")[0] for line in lines}
    return "\n".join([*lines, *(f"{origin}={home}" for origin in origins if home and origin and origin not in known)])
