"""Answers that all readers share, from the cache."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from widget.cache import AnyKey, Build
from widget.encodings import Encoded, Headers, choose_encoding
from widget.fast_path import answer, what_is_asked
from widget.handlers.requests import service_of
from widget.store.sites import Site


async def cached(request: Request, site: Site, key: AnyKey, build: Build) -> Response:
    """The answer of that key, which `fast_path.py` finds by the same address from now on.

    Raises what `build` raises.
    """
    cache = service_of(request).cache
    entry = await cache.get(key, build)
    if request.path_params["site"] == site.name:  # another site may take a former name
        cache.learn(request.scope["raw_path"], request.scope["query_string"], key)
    accept, wanted = what_is_asked(request.scope)
    return EncodedResponse(await cache.encoding(entry, choose_encoding(accept)), wanted)


def raw(headers: Mapping[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


class EncodedResponse(Response):
    """An answer that stands ready; 304 to who has it."""

    def __init__(self, encoded: Encoded, wanted: bytes) -> None:
        super().__init__()
        self._encoded, self._wanted = encoded, wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await answer(scope, send, self._encoded, self._wanted)
