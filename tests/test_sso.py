"""A site's own accounts: what its token gives, and what it does not."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from auth.errors import Refused
from auth.sessions import PROBE_COOKIE, SESSION_SECONDS, frame_cookie_name
from auth.sso import read_token
from tests.support.service import GUEST, HOME, PAGE, World
from widget import site_verbs
from widget.site_keys import sso_keys

OURS = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}
FRAME = {**OURS, "Cookie": f"{PROBE_COOKIE}=1"}
Claims = dict[str, Any]


def signed(key: str, claims: Claims, alg: str = "HS256") -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    text = part({"alg": alg, "typ": "JWT"}) + "." + part(claims)
    digest = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}.get(alg)
    mac = hmac.digest(key.encode(), text.encode(), digest) if digest else b""
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


class Site:
    """The blog's server, which knows its key."""

    def __init__(self, world: World, key: str) -> None:
        self.world, self.key, self._number = world, key, 0

    def claims(self, **changes: Any) -> Claims:
        now = self.world.clock() // 1000
        self._number += 1
        claims = {"aud": "blog", "sub": "17", "name": "Ida Thorn", "iat": now, "exp": now + 300}
        return {**claims, "jti": f"j{self._number}", **changes}

    def token(self, **changes: Any) -> str:
        return signed(self.key, self.claims(**changes))


@pytest.fixture
async def site(world: World) -> Site:
    await world.set_site("blog", sso="on")
    return Site(world, await site_verbs.sso_key(world.db, "blog", ("k" * 32,)))


async def sign_in(world: World, token: str, site: str = "blog", **options: Any) -> httpx2.Response:
    return await world.client.post("/auth/sso", json={"site": site, "token": token}, **options)


async def me(world: World, token: str) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    answer = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=headers)
    return answer.json()["person"]


async def test_reader_comments_with_the_sites_account(world: World, site: Site) -> None:
    answer = await sign_in(world, site.token())
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["status"], body["seconds"]) == ("done", 3600)
    person = await me(world, body["token"])
    assert (person["name"], person["provider"], person["sso"], person["guest"]) == (
        "Ida Thorn",
        "blog.example",
        True,
        False,
    )
    posted = await world.post("Mine.", headers={"Authorization": f"Bearer {body['token']}"})
    assert (posted["author"]["name"], posted["author"]["provider"]) == ("Ida Thorn", "sso")


async def test_frame_that_keeps_cookies_gets_one_and_no_token(world: World, site: Site) -> None:
    answer = await sign_in(world, site.token(), headers=FRAME)
    assert answer.json() == {"status": "done", "seconds": 3600}
    [cookie] = answer.headers.get_list("set-cookie")
    assert cookie.startswith(f"{frame_cookie_name(world.blog.id)}=")
    assert cookie.endswith("Secure; HttpOnly; SameSite=None; Partitioned")


async def test_the_same_reader_comes_back_as_the_same_person(world: World, site: Site) -> None:
    first = (await sign_in(world, site.token())).json()["token"]
    posted = await world.post("Mine.", headers={"Authorization": f"Bearer {first}"})
    again = (await sign_in(world, site.token(name="Ida T."), headers={"Authorization": f"Bearer {first}"})).json()[
        "token"
    ]
    assert await me(world, first) is None, "the earlier session of this frame has ended"
    own = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers={"Authorization": f"Bearer {again}"})
    assert own.json()["own"][0]["id"] == posted["id"]
    assert own.json()["person"]["name"] == "Ida T."


async def test_session_ends_after_an_hour(world: World, site: Site) -> None:
    token = (await sign_in(world, site.token())).json()["token"]
    world.clock.pass_seconds(3599)
    assert await me(world, token) is not None
    world.clock.pass_seconds(1)
    assert await me(world, token) is None
    assert SESSION_SECONDS > 3600, "others last longer"


