"""What reading costs: a thread and its replies against the floor, and the first view of a page."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import brotli

from bench.client import OK, Expected, ask_all, ask_once, connections, get
from bench.comparing import Load, against_floor
from bench.growth import more_replies
from bench.processes import Server
from bench.report import Row
from bench.rounds import Effort, percentile, spread
from bench.threads import Written
from bench.world import World, frame_path
from widget.assets import Assets

ELSEWHERE = (
    *("demo.css", "admin.css", "admin.js", "admin-imports.js", "admin-sites.js", "preview.css"),
    *("moderation.css", "moderation.js"),
    *("auth.css", "auth.js", "account.css"),  # of pages of their own
    *("votes.css", "proof.js"),  # of sites that ask for them
    "wrong-tag.js",  # of a site that does not work yet
    *("count.js", "latest.js"),  # of host pages that show such things
)


async def measure_reading(service: Server, floor: Server, world: World, page: str, effort: Effort) -> list[Row]:
    """A cached thread as nearly all ask for it, and by those who need it no more or take no compression; and replies
    that a reader asks for, which are made for each.
    """
    cached = await load_of("cached thread of 100", service, get(frame_path(page)))
    [etag] = (await ask_once(service.port, next(cached.requests))).headers(b"etag")
    known = get(frame_path(page), **{"If-None-Match": etag})
    loads = (
        (cached, effort.reads, 1.25),
        (await load_of("the same, unchanged (304)", service, known, 304), effort.reads, 1.25),
        (
            await load_of("the same, uncompressed", service, get(frame_path(page), encoding="identity")),
            effort.reads,
            None,
        ),
        (await load_of("15 more replies, uncached", service, more_replies(world)), effort.replies, None),
    )
    rows: list[Row] = []
    for load, number, limit in loads:
        found = await against_floor(service, floor, load, number, effort)
        if not rows:
            rows.append(Row("floor: CPU for a request", found.floor.median, " µs", spread=found.floor, digits=0))
        rows.append(Row(f"{load.name}: CPU in floor requests", found.ratio.median, "×", limit, spread=found.ratio))
    return rows


async def load_of(name: str, service: Server, request: bytes, status: int = 200) -> Load:
    """The same request for ever, whose answer is as long as that to the second one: by then it is cached."""
    await ask_once(service.port, request, Expected(status))
    answer = await ask_once(service.port, request, Expected(status))
    return Load(name, itertools.repeat(request), Expected(status, len(answer.body)))


async def measure_first_views(service: Server, pages: Sequence[str], effort: Effort) -> list[Row]:
    """Each page once, one after another, after some that are not counted; a page is 100 comments whole."""
    medians, seconds = [], []
    cpu = 0.0
    async with connections(service.port, 1) as opened:
        await ask_all(opened, [get(frame_path(page)) for page in pages[: effort.views]], OK)
        for start in range(effort.views, len(pages), effort.views):
            before = service.cpu()
            asked = [get(frame_path(page)) for page in pages[start : start + effort.views]]
            times = await ask_all(opened, asked, OK)
            cpu += service.cpu() - before
            medians.append(percentile(times, 50) * 1e3)
            seconds += times
    middle = spread(medians)
    return [
        Row("first view of 100: median", percentile(seconds, 50) * 1e3, " ms", 10, under=True, spread=middle, digits=1),
        Row("first view of 100: 95th percentile", percentile(seconds, 95) * 1e3, " ms", digits=1),
        Row("first view of 100: CPU", cpu / len(seconds) * 1e3, " ms", digits=1),
    ]


async def measure_wire(service: Server, page: Written, name: str) -> list[Row]:
    texts = "\n".join(page.texts).encode()
    alone = len(brotli.compress(texts, mode=brotli.MODE_TEXT, quality=5))
    wire = len((await ask_once(service.port, get(frame_path(name)))).body)
    return [
        Row("thread of 100: brotli on the wire", wire / 1e3, " kB", digits=1),
        Row("thread of 100: texts alone, brotli 5", alone / 1e3, " kB", digits=1),
        Row("thread of 100: wire bytes / texts alone", wire / alone, "×", 2),
    ]


async def measure_download(service: Server) -> list[Row]:
    """Scripts and styles as they are served, in kB (10^3 bytes)."""
    files = {name: asset.path for name, asset in Assets().by_name.items() if name.endswith((".js", ".css"))}
    reader = [files[name] for name in ("embed.js", "widget.js", "widget.css")]
    everything = [path for name, path in files.items() if name not in ELSEWHERE]
    sizes = {encoding: await _size(service, reader, encoding) for encoding in ("identity", "gzip", "br")}
    return [
        Row("reader's download: raw", sizes["identity"], " kB"),
        Row("reader's download: gzip", sizes["gzip"], " kB"),
        Row("reader's download: brotli", sizes["br"], " kB", 7.5),
        Row("all scripts and styles of the frame: brotli", await _size(service, everything, "br"), " kB", 20),
    ]


async def _size(service: Server, paths: Sequence[str], encoding: str) -> float:
    answers = [await ask_once(service.port, get(path, encoding=encoding)) for path in paths]
    return sum(len(answer.body) for answer in answers) / 1e3
