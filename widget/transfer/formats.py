"""The formats that can be imported. To add one, add its module here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from widget.db import Database
from widget.transfer import (
    artalk,
    commento,
    cusdis,
    disqus,
    isso,
    isso_generic,
    palaver,
    rebuilding,
    remark42,
    waline,
    wordpress,
)
from widget.transfer.containers import Part, open_parts
from widget.transfer.importing import Source, import_records
from widget.transfer.plan import Options, Progress
from widget.transfer.records import ImportFailed, Record
from widget.transfer.report import Report

T = TypeVar("T")


class Format(Protocol):
    """What a module of a format has."""

    @property
    def NAME(self) -> str: ...  # noqa: N802  (a constant of the module)
    @property
    def PERMALINK(self) -> str | None: ...  # noqa: N802  (a pattern: `permalinks.py`)
    def sniff(self, head: bytes) -> bool: ...
    def read(self, part: Part) -> Iterator[Record]: ...


_ALL: tuple[Format, ...] = (
    disqus,
    wordpress,
    isso,
    isso_generic,
    remark42,
    commento,
    artalk,
    waline,
    cusdis,
    palaver,
)
FORMATS = {known.NAME: known for known in _ALL}


async def import_file(
    db: Database,
    site_name: str,
    path: Path,
    options: Options = Options(),  # noqa: B008  (immutable)
    *,
    source_format: str | None = None,
    secret_keys: Sequence[str] = (),
    own_origin: str | None = None,
    by: int | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Import a file into a site; one of our own brings its site along, unless it is for another (`rebuilding.py`).

    Raises `ImportFailed`, or `NotFound` for the site.
    """
    chosen = FORMATS[source_format] if source_format else await asyncio.to_thread(recognise, path)

    def read(of: Callable[[Part], Iterator[T]]) -> Generator[T]:
        with open_parts(path) as parts:
            for part in parts:
                if source_format or chosen.sniff(part.peek()):
                    yield from of(part)

    line = await asyncio.to_thread(palaver.site_line, read(palaver.read_lines)) if chosen is palaver else None
    if await rebuilding.brings(db, site_name, line, options):
        return await rebuilding.rebuild(
            db,
            site_name,
            lambda: read(palaver.read_lines),
            secret_keys=secret_keys,
            own_origin=own_origin,
            by=by,
            dry_run=dry_run,
            progress=progress,
        )
    source = Source(chosen.NAME, lambda: read(chosen.read), secret_keys)
    return await import_records(db, site_name, source, options, by=by, dry_run=dry_run, progress=progress)


def recognise(path: Path) -> Format:
    """The format of a file, by how it begins; of an archive, by the first part that is an export.

    Raises `ImportFailed`.
    """
    with open_parts(path) as parts:
        packed = ""
        for part in parts:
            for known in FORMATS.values():
                if known.sniff(part.peek()):
                    return known
            packed = packed or (part.name if part.is_packed else "")
    if packed:
        raise ImportFailed(f"{packed} is an archive in an archive. Unpack it once, and import what was in it.")
    raise ImportFailed(f"{path.name} is in no format that can be imported. There are: {', '.join(FORMATS)}.")
