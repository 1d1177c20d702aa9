"""Forgetting where comments came from, once a site's days are over. Runs by itself in every process of the service."""

from __future__ import annotations

import asyncio
import logging

from widget.core import Core
from widget.db import Tx
from widget.errors import PalaverError
from widget.store import sites
from widget.store import spam as store

logger = logging.getLogger("palaver.retention")
FIRST, EVERY = 60.0, 3_600.0  # seconds after the start, and from one time to the next
AT_ONCE = 1_000  # comments in a unit of work
DAY = 86_400_000  # ms


async def keep_forgetting(core: Core, *, first: float = FIRST, every: float = EVERY) -> None:
    """Until it is cancelled. What one process forgot, another finds forgotten."""
    await asyncio.sleep(first)
    while True:
        try:
            await forget(core)
        except PalaverError as error:  # the database is away: the next time will do
            logger.warning("addresses could not be forgotten: %s", error.code)
        await asyncio.sleep(every)


async def forget(core: Core) -> int:
    """Leave of addresses that are too old their short hashes; how many."""
    total = 0
    for site in await core.db.read(sites.list_sites):
        while forgotten := await core.db.write(_forget, site.id, site.address_days):
            total += forgotten
    return total


def _forget(tx: Tx, site_id: int, days: int) -> int:
    return store.forget_addresses(tx, site_id, tx.now - days * DAY, AT_ONCE)
