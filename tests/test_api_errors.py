"""The JSON interface where something is wrong: each operation with every error that it declares, and no other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

import httpx2
import pytest

from tests.support.cast import Cast, close_page, make_cast
from tests.support.database import remove_database
from tests.support.service import GUEST, PAGE, Clock, World, open_world
from widget import limits
from widget.limits import RULES
from widget.operations import OPERATIONS, Operation

TABLE = {operation.name: operation for operation in OPERATIONS}
BODIES: dict[str, dict[str, Any]] = {
    "post": {"url": PAGE, "text": "Hello.", "guest": {**GUEST, "name": "Gustav"}},
    "edit": {"text": "Hello again."},
    "report": {"reason": "spam"},
    "preview": {"text": "Hello."},
    "set_status": {"status": "spam"},
    "undo": {"id": "0123456789abc"},
    "ban": {"days": None},
}
# What each operation answers where the same is wrong: the code, for those that declare the status.
WITH_BODY = tuple(BODIES)
OF_COMMENT = ("edit", "delete", "like", "unlike", "dislike", "undislike")
LIMITED = ("post", *OF_COMMENT, "report", "preview")
MODERATING = ("pin", "unpin", "set_status", "undo", "ban", "unban", "lock", "unlock")
CODES: dict[int, dict[str, str]] = {
    400: {
        **dict.fromkeys(("thread", "replies", "likers"), "bad_cursor"),
        **dict.fromkeys(WITH_BODY, "not_json"),
    },
    401: dict.fromkeys(("post", *OF_COMMENT, *MODERATING), "sign_in_first"),
    403: dict.fromkeys((*LIMITED, *MODERATING, "me"), "forbidden"),
    404: dict.fromkeys(TABLE, "unknown_site"),
    409: dict.fromkeys(("post", *OF_COMMENT), "locked"),
    413: dict.fromkeys(WITH_BODY, "too_large"),
    415: dict.fromkeys(WITH_BODY, "unsupported_media"),
    422: {
        **dict.fromkeys(("thread", "counts", "me", "lock", "unlock"), "bad_url"),
        **dict.fromkeys(WITH_BODY, "invalid"),
        "latest": "bad_limit",
    },
    429: dict.fromkeys(LIMITED, "too_many"),
    503: dict.fromkeys(TABLE, "database_unavailable"),
}
ELSEWHERE = {("set_status", 409), ("undo", 409), ("pin", 409), ("pin", 422), ("report", 409)}  # in `moderation/`


class Api(NamedTuple):
    world: World
    cast: Cast
    comment: str  # one of Alice's

    async def ask(
        self,
        operation: Operation,
        *,
        site: str = "blog",
        query: dict[str, str] | None = None,
        body: Any = None,
        who: dict[str, str] | None = None,
        **options: Any,
    ) -> httpx2.Response:
        """Ask as Alice, rightly but for what is given."""
        path = f"/api/v1{operation.path}".format(site=site, id=self.comment)
        if operation.body is not None and "content" not in options:
            options["json"] = BODIES[operation.name] if body is None else body
        params = {"url": PAGE, **(query or {})} if operation.query else None
        headers = {**(self.cast.alice if who is None else who), **options.pop("headers", {})}
        return await self.world.client.request(operation.method, path, params=params, headers=headers, **options)


async def open_api(world: World) -> Api:
    cast = await make_cast(world)
    return Api(world, cast, (await world.post("By Alice.", headers=cast.alice))["id"])


@pytest.fixture
async def api(world: World) -> Api:
    return await open_api(world)


Wrong = Callable[[Api, Operation], Awaitable[httpx2.Response]]


async def _unreadable(api: Api, operation: Operation) -> httpx2.Response:
    json = {"Content-Type": "application/json"}
    if operation.body is not None:
        return await api.ask(operation, content=b"{", headers=json)
    return await api.ask(operation, query={"cursor": "!"})


async def _nobody(api: Api, operation: Operation) -> httpx2.Response:
    return await api.ask(operation, who={})


async def _another_page(api: Api, operation: Operation) -> httpx2.Response:
    headers = {"Origin": "https://blog.example", "Sec-Fetch-Site": "cross-site"}
    return await api.ask(operation, headers=headers)


async def _another_site(api: Api, operation: Operation) -> httpx2.Response:
    return await api.ask(operation, site="nowhere")


async def _too_much(api: Api, operation: Operation) -> httpx2.Response:
    body = b" " * 100_001
    return await api.ask(operation, content=body, headers={"Content-Type": "application/json"})


async def _another_type(api: Api, operation: Operation) -> httpx2.Response:
    return await api.ask(operation, content=b"text=Hello", headers={"Content-Type": "text/plain"})


async def _wrong_value(api: Api, operation: Operation) -> httpx2.Response:
    if operation.body is not None:
        return await api.ask(operation, body={**BODIES[operation.name], "admin": True})
    return await api.ask(operation, query={"url": "javascript:alert(1)", "limit": "0"})


async def _asked(api: Api, wrong: Wrong, status: int) -> dict[str, str]:
    """Who answers with the status, and with which code; every error is told in the same shape."""
    found = {}
    for name, operation in TABLE.items():
        answer = await wrong(api, operation)
        if answer.status_code == status:
            error = answer.json()["error"]
            assert error.keys() <= {"code", "message", "fields"}
            assert error["message"].endswith(".")
            assert answer.headers["cache-control"] == "no-store"
            assert ("retry-after" in answer.headers) == (status in (429, 503))
            found[name] = error["code"]
    return found


def test_every_declared_error_is_tried() -> None:
    declared = {(name, status) for name, operation in TABLE.items() for status in operation.errors}
    assert declared == {(name, status) for status, codes in CODES.items() for name in codes} | ELSEWHERE


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        (400, _unreadable),
        (403, _another_page),
        (404, _another_site),
        (413, _too_much),
        (415, _another_type),
        (422, _wrong_value),
    ],
)
async def test_wrong_request_is_told(api: Api, status: int, wrong: Wrong) -> None:
    assert await _asked(api, wrong, status) == CODES[status]


async def test_nobody_is_told_to_sign_in(api: Api) -> None:
    await api.world.set_site("blog", guests="off", votes="both")
    assert await _asked(api, _nobody, 401) == CODES[401]


async def test_closed_page_is_told(api: Api) -> None:
    await close_page(api.world, api.cast, "url:blog.example/posts/bread")
    assert await _asked(api, Api.ask, 409) == CODES[409]


async def test_unknown_comment_is_not_found(api: Api) -> None:
    for comment in ("0123456789abc", "x", "%00", "null", "ÿ"):
        unknown = api._replace(comment=comment)
        found = {name: await unknown.ask(TABLE[name]) for name in ("replies", "likers", *OF_COMMENT)}
        assert {answer.status_code for answer in found.values()} == {404}
        assert {answer.json()["error"]["code"] for answer in found.values()} == {"unknown_comment"}, comment


async def test_comment_of_another_site_is_not_found(api: Api) -> None:
    for name in ("replies", "likers", *OF_COMMENT):
        answer = await api.ask(TABLE[name], site="shop")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_comment"), name


async def test_unknown_fields_are_named(api: Api) -> None:
    for name in WITH_BODY:
        error = (await _wrong_value(api, TABLE[name])).json()["error"]
        assert error["message"] == "body: Object contains unknown field `admin`."
        assert error["fields"] == {"body": "Object contains unknown field `admin`."}
    body = {**BODIES["post"], "guest": {**GUEST, "role": "owner"}}
    error = (await api.ask(TABLE["post"], body=body)).json()["error"]
    assert error["fields"] == {"guest": "Object contains unknown field `role`."}


@pytest.fixture
async def limited(database_url: str, clock: Clock) -> AsyncIterator[Api]:
    """A service that counts how often each address does something."""
    async with open_world(database_url, clock, limits=True) as world:
        yield await open_api(world)


async def test_who_is_too_fast_is_told_when_to_come_back(limited: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    burst = 3
    monkeypatch.setattr(limits, "RULES", {name: rule._replace(burst=burst) for name, rule in RULES.items()})

    async def often(api: Api, operation: Operation) -> httpx2.Response:
        for _ in range(burst):
            answer = await api.ask(operation)
            if answer.status_code == 429:
                break
        return await api.ask(operation)

    assert await _asked(limited, often, 429) == CODES[429]


async def test_database_that_is_gone_is_told(api: Api, database_url: str, request: pytest.FixtureRequest) -> None:
    remove_database(api.world, database_url, request)
    assert await _asked(api, Api.ask, 503) == CODES[503]
