"""The rows of data, against answers as the providers write them (outside files, found by TEST_FIXTURES)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from auth import PROVIDER_NAMES, Provider, known_provider, openid_provider
from auth.attempts import Challenge
from auth.errors import SignInFailed
from auth.identity import Fields, read_identity
from auth.oauth import OAuth, primary_email
from tests.auth.world import HOME, Clock, query_of
from tests.support.require import fixtures

FILES = {"wordpress": "wordpress.com", "openid": "oidc-generic"}
OAUTH_NAMES = [name for name in PROVIDER_NAMES if name != "google"]  # that one answers by ID token


def _row(name: str) -> Provider:
    if name == "openid":
        return openid_provider(name, "https://example.com", "client", "secret")
    return known_provider(name, {"id": "client", "secret": "secret"})


def _known(name: str) -> dict[str, Any]:
    file = fixtures() / "oauth-userinfo" / f"{FILES.get(name, name)}.json"
    known: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return known


@pytest.mark.parametrize("name", [*PROVIDER_NAMES, "openid"])
def test_a_row_reads_who_somebody_is(name: str) -> None:
    row, read = _row(name), 0
    for response in _known(name)["responses"]:
        if isinstance(response["body"], dict):
            identity = read_identity(row.issuer, row.fields, response["body"])
            assert identity is not None
            assert identity._asdict() == {"issuer": row.issuer, **response["expect"]}
            read += 1
    assert read


def test_githubs_list_gives_the_primary_verified_address() -> None:
    [emails] = [r for r in _known("github")["responses"] if r["name"] == "emails"]
    assert primary_email(emails["body"]) == emails["expect"]["email"]
    hostile: Any = [
        {"email": "a@example.org", "verified": "true"},
        {"verified": True},
        5,
        None,
        {"email": 5, "verified": True},
    ]
    assert primary_email(hostile) is None
    assert primary_email({"message": "Not Found"}) is None
    assert primary_email([*hostile, {"email": "b@example.org", "verified": True}]) == "b@example.org"


@pytest.mark.parametrize("name", PROVIDER_NAMES)
def test_a_row_asks_for_no_more_than_is_known_to_be_needed(name: str) -> None:
    row, known = _row(name), _known(name)
    assert set(row.scopes) <= set(known["scopes"])
    for endpoint in (row.authorize, row.exchange, row.userinfo):
        hosts = {urlsplit(url).hostname for url in known["endpoints"].values() if isinstance(url, str)}
        assert not endpoint or urlsplit(endpoint).hostname in hosts
        assert not endpoint or endpoint.startswith("https://")


class Answers:
    """One provider's token endpoint and userinfo, as its file says they answer."""

    def __init__(self, row: Provider, known: dict[str, Any]) -> None:
        self._row, self._known = row, known
        self.form: dict[str, str] = {}
        self.seen: list[Request] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.seen.append(request)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "POST":
            self.form = dict(parse_qsl((await request.body()).decode()))
            answer = self._known["token_response"]
            if self._row.name == "github":
                return Response(urlencode(answer), media_type="application/x-www-form-urlencoded")
            return JSONResponse(answer)
        assert request.headers["authorization"] == f"Bearer {self._known['token_response']['access_token']}"
        wanted = "emails" if request.url.path.endswith("/emails") else "userinfo"
        [found] = [r for r in self._known["responses"] if r["name"] == wanted]
        return JSONResponse(found["body"])


@pytest.mark.parametrize("name", OAUTH_NAMES)
async def test_a_row_exchanges_the_code_and_asks_who_it_is(name: str, clock: Clock) -> None:
    row, known = _row(name), _known(name)
    answers = Answers(row, known)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(answers)) as http:
        oauth = OAuth(HOME, http, clock)
        identity = await oauth.identify(row, {"code": "the code"}, nonce="n", verifier="v" * 43)
    expected = known["responses"][0]["expect"]
    email = known["responses"][1]["expect"]["email"] if name == "github" else expected["email"]
    assert (identity.subject, identity.name, identity.email) == (expected["subject"], expected["name"], email)
    assert answers.form["code"] == "the code"
    assert answers.form["redirect_uri"] == f"{HOME}/auth/{name}/callback"
    assert answers.form["code_verifier"] == "v" * 43
    basic = "Basic " + base64.b64encode(b"client:secret").decode()
    in_body = answers.form.get("client_secret") == "secret"
    assert in_body != (answers.seen[0].headers.get("authorization") == basic)
    assert in_body == ("body" in known["token_auth"] or "post" in known["token_auth"] or name == "facebook")


async def test_facebook_is_shown_that_the_token_is_ours(clock: Clock) -> None:
    row, known = _row("facebook"), _known("facebook")
    answers = Answers(row, known)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(answers)) as http:
        await OAuth(HOME, http, clock).identify(row, {"code": "c"}, nonce="n", verifier="v" * 43)
    token = known["token_response"]["access_token"]
    proof = hmac.new(b"secret", token.encode(), hashlib.sha256).hexdigest()
    assert answers.seen[1].query_params["appsecret_proof"] == proof
    assert answers.seen[1].query_params["fields"] == "id,name,email"


