"""The demo's provider keeps the rules that providers keep."""

from __future__ import annotations

import base64
import re
from html import unescape
from typing import Any

import httpx2
import jinja2
import pytest

from auth import Provider
from auth.oauth import _s256
from tests.auth.conftest import TEMPLATES
from tests.auth.world import HOME, Clock, location, query_of
from widget.demo.provider import PEOPLE, demo_provider

VERIFIER = "v" * 43
CALLBACK = f"{HOME}/auth/demo/callback"
ASKED = {
    "client_id": "palaver",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid profile email",
    "state": "the state",
    "nonce": "n",
    "code_challenge": _s256(VERIFIER),
    "code_challenge_method": "S256",
}


class Demo:
    def __init__(self, clock: Clock) -> None:
        templates = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
        templates.globals["asset"] = "/static/{}".format
        app, self.row = demo_provider(HOME, templates, clock)
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=HOME)

    async def code(self, **asked: str) -> str:
        page = await self.http.get("/authorize", params={**ASKED, **asked})
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
        fields = {name: unescape(value) for name, value in fields.items()}
        answer = query_of(location(await self.http.post("/authorize", data={**fields, "person": "mara"})))
        assert answer["state"] == "the state"
        return answer["code"]

    async def exchange(self, used: str, **form: str) -> httpx2.Response:
        body = {
            "grant_type": "authorization_code",
            "code": used,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            "client_id": self.row.client_id,
            "client_secret": self.row.client_secret,
            **form,
        }
        return await self.http.post("/token", data=body)


@pytest.fixture
def demo(clock: Clock) -> Demo:
    return Demo(clock)


def test_the_row_is_an_issuer_by_discovery(demo: Demo) -> None:
    assert isinstance(demo.row, Provider)
    assert (demo.row.name, demo.row.label, demo.row.discover) == ("demo", "Demo", True)
    assert len(demo.row.client_secret) > 40


async def test_the_page_offers_three_people_and_to_say_no(demo: Demo) -> None:
    page = await demo.http.get("/authorize", params=ASKED)
    assert [person["name"] in page.text for person in PEOPLE] == [True] * 3
    assert "Say no" in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "asked",
    [
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": f"{CALLBACK}?x=1"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": ""},
        {"client_id": "another"},
    ],
)
async def test_nobody_is_sent_to_an_address_that_was_not_registered(demo: Demo, asked: dict[str, str]) -> None:
    for answer in (
        await demo.http.get("/authorize", params={**ASKED, **asked}),
        await demo.http.post("/authorize", data={**ASKED, **asked, "person": "mara"}),
    ):
        assert answer.status_code == 400
        assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
    ],
)
async def test_a_bad_request_goes_back_with_its_error(demo: Demo, asked: dict[str, str], error: str) -> None:
    for answer in (
        await demo.http.get("/authorize", params={**ASKED, **asked}),
        await demo.http.post("/authorize", data={**ASKED, **asked, "person": "mara"}),
    ):
        query = query_of(location(answer))
        assert (query["error"], query["state"], query["iss"]) == (error, "the state", demo.row.issuer)
        assert "code" not in query


async def test_a_code_is_used_once(demo: Demo) -> None:
    code = await demo.code()
    assert (await demo.exchange(code)).status_code == 200
    assert (await demo.exchange(code)).json()["error"] == "invalid_grant"


async def test_a_code_lives_for_a_minute(demo: Demo, clock: Clock) -> None:
    code = await demo.code()
    clock.forward(minutes=1)
    assert (await demo.exchange(code)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": f"{CALLBACK}/"}, "invalid_grant"),
        ({"code": "another"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_secret": "guess"}, "invalid_client"),
        ({"client_secret": "gu\u00e9ss"}, "invalid_client"),
        ({"client_id": "another"}, "invalid_client"),
    ],
)
async def test_a_wrong_exchange_is_refused(demo: Demo, form: dict[str, str], error: str) -> None:
    answer = await demo.exchange(await demo.code(), **form)
    assert answer.status_code in {400, 401}
    assert answer.json()["error"] == error


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"palaver:wrong").decode()])
async def test_a_wrong_header_is_no_client(demo: Demo, header: str) -> None:
    answer = await demo.http.post("/token", data={"grant_type": "x"}, headers={"Authorization": header})
    assert answer.status_code == 401


async def test_userinfo_is_for_a_minute_and_for_the_holder_of_a_token(demo: Demo, clock: Clock) -> None:
    tokens: dict[str, Any] = (await demo.exchange(await demo.code())).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert (await demo.http.get("/userinfo", headers=headers)).json()["name"] == "Mara Lindqvist"
    assert (await demo.http.get("/userinfo")).status_code == 401
    clock.forward(minutes=1)
    assert (await demo.http.get("/userinfo", headers=headers)).status_code == 401


async def test_the_keys_that_are_shown_are_public(demo: Demo) -> None:
    keys = (await demo.http.get("/jwks")).json()["keys"]
    assert [set(key) for key in keys] == [{"kty", "n", "e", "kid", "use", "alg"}]
