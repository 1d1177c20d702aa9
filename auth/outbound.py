"""Requests to providers: ten seconds, no redirects, at most 256 KiB, and an answer that is a JSON object or list."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import httpx2
import msgspec

from auth.errors import SignInFailed

TIMEOUT_SECONDS = 10
MAX_BYTES = 256 * 1024
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Palaver"}


class Answer(NamedTuple):
    status: int
    content_type: str  # without parameters, lower case
    body: bytes


async def fetch(
    http: httpx2.AsyncClient,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> Answer:
    """GET, or POST where a form is given. Raises `SignInFailed`: "unreachable" or "unreadable"."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await _fetch(http, url, {**_HEADERS, **(headers or {})}, form)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        raise SignInFailed("unreachable", f"{type(error).__name__} at {_where(url)}") from error


async def _fetch(
    http: httpx2.AsyncClient, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
) -> Answer:
    method = "GET" if form is None else "POST"
    request = http.stream(method, url, headers=headers, data=form, follow_redirects=False, timeout=TIMEOUT_SECONDS)
    async with request as response:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise SignInFailed("unreadable", f"compressed answer, not asked for, at {_where(url)}")
        body = b""
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_BYTES:
                raise SignInFailed("unreadable", f"more than {MAX_BYTES} bytes at {_where(url)}")
        content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(response.status_code, content_type, body)


def read_json(answer: Answer, url: str) -> Any:
    """The value in a good answer; forms become objects (GitHub's older token answers). Raises `SignInFailed`."""
    if answer.status >= 500:
        raise SignInFailed("unreachable", f"status {answer.status} at {_where(url)}")
    try:
        if answer.content_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(answer.body.decode("ascii")))
        if _is_json(answer.content_type):
            return msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise SignInFailed("unreadable", f"{type(error).__name__} at {_where(url)}") from error
    raise SignInFailed("unreadable", f"{answer.content_type or 'no content type'} at {_where(url)}")


def read_object(answer: Answer, url: str) -> dict[str, Any]:
    """The object in an answer of success. Raises `SignInFailed`, "rejected" where the provider says no."""
    value = read_json(answer, url)
    if not isinstance(value, dict):
        raise SignInFailed("unreadable", f"no object at {_where(url)}")
    if answer.status != 200 or value.get("error"):  # some say 200 and mean no
        raise SignInFailed("rejected", f"status {answer.status}, error {_code(value)} at {_where(url)}")
    return value


def _is_json(content_type: str) -> bool:
    return content_type in {"application/json", "text/javascript"} or content_type.endswith("+json")


def _code(value: Mapping[str, Any]) -> str:
    """An error's code for the log: short, and never what a provider may have put a token into."""
    error = value.get("error")
    return error[:60] if isinstance(error, str) and error.replace("_", "").isalnum() else "unnamed"


def _where(url: str) -> str:
    return url.partition("?")[0]
