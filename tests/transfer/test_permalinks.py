"""Links to comments as the old system spelled them lead to the same comments here, and nothing else does."""

from __future__ import annotations

import re

import pytest

from tests.support.cast import Cast
from tests.support.exports import EXPORTS, MILLISECONDS
from tests.support.html import Html, text_of
from tests.support.importer import Importer
from tests.support.outside import expected_records
from tests.support.require import fixtures
from tests.support.service import PAGE, World
from tests.support.wxr import cdata, item, told
from widget import ids
from widget.limits import RULES, Rule
from widget.mapping import parse_mapping
from widget.transfer.formats import FORMATS
from widget.transfer.plan import Options

HERE = "https://blog.example"
LATER = cdata("2020-02-02 03:04:05")
LINKS = {  # to the first comment and to its reply
    "disqus": ("comment-1", "comment-2"),
    "isso": ("isso-1", "isso-2"),
    "remark42": ("remark42__comment-c1", "remark42__comment-c2"),
    "commento": ("commento-c1", "comentario-c2"),
    "artalk": ("atk-comment-1", "atk-comment-2"),
    "waline": ("1", "2"),
    "palaver": tuple(f"comment-{ids.encode(ids.first_id(time) + 7)}" for time in MILLISECONDS[:2]),
}
NOT_THERE = ("comment-9", "isso-9", "remark42__comment-9", "commento-9", "9", "0" * 24, "comment-" + "9" * 20)
NO_LINKS = (
    "x",
    "comments",
    "comment-",
    "comment-1 ",
    "comment-٣",
    "isso-thread",
    "commento-login",
    "section-2",
    "1" * 21,
)
HOSTILE = ("comment-1\0", "comment-1\n", '"><script>alert(1)</script>', "isso-1'--", "%", "comment-" * 400, "\ud7ff1")


async def follow(world: World, page: str, fragment: str, base: str = "embed") -> str:
    """The text of the comment that is marked; "" where none is."""
    answer = await world.client.get(f"/{base}/blog", params={"url": HERE + page, "comment": fragment})
    assert answer.status_code == 200, (fragment, answer.text)
    assert "<script>alert" not in answer.text
    marked = [row for row in Html(answer.text).all(".//li[@id]") if row.get("class") == "focused"]
    assert len(marked) <= 1
    return text_of(marked[0].findall("article/div[@class='body']")[0]) if marked else ""


async def test_link_of_each_system_leads_to_its_comment(importer: Importer, world: World) -> None:
    for name in LINKS:
        await importer(data=EXPORTS[name][1], options=Options(mappings=[parse_mapping(f"/bread=/{name}")]))
    for name, (first, second) in LINKS.items():
        assert await follow(world, f"/{name}", first) == "Good bread.", name
        assert await follow(world, f"/{name}", second, "thread") == "I agree.", name
    assert await follow(world, "/isso", LINKS["remark42"][0]) == ""


async def test_link_of_wordpress_leads_to_its_comment_on_each_page(importer: Importer, world: World) -> None:
    """Two exports that were joined by hand name two comments alike, on two pages."""
    await importer(item(told(1), told(2, parent=1), number=7), item(told(2, date_gmt=LATER), told(60), number=8))
    for page, number in ((7, 1), (7, 2), (8, 2), (8, 60)):
        assert await follow(world, f"/{page}/", f"comment-{number}") == f"Comment {number}"
    assert await follow(world, "/8/", "comment-1") == ""


async def test_link_leads_nowhere_else(importer: Importer, world: World) -> None:
    """Then the thread opens at its beginning: nobody knows that it was meant to be a link to a comment."""
    await importer(item(told(1), told(2, approved="0"), told(3, approved="spam")))
    for fragment in ("comment-2", "comment-3", *NOT_THERE, *NO_LINKS, *HOSTILE):
        assert await follow(world, "/7/", fragment) == "", fragment
    assert await follow(world, "/none/", "comment-1") == ""


async def test_own_link_comes_first_and_says_when_its_comment_is_gone(world: World, cast: Cast) -> None:
    kept, gone = [await world.post(text, headers=cast.alice) for text in ("Kept.", "Gone.")]
    await world.client.delete(f"/api/v1/blog/comments/{gone['id']}", headers=cast.alice)
    page = PAGE.removeprefix(HERE)
    assert await follow(world, page, f"comment-{kept['id']}") == await follow(world, page, kept["id"]) == "Kept."
    answer = await world.client.get("/embed/blog", params={"url": PAGE, "comment": f"comment-{gone['id']}"})
    assert answer.status_code == 404


async def test_reader_who_follows_old_links_without_end_has_to_wait(
    importer: Importer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each costs a look at all ids of the page; links of ours cost nothing and are not counted."""
    await importer(item(told(1)))
    (own,) = [ids.encode(row.id) for row in (await importer.rows()).comments]
    world.app.service.core.limits.enabled = True
    monkeypatch.setitem(RULES, "permalink", Rule(3, 1_000, "following links"))
    for fragment in (own, "section-2", "comment-1"):
        for _ in range(3):
            await follow(world, "/7/", fragment)
    answer = await world.client.get("/embed/blog", params={"url": f"{HERE}/7/", "comment": "comment-1"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert await follow(world, "/7/", own) == "Comment 1"


SPELLED = {
    "disqus": "comment-",
    "wordpress": "comment-",
    "isso": "isso-",
    "remark42": "remark42__comment-",
    "commento": "commento-",
    "artalk": "atk-comment-",
    "waline": "",
}
CONVERTED = {  # or made up: their ids are none of the system's
    "artransfer-disqus.artrans",
    "artransfer-valine.artrans",
    "isso-generic.json",
    "remark42-disqus.xml",
}


@pytest.mark.parametrize("name", SPELLED)
def test_real_ids_are_what_the_links_of_their_system_hold(name: str) -> None:
    seen = 0
    pattern = FORMATS[name].PERMALINK
    assert pattern is not None
    for path in sorted((fixtures() / "imports" / name).iterdir()):
        for record in expected_records(name, path) if path.name not in CONVERTED else ():
            found = re.fullmatch(pattern, SPELLED[name] + record["id"])
            assert found is not None, (path.name, record["id"])
            assert found[1] == record["id"]
            seen += 1
    assert seen > 50
