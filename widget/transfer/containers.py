"""Opening what people have: a plain file, gzip, or a zip of several parts. Known by content, never by name.

What an archive may grow to is capped, for a file of a few kilobytes can expand to a thousand times its size.
"""

from __future__ import annotations

import gzip
import lzma
import tempfile
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
MAX_PARTS = 1_000

_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")  # RFC 1952, 2.3.1; APPNOTE 4.3.7, and 4.3.16 of an empty one
_DAMAGE = (OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


class Damaged(ImportFailed):
    """It is the archive, not what is in it; the message names the part."""


class Budget:
    """How much may still come out of an archive, all parts together."""

    def __init__(self, packed: int) -> None:
        self._left = FREE + MAX_RATIO * packed

    def spend(self, name: str, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise Damaged(f"{name}: the archive grows to more than {MAX_RATIO} times its size.")


class Part:
    """One file, read in chunks."""

    def __init__(self, name: str, stream: IO[bytes], budget: Budget | None = None, *, path: Path | None = None) -> None:
        self.name = name
        self._stream = stream
        self._budget = budget
        self._head = b""
        self._path = path  # where the file is just that

    def peek(self) -> bytes:
        """The first 64 KiB, which stay to be read."""
        if not self._head:
            self._head = self._read()
        return self._head

    def chunks(self) -> Iterator[bytes]:
        """Raises `ImportFailed` for a damaged archive, or one that grows beyond the cap."""
        if self._head:
            yield self._head
        while chunk := self._read():
            yield chunk

    @property
    def is_packed(self) -> bool:
        """An archive that lies in another, which is not opened."""
        return self._budget is not None and self.peek().startswith((_GZIP, *_ZIP))

    @contextmanager
    def named(self) -> Iterator[None]:
        """What is raised within says which file it is about."""
        try:
            yield
        except Damaged:
            raise
        except ImportFailed as error:
            raise ImportFailed(f"{self.name}: {error.message}") from error

    @contextmanager
    def as_file(self) -> Iterator[Path]:
        """A file of the same content, for what cannot be read from front to back alone."""
        if self._path is not None:
            yield self._path
            return
        with tempfile.NamedTemporaryFile() as copy:
            for chunk in self.chunks():
                copy.write(chunk)
            copy.flush()
            yield Path(copy.name)

    def _read(self) -> bytes:
        try:
            chunk = self._stream.read(CHUNK)
        except _DAMAGE as error:
            raise Damaged(f"{self.name}: the file is damaged or cut off: {error}.") from error
        if self._budget:
            self._budget.spend(self.name, len(chunk))
        return chunk


@contextmanager
def open_parts(path: Path) -> Iterator[Iterator[Part]]:
    """The files in `path`, one after the other. Raises `ImportFailed` where there is none or it cannot be read."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise ImportFailed(f"{path} cannot be read: {error.strerror or error}.") from error
    with file:
        yield _parts(path, file)


def _parts(path: Path, file: IO[bytes]) -> Iterator[Part]:
    magic = Part(path.name, file).peek()[:4]
    file.seek(0)
    budget = Budget(path.stat().st_size)
    if magic.startswith(_ZIP):
        yield from _zip_parts(path, file, budget)
    elif magic.startswith(_GZIP):
        with gzip.GzipFile(fileobj=file) as stream:
            yield Part(path.name, cast("IO[bytes]", stream), budget)
    else:
        yield Part(path.name, file, path=path)


def _zip_parts(path: Path, file: IO[bytes], budget: Budget) -> Iterator[Part]:
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as error:
        raise ImportFailed(f"{path.name}: the archive is damaged or cut off: {error}.") from error
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_rubbish(entry.filename)]
        if not entries:
            raise ImportFailed(f"{path.name}: the archive holds no file.")
        if len(entries) > MAX_PARTS:
            raise ImportFailed(f"{path.name}: the archive holds {len(entries):,} files; an export has few.")
        for entry in entries:
            with _open(path, archive, entry) as stream:
                yield Part(f"{path.name}, {entry.filename}", stream, budget)


def _open(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(entry)
    except _DAMAGE as error:
        raise ImportFailed(f"{path.name}: {entry.filename} cannot be unpacked: {error}.") from error


def _is_rubbish(name: str) -> bool:
    """What operating systems put into archives of their own accord."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith("._")
