"""The demo as `make run` starts it, a real Chromium before it, and further pages of the demo's blog."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.blog import Blog, serving
from tests.e2e.contexts import PATIENCE, NewContext, making_contexts
from tests.e2e.owner import be_owner
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.support.chromium import WITHOUT_SCRIPTS, running_chromium, running_shell
from widget import site_verbs
from widget.db import Database, open_database
from widget.demo.start import SITE

expect.set_options(timeout=PATIENCE)


class Demo(NamedTuple):
    blog: str  # the host page's origin
    home: str  # the service's
    folder: Path
    log: Path


@contextlib.asynccontextmanager
async def running_demo(folder: Path, **environ: str) -> AsyncIterator[Demo]:
    """`palaver demo` on a free port, with its data in `folder` and further variables of the environment."""
    port = _free_port()
    log = folder / "demo.log"
    palaver = Path(sys.executable).with_name("palaver")
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(palaver, "demo", "--port", str(port), "--folder", str(folder / "data")),
            stdout=output,
            stderr=output,
            env={**os.environ, "PALAVER_LIMITS": "off", **environ},
            start_new_session=True,
        )
        try:
            await _answers(f"http://localhost:{port}/readyz", process, log)
            await _let_tests_be_fast(folder / "data", f"http://localhost:{port}")
            yield Demo(f"http://127.0.0.1:{port}", f"http://localhost:{port}", folder / "data", log)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            await process.wait()


async def _let_tests_be_fast(data: Path, home: str) -> None:
    """Each writes at once, and the same as others."""
    database = open_database(f"sqlite:///{data / 'palaver.db'}")
    await site_verbs.change(database, SITE, {"min_seconds": "0", "max_copies": "10"}, home)
    await database.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def _answers(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    async with httpx2.AsyncClient() as client, asyncio.timeout(60):
        while True:
            if process.returncode is not None:
                raise RuntimeError(log.read_text())
            with contextlib.suppress(httpx2.TransportError):
                if (await client.get(url)).status_code == 200:
                    return
            await asyncio.sleep(0.05)  # between questions; the condition is the answer


@pytest.fixture(scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    async with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
async def chromium(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with running_chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture(scope="session")
async def shell(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with running_shell(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def browser(shell: Browser) -> Browser:
    """What readers of a test use. Modules about windows, cookies and storage take `chromium` in its place."""
    return shell


@pytest.fixture(scope="session")
async def scriptless_browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """One that runs no scripts, from its start.

    Playwright's own switch is thrown when the frame may already have read the document's head, with scripts on.
    """
    async with running_shell(tmp_path_factory.mktemp("profile"), WITHOUT_SCRIPTS) as running:
        yield running


@pytest.fixture(scope="session")
async def database(demo: Demo) -> AsyncIterator[Database]:
    """The demo's, beside it: as a command-line tool opens it."""
    opened = open_database(f"sqlite:///{demo.folder / 'palaver.db'}")
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def blog(demo: Demo, database: Database) -> AsyncIterator[Blog]:
    """A second address of the demo's site, where tests put pages of their own."""
    async with serving(_free_port(), demo.home, f"{demo.blog}/blog.css") as served:
        await site_verbs.change(database, SITE, {"origins": f"{demo.blog},{served.origin}"}, demo.home)
        yield served


@pytest.fixture(scope="session")
async def seed(demo: Demo, database: Database) -> AsyncIterator[Seed]:
    """Comments by others, posted through the JSON interface."""
    async with httpx2.AsyncClient(base_url=demo.home) as client:
        yield Seed(client, database)


@pytest.fixture
def url(blog: Blog, request: pytest.FixtureRequest) -> str:
    """A page of the blog for this test alone, with the tag in it."""
    return blog.add(re.sub(r"\W+", "-", request.node.name))


@pytest.fixture
async def new_context(browser: Browser, blog: Blog) -> AsyncIterator[NewContext]:
    """Makes fresh jars of cookies and storage; options are Playwright's. Pop-ups open as a reader's would."""
    async with making_contexts(browser) as make:
        yield make


@pytest.fixture
async def new_scriptless_context(scriptless_browser: Browser, blog: Blog) -> AsyncIterator[NewContext]:
    """The same, where scripts are forbidden."""
    async with making_contexts(scriptless_browser) as make:
        yield make


@pytest.fixture
async def context(new_context: NewContext) -> BrowserContext:
    return await new_context()


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


@pytest.fixture
async def reader(page: Page) -> Reader:
    return Reader(page)


@pytest.fixture
async def other(new_context: NewContext) -> Reader:
    """Somebody else, in a browser of their own."""
    return Reader(await (await new_context()).new_page())


@pytest.fixture
async def own_demo(tmp_path: Path) -> AsyncIterator[Demo]:
    """One of its own, which holds all that readers write."""
    async with running_demo(tmp_path) as running:
        database = open_database(f"sqlite:///{running.folder / 'palaver.db'}")
        await site_verbs.change(database, SITE, {"hold": "all"}, running.home)
        await database.close()
        yield running


@pytest.fixture
async def own_database(own_demo: Demo) -> AsyncIterator[Database]:
    opened = open_database(f"sqlite:///{own_demo.folder / 'palaver.db'}")
    yield opened
    await opened.close()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
async def moderator(
    request: pytest.FixtureRequest,
    new_context: NewContext,
    new_scriptless_context: NewContext,
    own_demo: Demo,
    own_database: Database,
) -> Page:
    """The inbox, before the first owner."""
    context = await (new_context if request.param else new_scriptless_context)()
    return await be_owner(await context.new_page(), own_demo, own_database)
