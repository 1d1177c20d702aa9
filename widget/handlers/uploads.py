"""A file that comes with a form (multipart/form-data, RFC 7578), written to the disk while it arrives."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from widget.errors import BadRequest, Invalid, TooLarge, Unavailable, UnsupportedMedia

MORE = 100_000  # bytes that a form may have beside its file


class _Parts:
    """Keeps the first file of the field, and nothing else."""

    def __init__(self, field: str, file: IO[bytes]) -> None:
        self.file_name: str | None = None
        self.size = 0
        self._field = field.encode()
        self._file = file
        self._header = b""
        self._value = b""
        self._disposition = b""
        self._taking = False

    def callbacks(self) -> dict[str, Callable[..., None]]:
        names = (
            "part_begin",
            "header_field",
            "header_value",
            "header_end",
            "headers_finished",
            "part_data",
            "part_end",
        )
        return {f"on_{name}": getattr(self, name) for name in names}

    def part_begin(self) -> None:
        self._header = self._value = self._disposition = b""

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        wanted = options.get(b"name") == self._field and b"filename" in options
        self._taking = wanted and self.file_name is None
        if self._taking:
            self.file_name = options[b"filename"].decode(errors="replace")

    def part_data(self, data: bytes, start: int, end: int) -> None:
        if self._taking:
            self.size += self._file.write(data[start:end])

    def part_end(self) -> None:
        self._taking = False

    def found(self) -> str:
        """The name of the file. Raises `Invalid` where there is none, or nothing in it."""
        if self.file_name is None or not self.size:
            raise Invalid("Choose a file first.", code="no_file")
        return self.file_name


async def receive_file(request: Request, field: str, path: Path, limit: int) -> str:
    """Write the file of that field to `path`, which must not be there; its name in the form.

    Raises `UnsupportedMedia`, `BadRequest`, `TooLarge` (over `limit` bytes) and `Invalid` (no file); then nothing is
    at `path`.
    """
    media, options = parse_options_header(request.headers.get("content-type"))
    if media != b"multipart/form-data" or b"boundary" not in options:
        raise UnsupportedMedia("Send the form as multipart/form-data.")
    if int(request.headers.get("content-length", "0")) > limit + MORE:
        raise _too_large(limit)
    try:
        with await asyncio.to_thread(_open_new, path) as file:
            parts = _Parts(field, file)
            await _feed(request, MultipartParser(options[b"boundary"], parts.callbacks()), limit)  # type: ignore[arg-type]
        return parts.found()
    except BaseException:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise


def _open_new(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


async def _feed(request: Request, parser: MultipartParser, limit: int) -> None:
    left = limit + MORE
    try:
        async for chunk in request.stream():
            left -= len(chunk)
            if left < 0:
                raise _too_large(limit)
            await asyncio.to_thread(parser.write, chunk)
        await asyncio.to_thread(parser.finalize)
    except FormParserError as error:
        raise BadRequest("The form cannot be read.", code="bad_form") from error
    except OSError as error:
        raise Unavailable(f"The file cannot be kept here: {error.strerror}.", code="no_space") from error


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"A file can have {limit >> 30} GB; pack it with gzip, or import it by the command.")
