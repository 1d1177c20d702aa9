"""A site says by permanent redirects where its pages are: only it is asked, and followed only to a page."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

import pytest

from tests.moving.conftest import Mover
from tests.support.service import Clock, open_world
from widget.moving import moving
from widget.public_http import Place

HOST = "http://blog.example"


class Blog:
    """Answers a path with a status and, for a redirect, where to."""

    def __init__(self, answers: Mapping[str, tuple[int, str]]) -> None:
        self._answers = answers
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        self.asked.append(path)
        await asyncio.sleep(0.01)  # so that what is asked at once is seen at once
        self.at_once -= 1
        status, location = self._answers.get(path, (200, ""))
        head = f"HTTP/1.1 {status} x\r\nConnection: close\r\n" + (f"Location: {location}\r\n" if location else "")
        with contextlib.suppress(ConnectionError):
            writer.write(f"{head}Content-Type: text/html\r\n\r\n".encode() + b"x" * 1_000_000)
            await writer.drain()
        writer.close()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[Mapping[str, Place]]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        async with server:
            yield {"blog.example": Place("127.0.0.1", server.sockets[0].getsockname()[1])}


@pytest.fixture
async def mover(sqlite_url: str, clock: Clock) -> AsyncIterator[Mover]:
    async with open_world(sqlite_url, clock) as world:
        yield Mover(world)


async def test_pages_move_to_where_the_site_redirects_them_for_good(mover: Mover) -> None:
    answers = {
        "/moved": (301, "/posts/moved"),
        "/further": (308, f"{HOST}/moved"),
        "/passing": (302, "/posts/elsewhere"),
        "/then-passing": (301, "/passing"),
        "/gone": (404, ""),
        "/moved-to-nothing": (301, "/gone"),
        "/given-up": (301, "/"),
        "/away": (301, "https://other.example/x"),
        "/inside": (301, "http://127.0.0.1/secret"),
        "/round": (301, "/round-again"),
        "/round-again": (301, "/round"),
        "/odd": (301, "http://[bad"),
        "/script": (301, "javascript:alert(1)"),
    }
    paths = [*answers, "/stays"]
    await mover.write(*(HOST + path for path in paths))
    blog = Blog(answers)
    async with blog.serving() as instead:
        looked = await mover.move(moving.by_redirects(instead=instead), dry_run=True)
        report = await mover.move(moving.by_redirects(instead=instead))
    assert len(looked.plan.moves) == len(report.moved)
    assert {move.page.url.removeprefix(HOST): move.to.url.removeprefix(HOST) for move in report.moved} == {
        "/moved": "/posts/moved",
        "/further": "/posts/moved",
        "/then-passing": "/passing",
    }
    assert {skipped.old.removeprefix(HOST): skipped.reason for skipped in report.plan.skipped} == {
        "/gone": "answers 404",
        "/moved-to-nothing": "answers 404",
        "/given-up": "leads to the front page",
        "/away": "not an address of the site",
        "/inside": "not an address of the site",
        "/round": "redirects without end",
        "/round-again": "redirects without end",
        "/odd": "not an address of the site",
        "/script": "not an address of the site",
    }
    assert 1 < blog.most_at_once <= 4


async def test_private_address_behind_the_sites_own_name_is_not_asked(mover: Mover) -> None:
    """As nobody says `instead` here, the name is looked up."""
    await mover.world.set_site("blog", origins="https://blog.example,http://localhost:81")
    await mover.write("http://localhost:81/a")
    report = await mover.move(moving.by_redirects())
    assert [skipped.reason for skipped in report.plan.skipped] == ["no answer"]
