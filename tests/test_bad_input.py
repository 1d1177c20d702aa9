"""Bad input: every kind gets the right status, a stable code and a sentence, and nothing that was written is lost."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.cast import Cast, close_page
from tests.support.database import be_impatient, engine_of, remove_database
from tests.support.html import Html, Reader, fields_of
from tests.support.service import GUEST, HOME, PAGE, World
from widget import cursors
from widget.db import postgres_url
from widget.errors import BadRequest
from widget.sqlite import sync_engine

FRAME = f"/embed/blog?url={quote(PAGE, safe='')}&own=1"
UNKNOWN = "0123456789abc"
GOOD = {"url": PAGE, "text": "Hello.", "guest": GUEST}


def assert_told(answer: httpx2.Response) -> tuple[int, str]:
    """The shape of every error; its status and code."""
    error = answer.json()["error"]
    assert error.keys() <= {"code", "message", "fields"}
    assert error["message"].endswith(".")
    assert answer.headers["cache-control"] == "no-store"
    assert all(isinstance(sentence, str) for sentence in error.get("fields", {}).values())
    return answer.status_code, error["code"]


def _guest(**changes: str) -> dict[str, Any]:
    return {**GOOD, "guest": {**GUEST, **changes}}


VALUES: dict[str, tuple[dict[str, Any], tuple[int, str]]] = {
    "empty text": ({**GOOD, "text": ""}, (422, "empty_text")),
    "blank text": ({**GOOD, "text": " \n\t\u200b"}, (422, "empty_text")),
    "text of NULs": ({**GOOD, "text": "\0\0"}, (422, "empty_text")),
    "text that shows nothing": ({**GOOD, "text": "#"}, (422, "empty_text")),
    "text over 10 kB": ({**GOOD, "text": "ä" * 5_001}, (422, "text_too_long")),
    "unknown parent": ({**GOOD, "parent_id": UNKNOWN}, (422, "unknown_parent")),
    "parent that is no id": ({**GOOD, "parent_id": "../1\0"}, (422, "unknown_parent")),
    "no such scheme": ({**GOOD, "url": "ftp://blog.example/"}, (422, "bad_url")),
    "script for a URL": ({**GOOD, "url": "javascript:alert(1)"}, (422, "bad_url")),
    "a path for a URL": ({**GOOD, "url": "/posts/bread"}, (422, "bad_url")),
    "URL with NUL": ({**GOOD, "url": f"{PAGE}\0"}, (422, "bad_url")),
    "URL of another site": ({**GOOD, "url": "https://shop.example/"}, (422, "foreign_url")),
    "URL with the site as user": ({**GOOD, "url": "https://blog.example@evil.example/"}, (422, "bad_url")),
    "id null": ({**GOOD, "id": "null"}, (422, "bad_page_id")),
    "id undefined": ({**GOOD, "id": "undefined"}, (422, "bad_page_id")),
    "empty id": ({**GOOD, "id": ""}, (422, "bad_page_id")),
    "id with NUL": ({**GOOD, "id": "a\0b"}, (422, "bad_page_id")),
    "no URL": ({"text": "Hello.", "guest": GUEST}, (422, "invalid")),
    "unknown field": ({**GOOD, "admin": True}, (422, "invalid")),
    "unknown field of a guest": ({**GOOD, "guest": {**GUEST, "role": "owner"}}, (422, "invalid")),
    "a number for text": ({**GOOD, "text": 1}, (422, "invalid")),
    "a list for a body": ([GOOD], (422, "invalid")),  # type: ignore[dict-item]
    "no guest": ({"url": PAGE, "text": "Hello."}, (422, "bad_guest")),
    "a name of spaces": (_guest(name=" \u3000\u200b "), (422, "bad_guest")),
    "a name of overrides": (_guest(name="\u202e\u2066"), (422, "bad_guest")),
    "an e-mail that is none": (_guest(email="gwen at example"), (422, "bad_guest")),
    "no e-mail": (_guest(email=""), (422, "bad_guest")),
    "a website that is a script": (_guest(website="javascript:alert(1)"), (422, "bad_guest")),
    "a website that is data": (_guest(website="data:text/html,x"), (422, "bad_guest")),
}


async def test_bad_value_is_named(world: World) -> None:
    found = {}
    for name, (body, _) in VALUES.items():
        found[name] = assert_told(await world.client.post("/api/v1/blog/comments", json=body))
    assert found == {name: expected for name, (_, expected) in VALUES.items()}
    assert (await world.thread())["page"]["count"] == 0


async def test_all_bad_guest_fields_are_named_at_once(world: World) -> None:
    body = _guest(name="", email="x", website="javascript:1")
    answer = await world.client.post("/api/v1/blog/comments", json=body)
    assert answer.json()["error"]["fields"].keys() == {"name", "email", "website"}


JSON = {"Content-Type": "application/json"}
DEEP = b"[" * 49_000 + b"]" * 49_000
BODIES: dict[str, tuple[bytes, dict[str, str], tuple[int, str]]] = {
    "not JSON": (b"text=Hello", JSON, (400, "not_json")),
    "no body": (b"", JSON, (400, "not_json")),
    "half of JSON": (b'{"url": "', JSON, (400, "not_json")),
    "invalid UTF-8": (b'{"url": "https://blog.example/", "text": "\xff\xfe"}', JSON, (400, "not_json")),
    "a lone surrogate": (rb'{"url": "https://blog.example/", "text": "\ud800"}', JSON, (400, "not_json")),
    "surrogates the wrong way": (rb'{"url": "https://blog.example/", "text": "\udc00\ud800"}', JSON, (400, "not_json")),
    "deep nesting": (DEEP, JSON, (422, "invalid")),
    "deep nesting in a field": (b'{"url": "x", "text": ' + DEEP + b"}", JSON, (422, "invalid")),
    "deep nesting in an unknown field": (b'{"x": ' + DEEP + b"}", JSON, (422, "invalid")),
    "nesting 100,000 deep": (b"[" * 100_000 + b"]" * 100_000, JSON, (413, "too_large")),
    "10 MB": (b" " * 10_000_000, JSON, (413, "too_large")),
    "another type": (json.dumps(GOOD).encode(), {"Content-Type": "text/plain"}, (415, "unsupported_media")),
    "no type": (json.dumps(GOOD).encode(), {"Content-Type": ""}, (415, "unsupported_media")),
    "a form": (b"text=Hello", {"Content-Type": "application/x-www-form-urlencoded"}, (415, "unsupported_media")),
    "a length that is none": (b"{}", {**JSON, "Content-Length": "9" * 5_000}, (413, "too_large")),
}


async def test_bad_body_is_refused(world: World) -> None:
    found = {}
    for name, (body, headers, _) in BODIES.items():
        found[name] = assert_told(await world.client.post("/api/v1/blog/comments", content=body, headers=headers))
    assert found == {name: expected for name, (_, _, expected) in BODIES.items()}


async def test_endless_body_is_not_read_to_its_end(world: World) -> None:
    chunks = itertools.count()

    async def endless() -> AsyncIterator[bytes]:
        for _ in chunks:
            yield b" " * 10_000

    # The test's transport reads a body whole before it is sent, so the application is asked directly.
    body = endless()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": await anext(body), "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    request = world.client.build_request("POST", "/api/v1/blog/comments", headers=JSON)
    await world.app(_scope(request), receive, send)
    assert sent[0]["status"] == 413
    assert next(chunks) < 20


def _scope(request: httpx2.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "method": request.method,
        "path": request.url.path,
        "raw_path": request.url.raw_path,
        "query_string": request.url.query,
        "headers": [(b"content-type", b"application/json")],
        "scheme": "http",
        "server": ("localhost", 8000),
        "client": ("127.0.0.1", 1),
    }


async def test_bad_address_is_not_found(world: World) -> None:
    found = {}
    for path in ("/api/v1/blog/comments/x/like", f"/api/v1/blog/comments/{UNKNOWN}/like", "/api/v1/no-site/preview"):
        method = "POST" if path.endswith("preview") else "PUT"
        answer = await world.client.request(method, path, headers=JSON, content=b'{"text":"x"}')
        found[path.split("/")[-2]] = assert_told(answer)
    unknown = (404, "unknown_comment")
    assert found == {"x": unknown, UNKNOWN: unknown, "no-site": (404, "unknown_site")}


async def test_site_that_cannot_exist_is_not_found(world: World) -> None:
    for path in ("/embed/%00", "/embed/%FF", "/embed/" + "x" * 300, "/embed/Blog", "/api/v1/%00/thread"):
        answer = await world.client.get(path, params={"url": PAGE})
        assert answer.status_code == 404, path
        assert "There is no such site here." in answer.text


async def test_address_with_a_slash_too_many_leads_nowhere(world: World) -> None:
    answer = await world.client.get("/embed/blog/", headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "evil.example" not in answer.text + str(answer.headers)


async def test_wrong_method_is_told(world: World) -> None:
    answer = await world.client.put("/api/v1/blog/thread")
    assert assert_told(answer) == (405, "http_405")
    assert "GET" in answer.headers["allow"]


async def test_error_in_the_frame_is_a_page_with_its_sentence(world: World) -> None:
    answer = await world.client.get("/embed/blog", params={"url": "https://evil.example/"})
    assert answer.status_code == 422
    assert Html(answer.text).text(".//h1").endswith(".")
    assert (
        Html(answer.text).text(".//h1")
        == "evil.example is not an address of this site: its owner can add it to the site's origins."
    )


async def test_parent_on_another_page_is_refused(world: World) -> None:
    elsewhere = await world.post(url="https://blog.example/other")
    answer = await world.client.post("/api/v1/blog/comments", json={**GOOD, "parent_id": elsewhere["id"]})
    assert assert_told(answer) == (422, "parent_elsewhere")


async def test_reply_to_a_deleted_comment_is_refused(world: World, cast: Cast) -> None:
    parent = await world.post(headers=cast.alice)
    await world.post("I was here.", parent_id=parent["id"])
    await world.client.delete(f"/api/v1/blog/comments/{parent['id']}", headers=cast.alice)
    answer = await world.client.post("/api/v1/blog/comments", json={**GOOD, "parent_id": parent["id"]})
    assert assert_told(answer) == (409, "parent_gone")


async def test_overrides_in_a_name_are_dropped(world: World) -> None:
    posted = await world.post(guest={**GUEST, "name": "\u202eGwen\u2066 \0Gast\u200f"})
    assert posted["author"]["name"] == "Gwen Gast"


async def test_bad_key_is_refused(world: World) -> None:
    for key in ("k" * 201, "a\tb", "ä"):
        headers = {"Idempotency-Key": key.encode()}
        answer = await world.client.post("/api/v1/blog/comments", json=GOOD, headers=headers)  # type: ignore[arg-type]
        assert assert_told(answer) == (422, "bad_key")


CURSORS = ["x", "!", "=", "AAAA", "null", "\0", "%", "-" * 5_000, "\ud7ff", cursors.after_person(-1)]
CURSORS += [cursors.after_root(*of) for of in (("new", 0, 1), ("old", 0, -1), ("old", 1 << 40, 1), ("old", 0, 1 << 63))]
CURSORS += [cursors.after_reply(path) for path in (b"", b"1234567")]


async def test_bad_cursor_is_told(world: World) -> None:
    comment = await world.post()
    for cursor in CURSORS:
        for path in ("thread", f"comments/{comment['id']}/replies", f"comments/{comment['id']}/likes"):
            query = {"url": PAGE, "sort": "old", "cursor": cursor}
            answer = await world.client.get(f"/api/v1/blog/{path}", params=query)
            assert assert_told(answer) == (400, "bad_cursor"), (cursor, path)


@given(st.one_of(st.text(), st.binary(max_size=60).map(quote), st.from_regex(r"[\w-]{1,40}")))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_cursor_is_read_or_refused(cursor: str) -> None:
    for read in (lambda text: cursors.read_roots(text, "old"), cursors.read_reply, cursors.read_person):
        try:
            read(cursor)
        except BadRequest as error:
            assert error.code == "bad_cursor"  # noqa: PT017  (either is right, nothing else is)


FORMS: dict[str, tuple[dict[str, str], int]] = {
    "no text": ({"text": "  "}, 422),
    "over 10 kB": ({"text": "x" * 10_001}, 422),
    "unknown parent": ({"parent": UNKNOWN}, 422),
    "no name": ({"name": "  "}, 422),
    "no e-mail address": ({"email": "gwen"}, 422),
    "a script for a website": ({"website": "javascript:1"}, 422),
    "a key that is none": ({"key": "\0"}, 422),
    "an unknown comment": ({"action": "edit", "comment": UNKNOWN}, 404),
}


async def test_failed_form_keeps_what_was_written(world: World) -> None:
    written = {**GUEST, "website": "https://gwen.example", "text": "A long thought.", "action": "post"}
    for name, (changes, status) in FORMS.items():
        reader = Reader(world.client)
        await reader.open(FRAME)
        page = await reader.send({**written, **changes})
        assert reader.answer.status_code == status, name
        shown = fields_of(_write_form(page))
        assert shown["text"] == {**written, **changes}["text"], name
        assert page.all(".//p[@class='error']") or page.all(".//em"), name
        if "comment" not in changes:
            assert shown["name"] == {**written, **changes}["name"], name


def _write_form(page: Html) -> Any:
    return next(form for form in page.all(".//form") if "write" in form.get("class", "").split())


async def test_reply_to_a_comment_that_goes_meanwhile_keeps_the_draft(world: World, cast: Cast) -> None:
    parent = await world.post(headers=cast.alice)
    reader = Reader(world.client)
    page = await reader.open(f"{FRAME}&reply={parent['id']}")
    form = _write_form(page)
    await world.client.delete(f"/api/v1/blog/comments/{parent['id']}", headers=cast.alice)
    page = await reader.press(form, "post", **GUEST, text="My answer.")
    assert reader.answer.status_code == 409
    kept = fields_of(_write_form(page))
    assert kept["text"].strip() == "My answer."
    assert kept["parent"] == "", "what is kept can be posted as a comment of its own"
    await reader.press(_write_form(page), "post")
    assert [comment["html"] for comment in (await world.thread())["comments"]] == ["<p>My answer.</p>\n"]


async def test_form_on_a_page_that_closes_meanwhile_keeps_the_draft(world: World, cast: Cast) -> None:
    parent = await world.post()
    reader = Reader(world.client)
    form = _write_form(await reader.open(f"{FRAME}&reply={parent['id']}"))
    await close_page(world, cast, "url:blog.example/posts/bread")
    page = await reader.press(form, "post", **GUEST, text="My answer.")
    assert reader.answer.status_code == 409
    assert fields_of(_write_form(page))["text"].strip() == "My answer."
    assert "Comments on this page are closed." in page.text(".//body")


async def test_form_that_cannot_be_read_is_told(world: World) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": HOME}
    bodies = (b"action=post&text=%FF%FE", b"action=post&text=\xff", b"a=1&" * 50, b"action=dance", b"")
    for body in bodies:
        answer = await world.client.post(FRAME, content=body, headers=headers)
        assert answer.status_code in (400, 422), body
        assert Html(answer.text).text(".//body")
    answer = await world.client.post(FRAME, content=b"text=" + b"x" * 10_000_000, headers=headers)
    assert answer.status_code == 413
    answer = await world.client.post(FRAME, content=b"{}", headers={**headers, "Content-Type": "text/plain"})
    assert answer.status_code == 415


# A database in trouble

SENTENCE = "The comments cannot be saved or read right now. Nothing you wrote is lost: please try again in a moment."


@contextlib.asynccontextmanager
async def _busy(world: World, database_url: str) -> AsyncIterator[None]:
    """Another process holds what a post needs: SQLite's one writer, or PostgreSQL's row of the page."""
    be_impatient(world)
    if database_url.startswith("sqlite"):
        engine = sync_engine(database_url)
        with engine.connect() as conn:
            conn.exec_driver_sql("BEGIN IMMEDIATE")
            yield
            conn.rollback()
        engine.dispose()
        return
    async_engine = create_async_engine(postgres_url(database_url))
    async with async_engine.begin() as conn_:
        await conn_.execute(sa.text("SELECT * FROM pages FOR UPDATE"))
        yield
    await async_engine.dispose()


async def _make_read_only(world: World, database_url: str) -> None:
    if database_url.startswith("sqlite"):
        sa.event.listen(engine_of(world), "begin", lambda conn: conn.exec_driver_sql("PRAGMA query_only = ON"))
    else:
        sa.event.listen(engine_of(world), "begin", lambda conn: conn.exec_driver_sql("SET TRANSACTION READ ONLY"))


async def assert_unavailable(world: World) -> None:
    """A post is told why by JSON and by the form, which keeps the draft; the service itself lives on."""
    answer = await world.client.post("/api/v1/blog/comments", json=GOOD)
    assert assert_told(answer) == (503, "database_unavailable")
    assert answer.json()["error"]["message"] == SENTENCE
    assert int(answer.headers["retry-after"]) > 0
    reader = Reader(world.client)
    reader.address = HOME + FRAME
    page = await reader.send({**GUEST, "text": "A long thought.", "action": "post"})
    assert reader.answer.status_code == 503
    assert int(reader.answer.headers["retry-after"]) > 0
    kept = fields_of(_write_form(page))
    assert (kept["text"], kept["name"], kept["email"]) == ("A long thought.", *GUEST.values())
    assert SENTENCE in page.text(".//body")
    assert (await world.client.get("/healthz")).status_code == 200


async def test_busy_database_is_told_and_read_from(world: World, database_url: str) -> None:
    await world.post()
    async with _busy(world, database_url):
        await assert_unavailable(world)
        assert (await world.thread())["page"]["count"] == 1
    assert (await world.post("And on."))["status"] == "approved"


async def test_read_only_database_is_told_and_read_from(world: World, database_url: str) -> None:
    await world.post()
    await _make_read_only(world, database_url)
    await assert_unavailable(world)
    assert (await world.thread())["page"]["count"] == 1


async def test_database_that_is_gone_is_told(world: World, database_url: str, request: pytest.FixtureRequest) -> None:
    await world.thread()
    remove_database(world, database_url, request)
    await assert_unavailable(world)
    answer = await world.client.get("/api/v1/blog/thread", params={"url": PAGE})
    assert assert_told(answer) == (503, "database_unavailable")
    assert (await world.client.get("/readyz")).status_code == 503
