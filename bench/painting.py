"""When a reader sees the thread: the first comment painted in Chromium, on a slow network, with nothing cached.

The same page each time, with the tag of each system; the same comments; the servers on the same machine.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser

from bench.host_pages import HostPages
from bench.peers import RunningPeer
from bench.plots import OURS
from bench.processes import Server
from bench.report import Bar, Figure, Row
from bench.rounds import Effort, spread
from bench.world import SITE
from tests.support.chromium import running_chromium

# "3G" as WebPageTest has it: 1.6 Mbit/s down, 768 kbit/s up, 300 ms for a round trip.
NETWORK = {"offline": False, "downloadThroughput": 200_000, "uploadThroughput": 96_000, "latency": 300}
PATIENCE = 60  # seconds
FLAGS = (
    "--disable-site-isolation-trials",  # one process for page and frame: what slows the page's network slows both's
    "--disable-features=IsolateOrigins,site-per-process,SpareRendererForSitePerProcess",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # pictures of others' servers
)
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A page</title>
<style>body {{ font: 18px/1.5 Georgia, serif; max-width: 40rem; margin: 2rem auto }}</style>
<h1>Slow bread</h1><p>A night in the cold does what no amount of kneading will.</p>
{tag}</html>
"""
# In every frame: the time (Unix ms) at which a frame with a comment in it has been painted.
_WATCH = """(() => {
  const look = () => {
    const comment = document.querySelector(SELECTOR);
    if (!comment || !comment.getBoundingClientRect().height) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => {
      window.paintedAt = performance.timeOrigin + performance.now();
    }));
  };
  requestAnimationFrame(look);
})()"""


class Shown(NamedTuple):
    """A system on a page."""

    name: str
    path: str
    comment: str


def add_pages(pages: HostPages, service: Server, page: str, peers: Sequence[RunningPeer]) -> list[Shown]:
    home = f"http://localhost:{service.port}"
    ours = f'<script async src="{home}/embed.js" data-site="{SITE}" data-page-id="{page}"></script>'
    shown = []
    for name, tag, comment in ((OURS, ours, ".body"), *((peer.name, peer.tag, peer.comment) for peer in peers)):
        path = pages.add(f"/{name.lower()}.html", _PAGE.format(tag=tag).encode())
        shown.append(Shown(name, path, comment))
    return shown


async def measure_painting(
    pages: HostPages, service: Server, page: str, peers: Sequence[RunningPeer], effort: Effort
) -> list[Figure]:
    """By turns; the first load of each is not counted."""
    if not shutil.which("chromium"):
        return [Row("first comment painted on 3G: not measured, Chromium is not installed here", None)]
    shown = add_pages(pages, service, page, peers)
    taken: dict[str, list[float]] = {each.name: [] for each in shown}
    with tempfile.TemporaryDirectory(prefix="palaver-bench-") as profile:
        async with running_chromium(Path(profile), flags=FLAGS) as browser:
            for _ in range(effort.loads + 1):
                for each in shown:
                    taken[each.name].append(await _load(browser, pages.origin + each.path, each.comment))
    found: list[Figure] = []
    for name, values in taken.items():
        seconds = spread(values[1:])
        found.append(Row(f"{name}: first comment painted on 3G", seconds.median, " s", spread=seconds))
        found.append(Bar("paint", name, seconds.median))
    return found


async def _load(browser: Browser, url: str, comment: str) -> float:
    """Seconds from the beginning of the navigation."""
    context = await browser.new_context(viewport={"width": 1000, "height": 800})
    try:
        await context.add_init_script(_WATCH.replace("SELECTOR", f"'{comment}'"))
        page = await context.new_page()
        session = await context.new_cdp_session(page)
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", NETWORK)
        await page.goto(url, wait_until="commit")
        began: float = await page.evaluate("performance.timeOrigin")
        async with asyncio.timeout(PATIENCE):
            while True:
                for frame in page.frames:
                    painted: float | None = await frame.evaluate("window.paintedAt")
                    if painted:
                        return (painted - began) / 1000
                await asyncio.sleep(0.05)
    finally:
        await context.close()
