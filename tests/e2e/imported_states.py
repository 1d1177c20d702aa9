"""Threads that came from other systems, one of each format, as readers see them."""

from __future__ import annotations

from urllib.parse import quote

from playwright.async_api import Page, expect

from tests.e2e.states import Scene, State
from tests.support.exports import EXPORTS, HTML, PAGE
from tests.support.wxr import cdata, comment, export, item, told

_WORDPRESS = export(
    item(
        comment(1, HTML),
        comment(2, "I agree.", parent="1", author=cdata("Bert")),
        told(3, approved="0"),
        link=PAGE,
        fields={"title": cdata("Bread")},
    )
)
FILES = {"wordpress": _WORDPRESS, **{name: data for name, (_, data) in EXPORTS.items()}}


def _state(name: str, data: bytes) -> State:
    async def state(scene: Scene) -> Page:
        site, page = f"{name}-{scene.name}", scene.page
        await scene.seed.add_site(site, scene.blog.origin)
        await scene.seed.bring(site, data, scene.blog.origin)
        await page.goto(f"{scene.blog.home}/thread/{site}?url={quote(f'{scene.blog.origin}/bread/', safe='')}")
        await expect(page.get_by_text("Good bread.")).to_be_visible()
        return page

    return state


IMPORTED_STATES: dict[str, State] = {f"imported-{name}": _state(name, data) for name, data in FILES.items()}
