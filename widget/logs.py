"""Structured logs: one JSON object per line on standard error. No token, address of a person, e-mail or text in any."""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
from contextvars import ContextVar
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from widget.ids import rfc3339
from widget.limits import Network, client_address

logger = logging.getLogger("palaver.request")
_EXTRA = ("method", "path", "status", "ms")
_request_id: ContextVar[str] = ContextVar("request_id", default="")  # of the request that a line belongs to


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": rfc3339(int(record.created * 1000)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := _request_id.get():
            line["request_id"] = request_id
        line.update({name: getattr(record, name) for name in _EXTRA if hasattr(record, name)})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(level: str) -> None:
    """Send everything of ours, and warnings of others, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("palaver").setLevel(level.upper())
    # No line says from where in the code it came: looking that up costs as much as writing the line.
    logging._srcfile = None  # as the library's guide has it (HOWTO, “Optimization”)
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


class RequestLog:
    """Gives every request an id, says who the client is, and writes one line when it is done.

    The path is written, the query never: it may hold what is nobody's business.
    """

    def __init__(self, app: ASGIApp, trusted_proxies: tuple[Network, ...]) -> None:
        self._app = app
        self._trusted = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        outside = _request_id.set(request_id)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["client_address"] = self._client(scope)
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            ms = round((time.perf_counter() - started) * 1000, 1)
            about = {"method": scope["method"], "path": scope["path"], "status": status, "ms": ms}
            logger.info("request", extra=about)
            _request_id.reset(outside)

    def _client(self, scope: Scope) -> str:
        peer = scope["client"][0] if scope.get("client") else ""
        forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return client_address(peer, ", ".join(forwarded) or None, self._trusted)
