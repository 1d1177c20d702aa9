"""Addresses and headers that nobody should send: each is told what is wrong with it, and none is more than an error."""

from __future__ import annotations

import random
from urllib.parse import quote

import httpx2
import pytest

from tests.support.cast import Cast
from tests.support.html import Html
from tests.support.service import PAGE, World

URL = f"url={quote(PAGE, safe='')}"
UNKNOWN = "0123456789abc"
# What is asked, and what it is answered with: status and code.
QUERIES = {
    "": (422, "bad_url"),
    "url=": (422, "bad_url"),
    "url=%FF%FE": (422, "bad_url"),
    "url=https://blog.example/%00": (422, "bad_url"),
    "url=https://blog.example/%ED%A0%80%0A": (422, "bad_url"),
    "url=javascript:alert(1)": (422, "bad_url"),
    "url=ftp://blog.example/": (422, "bad_url"),
    "url=//blog.example/": (422, "bad_url"),
    "url=https://blog.example@evil.example/": (422, "bad_url"),
    "url=https://blog.example\\@evil.example/": (422, "bad_url"),
    f"url=https://blog.example/{'x' * 2_000}": (422, "bad_url"),
    "url=https://evil.example/": (422, "foreign_url"),
    "url=https://blog.example.evil.example/": (422, "foreign_url"),
    "url=https://blog.example:81/": (422, "foreign_url"),
    f"{URL}&url=https://evil.example/": (422, "foreign_url"),
    f"{URL}&id=": (422, "bad_page_id"),
    f"{URL}&id=null": (422, "bad_page_id"),
    f"{URL}&id=Undefined": (422, "bad_page_id"),
    f"{URL}&id=[object%20Object]": (422, "bad_page_id"),
    f"{URL}&id=a%00b": (422, "bad_page_id"),
    f"{URL}&id={'x' * 501}": (422, "bad_page_id"),
    f"{URL}&sort=worst": (422, "bad_sort"),
}
OF_DOCUMENTS = {
    f"{URL}&theme=neon": (422, "bad_theme"),
    **{f"{URL}&{what}={UNKNOWN}": (404, "unknown_comment") for what in ("comment", "replies", "likes")},
    **{f"{URL}&own=1&{what}=%00": (404, "unknown_comment") for what in ("reply", "edit", "delete")},
    f"{URL}&cursor=x": (400, "bad_cursor"),
}
SCRIPT = {"Palaver-Fragment": "1", "Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("path", ["/embed/blog", "/thread/blog", "/api/v1/blog/thread", "/api/v1/blog/me"])
async def test_bad_query_is_told_by_its_code(world: World, path: str) -> None:
    expected = {query: told for query, told in QUERIES.items() if "sort" not in query or not path.endswith("/me")}
    if not path.startswith("/api/"):
        expected |= OF_DOCUMENTS
    found = {}
    for query in expected:
        answer = await world.client.get(f"{path}?{query}", headers=SCRIPT)
        found[query] = (answer.status_code, answer.json()["error"]["code"])
    assert found == expected


@pytest.mark.parametrize("path", ["/embed/blog", "/thread/blog"])
async def test_bad_query_is_told_to_people_by_a_page(world: World, path: str) -> None:
    for query, (status, _) in {**QUERIES, **OF_DOCUMENTS}.items():
        answer = await world.client.get(f"{path}?{query}")
        assert answer.status_code == status, query
        assert Html(answer.text).text(".//h1").endswith("."), query


async def test_language_that_is_not_spoken_here_is_no_mistake(world: World) -> None:
    for language in ("", "xx", "en-GB-oed", "../../etc", "%00", "x" * 1_000):
        answer = await world.client.get(f"/embed/blog?{URL}&lang={language}")
        assert answer.status_code == 200
        assert Html(answer.text).root.get("lang") == "en"


PATHS = (
    *("/embed/blog", "/thread/blog", "/auth/window", "/auth/done", "/auth/refused", "/auth/demo/callback"),
    *(f"/api/v1/blog/{path}" for path in ("thread", "counts", "latest", "me", f"comments/{UNKNOWN}/likes")),
    *("/count/blog", "/latest/blog"),
)
NAMES = (
    "url",
    "id",
    "sort",
    "cursor",
    "lang",
    "theme",
    "own",
    "reply",
    "comment",
    "likes",
    "limit",
    "replies",
    "w",
    "why",
    "state",
)
PIECES = (
    PAGE,
    "null",
    "%00",
    "%FF",
    "%",
    "&",
    "=",
    "#",
    "\\",
    "'",
    '"',
    "<script>",
    "{{7*7}}",
    "🦊",
    "٣",
    "é",
    "1" * 300,
)
HEADERS = (
    "Cookie",
    "Authorization",
    "Accept-Encoding",
    "If-None-Match",
    "Origin",
    "Referer",
    "Range",
    "X-Forwarded-For",
)
SENT = (
    b"*",
    b"Bearer ",
    b"__Host-palaver=",
    b";",
    b",",
    b'"',
    b"\xff",
    b"null",
    b"bytes=0-",
    b"gzip;q=x",
    b"a" * 9_000,
)


@pytest.mark.parametrize("seed", range(4))
async def test_rubbish_is_never_an_error_of_ours(world: World, cast: Cast, seed: int) -> None:
    chosen = random.Random(seed)
    await world.post()
    for _ in range(150):
        words = ["".join(chosen.choices(PIECES, k=chosen.randint(0, 3))) for _ in range(3)]
        query = "&".join(f"{chosen.choice(NAMES)}={word}" for word in words).replace("#", "%23")
        headers = [(chosen.choice(HEADERS).encode(), b"".join(chosen.choices(SENT, k=2))) for _ in range(2)]
        path = f"{chosen.choice(PATHS)}?{quote(query, safe='%&=')}"
        answer = await world.client.get(path, headers=httpx2.Headers(headers))
        assert answer.status_code < 500, (path, headers)
