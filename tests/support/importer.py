"""Imports into the sites of the world, and what comes of them."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from tests.support.html import Html
from tests.support.rows import CommentRow, Rows, rows_of
from tests.support.service import World
from tests.support.wxr import POST, export
from widget.store.sites import Site
from widget.transfer.formats import import_file
from widget.transfer.report import Report


class Importer:
    """Writes an export to a file and imports it into a site."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self._folder = folder
        self._numbers = itertools.count(1)

    async def __call__(self, *items: str, data: bytes | None = None, site: str = "blog", **options: Any) -> Report:
        file = self._folder / f"export-{next(self._numbers)}.xml"
        file.write_bytes(export(*items) if data is None else data)
        return await import_file(self.world.db, site, file, **options)

    async def rows(self, site: Site | None = None) -> Rows:
        return await rows_of(self.world, site or self.world.blog)

    async def by_text(self) -> dict[str, CommentRow]:
        return {row.text: row for row in (await self.rows()).comments}


async def shown(world: World, url: str = POST) -> list[str]:
    thread = await world.thread(url=url)
    return [Html(row["html"]).text(".//body") for row in thread["comments"]]
