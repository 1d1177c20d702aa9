"""What reading costs: a cached thread against the floor, and the first view of a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import brotli

from bench.client import OK, Expected, ask_all, ask_once, connections, get
from bench.floor import READ
from bench.processes import Process, Server
from bench.report import Row
from bench.rounds import Effort, percentile, ratios, spread
from bench.threads import Written
from bench.world import frame_path
from widget.assets import Assets

NOT_FOR_READERS = (
    *("demo.css", "admin.css", "admin.js", "admin-sites.js", "preview.css", "moderation.css", "moderation.js"),
    *("votes.css", "proof.js"),  # of sites that ask for them
)


async def keep_cached_answer(server: Server, page: str, folder: Path) -> Expected:
    """Let the floor answer what the service answers for a cached thread."""
    request = get(frame_path(page))
    await ask_once(server.port, request)
    answer = await ask_once(server.port, request)
    (folder / READ).write_bytes(answer.head + b"\r\n\r\n" + answer.body)
    return Expected(200, len(answer.body))


async def cpu_of(server: Process, port: int, request: bytes, number: int, expected: Expected) -> float:
    """Seconds of the server's CPU for each of so many equal requests."""
    async with connections(port) as opened:
        before = server.cpu()
        await ask_all(opened, [request] * number, expected)
        return (server.cpu() - before) / number


async def measure_cached(service: Server, floor: Server, page: str, expected: Expected, effort: Effort) -> list[Row]:
    request = get(frame_path(page))
    await cpu_of(floor, floor.port, request, effort.reads // 2, expected)
    await cpu_of(service, service.port, request, effort.reads // 2, expected)
    floors, values = [], []
    for _ in range(effort.rounds):
        floors.append(await cpu_of(floor, floor.port, request, effort.reads, expected))
        values.append(await cpu_of(service, service.port, request, effort.reads, expected))
    ratio, micro = ratios(values, floors), spread([value * 1e6 for value in floors])
    return [
        Row("floor: CPU for a request", micro.median, " µs", spread=micro, digits=0),
        Row("cached thread of 100: CPU in floor requests", ratio.median, "×", 1.25, spread=ratio),
    ]


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


def measure_wire(page: Written, body: Expected) -> list[Row]:
    texts = "\n".join(page.texts).encode()
    alone = len(brotli.compress(texts, mode=brotli.MODE_TEXT, quality=5))
    assert body.length is not None
    return [
        Row("thread of 100: brotli on the wire", body.length / 1e3, " kB", digits=1),
        Row("thread of 100: texts alone, brotli 5", alone / 1e3, " kB", digits=1),
        Row("thread of 100: wire bytes / texts alone", body.length / alone, "×", 2),
    ]


async def measure_download(service: Server) -> list[Row]:
    """Scripts and styles as they are served, in kB (10^3 bytes)."""
    files = {name: asset.path for name, asset in Assets().by_name.items() if name.endswith((".js", ".css"))}
    reader = [files[name] for name in ("embed.js", "widget.js", "widget.css")]
    everything = [path for name, path in files.items() if name not in NOT_FOR_READERS]
    sizes = {encoding: await _size(service, reader, encoding) for encoding in ("identity", "gzip", "br")}
    return [
        Row("reader's download: raw", sizes["identity"], " kB"),
        Row("reader's download: gzip", sizes["gzip"], " kB"),
        Row("reader's download: brotli", sizes["br"], " kB", 7.5),
        Row("all scripts and styles of readers: brotli", await _size(service, everything, "br"), " kB", 20),
    ]


async def _size(service: Server, paths: Sequence[str], encoding: str) -> float:
    answers = [await ask_once(service.port, get(path, encoding=encoding)) for path in paths]
    return sum(len(answer.body) for answer in answers) / 1e3
