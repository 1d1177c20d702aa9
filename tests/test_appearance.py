"""What readers see of a person is the same on every page, cached ones too."""

from __future__ import annotations

import pytest

from tests.support.html import Html
from tests.support.service import BLOG, GUEST, PAGE, World

OTHER = f"{BLOG}/posts/cheese"


async def author(world: World, url: str) -> str:
    """Of the one comment on the page, as everybody gets it."""
    document = await world.client.get("/embed/blog", params={"url": url})
    return Html(document.text).text(".//article/header/b")


@pytest.mark.parametrize(("field", "value"), [("name", "Gwendolyn"), ("website", "https://gwen.example/")])
async def test_guest_who_tells_something_else_is_shown_so_on_every_page(world: World, field: str, value: str) -> None:
    sent = await world.client.post("/api/v1/blog/comments", json={"url": PAGE, "text": "First.", "guest": GUEST})
    token = {"Authorization": f"Bearer {sent.headers['palaver-token']}"}
    await world.post("A bystander's.", url=f"{BLOG}/bystander")
    assert await author(world, PAGE) == "Gwen"
    before = {url: await world.client.get("/embed/blog", params={"url": url}) for url in (PAGE, f"{BLOG}/bystander")}
    await world.post("Second.", headers=token, url=OTHER, guest={**GUEST, field: value})
    after = {url: await world.client.get("/embed/blog", params={"url": url}) for url in before}
    assert value in after[PAGE].text
    assert value not in before[PAGE].text
    assert after[f"{BLOG}/bystander"].headers["etag"] == before[f"{BLOG}/bystander"].headers["etag"]


async def test_guest_who_tells_the_same_again_changes_no_other_page(world: World) -> None:
    sent = await world.client.post("/api/v1/blog/comments", json={"url": PAGE, "text": "First.", "guest": GUEST})
    token = {"Authorization": f"Bearer {sent.headers['palaver-token']}"}
    before = await world.client.get("/embed/blog", params={"url": PAGE})
    await world.post("Second.", headers=token, url=OTHER, guest=GUEST)
    after = await world.client.get("/embed/blog", params={"url": PAGE})
    assert after.headers["etag"] == before.headers["etag"]
