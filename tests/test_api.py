"""The JSON interface where all goes well: what each operation answers, on both databases."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.support.cast import Cast
from tests.support.service import GUEST, HOME, PAGE, World
from widget import ids
from widget.db import Tx
from widget.handlers.summaries import MAX_COUNTS
from widget.likes import LIKERS
from widget.store import likes, people

API = "/api/v1/blog"
PUBLIC = "public, max-age=0, s-maxage=1"
PRIVATE = "private, no-store"


async def ask(
    world: World, method: str, path: str, who: dict[str, str] | None = None, status: int = 200, **options: Any
) -> httpx2.Response:
    answer = await world.client.request(method, f"{API}{path}", headers=who, **options)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    return answer


async def me(world: World, who: dict[str, str] | None = None, url: str = PAGE) -> dict[str, Any]:
    answer = await ask(world, "GET", "/me", who, params={"url": url})
    assert answer.headers["cache-control"] == PRIVATE
    found: dict[str, Any] = answer.json()
    return found


# Reading


async def test_reader_gets_a_thread_as_the_contract_says(world: World, cast: Cast) -> None:
    made = ids.rfc3339(world.clock() + 1)
    root = await world.post("Good **bread**.", title="Bread", guest={**GUEST, "website": "https://gwen.example/"})
    reply = await world.post("Indeed.", parent_id=root["id"], headers=cast.bob)
    answer = await ask(world, "GET", "/thread", params={"url": PAGE})
    assert answer.headers["cache-control"] == PUBLIC
    about = {"edited_at": None, "likes": 0, "score": 0, "status": "approved", "pinned": False, "next_replies": None}
    assert answer.json() == {
        "page": {"key": "url:blog.example/posts/bread", "url": PAGE, "title": "Bread", "count": 2, "locked": False},
        "comments": [
            {
                **about,
                "id": root["id"],
                "parent_id": None,
                "depth": 0,
                "author": {"name": "Gwen", "url": "https://gwen.example/", "provider": "", "role": "", "avatar": None},
                "html": "<p>Good <strong>bread</strong>.</p>\n",
                "created_at": made,
                "replies": 1,
            },
            {
                **about,
                "id": reply["id"],
                "parent_id": root["id"],
                "depth": 1,
                "author": {"name": "Bob", "url": None, "provider": "demo", "role": "moderator", "avatar": None},
                "html": "<p>Indeed.</p>\n",
                "created_at": ids.rfc3339(world.clock()),
                "replies": 0,
            },
        ],
        "next": None,
    }


async def test_page_without_comments_is_an_empty_thread_and_makes_nothing(world: World) -> None:
    found = (await ask(world, "GET", "/thread", params={"url": f"{PAGE}/?utm_source=x"})).json()
    page = {"key": "url:blog.example/posts/bread", "url": f"{PAGE}/", "title": "", "count": 0, "locked": False}
    assert found == {"page": page, "comments": [], "next": None}
    named = (await ask(world, "GET", "/thread", params={"id": "bread"})).json()
    assert (named["page"]["key"], named["page"]["url"]) == ("id:bread", "")


async def test_reader_gets_further_replies_of_a_root(world: World) -> None:
    root = await world.post("root")
    replies = [await world.post(f"reply {number}", parent_id=root["id"]) for number in range(12)]
    shown = (await world.thread())["comments"]
    assert len(shown) == 11
    answer = await ask(world, "GET", f"/comments/{root['id']}/replies", params={"cursor": shown[0]["next_replies"]})
    assert answer.headers["cache-control"] == PUBLIC
    assert answer.json().keys() == {"comments", "next"}
    assert [reply["id"] for reply in answer.json()["comments"]] == [reply["id"] for reply in replies[10:]]
    assert answer.json()["next"] is None


async def test_reader_pages_through_who_likes_a_comment(world: World) -> None:
    comment = await world.post()
    added = await world.db.write(_add_likers, world.blog.id, ids.decode(comment["id"]), LIKERS + 30)
    path = f"/comments/{comment['id']}/likes"
    first = (await ask(world, "GET", path)).json()
    assert len(first["people"]) == LIKERS
    rest = (await ask(world, "GET", path, params={"cursor": first["next"]})).json()
    assert rest["next"] is None
    found = [(person["name"], person["url"]) for person in first["people"] + rest["people"]]
    assert sorted(found) == sorted(added)
    assert all(person.keys() == {"name", "url"} for person in first["people"])


def _add_likers(tx: Tx, site_id: int, comment_id: int, count: int) -> list[tuple[str, str | None]]:
    added: list[tuple[str, str | None]] = []
    for number in range(count):
        url = "" if number % 2 else f"https://{number}.example/"
        person = people.add_person(tx, "member", f"Reader {number}", url, f"{number}@example.org")
        likes.add_like(tx, site_id, 1, comment_id, person)
        added.append((f"Reader {number}", url or None))
    return added


async def test_page_of_likers_that_ends_with_the_last_leads_nowhere(world: World) -> None:
    comment = await world.post()
    assert (await ask(world, "GET", f"/comments/{comment['id']}/likes")).json() == {"people": [], "next": None}
    await world.db.write(_add_likers, world.blog.id, ids.decode(comment["id"]), LIKERS)
    assert (await ask(world, "GET", f"/comments/{comment['id']}/likes")).json()["next"] is None


async def test_approved_comments_are_counted_by_url_as_sent(world: World, cast: Cast) -> None:
    await world.post("one")
    await world.post("two")
    gone = await world.post("three", headers=cast.alice)
    await ask(world, "DELETE", f"/comments/{gone['id']}", cast.alice)
    await world.set_site("blog", hold="all")
    await world.post("four")
    asked = [PAGE, f"http://www.blog.example/posts/bread/#top?{'x' * 9}", "https://blog.example/none"]
    answer = await ask(world, "GET", "/counts", params=[("url", url) for url in asked])
    assert answer.json() == {"counts": dict(zip(asked, (2, 2, 0), strict=True))}
    assert (await ask(world, "GET", "/counts")).json() == {"counts": {}}


async def test_at_most_200_pages_are_counted_at_once(world: World) -> None:
    urls: Any = [("url", f"{PAGE}/{number}") for number in range(MAX_COUNTS + 1)]
    assert len((await ask(world, "GET", "/counts", params=urls[1:])).json()["counts"]) == MAX_COUNTS
    assert (await world.client.get(f"{API}/counts", params=urls)).json()["error"]["code"] == "too_many_urls"


# What is somebody's own


async def test_nobody_is_told_what_they_may_do(world: World) -> None:
    assert await me(world) == {
        "person": None,
        "liked": [],
        "disliked": [],
        "own": [],
        "pending": [],
        "more_pending": False,
        "can": ["post"],
    }


async def test_reader_is_told_what_is_theirs_on_the_page(world: World, cast: Cast) -> None:
    other = await world.post("By another.")
    mine = await world.post("My **own**.", headers=cast.alice)
    await world.post("Elsewhere.", url=f"{PAGE}/2", headers=cast.alice)
    await ask(world, "PUT", f"/comments/{other['id']}/like", cast.alice)
    await world.set_site("blog", hold="all")
    held = await world.post("Held.", headers=cast.alice)
    found = await me(world, cast.alice)
    assert found["person"] == {"name": "Alice", "provider": "demo", "guest": False, "sso": False, "url": None}
    assert found["liked"] == [other["id"]]
    assert found["own"] == [
        {"id": comment["id"], "text": text, "edit_until": _after_window(world, comment)}
        for comment, text in ((held, "Held."), (mine, "My **own**."))
    ]
    assert [(comment["id"], comment["html"], comment["status"]) for comment in found["pending"]] == [
        (held["id"], "<p>Held.</p>\n", "pending")
    ]
    assert (await me(world, cast.dora))["pending"] == []


def _after_window(world: World, comment: dict[str, Any]) -> str:
    identifier = ids.decode(comment["id"])
    assert identifier is not None
    return ids.rfc3339(ids.time_of(identifier) + world.blog.edit_window * 1000)


async def test_what_may_no_longer_be_edited_is_not_named(world: World, cast: Cast) -> None:
    await world.post(headers=cast.alice)
    world.clock.pass_seconds(world.blog.edit_window)
    assert (await me(world, cast.alice))["own"] == []


async def test_only_a_browser_is_asked_whether_it_keeps_cookies(world: World) -> None:
    query = {"url": PAGE}
    own = {"Sec-Fetch-Site": "same-origin"}
    assert "set-cookie" not in (await ask(world, "GET", "/me", params=query)).headers
    answer = await ask(world, "GET", "/me", own, params=query)
    assert answer.headers["set-cookie"].startswith("__Host-palaver-probe=1;")
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


# Writing


async def test_guest_posts_and_gets_a_session_for_what_is_theirs(world: World) -> None:
    body = {"url": PAGE, "text": "Hello.", "guest": GUEST}
    answer = await ask(world, "POST", "/comments", status=201, json=body)
    assert answer.headers["cache-control"] == PRIVATE
    assert "set-cookie" not in answer.headers
    who = {"Authorization": f"Bearer {answer.headers['palaver-token']}"}
    assert (await me(world, who))["person"] == {
        "name": "Gwen",
        "provider": "",
        "guest": True,
        "sso": False,
        "url": None,
    }
    assert [own["id"] for own in (await me(world, who))["own"]] == [answer.json()["id"]]
    assert answer.json() == (await world.thread())["comments"][0]


async def test_author_edits_and_gets_the_comment_as_it_is_now(world: World, cast: Cast) -> None:
    posted = await world.post("Good bread.", headers=cast.alice)
    world.clock.pass_seconds(60)
    path, changed = f"/comments/{posted['id']}", {"text": "Good *rye* bread."}
    edited = (await ask(world, "PATCH", path, cast.alice, json=changed)).json()
    at = ids.rfc3339(world.clock())
    assert edited == {**posted, "html": "<p>Good <em>rye</em> bread.</p>\n", "edited_at": at}
    world.clock.pass_seconds(60)
    assert (await ask(world, "PATCH", path, cast.alice, json=changed)).json() == edited, "nothing was changed"
    assert (await world.thread())["comments"] == [edited]


async def test_author_deletes_and_gets_what_stays_in_its_place(world: World, cast: Cast) -> None:
    posted = await world.post("Good bread.", headers=cast.alice)
    await ask(world, "PUT", f"/comments/{posted['id']}/like", cast.dora)
    await world.post("Indeed.", parent_id=posted["id"])
    stays = (await ask(world, "DELETE", f"/comments/{posted['id']}", cast.alice)).json()
    assert stays == {**posted, "author": None, "html": "", "status": "deleted", "replies": 1}
    thread = await world.thread()
    assert (thread["page"]["count"], thread["comments"][0]) == (1, stays)


async def test_comment_that_a_moderator_removes_says_nothing_either(world: World, cast: Cast) -> None:
    posted = await world.post("Good bread.", headers=cast.alice)
    stays = (await ask(world, "DELETE", f"/comments/{posted['id']}", cast.bob)).json()
    assert stays == {**posted, "author": None, "html": "", "status": "rejected"}
    assert (await world.thread())["comments"] == []


@pytest.mark.parametrize("times", [1, 2])
async def test_like_counts_once_however_often_it_is_sent(world: World, cast: Cast, times: int) -> None:
    posted = await world.post()
    path = f"/comments/{posted['id']}/like"
    await ask(world, "PUT", path, cast.dora)
    for _ in range(times):
        assert (await ask(world, "PUT", path, cast.alice)).json() == {
            "likes": 2, "score": 2, "liked": True, "disliked": False,
        }  # fmt: skip
    assert [(row["likes"], row["score"]) for row in (await world.thread())["comments"]] == [(2, 2)]
    for _ in range(times):
        assert (await ask(world, "DELETE", path, cast.alice)).json() == {
            "likes": 1, "score": 1, "liked": False, "disliked": False,
        }  # fmt: skip
    assert (await me(world, cast.alice))["liked"] == []


async def test_preview_shows_what_posting_would_keep(world: World) -> None:
    text = "# Bread\n\n*rye* <b>no</b> https://rye.example"
    shown = (await ask(world, "POST", "/preview", json={"text": text})).json()
    assert shown == {"html": (await world.post(text))["html"]}
    assert "<em>rye</em>" in shown["html"]


async def test_pages_of_other_origins_cannot_read_any_answer(world: World) -> None:
    for path in ("/thread", "/me"):
        headers = {"Origin": "https://blog.example"} if path != "/me" else {}
        answer = await ask(world, "GET", path, headers, params={"url": PAGE})
        assert not [name for name in answer.headers if name.startswith("access-control")]
    asked = await world.client.options(f"{API}/comments", headers={"Origin": "https://blog.example"})
    assert asked.status_code == 405
    assert HOME not in str(asked.headers)
