"""The frame without scripts: read, page, reply, cancel, post, edit, delete, like; and who is told what is personal."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree.ElementTree import Element

import pytest

from auth.sessions import PROBE_COOKIE
from tests.support.cast import Cast, cookie_of
from tests.support.html import Html, Reader, fields_of, text_of
from tests.support.service import GUEST, HOME, PAGE, World

FRAME = f"/embed/blog?url={quote(PAGE, safe='')}"
THREAD = f"/thread/blog?url={quote(PAGE, safe='')}"
OURS = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}
SCRIPT = {**OURS, "Palaver-Fragment": "1"}


def write_form(page: Html) -> Element:
    """The one form that writes."""
    found = [form for form in page.all(".//form") if "write" in form.get("class", "").split()]
    assert len(found) == 1
    return found[0]


def acts(page: Html, comment_id: str) -> Element:
    return page.one(f".//li[@id='comment-{comment_id}']/article/form[@class='acts']")


@pytest.fixture
def reader(world: World) -> Reader:
    """Somebody whose host page frames us."""
    return Reader(world.client)


# Read


async def test_reader_reads_the_thread_in_its_order(world: World, reader: Reader) -> None:
    root = await world.post("First **words**.")
    later = await world.post("Later.")
    reply = await world.post("An answer.", parent_id=root["id"])
    page = await reader.open(FRAME, "cross-site")
    assert page.comments() == [root["id"], reply["id"], later["id"]]
    assert page.comment(reply["id"]) in list(page.comment(root["id"]).iter("li"))
    assert page.text(f".//li[@id='comment-{root['id']}']/article//strong") == "words"
    when = page.one(f".//li[@id='comment-{root['id']}']/article//time/..")
    assert when.get("href") == f"{PAGE}#comment-{root['id']}"


async def test_empty_thread_invites(world: World, reader: Reader) -> None:
    page = await reader.open(FRAME, "cross-site")
    assert "Nobody has said anything yet." in page.text(".//body")
    assert (await world.thread())["page"] == {
        "key": "url:blog.example/posts/bread", "url": PAGE, "title": "", "count": 0, "locked": False,
    }  # fmt: skip


async def test_reader_pages_and_sorts_by_links(world: World, reader: Reader) -> None:
    posted = [(await world.post(f"Number {number}."))["id"] for number in range(52)]
    page = await reader.open(FRAME, "cross-site")
    assert page.comments() == posted[:50]
    assert (await reader.follow("Show more")).comments() == posted[50:]
    await reader.open(FRAME, "cross-site")
    assert (await reader.follow("Newest")).comments() == posted[::-1][:50]
    assert (await reader.follow("Show more")).comments() == posted[::-1][50:]


async def test_reader_asks_who_likes_a_comment(world: World, reader: Reader, cast: Cast) -> None:
    comment = await world.post()
    for who in (cast.alice, cast.bob):
        await world.client.put(f"/api/v1/blog/comments/{comment['id']}/like", headers=who)
    await reader.open(FRAME, "cross-site")
    page = await reader.follow("Liked by 2 people")
    assert sorted(text_of(name) for name in page.all(".//ul[@aria-label='Liked by']/li")) == ["Alice", "Bob"]


# Write


async def test_guest_posts_and_sees_what_is_theirs(world: World, reader: Reader) -> None:
    page = await reader.open(FRAME, "cross-site")
    page = await reader.press(write_form(page), "post", **GUEST, text="Hello from a guest.")
    assert reader.answer.status_code == 200
    assert parse_qs(urlsplit(reader.address).query)["own"] == ["1"]
    [posted] = page.comments()
    assert reader.address.endswith(f"#comment-{posted}")
    assert (page.has_link("Edit"), page.has_link("Delete")) == (True, True)
    assert fields_of(write_form(page))["name"] == "Gwen"
    assert "gwen@example.org" not in reader.answer.text
    page = await Reader(world.client).open(FRAME, "cross-site")
    assert page.comments() == [posted]
    assert not page.has_link("Edit")


async def test_guest_who_returns_posts_without_the_address(world: World, reader: Reader) -> None:
    page = await reader.open(FRAME, "cross-site")
    page = await reader.press(write_form(page), "post", **GUEST, text="One.")
    page = await reader.press(write_form(page), "post", text="Two.")
    assert reader.answer.status_code == 200
    assert [row["author"]["name"] for row in (await world.thread())["comments"]] == ["Gwen", "Gwen"]


async def test_reader_replies_and_cancels(world: World, reader: Reader) -> None:
    comment = await world.post()
    await reader.open(FRAME, "cross-site")
    page = await reader.follow("Reply")
    form = write_form(page)
    assert form in list(page.comment(comment["id"]).iter("form"))
    assert page.text(".//h3/span") == "Leave a Reply to Gwen"
    page = await reader.follow("Cancel reply")
    assert page.text(".//h3/span") == "Leave a comment"
    assert not page.has_link("Cancel reply")
    page = await reader.follow("Reply")
    page = await reader.press(write_form(page), "post", **GUEST, text="My answer.")
    assert page.text(f".//li[@id='comment-{comment['id']}']/ol/li//p") == "My answer."


async def test_reader_previews_and_posts_what_was_previewed(world: World, reader: Reader) -> None:
    page = await reader.open(FRAME + "&own=1")
    page = await reader.press(write_form(page), "preview", **GUEST, text="So *it* looks.")
    assert page.text(".//em") == "it"
    assert (await world.thread())["page"]["count"] == 0
    page = await reader.press(write_form(page), "post")
    assert len(page.comments()) == 1


async def test_author_edits(world: World, reader: Reader, cast: Cast) -> None:
    comment = await world.post("Before.", headers=cast.alice)
    reader.cookies = cookie_of(world, cast.alice)
    await reader.open(FRAME + "&own=1")
    page = await reader.follow("Edit")
    form = write_form(page)
    assert fields_of(form) == {"comment": comment["id"], "text": "Before."}
    page = await reader.press(form, "edit", text="After.")
    assert page.text(f".//li[@id='comment-{comment['id']}']//p") == "After."
    assert "(edited)" in page.text(".//ol[@id='list']")


async def test_author_deletes_after_a_question(world: World, reader: Reader, cast: Cast) -> None:
    comment = await world.post(headers=cast.alice)
    reader.cookies = cookie_of(world, cast.alice)
    await reader.open(FRAME + "&own=1")
    page = await reader.follow("Delete")
    assert "Delete this comment?" in page.text(".//form[@class='confirm']")
    assert page.comments() == [comment["id"]]
    page = await reader.follow("Keep it")
    assert not page.all(".//form[@class='confirm']")
    page = await reader.follow("Delete")
    page = await reader.press(page.one(".//form[@class='confirm']"), "delete")
    assert page.comments() == []


async def test_reader_likes_and_takes_it_back(world: World, reader: Reader, cast: Cast) -> None:
    comment = await world.post()
    reader.cookies = cookie_of(world, cast.dora)
    page = await reader.open(FRAME + "&own=1")
    page = await reader.press(acts(page, comment["id"]), "like")
    assert page.has_link("Liked by 1 person")
    assert page.one(".//button[@value='unlike']").get("aria-pressed") == "true"
    page = await reader.press(acts(page, comment["id"]), "unlike")
    assert not page.has_link("Liked by 1 person")


async def test_stranger_who_likes_is_told_to_sign_in_and_reads_on(world: World, reader: Reader) -> None:
    comment = await world.post()
    page = await reader.open(FRAME, "cross-site")
    page = await reader.press(acts(page, comment["id"]), "like")
    assert reader.answer.status_code == 401
    assert page.text(".//p[@class='error']") == "Sign in, or comment first, to like comments."
    assert page.comments() == [comment["id"]]


async def test_member_signs_out(world: World, reader: Reader, cast: Cast) -> None:
    reader.cookies = cookie_of(world, cast.alice)
    page = await reader.open(FRAME + "&own=1")
    assert "Alice: You are commenting using your demo account." in page.text(".//span[@class='as']")
    page = await reader.press(page.one(".//form[@id='out']"), "signout")
    assert "Alice" not in page.text(".//body")


async def test_held_comment_is_shown_to_its_author_alone(world: World, reader: Reader) -> None:
    await world.set_site("blog", hold="all")
    page = await reader.open(FRAME, "cross-site")
    page = await reader.press(write_form(page), "post", **GUEST, text="Wait for it.")
    assert "Waits for a moderator" in page.text(".//ol[@id='list']")
    assert (await Reader(world.client).open(FRAME, "cross-site")).comments() == []


# What is personal


async def test_frame_cookie_names_its_site_and_is_partitioned(world: World) -> None:
    body = {**GUEST, "action": "post", "text": "Hello."}
    answer = await world.client.post(FRAME, data=body, headers=OURS)
    [cookie] = answer.headers.get_list("set-cookie")
    value, *attributes = cookie.split("; ")
    assert value.startswith("__Host-palaver-")
    assert len(value.partition("=")[0]) == len("__Host-palaver-") + 13
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=None", "Partitioned"} < set(attributes)
    assert not [attribute for attribute in attributes if attribute.startswith("Domain")]
    assert "palaver-token" not in answer.headers


async def test_script_gets_a_token_only_where_no_cookie_comes_back(world: World) -> None:
    def body(text: str) -> dict[str, str]:
        return {**GUEST, "action": "post", "text": text}

    without = await world.client.post(FRAME, data=body("one"), headers=SCRIPT)
    assert (without.status_code, "set-cookie" in without.headers) == (201, False)
    assert len(without.headers["palaver-token"]) == 43
    probed = {**SCRIPT, "Cookie": f"{PROBE_COOKIE}=1"}
    with_probe = await world.client.post(FRAME, data=body("two"), headers=probed)
    assert (with_probe.status_code, "palaver-token" in with_probe.headers) == (201, False)
    assert "Partitioned" in with_probe.headers["set-cookie"]


async def test_script_gets_the_changed_part_and_errors_as_json(world: World, cast: Cast) -> None:
    async def act(**fields: str) -> str:
        answer = await world.client.post(FRAME, data=fields, headers={**SCRIPT, **cast.alice})
        assert answer.status_code in (200, 201)
        assert "html>" not in answer.text
        return answer.text

    item = Html(f"<ol>{await act(action='post', text='Hello.')}</ol>")
    [comment] = item.comments()
    assert "Hello." in item.text(".//article")
    assert "Edited." in Html(await act(action="edit", comment=comment, text="Edited.")).text(".//article")
    assert "Liked by 1 person" in await act(action="like", comment=comment)
    assert await act(action="preview", text="*So*") == "<p><em>So</em></p>\n"
    assert await act(action="delete", comment=comment) == ""
    refused = await world.client.post(FRAME, data={"action": "post", "text": ""}, headers={**SCRIPT, **cast.alice})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "empty_text")


PERSONAL = [
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Origin": HOME, "Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Origin": "https://blog.example"}, False),
    ({"Origin": "null"}, False),
    ({"Origin": "https://blog.example", "Sec-Fetch-Site": "same-origin"}, False),
    ({}, False),  # no browser: its cookies count for nothing
]


async def test_frame_cookie_counts_only_in_our_own_document(world: World, cast: Cast) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in cookie_of(world, cast.alice).items())
    for headers, counts in PERSONAL:
        sent = {**headers, "Cookie": cookie}
        document = await world.client.get(FRAME + "&own=1", headers=sent)
        assert ("Alice" in document.text) is counts, headers
        me = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=sent)
        assert ("Alice" in me.text) is counts, headers
        for answer in (document, me):
            if answer.status_code == 200:
                assert answer.headers["cache-control"] == "private, no-store"


CHANGES = [
    (OURS, 303),
    ({"Origin": HOME}, 303),
    ({"Origin": HOME, "Sec-Fetch-Site": "same-site"}, 403),
    ({"Origin": HOME, "Sec-Fetch-Site": "cross-site"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "https://blog.example"}, 403),
    ({"Origin": f"{HOME}.evil.example"}, 403),
    ({"Sec-Fetch-Site": "same-origin"}, 403),
]


async def test_change_needs_exactly_our_origin(world: World, cast: Cast) -> None:
    for number, (headers, status) in enumerate(CHANGES):
        body = {"action": "post", "text": f"Try {number}.", **GUEST}
        answer = await world.client.post(FRAME, data=body, headers={**headers, **cast.alice})
        assert answer.status_code == status, headers
        json = {"url": PAGE, "text": f"By JSON {number}."}
        by_json = await world.client.post("/api/v1/blog/comments", json=json, headers={**headers, **cast.alice})
        assert by_json.status_code == (201 if status == 303 else 403), headers
        if status == 403:
            assert "Try" not in answer.text, "nobody else puts words into our form"
    assert (await world.thread())["page"]["count"] == 4


# Headers


def policy_of(headers: Mapping[str, str], directive: str) -> list[str]:
    parts = [part.split() for part in headers["content-security-policy"].split(";")]
    [found] = [part[1:] for part in parts if part[0] == directive]
    return found


async def test_frame_may_be_framed_by_the_site_alone(world: World) -> None:
    await world.set_site("blog", origins="https://blog.example,https://www.news.example:8443")
    for address in (FRAME, FRAME + "&own=1", FRAME + "&sort=bad"):
        headers = (await world.client.get(address)).headers
        assert policy_of(headers, "frame-ancestors") == [
            "https://blog.example", "https://www.blog.example",
            "https://news.example:8443", "https://www.news.example:8443",
        ]  # fmt: skip
        assert headers["cross-origin-embedder-policy"] == "require-corp"
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/embed/none?url=https://blog.example/", "There is no such site here. Check the “data-site” of the tag."),
        (
            "/embed/blog?url=http://localhost:1313/",
            "localhost:1313 is not an address of this site: its owner can add it",
        ),
    ],
)
async def test_wrong_tag_is_told_wherever_it_stands_and_nothing_can_be_done_there(
    world: World, address: str, told: str
) -> None:
    get = world.client.get
    wrong = await get(address)
    assert told in wrong.text
    assert policy_of(wrong.headers, "frame-ancestors") == ["*"]
    assert policy_of(wrong.headers, "default-src") == policy_of(wrong.headers, "form-action") == ["'none'"]
    assert policy_of(wrong.headers, "script-src") == ["'self'"]
    others = [
        await get(address.replace("embed", "thread")),
        await get(f"{FRAME}&sort=x"),
        await world.client.post(address),
    ]
    assert all(policy_of(other.headers, "frame-ancestors") != ["*"] for other in others)


async def test_nothing_foreign_and_nothing_inline_runs_anywhere(world: World) -> None:
    for address in (FRAME, THREAD, "/privacy", "/nowhere", "/thread/none"):
        headers = (await world.client.get(address)).headers
        assert policy_of(headers, "default-src") == ["'none'"]
        assert "unsafe" not in headers["content-security-policy"]
        assert policy_of(headers, "script-src") == ["'self'"]


async def test_own_page_of_a_thread_is_never_framed(world: World) -> None:
    await world.post()
    for address in (THREAD, "/privacy", "/nowhere", "/thread/none"):
        headers = (await world.client.get(address)).headers
        assert policy_of(headers, "frame-ancestors") == ["'none'"], address
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cache-control"] == "private, no-store"


async def test_guest_writes_on_the_own_page_of_a_thread(world: World, reader: Reader) -> None:
    page = await reader.open(THREAD)
    page = await reader.press(write_form(page), "post", **GUEST, text="First-party.")
    assert urlsplit(reader.address).path == "/thread/blog"
    assert len(page.comments()) == 1
    assert page.has_link("Edit")


async def test_title_is_kept_from_the_first_post_alone(world: World) -> None:
    await world.client.get(FRAME + "&title=From+a+reader")
    await world.post(title="Bread\u202e and \n butter " + "x" * 400)
    title = (await world.thread())["page"]["title"]
    assert title.startswith("Bread and butter x")
    assert len(title) == 300
    await world.post("Another.", title="Another title")
    assert (await world.thread())["page"]["title"] == title
