"""The small bodies that sign-in takes: a form of text fields or a JSON object of texts, at most 8 KiB."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request

from auth.errors import BadRequest, TooLarge, UnsupportedMedia

MAX_BYTES = 8 * 1024
_FORM = "application/x-www-form-urlencoded"


async def read_fields(request: Request) -> Mapping[str, str]:
    """The fields. Raises `BadRequest`, `TooLarge` or `UnsupportedMedia`."""
    content_type = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    body = await _read_body(request)
    try:
        if content_type == _FORM:
            return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict"))
        if content_type == "application/json":
            return msgspec.json.decode(body, type=dict[str, str])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadRequest("The request could not be read.") from error
    raise UnsupportedMedia("Send a form or JSON.")


async def _read_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise TooLarge("That is more than a sign-in needs.")
    return body
