"""What the service writes to its log, as the log of a real process is set up."""

from __future__ import annotations

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

from widget.logs import configure


class Log:
    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.split("\n")[:-1]]


@contextlib.contextmanager
def logged(level: str = "debug") -> Iterator[Log]:
    """All that is written meanwhile, at the most talkative level unless told otherwise."""
    root, ours = logging.getLogger(), logging.getLogger("palaver")
    before = root.handlers[:], root.level, ours.level
    stream = io.StringIO()
    try:
        with contextlib.redirect_stderr(stream):
            configure(level)
        yield Log(stream)
    finally:
        root.handlers[:], root.level, ours.level = before
