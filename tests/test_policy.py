"""Who may do what: every route that changes something, asked by the whole cast."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Collection
from typing import Any

import httpx2

from tests.support.cast import Cast, Headers, close_page, cookie_of
from tests.support.service import BLOG, GUEST, HOME, PAGE, World
from widget.handlers import actions
from widget.moderation.deciding import VERBS
from widget.operations import OPERATIONS

KEY = "url:blog.example/posts/bread"
OTHER = f"{BLOG}/posts/rye"
PEOPLE = Cast._fields
_numbers = itertools.count()

Ask = Callable[[World, Headers, str], Awaitable[httpx2.Response]]


def _json(method: str, path: str, **body: object) -> Ask:
    async def ask(world: World, who: Headers, subject: str) -> httpx2.Response:
        filled = {"text": f"Words {next(_numbers)}.", "id": subject}
        sent = {name: filled.get(name, value) for name, value in body.items()} or None
        return await world.client.request(method, f"/api/v1/blog{path}".format(id=subject), json=sent, headers=who)

    return ask


TOOLS = ("approve", "hold", "spam", "reject", "pin", "unpin", "ban", "unban", "undo", "lock", "unlock")


def _form(action: str) -> Ask:
    """As a browser with scripts off sends it: with the frame's cookie and our Origin."""

    async def ask(world: World, who: Headers, subject: str) -> httpx2.Response:
        fields = {**GUEST, "action": action, "comment": subject, "text": f"Words {next(_numbers)}."}
        if action in TOOLS:
            fields = {"action": action, "until": "7"} | dict.fromkeys(("comment", "person", "batch"), subject)
        if action == "reply":
            fields |= {"action": "post", "parent": subject}
        cookie = "; ".join(f"{name}={value}" for name, value in cookie_of(world, who).items())
        headers = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
        return await world.client.post("/embed/blog", params={"url": PAGE}, data=fields, headers=headers)

    return ask


FORMS = ("post", "reply", "edit", "delete", "like", "unlike", "dislike", "undislike", "preview")
ROUTES: dict[str, Ask] = {
    "POST /comments": _json("POST", "/comments", url=PAGE, guest=GUEST, text=""),
    "PATCH /comments/{id}": _json("PATCH", "/comments/{id}", text=""),
    "DELETE /comments/{id}": _json("DELETE", "/comments/{id}"),
    "PUT /comments/{id}/like": _json("PUT", "/comments/{id}/like"),
    "DELETE /comments/{id}/like": _json("DELETE", "/comments/{id}/like"),
    "POST /comments/{id}/report": _json("POST", "/comments/{id}/report", reason="abuse"),
    "PUT /comments/{id}/dislike": _json("PUT", "/comments/{id}/dislike"),
    "DELETE /comments/{id}/dislike": _json("DELETE", "/comments/{id}/dislike"),
    "POST /preview": _json("POST", "/preview", text=""),
    **{f"form {action}": _form(action) for action in FORMS},
    "PUT /comments/{id}/status": _json("PUT", "/comments/{id}/status", status="approved"),
    "PUT /comments/{id}/pin": _json("PUT", "/comments/{id}/pin"),
    "DELETE /comments/{id}/pin": _json("DELETE", "/comments/{id}/pin"),
    "POST /undo": _json("POST", "/undo", id=""),
    "PUT /people/{id}/ban": _json("PUT", "/people/{id}/ban", days=7),
    "DELETE /people/{id}/ban": _json("DELETE", "/people/{id}/ban"),
    "PUT /lock": _json("PUT", f"/lock?url={OTHER}"),
    "DELETE /lock": _json("DELETE", f"/lock?url={OTHER}"),
    **{f"form {action}": _form(action) for action in TOOLS},
}

