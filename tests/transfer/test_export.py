"""A site's export: all that it has, a line of JSON each, and nothing of another site."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from auth.tokens import hash_token
from tests.admin.desk import Member, add_member, post_on_shop, write
from tests.support.cast import Cast, token_of
from tests.support.database import recorded
from tests.support.rows import columns_of
from tests.support.service import BLOG, PAGE, World
from widget import ids, site_verbs
from widget.errors import NotFound
from widget.transfer.exports import open_export

DOCS = Path(__file__).parents[2] / "docs" / "export.md"
ADDRESS = "/admin/sites/blog/export"


@pytest.fixture
async def olga(world: World) -> Member:
    return await add_member(world, "Olga", owner=True)


async def lines_of(world: World, name: str = "blog") -> list[dict[str, Any]]:
    _, parts = await open_export(world.db, name)
    return [json.loads(line) for line in b"".join([part async for part in parts]).splitlines()]


def of_kind(lines: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [line for line in lines if line["kind"] == kind]


async def write_something(world: World, olga: Member) -> dict[str, Any]:
    """A held comment, and one that answers it and is spam; the first as JSON."""
    await world.set_site("blog", hold="all", words_spam="casino")
    first = await world.post("First.", title="Bread")
    await world.post("The casino!", id="bread")
    await olga.open("/admin")
    await olga.do(f"approve blog.{first['id']}.", reason="Fine.")
    return first


async def test_export_has_pages_comments_and_what_was_done(world: World, olga: Member) -> None:
    first = await write_something(world, olga)
    lines = await lines_of(world)
    kinds = ["export", "site", "page", "member", "comment", "action", "end"]
    assert list(dict.fromkeys(line["kind"] for line in lines)) == kinds
    assert (lines[0]["form"], lines[0]["version"]) == ("palaver-site", 1)
    assert (lines[1]["name"], lines[1]["origins"], lines[1]["settings"]["hold"]) == ("blog", [BLOG], "all")
    assert [(page["key"], page["url"], page["title"]) for page in of_kind(lines, "page")] == [
        ("url:blog.example/posts/bread", PAGE, "Bread"),
        ("id:bread", PAGE, ""),
    ]
    comment, spam = of_kind(lines, "comment")
    assert (comment["id"], comment["status"], comment["text"]) == (first["id"], "approved", "First.")
    assert comment["author"] | {"kind": "guest", "name": "Gwen", "email": "gwen@example.org"} == comment["author"]
    assert spam["status"] == "spam"
    assert [verdict["check"] for verdict in spam["verdicts"]] == ["words", "hold"]
    [action] = of_kind(lines, "action")
    assert (action["verb"], action["target_id"], action["by"]["name"]) == ("approve", first["id"], "Olga")
    assert (action["before"], action["after"]) == ({"status": "pending"}, {"status": "approved"})
    assert lines[-1] == {"kind": "end", "page": 2, "member": 1, "standing": 0, "comment": 2, "like": 0, "action": 1}


async def test_export_knows_bans_and_former_names(world: World) -> None:
    eve = await add_member(world, "Eve", world.blog)
    await site_verbs.rename(world.db, "blog", "diary")
    lines = await lines_of(world, "blog")
    assert of_kind(lines, "site")[0]["former_names"] == ["blog"]
    [standing] = of_kind(lines, "standing")
    assert (standing["person"]["name"], standing["role"], standing["banned_until"]) == ("Eve", "moderator", None)
    assert eve.person_id


async def test_no_secret_and_no_hash_is_in_it(world: World, cast: Cast) -> None:
    for who in (cast.alice, cast.guest):
        await world.post(headers=who)
    _, parts = await open_export(world.db, "blog")
    text = b"".join([part async for part in parts]).decode()
    hashes = {name for (name,) in await columns_of(world, world.blog, "address_hash")}
    tokens = [token_of(who) for who in (cast.alice, cast.bob, cast.guest)]
    secrets = [*hashes, *tokens, *(hash_token(token).hex() for token in tokens), "k" * 32]
    assert len(hashes) == 1
    assert [secret for secret in secrets if secret in text] == []


async def test_export_has_nothing_of_another_site(world: World) -> None:
    await post_on_shop(world, "Tea.")
    lines = await lines_of(world)
    assert "Tea." not in json.dumps(lines)
    assert of_kind(lines, "comment") == []


async def test_number_of_statements_does_not_grow_with_the_comments(world: World) -> None:
    numbers = []
    for _ in range(2):
        for number in range(5):
            await world.post(f"Number {number}.")
        with recorded(world) as statements:
            await lines_of(world)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


async def test_long_export_is_read_part_by_part(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("widget.transfer.export.BATCH", 2)
    for number in range(5):
        await world.post(f"Number {number}.")
    lines = await lines_of(world)
    assert [line["text"] for line in of_kind(lines, "comment")] == [f"Number {number}." for number in range(5)]


async def test_owners_alone_download_it(world: World, olga: Member) -> None:
    bob = await add_member(world, "Bob", world.blog)
    await bob.open(ADDRESS)
    assert bob.answer.status_code == 403
    await olga.open(ADDRESS)
    assert olga.answer.headers["content-disposition"] == 'attachment; filename="palaver-blog.jsonl"'
    assert olga.answer.text.splitlines()[-1].startswith('{"kind":"end"')
    for name, ending in (("wxr", "xml"), ("disqus", "xml"), ("jsonl", "jsonl")):
        await olga.open(f"{ADDRESS}?format={name}&page=")
        assert olga.answer.headers["content-disposition"] == f'attachment; filename="palaver-blog.{ending}"'
    for query in ("format=pdf", "page=https://blog.example/none", "page=https://other.example/", "person=x"):
        await olga.open(f"{ADDRESS}?{query}")
        assert olga.answer.status_code in (404, 422)
    assert (await world.client.get(ADDRESS)).headers["content-type"].startswith("text/html")


async def test_owner_downloads_what_a_person_wrote_from_their_page(world: World, olga: Member) -> None:
    dora, bob = await add_member(world, "Dora"), await add_member(world, "Bob", world.blog)
    await write(dora, "By Dora.")
    await world.post("By Gwen.")
    address = f"/admin/people/blog/{ids.encode(dora.person_id)}"
    link = (await olga.open(address)).one(".//a[@download]").get("href", "")
    await olga.open(link)
    assert [json.loads(line).get("text") for line in olga.answer.text.splitlines()] == [None, None, "By Dora.", None]
    assert (await bob.open(address)).all(".//a[@download]") == []


async def test_site_that_is_not_there_has_none(world: World) -> None:
    with pytest.raises(NotFound):
        await open_export(world.db, "none")


async def test_every_member_of_every_line_is_documented(world: World, olga: Member) -> None:
    await add_member(world, "Bob", world.blog)
    await write_something(world, olga)
    rows = [line.strip("|").split(" | ") for line in DOCS.read_text().splitlines() if line.startswith("| `")]
    documented = {row[0].strip(" `"): set(re.findall("`([a-z_]+)`", re.sub(r"\(.*?\)", "", row[1]))) for row in rows}
    for line in await lines_of(world):
        assert set(line) - {"kind"} == documented[line["kind"]], line["kind"]