async def test_token_is_used_once_also_by_ten_at_once(world: World, site: Site) -> None:
    token = site.token()
    answers = await asyncio.gather(*(sign_in(world, token) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [403] * 9
    refused = next(answer.json()["error"] for answer in answers if answer.status_code == 403)
    assert refused == {"code": "used_sso_token", "message": "This sign-in token of the site was used before."}
    world.clock.pass_seconds(301)
    assert (await sign_in(world, token)).status_code == 403, "forgotten when it can no longer be used"


BAD: dict[str, Callable[[Site], str]] = {
    "another site's name": lambda site: site.token(aud="shop"),
    "several sites": lambda site: site.token(aud=["blog", "shop"]),
    "no site": lambda site: site.token(aud=None),
    "another key": lambda site: signed("another", site.claims()),
    "no key": lambda site: signed("", site.claims()),
    "no signature": lambda site: signed(site.key, site.claims(), alg="none"),
    "another algorithm": lambda site: signed(site.key, site.claims(), alg="HS512"),
    "a changed claim": lambda site: ".".join(
        [site.token().split(".")[0], site.token(sub="1").split(".")[1], site.token().split(".")[2]]
    ),
    "no person": lambda site: site.token(sub=""),
    "a number for a person that is none": lambda site: site.token(sub=True),
    "a person too long to keep": lambda site: site.token(sub="x" * 256),
    "no jti": lambda site: site.token(jti=""),
    "a jti that is no text": lambda site: site.token(jti=5),
    "over": lambda site: site.token(iat=site.world.clock() // 1000 - 301, exp=site.world.clock() // 1000 - 1),
    "six minutes": lambda site: site.token(exp=site.world.clock() // 1000 + 360),
    "tomorrow": lambda site: site.token(iat=site.world.clock() // 1000 + 120, exp=site.world.clock() // 1000 + 200),
    "no end": lambda site: site.token(exp=None),
    "no beginning": lambda site: site.token(iat=None),
    "times that are texts": lambda site: site.token(iat="0", exp="9999999999"),
    "times that are not finite": lambda site: site.token(iat=float("nan"), exp=float("inf")),
    "no token": lambda _site: "",
    "rubbish": lambda _site: "a.b.c",
    "five kilobytes": lambda site: site.token(name="x" * 5000),
}


@pytest.mark.parametrize("why", BAD)
async def test_bad_token_is_refused_with_a_sentence(world: World, site: Site, why: str) -> None:
    answer = await sign_in(world, BAD[why](site))
    assert answer.status_code == 403
    error = answer.json()["error"]
    assert error["code"] == "bad_sso_token"
    assert error["message"].startswith("The site's sign-in token was refused: ")
    assert "set-cookie" not in answer.headers


async def test_site_without_the_switch_takes_no_token(world: World, site: Site) -> None:
    await world.set_site("blog", sso="off")
    answer = await sign_in(world, site.token())
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "no_sso")


async def test_key_of_one_site_counts_on_no_other(world: World, site: Site) -> None:
    await world.set_site("shop", sso="on")
    assert (await sign_in(world, site.token(aud="shop"), site="shop")).status_code == 403


async def test_session_of_one_site_is_none_on_another(world: World, site: Site) -> None:
    token = (await sign_in(world, site.token())).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = await world.client.get("/api/v1/shop/me", params={"url": "https://shop.example/"}, headers=headers)
    assert answer.json()["person"] is None


async def test_new_key_makes_the_old_one_worthless(world: World, site: Site) -> None:
    new = await site_verbs.sso_key(world.db, "blog", ("k" * 32,), renew=True)
    assert new != site.key
    assert (await sign_in(world, site.token())).status_code == 403
    assert (await sign_in(world, signed(new, site.claims()))).status_code == 200


async def test_earlier_secret_key_of_the_service_still_counts(world: World, site: Site) -> None:
    earlier, later = sso_keys(("k" * 32, "later" * 8), world.blog)
    assert earlier.decode() == site.key
    now = world.clock() // 1000
    for keys in ((earlier, later), (later, earlier)):
        read = read_token(site.token(), keys, site_names=("blog",), issuer="site:1", now=now)
        assert (read.identity.issuer, read.identity.subject) == ("site:1", "17")
    with pytest.raises(Refused):
        read_token(site.token(), (later,), site_names=("blog",), issuer="site:1", now=now)


async def test_token_is_taken_from_our_own_frame_alone(world: World, site: Site) -> None:
    foreign = ({"Origin": "https://blog.example", "Sec-Fetch-Site": "cross-site"}, {"Origin": "null"})
    for headers in foreign:
        assert (await sign_in(world, site.token(), headers=headers)).status_code == 403


async def test_token_gives_no_session_of_our_own_pages(world: World, site: Site) -> None:
    answer = await sign_in(world, site.token(), headers=FRAME)
    assert "__Host-palaver=" not in answer.headers["set-cookie"]
    page = await world.client.get("/thread/blog", params={"url": PAGE}, headers={"Authorization": "Bearer x"})
    assert "Ida Thorn" not in page.text


async def test_address_in_a_token_makes_nobody_another_person(world: World, site: Site) -> None:
    guest = await world.post("As a guest.")
    token = (await sign_in(world, site.token(email=GUEST["email"], email_verified=True))).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = await world.client.get("/api/v1/blog/me", params={"url": PAGE}, headers=headers)
    assert answer.json()["own"] == []
    assert (await world.client.delete(f"/api/v1/blog/comments/{guest['id']}", headers=headers)).status_code == 403


async def test_hostile_claims_become_text(world: World, site: Site) -> None:
    claims = {"name": "<b>\u202eIda</b>\n", "picture": "javascript:alert(1)", "url": "data:text/html,x"}
    token = (await sign_in(world, site.token(**claims))).json()["token"]
    posted = await world.post("Mine.", headers={"Authorization": f"Bearer {token}"})
    assert (posted["author"]["name"], posted["author"]["url"]) == ("<b>Ida</b>", None)


async def test_log_in_page_of_the_site_is_offered(world: World, site: Site) -> None:
    await world.set_site("blog", sso_url="https://blog.example/login?next=comments")
    page = (await world.client.get("/embed/blog", params={"url": PAGE})).text
    assert '<a class="link" href="https://blog.example/login?next=comments" target="_top">' in page
    assert "Log in with your blog.example account" in page
