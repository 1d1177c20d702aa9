"""A blog with pages, and moving them as the command does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.service import BLOG, HOME, World
from widget import page_verbs
from widget.mapping import parse_mapping
from widget.moving import moving
from widget.moving.moving import Gather, MoveOptions, Report
from widget.moving.wishes import of_pair


class Mover:
    """`write` makes pages by paths of the blog; `threads` is where each comment stands by now."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def write(self, *paths: str, **more: Any) -> None:
        for path in paths:
            url = path if path.startswith("http") else BLOG + path
            await self.world.post(f"About {path}.", url=url, title=path, **more)

    async def move(self, gather: Gather, *, add_origins: bool = False, dry_run: bool = False) -> Report:
        return await moving.move(self.world.db, "blog", gather, HOME, MoveOptions(add_origins, dry_run))

    async def pairs(self, *pairs: tuple[str, str], **options: bool) -> Report:
        async def gather(_db: Any, site: Any) -> moving.Gathered:
            return moving.Gathered([of_pair(old, new, site) for old, new in pairs])

        return await self.move(gather, **options)

    async def maps(self, *texts: str, **options: bool) -> Report:
        return await self.move(moving.by_mappings([parse_mapping(text) for text in texts]), **options)

    async def texts(self, url: str) -> list[str]:
        """What readers see at an address."""
        found = await self.world.thread(url=url if url.startswith("http") else BLOG + url)
        return sorted(
            comment["html"].removeprefix("<p>About ").removesuffix(".</p>\n") for comment in found["comments"]
        )

    async def pages(self) -> dict[str, int]:
        """Pages that are no part of another, with their numbers of comments."""
        found = await page_verbs.list_all(self.world.db, "blog")
        return {page.url.removeprefix(BLOG): page.count for page in found if page.shown_as is None}


@pytest.fixture
async def mover(world: World) -> Mover:
    return Mover(world)
