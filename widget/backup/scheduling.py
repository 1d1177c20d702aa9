"""When the service makes backups by itself.

Every process of the service looks, now and then, how old the newest backup is; the first that finds one due has it made
by a process of its own (`job.py`), which is killed with the service and takes no time from readers.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
from datetime import UTC, datetime

import msgspec

from widget.backup.making import Plan, is_due, is_overdue
from widget.db import Clock

logger = logging.getLogger("palaver.backup")
FIRST, EVERY = 60.0, 900.0  # seconds after the start, and from one look to the next
JOB = (sys.executable, "-m", "widget.backup.job")


class Scheduled:
    """`overdue` is for `/readyz`: whether the last one failed, or there was none for twice as long as there may be."""

    def __init__(self, plan: Plan, now: Clock) -> None:
        self._plan = plan
        self._now = now
        self.overdue = False

    async def keep_making(self, *, first: float = FIRST, every: float = EVERY) -> None:
        """Until it is cancelled."""
        await asyncio.sleep(first)
        while True:
            await self.look()
            await asyncio.sleep(every * random.uniform(0.8, 1.2))  # noqa: S311 - so that processes take turns

    async def look(self) -> None:
        """Have a backup made if one is due. A failure is in the log, and the next look tries again."""
        due = await asyncio.to_thread(is_due, self._plan, self._time())
        failed = due and not await _make(self._plan)
        self.overdue = failed or await asyncio.to_thread(is_overdue, self._plan, self._time())

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._now() / 1000, UTC)


async def _make(plan: Plan) -> bool:
    """Whether it went well."""
    try:
        process = await asyncio.create_subprocess_exec(*JOB, stdin=asyncio.subprocess.PIPE)
    except OSError as error:
        logger.error("no backup was made: %s", error)  # noqa: TRY400 - the reason says it all
        return False
    try:
        await process.communicate(msgspec.json.encode(plan))
        if process.returncode not in (0, 1):  # 1: it has said why
            logger.error("no backup was made: its process ended with %s", process.returncode)
        return process.returncode == 0
    finally:
        if process.returncode is None:  # the service stops; what is half done, the next one clears away
            process.kill()
            await process.wait()
