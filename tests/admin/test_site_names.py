"""Names, keys and the end of a site."""

from __future__ import annotations

import pytest

from tests.admin.desk import Member
from tests.support.html import text_of
from tests.support.rows import rows_of
from tests.support.service import BLOG, PAGE, World
from widget import ids, site_verbs
from widget.errors import Conflict
from widget.store.actions import list_actions
from widget.store.sites import remove_part


async def status_of(world: World, address: str) -> int:
    return int((await world.client.get(address)).status_code)


async def test_former_name_leads_to_the_site_in_tags_and_json(world: World, olga: Member) -> None:
    await world.post("Before.")
    await world.client.get(f"/embed/blog?url={PAGE}")
    await olga.open("/admin/sites/blog")
    await olga.do("rename", name="diary")
    assert olga.address.partition("?")[0].endswith("/admin/sites/diary")
    assert olga.told == ["Site “blog” renamed “diary”."]
    await world.post("After, by the old tag.")
    for name in ("blog", "diary"):
        assert "After, by the old tag." in (await world.client.get(f"/embed/{name}?url={PAGE}")).text
        answer = await world.client.get(f"/api/v1/{name}/thread", params={"url": PAGE})
        assert len(answer.json()["comments"]) == 2
    assert "Former names: blog." in olga.page.text(".//main")


async def test_renaming_is_undone_and_the_undo_too(world: World, olga: Member) -> None:
    await olga.open("/admin/sites/blog")
    await olga.do("rename", name="diary")
    await olga.undo()
    assert olga.told == ["Undone: Site “blog” renamed “diary”."]
    assert [site.name for site in await site_verbs.list_all(world.db)] == ["blog", "shop"]
    await olga.undo()
    assert [site.name for site in await site_verbs.list_all(world.db)] == ["diary", "shop"]
    assert await status_of(world, f"/embed/blog?url={PAGE}") == 200


async def test_name_of_another_site_is_refused(olga: Member) -> None:
    await olga.open("/admin/sites/blog")
    await olga.do("rename", name="shop")
    assert (olga.answer.status_code, olga.alert) == (409, "There is a site “shop” already.")


async def test_new_site_takes_a_former_name(world: World, olga: Member) -> None:
    await site_verbs.rename(world.db, "blog", "diary")
    assert await status_of(world, f"/embed/blog?url={PAGE}") == 200
    await site_verbs.add(world.db, "blog", ["https://new.example"], "https://comments.example")
    assert await status_of(world, f"/embed/blog?url={PAGE}") == 422  # a page of another site
    assert await status_of(world, f"/embed/diary?url={PAGE}") == 200
    await olga.open("/admin/log")
    await olga.do(olga.page.one(".//ul[@class='log']//button").get("value", ""))
    assert (olga.answer.status_code, olga.alert) == (409, "There is a site “blog” already.")


async def test_site_takes_its_own_former_name_back(world: World) -> None:
    await site_verbs.rename(world.db, "blog", "diary")
    assert (await site_verbs.rename(world.db, "blog", "blog")).former_names == ("diary",)
    with pytest.raises(Conflict):
        await site_verbs.rename(world.db, "blog", "shop")


async def test_key_is_shown_once_and_stands_in_no_log(world: World, olga: Member) -> None:
    key = await site_verbs.sso_key(world.db, "blog", ("k" * 32,))
    await olga.open("/admin/sites/blog")
    assert key not in olga.answer.text
    await olga.do("key")
    assert olga.page.one(".//input[@id='key']").get("value") == key
    await olga.do("new_key")
    shown = olga.page.one(".//input[@id='key']").get("value")
    assert shown == await site_verbs.sso_key(world.db, "blog", ("k" * 32,)) != key
    await olga.open("/admin/log")
    assert "New key for the site’s own accounts" in olga.answer.text
    assert key not in olga.answer.text
    assert shown not in olga.answer.text


async def test_withdrawn_key_never_counts_again(world: World, olga: Member) -> None:
    await olga.open("/admin/sites/blog")
    await olga.do("new_key")
    await olga.open("/admin/log")
    [line] = olga.page.all(".//ul[@class='log']/li")
    assert "Undo" not in text_of(line)
    [deed] = await world.db.read(list_actions, world.blog.id, 1 << 62, 10)
    await olga.do(f"undo blog.{ids.encode(deed.id)}")
    assert (olga.answer.status_code, olga.alert) == (
        409,
        "A key that was withdrawn does not count again. Make another.",
    )


async def test_site_is_removed_by_who_types_its_name(
    world: World, olga: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("widget.site_verbs.AT_ONCE", 2)
    for number in range(5):
        await world.post(f"Number {number}.")
    tea = {"url": "https://shop.example/tea", "text": "Tea.", "guest": {"name": "Sam", "email": "sam@example.org"}}
    await world.client.post("/api/v1/shop/comments", json=tea)
    await olga.open("/admin/sites/blog")
    await olga.do("remove", typed="blgo")
    assert (olga.answer.status_code, olga.alert) == (422, "Type the name of the site, “blog”, to remove it.")
    assert len((await world.thread())["comments"]) == 5
    await olga.do("remove", typed="blog")
    assert olga.address.endswith("/admin/sites")
    assert await status_of(world, f"/embed/blog?url={PAGE}") == 404
    assert await rows_of(world, world.blog) == ([], [])
    assert len((await rows_of(world, world.shop)).comments) == 1


async def test_nobody_writes_on_a_site_that_is_being_removed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.post("Before.")
    answers: list[int] = []
    body = {"url": PAGE, "text": "Late.", "guest": {"name": "Gwen", "email": "gwen@example.org"}}
    write = world.db.write

    async def slowly(work: object, *given: object) -> object:
        if work is remove_part:
            answers.append((await world.client.post("/api/v1/blog/comments", json=body)).status_code)
        return await write(work, *given)

    monkeypatch.setattr(world.db, "write", slowly)
    await site_verbs.remove(world.db, "blog")
    assert answers[0] == 422
    assert BLOG not in {origin for site in await site_verbs.list_all(world.db) for origin in site.origins}
