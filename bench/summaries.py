"""What host pages ask for: the counts of the links on a page, and the latest comments."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from bench.client import ask_once, get
from bench.comparing import against_floor
from bench.processes import Server
from bench.reading import load_of
from bench.report import Row
from bench.rounds import Effort
from bench.world import SITE

LINKS = 20  # on a page
LIMIT = 1.25  # floor requests, as for a thread: work is done once per change and not once per reader


async def measure_summaries(service: Server, floor: Server, pages: Sequence[str], effort: Effort) -> list[Row]:
    """Unchanged, as a thread is measured: looked through for changes once a second."""
    named = [("url", f"https://blog.example/{page}") for page in pages[:LINKS]]
    path = f"/api/v1/{SITE}/counts?{urlencode(named)}"
    counts = await load_of(f"counts of {len(named)} pages", service, get(path))
    [etag] = (await ask_once(service.port, next(counts.requests))).headers(b"etag")
    unchanged = await load_of("the same, unchanged (304)", service, get(path, **{"If-None-Match": etag}), 304)
    latest = await load_of("latest 10 comments", service, get(f"/api/v1/{SITE}/latest"))
    rows = []
    for load in (counts, unchanged, latest):
        found = await against_floor(service, floor, load, effort.reads, effort)
        rows.append(Row(f"{load.name}: CPU in floor requests", found.ratio.median, "×", LIMIT, spread=found.ratio))
    return rows
