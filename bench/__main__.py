"""Measure, and print each figure beside its target."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.growth import PAGE, measure_growth
from bench.host_pages import HostPages, serving
from bench.isso import Isso
from bench.live import measure_live
from bench.live_across import measure_live_across
from bench.moderating import make_queue, measure_moderating
from bench.painting import measure_painting
from bench.peers import measure_peers, running_peers
from bench.plots import write_plots
from bench.posting import measure_likes, measure_posts, measure_reads_while_posting
from bench.processes import ROOT, Cores, Server, free_port, palaver, running
from bench.reading import measure_download, measure_first_views, measure_reading, measure_wire
from bench.report import Bar, Figure, Row, machine, table, write
from bench.rounds import QUICK, Effort
from bench.scaling import measure_scaling
from bench.signing_in import measure_signing_in
from bench.starting import measure_start
from bench.summaries import measure_summaries
from bench.threads import long_plan, whole_plan
from bench.waiting import measure_waiting
from bench.waline import Waline
from bench.world import BLOG, World, make_world

READ, POSTED = "read", "posted"  # pages
PEERS = (Isso(), Waline())
INSTALLED = ROOT / "build" / "peers"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the service; some minutes.")
    parser.add_argument("--quick", action="store_true", help="only see that everything runs; the figures say little")
    parser.add_argument("--peers", action="store_true", help="also measure Isso and Waline, installed in build/peers")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="also put the figures into this Markdown page")
    given = parser.parse_args()
    cores, started = Cores(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="palaver-bench-") as folder:
        effort = QUICK if given.quick else Effort()
        figures = _measure(cores, Path(folder), effort)
        if given.peers:
            figures += _measure_beside(cores, Path(folder), effort)
    notes = [f"{machine()}; {time.perf_counter() - started:.0f} s."]
    if given.peers:
        notes.append(f"Peers: {', '.join(package for peer in PEERS for package in peer.packages)}.")
    if cores.shared:
        notes.append("There is one core only, which servers and load share.")
    if given.quick:
        notes.append("A quick run: it shows that everything works, not how fast.")
    text = f"{table([figure for figure in figures if isinstance(figure, Row)])}\n\n{' '.join(notes)}"
    print(text)
    if given.write:
        plots = write_plots([figure for figure in figures if isinstance(figure, Bar)], given.write)
        write(given.write, f"{text}\n\n{plots}")


def _measure(cores: Cores, folder: Path, effort: Effort) -> list[Figure]:
    chance = random.Random("plans")
    views = [f"view-{number}" for number in range(effort.views * (effort.rounds + 1))]
    _tell("writing threads")
    plans = {name: whole_plan(chance) for name in (READ, POSTED, *views)}
    world = make_world(folder / "main", {PAGE: long_plan(random.Random("long"), 100), **plans})
    worlds = [
        make_world(folder / f"thread-{size}", {PAGE: long_plan(random.Random("long"), size)}) for size in effort.sizes
    ]
    _tell("starting")
    starts = measure_start(cores, world.folder, effort)
    with running(palaver(cores, world.folder)) as service:
        figures = asyncio.run(_measure_service(cores, service, world, views, effort))
    _tell("telling live")
    figures += measure_live(cores, world, POSTED, effort)
    figures += measure_live_across(cores, folder / "across", effort)
    _tell("moderating")
    queue = make_queue(folder / "queue", effort.queue)
    with running(palaver(cores, queue.folder)) as service:
        figures += asyncio.run(measure_moderating(service, queue, effort))
    _tell("several processes")
    figures += measure_scaling(cores, folder / "scaling", effort)
    _tell("long threads")
    with contextlib.ExitStack() as stack:
        services = [stack.enter_context(running(palaver(cores, each.folder))) for each in worlds]
        return [*figures, *starts, *asyncio.run(measure_growth(services, worlds, effort))]


async def _measure_service(
    cores: Cores, service: Server, world: World, views: Sequence[str], effort: Effort
) -> list[Figure]:
    sizes = await measure_download(service)
    with running(Server(cores, world.folder, ["-m", "bench.floor", str(world.folder)])) as floor:
        _tell("reading")
        rows: list[Figure] = [*await measure_reading(service, floor, world, READ, effort)]
        rows += await measure_summaries(service, floor, views, effort)
        rows += await measure_first_views(service, views, effort)
        _tell("posting")
        rows += await measure_posts(service, floor, POSTED, effort)
        rows += await measure_likes(service, floor, world, POSTED, effort)
        rows += await measure_reads_while_posting(service, POSTED, READ, effort)
        _tell("signing in")
        signing_in = await measure_signing_in(cores, floor, world, READ, effort)
    rows.append(Row("resident memory after reading and posting", service.memory(), " MB", 120, under=True, digits=0))
    _tell("waiting")
    rows += [*signing_in, *await measure_waiting(service, world, effort)]
    return [*rows, *await measure_wire(service, world.pages[READ], READ), *sizes]


def _measure_beside(cores: Cores, folder: Path, effort: Effort) -> list[Figure]:
    """Peers on the same comments, and all of them in a browser."""
    port = free_port()
    pages = HostPages(port)
    world = make_world(folder / "beside", {READ: whole_plan(random.Random("beside"))}, origins=[BLOG, pages.origin])
    with contextlib.ExitStack() as stack:
        stack.enter_context(serving(pages, port))
        service = stack.enter_context(running(palaver(cores, world.folder)))
        floor = stack.enter_context(running(Server(cores, world.folder, ["-m", "bench.floor", str(world.folder)])))
        _tell("installing peers")
        given = cores, PEERS, INSTALLED, folder / "peers", world.pages[READ], pages
        peers, missing = stack.enter_context(running_peers(*given))
        _tell("reading beside peers")
        found = [*missing, *asyncio.run(measure_peers(service, floor, READ, peers, effort))]
        _tell("painting")
        return [*found, *asyncio.run(measure_painting(pages, service, READ, peers, effort))]


def _tell(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