# Alice wrote the comment, Bob moderates the site, Charlie another one, Eve is banned.
#                             alice bob charlie eve dora guest nobody
OF_READERS = {
    "POST /comments": (201, 201, 201, 403, 201, 201, 201),
    "PATCH /comments/{id}": (200, 200, 403, 403, 403, 403, 401),
    "DELETE /comments/{id}": (200, 200, 403, 403, 403, 403, 401),
    "PUT /comments/{id}/like": (200, 200, 200, 403, 200, 200, 401),
    "DELETE /comments/{id}/like": (200, 200, 200, 403, 200, 200, 401),
    "POST /comments/{id}/report": (204, 204, 204, 403, 204, 204, 204),
    "PUT /comments/{id}/dislike": (200, 200, 200, 403, 200, 200, 401),
    "DELETE /comments/{id}/dislike": (200, 200, 200, 403, 200, 200, 401),
    "POST /preview": (200, 200, 200, 200, 200, 200, 200),
    "form post": (303, 303, 303, 403, 303, 303, 303),
    "form reply": (303, 303, 303, 403, 303, 303, 303),
    "form edit": (303, 303, 403, 403, 403, 403, 401),
    "form delete": (303, 303, 403, 403, 403, 403, 401),
    "form like": (303, 303, 303, 403, 303, 303, 401),
    "form unlike": (303, 303, 303, 403, 303, 303, 401),
    "form dislike": (303, 303, 303, 403, 303, 303, 401),
    "form undislike": (303, 303, 303, 403, 303, 303, 401),
    "form preview": (200, 200, 200, 200, 200, 200, 200),
}
OF_MODERATORS = {
    "PUT /comments/{id}/status": (403, 200, 403, 403, 403, 403, 401),
    "PUT /comments/{id}/pin": (403, 200, 403, 403, 403, 403, 401),
    "DELETE /comments/{id}/pin": (403, 200, 403, 403, 403, 403, 401),
    "POST /undo": (403, 200, 403, 403, 403, 403, 401),
    "PUT /people/{id}/ban": (403, 200, 403, 403, 403, 403, 401),
    "DELETE /people/{id}/ban": (403, 200, 403, 403, 403, 403, 401),
    "PUT /lock": (403, 200, 403, 403, 403, 403, 401),
    "DELETE /lock": (403, 200, 403, 403, 403, 403, 401),
    **{f"form {action}": (403, 303, 403, 403, 403, 403, 401) for action in TOOLS},
}
OPEN = OF_READERS | OF_MODERATORS
# Only those who moderate the site may still do something.
CLOSED = {
    route: tuple(status if person == "bob" else 409 for person, status in zip(PEOPLE, row, strict=True))
    for route, row in OF_READERS.items()
    if "preview" not in route and "report" not in route
}


async def _comment(world: World, cast: Cast) -> str:
    """A fresh one of Alice's."""
    posted = await world.post(f"Words {next(_numbers)}.", headers=cast.alice)
    return str(posted["id"])


async def _held(world: World, cast: Cast) -> dict[str, Any]:
    """What Bob is told who held a comment of a guest whom nobody needs: `undo` and `person_id` are in it."""
    comment = (await world.post(f"Words {next(_numbers)}."))["id"]
    answer = await world.client.put(
        f"/api/v1/blog/comments/{comment}/status", json={"status": "pending"}, headers=cast.bob
    )
    told: dict[str, Any] = answer.json()
    return told


async def _subjects(world: World, cast: Cast, route: str, shared: str) -> list[str]:
    """For each person what they ask about: what one of them deletes or undoes, the next ones need no more; and what
    three report is held."""
    if "/people/" in route or route in ("form ban", "form unban"):
        return [(await _held(world, cast))["person_id"]] * len(cast)
    if route in ("POST /undo", "form undo"):
        return [(await _held(world, cast))["undo"] for _ in cast]
    if route.removeprefix("form ") in VERBS:
        return [await _comment(world, cast)] * len(cast)
    if route in ("DELETE /comments/{id}", "form delete", "POST /comments/{id}/report"):
        return [await _comment(world, cast) for _ in cast]
    return [shared] * len(cast)


