"""Doing the imports that owners asked for on `/admin`: one after the other, in any process of the service.

What is to be done stands in the table `imports`, and who does it says there every second that they still do. So
whatever ends a process, another goes on with what it began, or the same once it is back.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging

import msgspec

from widget.core import Core
from widget.errors import PalaverError, Unavailable
from widget.mapping import parse_mapping
from widget.store import imports as store
from widget.store.imports import OPEN, WORKING, Import
from widget.transfer.files import Files
from widget.transfer.plan import Options
from widget.transfer.report import Report

logger = logging.getLogger("palaver.import")
EVERY = (
    10.0  # seconds from one look for what is to be done to the next; a process that knows of something looks at once
)
TELL_EVERY = 1.0  # seconds
SILENT = 20_000  # ms after which nobody is at work on it any more
KEPT = 7 * 86_400_000  # ms for which a file waits for a decision
LEFT_OVER = 3_600  # seconds after which a file belongs to no upload that still goes on


class _Stopped(Exception):
    """Somebody said so, or the process ends."""


class _Pace:
    """How far it is. Written by the thread that reads and by the event loop in turns, never by both."""

    def __init__(self) -> None:
        self.done = 0
        self.total: int | None = None
        self.stopped = False

    def went(self, count: int, total: int | None) -> None:
        if self.stopped:
            raise _Stopped
        if total != self.total:
            self.done, self.total = 0, total
        self.done += count


class Importer:
    def __init__(self, core: Core, files: Files, own_origin: str) -> None:
        self.files = files
        self._core = core
        self._own_origin = own_origin
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    async def keep_working(self, *, every: float = EVERY) -> None:
        """Until it is cancelled."""
        while True:
            self._woken.clear()
            try:
                while due := await self._claim():
                    await self._work(due)
                await self._tidy()
            except (PalaverError, OSError) as error:  # the database or the disk is away: the next look will do
                logger.warning("imports have to wait: %s", error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), every)

    async def _claim(self) -> Import | None:
        """The oldest that nobody is at work on, and whose file is on this machine."""
        db = self._core.db
        for found in await db.read(store.list_in, WORKING, db.now() - SILENT):
            if self.files.path_of(found).exists() and await db.write(store.claim_import, found):
                return found
        return None

    async def _work(self, found: Import) -> None:
        pace = _Pace()
        telling = asyncio.create_task(self._keep_telling(found, pace))
        try:
            ending = await self._result(found, pace)
        except _Stopped:
            return
        except asyncio.CancelledError:  # the process ends: whoever comes next need not wait
            await self._core.db.write(store.set_import, found, {"told_at": 0})
            raise
        finally:
            pace.stopped = True
            telling.cancel()
        await self._core.db.write(store.set_import, found, {**ending, "told_at": self._core.db.now()})
        if ending["state"] != "looked":
            self.files.remove(found)

    async def _result(self, found: Import, pace: _Pace) -> dict[str, object]:
        """The columns that say how it ended. Raises `Unavailable`: then it is tried again."""
        from widget.transfer.formats import import_file  # noqa: PLC0415 - most processes never need the formats

        try:
            report = await import_file(
                self._core.db,
                found.site_name,
                self.files.path_of(found),
                Options(found.any_host, [parse_mapping(line) for line in found.mappings.splitlines()]),
                secret_keys=self._core.secret_keys,
                own_origin=self._own_origin,
                by=found.person_id,
                dry_run=found.state == "looking",
                progress=pace.went,
            )
        except (_Stopped, Unavailable):
            raise
        except PalaverError as error:
            return {"state": "failed", "error": error.message.replace(self.files.path_of(found).name, found.file_name)}
        except Exception:  # a mistake of ours must not end all imports, nor be tried again for ever
            logger.exception("an import failed")
            return {"state": "failed", "error": "Something went wrong here. The service's log says what."}
        return {"state": "looked" if found.state == "looking" else "done", "report": _written(report)}

    async def _keep_telling(self, found: Import, pace: _Pace) -> None:
        while not pace.stopped:
            await asyncio.sleep(TELL_EVERY)
            with contextlib.suppress(PalaverError):
                far = {"done": pace.done, "total": pace.total, "told_at": self._core.db.now()}
                told = await self._core.db.write(store.set_import, found, far)
                pace.stopped = pace.stopped or not told

    async def _tidy(self) -> None:
        """Remove files that nobody decided on for a week, and those of no import."""
        db = self._core.db
        for found in await db.read(store.list_in, ("looked",), db.now() - KEPT):
            await db.write(store.set_import, found, {"state": "stopped"})
        kept = {self.files.path_of(found) for found in await db.read(store.list_in, OPEN, db.now() + 1)}
        for path in await asyncio.to_thread(self.files.list_older, LEFT_OVER):
            if path not in kept:
                path.unlink(missing_ok=True)


def _written(report: Report) -> str:
    return msgspec.json.encode({**report.as_json(), "foreign": report.foreign, "notes": report.notes}).decode()
