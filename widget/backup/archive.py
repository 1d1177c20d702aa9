"""The file of a backup: a ZIP archive of the database and a manifest, so that any program opens it.

palaver.db or palaver.dump   an SQLite file, or what pg_dump writes in its custom format
manifest.json                what is in it, `Manifest`
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

from widget.errors import Conflict, Invalid, PalaverError
from widget.store.copies import Contents, Kind, Sink

FORMAT = 1
MEMBERS: dict[Kind, str] = {"sqlite": "palaver.db", "postgresql": "palaver.dump"}
MANIFEST = "manifest.json"
MAX_MANIFEST = 1 << 20  # bytes
UNFINISHED = ".palaver-backup-"  # how the names of files begin that are not whole yet
CHUNK = 1 << 20
Progress = Callable[[int], None]
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, msgspec.MsgspecError)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`schema` is the newest migration that is in it; `counts` are rows by table; `size` (bytes) and `sha256` are those
    of the database as it stands in the archive, unpacked.
    """

    format: int
    palaver: str  # the version that made it
    database: Kind
    schema: str
    created_at: str  # RFC 3339, UTC
    counts: dict[str, int]
    size: int
    sha256: str


class _Hashed:
    """Passes on what is written, and knows its sum."""

    def __init__(self, stream: IO[bytes], progress: Progress | None) -> None:
        self._stream = stream
        self._progress = progress
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> int:
        self.hash.update(data)
        self.size += len(data)
        if self._progress:
            self._progress(len(data))
        return self._stream.write(data)


def write_archive(
    file: Path,
    database: Kind,
    fill: Callable[[Sink], Contents],
    *,
    version: str,
    now: datetime,
    progress: Progress | None = None,
) -> Manifest:
    """Make `file` of what `fill` writes; only its owner may read it.

    `now` is in UTC. The file appears whole, and kept by the disk, or not at all. Raises `OSError`, and what `fill`
    raises.
    """
    handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=file.parent)  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                with archive.open(_entry(MEMBERS[database], now), "w", force_zip64=True) as member:
                    hashed = _Hashed(member, progress)
                    contents = fill(hashed)
                manifest = Manifest(
                    format=FORMAT,
                    palaver=version,
                    database=database,
                    schema=contents.schema,
                    created_at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
                    counts=contents.counts,
                    size=hashed.size,
                    sha256=hashed.hash.hexdigest(),
                )
                archive.writestr(_entry(MANIFEST, now), msgspec.json.format(msgspec.json.encode(manifest)))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.rename(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(file.parent)
    return manifest


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _sync_folder(folder: Path) -> None:
    """So that the name is kept by the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Archive:
    """A backup that is open. Its manifest was read; nothing else was looked at yet."""

    def __init__(self, file: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._file = file
        self._archive = archive
        self.manifest = manifest

    @contextlib.contextmanager
    def database(self) -> Iterator[IO[bytes]]:
        """The database, to be read from front to back. Raises `Invalid` where the archive is damaged."""
        with told(self._file), self._archive.open(MEMBERS[self.manifest.database]) as stream:
            yield stream

    def check_sum(self) -> None:
        """Raises `Invalid` unless the database is what the manifest says."""
        found, size = hashlib.sha256(), 0
        with self.database() as stream:
            while (chunk := stream.read(CHUNK)) and size <= self.manifest.size:
                found.update(chunk)
                size += len(chunk)
        if (size, found.hexdigest()) != (self.manifest.size, self.manifest.sha256):
            raise Invalid(f"{self._file} is damaged: its database is not the one that was written.", code="bad_backup")


@contextlib.contextmanager
def open_archive(file: Path) -> Iterator[Archive]:
    """Raises `Invalid` where the file is no backup, is damaged or cannot be read, `Conflict` where it is of a newer
    version.
    """
    with told(file):
        archive = zipfile.ZipFile(file)
    with archive:
        with told(file):
            with archive.open(MANIFEST) as stream:
                text = stream.read(MAX_MANIFEST)
            if msgspec.json.decode(text, type=_Head).format > FORMAT:
                raise Conflict(f"{file} was made by a newer version of Palaver than this one.", code="newer_backup")
            manifest = msgspec.json.decode(text, type=Manifest)
        yield Archive(file, archive, manifest)


class _Head(msgspec.Struct):
    format: int


@contextlib.contextmanager
def told(file: Path) -> Iterator[None]:
    """What reading the file may raise, as a sentence."""
    try:
        yield
    except PalaverError:
        raise
    except OSError as error:
        raise Invalid(f"{file} cannot be read: {error.strerror or error}.", code="bad_backup") from error
    except _DAMAGE as error:
        raise Invalid(f"{file} is no backup of Palaver, or a damaged one ({error}).", code="bad_backup") from error