async def _ask_all(
    world: World, cast: Cast, routes: Collection[str], close: Callable[[], Awaitable[None]] | None = None
) -> dict[str, tuple[int, ...]]:
    """The statuses of each route for each person, on a page that `close` closes before.

    Comments may be disliked there.
    """
    await world.set_site("blog", votes="both")
    shared = await _comment(world, cast)
    await world.post("Elsewhere.", url=OTHER)
    subjects = {route: await _subjects(world, cast, route, shared) for route in routes}
    if close is not None:
        await close()
    return {
        route: tuple(
            [
                (await ROUTES[route](world, who, subject)).status_code
                for who, subject in zip(cast, subjects[route], strict=True)
            ]
        )
        for route in routes
    }


def test_table_has_every_form_of_the_thread() -> None:
    alike = {"reply": "post"}
    in_table = {alike.get(name, name) for route in OPEN if (name := route.removeprefix("form ")) != route}
    assert in_table == actions.ACTIONS.keys()


def test_table_has_every_operation_that_changes_something() -> None:
    changing = {f"{op.method} {op.path.removeprefix('/{site}')}" for op in OPERATIONS if op.method != "GET"}
    assert changing == {route for route in OPEN if not route.startswith("form ")}


async def test_everybody_may_do_what_the_table_says(world: World, cast: Cast) -> None:
    assert OPEN.keys() == ROUTES.keys()
    assert await _ask_all(world, cast, OPEN) == OPEN


async def test_only_moderators_change_anything_on_a_closed_page(world: World, cast: Cast) -> None:
    assert await _ask_all(world, cast, CLOSED, lambda: close_page(world, cast, KEY)) == CLOSED


async def test_only_moderators_change_anything_on_a_page_that_is_too_old(world: World, cast: Cast) -> None:
    async def age() -> None:
        await world.set_site("blog", close_after="1")
        world.clock.pass_seconds(86_400)

    assert await _ask_all(world, cast, CLOSED, age) == CLOSED


async def test_everybody_may_sign_out(world: World, cast: Cast) -> None:
    for who in cast:
        assert (await _form("signout")(world, who, "")).status_code == 303
    me = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=cast.alice)
    assert me.json()["person"] is None


async def test_nobody_posts_where_guests_may_not(world: World, cast: Cast) -> None:
    await world.set_site("blog", guests="off")
    asked = [(await ROUTES["POST /comments"](world, who, "")).status_code for who in cast]
    assert asked == [201, 201, 201, 403, 201, 401, 401]


async def test_author_changes_a_comment_only_within_the_window(world: World, cast: Cast) -> None:
    comment = await _comment(world, cast)
    world.clock.pass_seconds(899)
    assert (await ROUTES["PATCH /comments/{id}"](world, cast.alice, comment)).status_code == 200
    world.clock.pass_seconds(1)
    assert (await ROUTES["PATCH /comments/{id}"](world, cast.alice, comment)).status_code == 403
    assert (await ROUTES["DELETE /comments/{id}"](world, cast.alice, comment)).status_code == 403
    assert (await ROUTES["PATCH /comments/{id}"](world, cast.bob, comment)).status_code == 200


async def test_session_of_one_site_is_none_on_another(world: World, cast: Cast) -> None:
    body = {"url": "https://shop.example/", "text": "Hello."}
    for who in cast:
        answer = await world.client.post("/api/v1/shop/comments", json=body, headers=who)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_guest")


async def test_me_names_what_each_may_do(world: World, cast: Cast) -> None:
    await _comment(world, cast)

    async def allowed() -> list[list[str]]:
        asked = [await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=who) for who in cast]
        return [answer.json()["can"] for answer in asked]

    reader, moderator = ["post", "like"], ["post", "like", "moderate"]
    assert await allowed() == [reader, moderator, reader, [], reader, reader, ["post"]]
    await close_page(world, cast, KEY)
    assert await allowed() == [[], moderator, [], [], [], [], []]