async def test_github_without_a_list_of_addresses_still_says_who_it_is(clock: Clock) -> None:
    row, known = _row("github"), _known("github")
    answers = Answers(row, known)

    async def without(scope: Scope, receive: Receive, send: Send) -> None:
        missing = scope["path"].endswith("/emails")
        await (PlainTextResponse("Not Found", 404) if missing else answers)(scope, receive, send)

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(without)) as http:
        identity = await OAuth(HOME, http, clock).identify(row, {"code": "c"}, nonce="n", verifier="v" * 43)
    assert (identity.subject, identity.email) == ("1", "foo@bar.com")


@pytest.mark.parametrize("name", PROVIDER_NAMES)
async def test_a_rows_address_has_all_that_keeps_an_answer_ours(name: str, clock: Clock) -> None:
    async with httpx2.AsyncClient() as http:
        url = await OAuth(HOME, http, clock).authorize_url(_row(name), Challenge("s", "n", "v" * 43), choose=False)
    query = query_of(url)
    assert query["code_challenge_method"] == "S256"
    assert (query["state"], query["client_id"], query["response_type"]) == ("s", "client", "code")
    assert query["redirect_uri"] == f"{HOME}/auth/{name}/callback"
    assert ("nonce" in query) == (name == "google")
    assert "v" * 43 not in url
    assert "secret" not in url


@pytest.mark.parametrize(
    ("iss", "refused"),
    [
        ("https://github.com/login/oauth", False),
        ("https://evil.example", True),
        ("", True),
        ("https://github.com.evil", True),
    ],
)
async def test_a_provider_of_whom_only_the_address_is_known_may_name_itself_alone(
    clock: Clock, iss: str, refused: bool
) -> None:
    row = _row("github")
    answers = Answers(row, _known("github"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(answers)) as http:
        asked = OAuth(HOME, http, clock).identify(row, {"code": "c", "iss": iss}, nonce="n", verifier="v" * 43)
        if refused:
            with pytest.raises(SignInFailed, match="unproven"):
                await asked
            assert answers.seen == []
        else:
            assert (await asked).subject == "1"


SUBJECTS = [("5", "5"), (5, "5"), (2**63, str(2**63)), (" a ", " a "), ("0", "0"), (0, "0")]
NO_SUBJECTS: list[Any] = [None, "", "  ", True, False, 5.0, [], {}, ["5"], 2**200]


@pytest.mark.parametrize(("value", "subject"), SUBJECTS)
def test_a_subject_is_text_however_it_looks(value: Any, subject: str) -> None:
    identity = read_identity("i", Fields(), {"sub": value})
    assert identity is not None
    assert identity.subject == subject


@pytest.mark.parametrize("value", NO_SUBJECTS)
def test_what_cannot_be_a_subject_is_nobody(value: Any) -> None:
    assert read_identity("i", Fields(), {"sub": value}) is None


@pytest.mark.parametrize(
    ("value", "verified"),
    [
        (True, True),
        ("true", True),
        (False, False),
        ("false", False),
        ("yes", False),
        (1, None),
        (None, None),
        ([], None),
    ],
)
def test_only_a_plain_yes_says_that_an_address_is_verified(value: Any, verified: bool | None) -> None:
    identity = read_identity("i", Fields(), {"sub": "s", "email_verified": value})
    assert identity is not None
    assert identity.email_verified is verified


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//x", "data:,x", "https://a b", "https://ü", 5, {"url": "x"}])
def test_addresses_of_pictures_and_profiles_are_of_the_web_or_none(url: Any) -> None:
    identity = read_identity("i", Fields(), {"sub": "s", "picture": url, "profile": url})
    assert identity is not None
    assert identity.avatar is identity.profile is None


def test_a_name_may_be_in_two_parts() -> None:
    names: list[tuple[dict[str, Any], str | None]] = [
        ({"given_name": "Jane", "family_name": "Doe", "preferred_username": "j"}, "Jane Doe"),
        ({"given_name": "Jane", "family_name": ""}, "Jane"),
        ({"name": " ", "preferred_username": "j"}, "j"),
        ({"name": {"first": "Jane"}}, None),
    ]
    for answer, name in names:
        identity = read_identity("i", Fields(), {"sub": "s", **answer})
        assert identity is not None
        assert identity.name == name


def test_no_two_rows_share_an_issuer() -> None:
    assert len({_row(name).issuer for name in PROVIDER_NAMES}) == len(PROVIDER_NAMES) == 8


def test_microsofts_and_facebooks_word_on_an_address_counts_for_nothing() -> None:
    assert {name for name in PROVIDER_NAMES if _row(name).verifies_email} == {"google", "github"}


@pytest.mark.parametrize(
    ("name", "issuer"),
    [
        ("Upper", "https://a.example"),
        ("google", "https://a.example"),
        ("", "https://a.example"),
        ("a/b", "https://a.example"),
        ("a", "http://a.example"),
        ("a", "https://user@a.example"),
        ("a", "https://a.example?x=1"),
        ("a", "https://a.example#x"),
        ("a", "a.example"),
        ("a", ""),
    ],
)
def test_a_wrong_issuer_is_told_to_the_administrator(name: str, issuer: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        openid_provider(name, issuer, "client", "secret")


def test_an_issuer_on_this_machine_may_go_without_encryption() -> None:
    row = openid_provider("my-login", "http://127.0.0.1:9000", "client")
    assert (row.label, row.icon, row.discover) == ("My Login", "openid", True)
