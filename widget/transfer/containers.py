"""Opening what people have: a plain file, gzip, or a zip of several parts. Known by content, never by name.

What an archive may grow to is capped, for a file of a few kilobytes can claim to be a thousand times its size.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from widget.transfer.records import ImportFailed

CHUNK = 1 << 16
FREE = 64 << 20  # bytes that may come out of an archive whatever its size
MAX_RATIO = 200  # beyond that: text rarely shrinks to less than a fiftieth


class Part:
    """One file, read in chunks."""

    def __init__(self, name: str, stream: IO[bytes], limit: int | None) -> None:
        self.name = name
        self._stream = stream
        self._left = limit
        self._head = b""

    def peek(self) -> bytes:
        """The first bytes, which stay to be read."""
        if not self._head:
            self._head = self._read()
        return self._head

    def chunks(self) -> Iterator[bytes]:
        """Raises `ImportFailed` for a damaged archive, or one that grows beyond the cap."""
        if self._head:
            yield self._head
        while chunk := self._read():
            yield chunk

    def _read(self) -> bytes:
        try:
            chunk = self._stream.read(CHUNK)
        except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError, RuntimeError) as error:
            raise ImportFailed(f"{self.name}: the archive is damaged: {error}.") from error
        if self._left is not None:
            self._left -= len(chunk)
            if self._left < 0:
                raise ImportFailed(f"{self.name}: the archive grows to more than {MAX_RATIO} times its size.")
        return chunk


@contextmanager
def open_parts(path: Path) -> Iterator[Iterator[Part]]:
    """The files in `path`, one after the other. Raises `ImportFailed` where there is none or it cannot be read."""
    try:
        with path.open("rb") as file:
            yield _parts(path, file)
    except OSError as error:
        raise ImportFailed(f"{path} cannot be read: {error.strerror or error}.") from error


def _parts(path: Path, file: IO[bytes]) -> Iterator[Part]:
    magic = file.read(4)
    file.seek(0)
    limit = FREE + path.stat().st_size * MAX_RATIO
    if magic.startswith(b"PK"):
        yield from _zip_parts(path, file, limit)
    elif magic.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=file) as stream:
            yield Part(path.name, cast("IO[bytes]", stream), limit)
    else:
        yield Part(path.name, file, None)


def _zip_parts(path: Path, file: IO[bytes], limit: int) -> Iterator[Part]:
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise ImportFailed(f"{path.name}: the archive is damaged: {error}.") from error
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_rubbish(entry.filename)]
        if not entries:
            raise ImportFailed(f"{path.name}: the archive holds no file.")
        for entry in entries:
            try:
                with archive.open(entry) as stream:
                    yield Part(f"{path.name}, {entry.filename}", stream, limit)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
                raise ImportFailed(f"{path.name}: {entry.filename} cannot be unpacked: {error}.") from error


def _is_rubbish(name: str) -> bool:
    """What operating systems put into archives of their own accord."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith("._")
