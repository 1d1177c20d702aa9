"""The doctor on a page: moderators have pages of their own sites looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.admin.desk import Member, add_member
from tests.support.html import Reader, text_of
from tests.support.service import BLOG, HOME, Clock, World, open_world
from widget.public_http import Place

TAG = f'<script async src="{HOME}/embed.js" data-site="%s"></script>'
ARTICLE = "http://blog.example/posts/bread"  # without encryption, so that a bare server can answer


class Web:
    """The site's own server: it answers every request with `html`, once it is let to."""

    def __init__(self) -> None:
        self.html = TAG % "blog"
        self.asked: list[str] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode().partition("\r\n")[0])
        await self.may_answer.wait()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(self.html)}\r\n"
        writer.write(f"{head}Connection: close\r\n\r\n{self.html}".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def web() -> Web:
    return Web()


@pytest.fixture
async def world(web: Web, database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with await asyncio.start_server(web.answer, "127.0.0.1", 0) as server:
        place = Place("127.0.0.1", server.sockets[0].getsockname()[1])
        async with open_world(database_url, clock, instead={"blog.example": place}, limits=True) as opened:
            yield opened


def found(who: Member) -> list[tuple[str, str]]:
    """What was found: how grave it is, and the sentence."""
    return [(item.get("class", ""), text_of(item[1])) for item in who.page.all(".//ul[@class='findings']/li")]


async def test_moderator_reads_what_is_right_and_wrong_with_a_page(bob: Member, web: Web) -> None:
    web.html = TAG.replace("embed.js", "old.js") % "blog"
    await bob.open("/admin/doctor")
    await bob.send({"url": f" {ARTICLE}?a=1 "})
    assert web.asked == ["GET /posts/bread?a=1 HTTP/1.1"]
    said = found(bob)
    assert ("problem", f"The tag loads {HOME}/old.js, which is not this service.") in said
    assert ("ok", "The page belongs to the site “blog”.") in said
    assert bob.page.one(".//input[@name='url']").get("value") == f"{ARTICLE}?a=1"


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/tea",
        "https://blog.example.evil.example/",
        "https://blog.example@evil.example/",
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "blog.example",
        "",
    ],
)
async def test_page_of_no_site_of_theirs_is_not_fetched(bob: Member, web: Web, url: str) -> None:
    await bob.open("/admin/doctor")
    await bob.send({"url": url})
    assert (bob.answer.status_code, web.asked) == (422, [])
    assert bob.alert == "None of your sites has this address. To have comments there, add its origin to the site's."


async def test_names_of_sites_of_others_are_not_told(world: World, bob: Member, web: Web) -> None:
    web.html = TAG % "shop"
    await bob.open("/admin/doctor")
    await bob.send({"url": ARTICLE})
    assert ("problem", "There is no site “shop” here.") in found(bob)
    assert "There are: blog." in bob.page.text(".//main")
    olga = await add_member(world, "Olga", owner=True)
    await olga.open("/admin/doctor")
    await olga.send({"url": ARTICLE})
    assert ("problem", "There is no site “shop” here.") not in found(olga)


async def test_slow_page_keeps_nobody_waiting(world: World, bob: Member, web: Web) -> None:
    web.may_answer.clear()
    await bob.open("/admin/doctor")
    looking = asyncio.create_task(bob.send({"url": ARTICLE}))
    other = await add_member(world, "Ann", world.blog)
    await other.open("/admin")
    assert other.answer.status_code == 200
    assert not looking.done()
    web.may_answer.set()
    await looking
    assert ("ok", "The page belongs to the site “blog”.") in found(bob)


async def test_moderator_who_asks_too_often_is_told_to_wait(bob: Member, web: Web) -> None:
    await bob.open("/admin/doctor")
    for _ in range(5):
        await bob.send({"url": ARTICLE})
        assert bob.answer.status_code == 200
    await bob.send({"url": ARTICLE})
    assert bob.answer.status_code == 429
    assert bob.alert.startswith("You are having pages looked at faster than we can take.")
    assert len(web.asked) == 5


@pytest.mark.parametrize("origin", [BLOG, None])
async def test_foreign_page_and_nobody_have_nothing_looked_at(world: World, bob: Member, web: Web, origin: str) -> None:
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in bob.cookies.items())}
    headers = {**cookie, **({"Origin": origin} if origin else {})}
    answer = await world.client.post("/admin/doctor", data={"url": ARTICLE}, headers=headers)
    assert answer.status_code == 403
    nobody = Reader(world.client)
    await nobody.open("/admin/doctor")
    assert nobody.page.text(".//h1") == "Sign in to look after the comments"
    assert web.asked == []
