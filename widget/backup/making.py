"""Making a backup, and which of the older ones go."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.metadata
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from widget.backup.archive import UNFINISHED, Manifest, Progress, write_archive
from widget.backup.kinds import copying, kind_of
from widget.errors import Conflict, NotFound, Unavailable

LOCK = ".palaver-backup.lock"
_NAME = re.compile(r"palaver-(\d{4}-\d\d-\d\dT\d{6})Z\.zip")
_TIME = "%Y-%m-%dT%H%M%S"


class Kept(msgspec.Struct, frozen=True):
    """The newest of each of so many days and weeks (UTC, ISO 8601) that have one stays; the newest of all always."""

    daily: int
    weekly: int


class Plan(msgspec.Struct, frozen=True):
    """What the settings say. `every` is in hours; 0: the service makes none by itself."""

    database_url: str
    folder: str
    every: int
    kept: Kept


class Made(NamedTuple):
    file: Path
    size: int  # bytes
    manifest: Manifest
    removed: int  # older backups


def back_up(
    database_url: str, folder: Path, kept: Kept | None, now: datetime, progress: Progress | None = None
) -> Made:
    """Make a backup in `folder`, named by the time `now` (UTC), and remove the older ones that are not `kept`; None:
    none is removed. `progress` is told how many more bytes of the database were written.

    What is there stays where making one fails. Raises `NotFound` (no database), `Conflict` (another is under way) and
    `Unavailable` with what the database or the disk says.
    """
    with _writing(folder):
        return _back_up(database_url, folder, kept, now, progress)


def back_up_if_due(plan: Plan, now: datetime) -> Made | None:
    """As the plan says, if the newest is too old. None if not, or where another process is at it."""
    try:
        with _writing(folder := Path(plan.folder)):
            return _back_up(plan.database_url, folder, plan.kept, now) if is_due(plan, now) else None
    except Conflict:
        return None


def is_due(plan: Plan, now: datetime) -> bool:
    newest = _newest(plan)
    return newest is None or now - newest >= timedelta(hours=plan.every)


def is_overdue(plan: Plan, now: datetime) -> bool:
    """Whether there was none when one was due, nor when the next was."""
    newest = _newest(plan)
    return newest is not None and now - newest >= timedelta(hours=2 * plan.every)


def _newest(plan: Plan) -> datetime | None:
    return max(list_backups(Path(plan.folder)), default=None)


def list_backups(folder: Path) -> dict[datetime, Path]:
    """By the time at which they were made, as their names say it."""
    try:
        files = list(folder.iterdir())
    except OSError:
        return {}
    named = {file: found[1] for file in files if (found := _NAME.fullmatch(file.name))}
    return {datetime.strptime(text, _TIME).replace(tzinfo=UTC): file for file, text in named.items()}


def superseded(times: Sequence[datetime], kept: Kept) -> list[datetime]:
    """Those that nothing keeps any more."""
    newest_first = sorted(times, reverse=True)
    staying = set(newest_first[:1])
    for number, period in ((kept.daily, "%Y-%j"), (kept.weekly, "%G-%V")):
        newest_of: dict[str, datetime] = {}
        for time in newest_first:
            newest_of.setdefault(time.strftime(period), time)
        staying |= set(list(newest_of.values())[:number])
    return [time for time in newest_first if time not in staying]


def _back_up(
    database_url: str, folder: Path, kept: Kept | None, now: datetime, progress: Progress | None = None
) -> Made:
    database = copying(database_url)
    if not database.contents(database_url).schema:
        raise NotFound("There is no database to back up yet.", code="no_database")
    file = folder / f"palaver-{now:{_TIME}}Z.zip"
    manifest = write_archive(
        file,
        kind_of(database_url),
        lambda to: database.copy(database_url, to, folder),
        version=importlib.metadata.version("palaver"),
        now=now,
        progress=progress,
    )
    backups = list_backups(folder)
    removed = superseded(list(backups), kept) if kept else []
    for time in removed:
        backups[time].unlink()
    return Made(file, file.stat().st_size, manifest, len(removed))


@contextlib.contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """One process at a time; what an earlier one left half done is gone."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)  # its own parents are not made: a disk may not be mounted
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict("Another backup is under way there.", code="under_way") from None
            _clear(folder)
            yield
        finally:
            os.close(handle)
    except OSError as error:
        raise Unavailable(f"The backup in {folder} cannot be written: {error.strerror or error}.") from error


def _clear(folder: Path) -> None:
    for path in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
