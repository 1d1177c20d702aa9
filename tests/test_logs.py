"""Logs are one JSON object a line, each line names its request, and none holds what is nobody's business."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
import sqlalchemy as sa

from tests.support.cast import Cast, cookie_of, token_of
from tests.support.database import be_impatient, engine_of
from tests.support.html import Html
from tests.support.logs import logged
from tests.support.service import HOME, PAGE, World
from widget.db import Tx
from widget.handlers import comments as handlers

THREAD = "/api/v1/blog/thread"


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """One that gets the answer to an unforeseen error, as everybody does."""
    transport = httpx2.ASGITransport(app=world.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HOME) as opened:
        yield opened


async def test_request_has_one_line_with_the_number_of_its_answer(world: World) -> None:
    with logged() as log:
        answers = [await world.client.get(THREAD, params={"url": PAGE}), await world.client.post(THREAD)]
    assert [{**line, "time": "", "ms": 0} for line in log.lines] == [
        {
            "time": "",
            "level": "info",
            "logger": "palaver.request",
            "message": "request",
            "request_id": answer.headers["x-request-id"],
            "method": method,
            "path": THREAD,
            "status": status,
            "ms": 0,
        }
        for answer, method, status in zip(answers, ("GET", "POST"), (200, 405), strict=True)
    ]
    first, second = log.lines
    assert first["request_id"] != second["request_id"]
    assert 0 <= first["ms"] < 60_000
    assert first["time"] <= second["time"]


async def test_cached_thread_and_files_write_no_line(world: World) -> None:
    frame = await world.client.get("/embed/blog", params={"url": PAGE})
    styles = [link.get("href", "") for link in Html(frame.text).all(".//link[@rel='stylesheet']")]
    assert styles
    with logged() as log:
        assert (await world.client.get("/embed/blog", params={"url": PAGE})).text == frame.text
        assert {(await world.client.get(style)).status_code for style in styles} == {200}
    assert log.lines == []


async def test_owner_chooses_how_much_is_written(world: World) -> None:
    with logged("warning") as log:
        await world.client.get(THREAD, params={"url": PAGE})
    assert log.lines == []


async def test_reader_of_an_unforeseen_error_is_told_its_number(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr(handlers, "read_thread", fail)
    with logged() as log:
        answer = await client.get(THREAD, params={"url": PAGE})
    number = answer.headers["x-request-id"]
    assert answer.status_code == 500
    assert answer.json()["error"] == {
        "code": "internal",
        "message": f"Something went wrong here; it was written down as {number}.",
    }
    error, request = log.lines
    assert (error["level"], error["message"], error["request_id"]) == ("error", "unforeseen error", number)
    assert error["error"].endswith("ZeroDivisionError: nobody foresaw this")
    assert (request["status"], request["request_id"]) == (500, number)
    assert "nobody foresaw this" not in answer.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/api/v1/blog/comments", "application/json"), ("/embed/blog", "application/x-www-form-urlencoded")],
)
async def test_reader_who_leaves_while_sending_is_no_error(world: World, path: str, kind: str) -> None:
    messages = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": urlencode({"url": PAGE}).encode(),
        "headers": [(b"content-type", kind.encode()), (b"content-length", b"20"), (b"origin", HOME.encode())],
        "client": ("127.0.0.1", 1),
    }
    with logged() as log:
        await world.app(scope, receive, send)
    assert [(line["level"], line["status"]) for line in log.lines] == [("info", 499)]


async def test_page_of_an_unforeseen_error_names_its_number(
    client: httpx2.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.app.service.html, "render", _failing_once(world.app.service.html.render))
    answer = await client.get("/privacy")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in Html(answer.text).text(".//h1")


def _failing_once(render: Any) -> Any:
    calls: list[None] = []

    def rendering(*arguments: Any, **values: Any) -> Any:
        calls.append(None)
        if len(calls) == 1:
            raise ZeroDivisionError
        return render(*arguments, **values)

    return rendering


async def test_lines_of_requests_at_once_keep_their_numbers(world: World, cast: Cast) -> None:
    await world.post()
    be_impatient(world)
    sa.event.listen(engine_of(world), "begin", lambda _conn: _fail_as_a_full_disk())
    with logged() as log:
        asked = [world.client.get(THREAD, params={"url": PAGE, "cursor": "", "n": str(n)}) for n in range(5)]
        answers = await asyncio.gather(*asked)
    assert {answer.status_code for answer in answers} == {503}
    numbers = Counter(line["request_id"] for line in log.lines)
    assert numbers == {answer.headers["x-request-id"]: 2 for answer in answers}
    assert {line["message"] for line in log.lines} == {"request", "the database did not answer: no space is left"}


def _fail_as_a_full_disk() -> None:
    raise sa.exc.OperationalError("SELECT", {}, OSError("no space is left"))


# What no line may hold

SECRET = "Nightingale"
GUEST = {"name": f"{SECRET} Gwen", "email": f"{SECRET}@example.org", "website": f"https://{SECRET}.example/"}
HEADERS = {
    "Idempotency-Key": f"{SECRET}-key",
    "X-Forwarded-For": "203.0.113.77",
    "Referer": f"https://blog.example/{SECRET}",
    "User-Agent": f"{SECRET}/1.0",
}


async def test_no_line_holds_what_people_write_or_who_they_are(
    client: httpx2.AsyncClient, world: World, cast: Cast
) -> None:
    page = f"{PAGE}?{SECRET}"
    good = {"url": page, "text": f"{SECRET} sings.", "title": SECRET, "guest": GUEST}
    comments = "/api/v1/blog/comments"
    with logged() as log:
        posted = await client.post(comments, json=good, headers={**HEADERS, **cast.alice})
        assert posted.status_code == 201
        one = f"{comments}/{posted.json()['id']}"
        for body in ({**good, "parent_id": SECRET}, {**good, "id": ""}, {SECRET: 1}, {"url": SECRET, "text": SECRET}):
            assert (await client.post(comments, json=body, headers=HEADERS)).status_code == 422
        for content in (f'{{"{SECRET}', f'"{SECRET * 20_000}"'):
            json = {**HEADERS, "Content-Type": "application/json"}
            assert (await client.post(comments, content=content, headers=json)).status_code in (400, 413)
        for who in (cast.alice, cast.eve, {"Authorization": f"Bearer {SECRET}"}, {"Authorization": f"Basic {SECRET}"}):
            await client.patch(one, json={"text": f"{SECRET} sleeps."}, headers=who)
        cookies = "; ".join(f"{name}={value}" for name, value in cookie_of(world, cast.alice).items())
        own = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", "Cookie": cookies}
        for action in ("post", "preview", "edit", "dance"):
            form = {**GUEST, "action": action, "text": SECRET}
            await client.post("/embed/blog", params={"url": page}, data=form, headers=own)
        for path in ("/embed/blog", "/thread/blog", THREAD, "/api/v1/blog/me", "/api/v1/blog/counts"):
            await client.get(path, params={"url": page, "comment": SECRET, "cursor": SECRET, "own": "1"}, headers=own)
        await _break(world)
        broken = await client.post(comments, json={**good, "text": f"{SECRET} wakes."}, headers=cast.bob)
        assert broken.status_code in (500, 503)
    assert len(log.lines) > 20
    assert SECRET.lower() not in log.text.lower()
    assert "203.0.113.77" not in log.text
    assert not [who for who in cast if who and token_of(who) in log.text]


async def _break(world: World) -> None:
    """Let the statement fail that has everything in it which was written."""
    await world.db.write(_rename)


def _rename(tx: Tx) -> None:
    tx.conn.exec_driver_sql("ALTER TABLE comments RENAME COLUMN provider TO provided")
