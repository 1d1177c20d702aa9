"""The rows of data, against answers as the providers write them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from auth import PROVIDER_NAMES, known_provider, openid_provider
from auth.attempts import Challenge
from auth.errors import SignInFailed
from auth.identity import Identity
from auth.oauth import OAuth, primary_email
from tests.auth.provider_answers import AGENT, Answers, known, recorded, row_of
from tests.auth.world import HOME, Clock, query_of

ICONS = Path(__file__).parents[2] / "static" / "icons"
OAUTH_NAMES = [name for name in PROVIDER_NAMES if name != "apple"]  # that one posts its answer
BACK = {"code": "the code", "state": "the state", "device_id": "the device"}


@pytest.mark.parametrize("name", [*PROVIDER_NAMES, "openid"])
def test_a_row_reads_who_somebody_is(name: str) -> None:
    row, read = row_of(name), 0
    for response in known(name)["responses"]:
        if isinstance(response["body"], dict) and "subject" in response["expect"]:
            identity = row.identity(response["body"], {})
            assert identity is not None
            assert identity._asdict() == {"issuer": row.issuer, **response["expect"]}
            read += 1
    assert read


def test_telegram_people_are_the_same_by_its_widget_of_earlier_years() -> None:
    row = row_of("telegram")
    [widget], [ours] = recorded("telegram")["responses"], known("telegram")["responses"]
    identity, same = row.identity(widget["body"], {}), row.identity(ours["body"], {})
    assert identity is not None
    assert same is not None
    assert identity._asdict() == {"issuer": row.issuer, **widget["expect"]}
    assert (identity.issuer, identity.subject) == (same.issuer, same.subject)


def test_apples_name_is_read_from_the_form_and_nothing_else_of_it() -> None:
    row = row_of("apple")
    [form] = [each for each in known("apple")["responses"] if each["request"].startswith("POST")]
    identity = row.identity({"sub": "x", "email": "signed@example.org"}, form["body"])
    assert identity is not None
    assert (identity.name, identity.email) == (form["expect"]["name"], "signed@example.org")
    hostile = ["", "{", "[]", "5", "null", '{"name": 5}', '{"name": {"firstName": 5}}', "[" * 5_000, '{"sub": "y"}']
    for user in hostile:
        unnamed = row.identity({"sub": "x"}, {"user": user})
        assert unnamed == Identity(row.issuer, "x", None, None, None, None, None, None)


@pytest.mark.parametrize(
    ("name", "change", "avatar"),
    [
        ("discord", {"avatar": None}, None),
        ("yandex", {"is_avatar_empty": True}, None),
        ("gitlab", {"avatar_url": None}, None),
        ("reddit", {"icon_img": ""}, None),
        ("reddit", {"icon_img": 5}, None),
        ("reddit", {"icon_img": "javascript:alert(1)"}, None),
    ],
)
def test_who_has_no_picture_has_none(name: str, change: dict[str, Any], avatar: str | None) -> None:
    [response] = known(name)["responses"]
    identity = row_of(name).identity({**response["body"], **change}, {})
    assert identity is not None
    assert identity.avatar is avatar


@pytest.mark.parametrize("body", [{"data": []}, {"data": {}}, {"data": None}, {"data": [5]}, {}])
def test_a_list_without_anybody_is_nobody(body: dict[str, Any]) -> None:
    assert row_of("twitch").identity(body, {}) is None


@pytest.mark.parametrize("missing", ["https://slack.com/team_id", "https://slack.com/user_id"])
def test_a_slack_user_without_workspace_is_nobody(missing: str) -> None:
    body = dict(known("slack")["responses"][0]["body"])
    del body[missing]
    assert row_of("slack").identity(body, {}) is None


def test_githubs_list_gives_the_primary_verified_address() -> None:
    [emails] = [r for r in known("github")["responses"] if r["name"] == "emails"]
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
    row, facts = row_of(name), known(name)
    assert set(row.scopes) <= {scope.partition(" ")[0] for scope in facts["scopes"]}
    hosts = {urlsplit(url).hostname for url in facts["endpoints"].values() if isinstance(url, str)}
    for endpoint in (row.authorize, row.exchange, row.userinfo, row.emails, row.jwks):
        assert not endpoint or urlsplit(endpoint).hostname in hosts
        assert not endpoint or endpoint.startswith("https://")


@pytest.mark.parametrize("name", OAUTH_NAMES)
async def test_a_row_exchanges_the_code_and_asks_who_it_is(name: str, clock: Clock) -> None:
    row, facts = row_of(name), known(name)
    answers = Answers(row, facts, clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(answers)) as http:
        identity = await OAuth(HOME, http, clock).identify(row, BACK, nonce="n", verifier="v" * 43)
    [expected] = [each["expect"] for each in facts["responses"] if each["name"] == _last_of(name)]
    email = facts["responses"][1]["expect"]["email"] if name == "github" else expected["email"]
    assert (identity.subject, identity.name, identity.email) == (expected["subject"], expected["name"], email)
    assert answers.form["code"] == "the code"
    assert answers.form["redirect_uri"] == HOME + row.callback
    assert answers.form.get("code_verifier") == (None if name in {"linkedin", "slack"} else "v" * 43)
    assert answers.form.get("device_id") == ("the device" if name == "vk" else None)
    assert {request.headers["user-agent"] for request in answers.seen if str(request.url) != row.jwks} == {AGENT}
    basic = "Basic " + base64.b64encode(b"client:secret").decode()
    in_body = answers.form.get("client_secret") == "secret"
    assert (in_body != (answers.seen[0].headers.get("authorization") == basic)) or name == "vk"
    assert in_body == ("body" in facts["token_auth"] or "post" in facts["token_auth"] or name == "facebook")


def _last_of(name: str) -> str:
    """The answer that says the most of somebody."""
    return {"google": "id_token-claims", "telegram": "id_token-claims"}.get(name, "userinfo")


async def test_twitch_is_told_whose_token_it_is(clock: Clock) -> None:
    row = row_of("twitch")
    answers = Answers(row, known("twitch"), clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(answers)) as http:
        await OAuth(HOME, http, clock).identify(row, BACK, nonce="n", verifier="v" * 43)
    assert answers.seen[1].headers["client-id"] == "client"


async def test_facebook_is_shown_that_the_token_is_ours(clock: Clock) -> None:
    row, facts = row_of("facebook"), known("facebook")
    answers = Answers(row, facts, clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(answers)) as http:
        await OAuth(HOME, http, clock).identify(row, {"code": "c"}, nonce="n", verifier="v" * 43)
    token = facts["token_response"]["access_token"]
    proof = hmac.new(b"secret", token.encode(), hashlib.sha256).hexdigest()
    assert answers.seen[1].query_params["appsecret_proof"] == proof
    assert answers.seen[1].query_params["fields"] == "id,name,email,picture.width(200)"


async def test_github_without_a_list_of_addresses_still_says_who_it_is(clock: Clock) -> None:
    row = row_of("github")
    answers = Answers(row, known("github"), clock)

    async def without(scope: Scope, receive: Receive, send: Send) -> None:
        missing = scope["path"].endswith("/emails")
        await (PlainTextResponse("Not Found", 404) if missing else answers)(scope, receive, send)

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(without)) as http:
        identity = await OAuth(HOME, http, clock).identify(row, {"code": "c"}, nonce="n", verifier="v" * 43)
    assert (identity.subject, identity.email) == ("1", "foo@bar.com")


@pytest.mark.parametrize("name", PROVIDER_NAMES)
async def test_a_rows_address_has_all_that_keeps_an_answer_ours(name: str, clock: Clock) -> None:
    row = row_of(name)
    async with httpx2.AsyncClient() as http:
        url = await OAuth(HOME, http, clock).authorize_url(row, Challenge("s", "n", "v" * 43), choose=False)
    query = query_of(url)
    assert query.get("code_challenge_method") == (None if name in {"linkedin", "slack"} else "S256")
    assert ("code_challenge" in query) == ("code_challenge_method" in query)
    assert (query["state"], query["client_id"], query["response_type"]) == ("s", row.client_id, "code")
    assert query["redirect_uri"] == HOME + row.callback
    assert ("nonce" in query) == (name in {"apple", "google", "slack", "telegram"})
    assert query.get("response_mode") == ("form_post" if name == "apple" else None)
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
    row = row_of("github")
    answers = Answers(row, known("github"), clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(answers)) as http:
        asked = OAuth(HOME, http, clock).identify(row, {"code": "c", "iss": iss}, nonce="n", verifier="v" * 43)
        if refused:
            with pytest.raises(SignInFailed, match="unproven"):
                await asked
            assert answers.seen == []
        else:
            assert (await asked).subject == "1"


@pytest.mark.parametrize("error", ["access_denied", "user_cancelled_authorize", "user_cancelled_login"])
async def test_who_said_no_is_told_so(clock: Clock, error: str) -> None:
    async with httpx2.AsyncClient() as http:
        with pytest.raises(SignInFailed, match="denied"):
            await OAuth(HOME, http, clock).identify(row_of("linkedin"), {"error": error}, nonce="n", verifier="v")


@pytest.mark.parametrize("host", ["https://code.example", "https://example.org/git"])
async def test_a_server_of_ones_own_is_an_issuer_of_its_own(clock: Clock, host: str) -> None:
    """The same number is somebody else there."""
    here, there = row_of("gitlab"), row_of("gitlab", host=host)
    answers = Answers(there, known("gitlab"), clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(answers)) as http:
        oauth = OAuth(HOME, http, clock)
        url = await oauth.authorize_url(there, Challenge("s", "n", "v" * 43), choose=False)
        identity = await oauth.identify(there, BACK, nonce="n", verifier="v" * 43)
    assert url.startswith(f"{host}/oauth/authorize?")
    assert [str(request.url) for request in answers.seen] == [f"{host}/oauth/token", f"{host}/api/v4/user"]
    assert (here.issuer, identity.issuer, identity.subject) == ("https://gitlab.com", host, "123456")


@pytest.mark.parametrize("name", PROVIDER_NAMES)
def test_a_row_has_its_name_and_its_mark(name: str) -> None:
    row = row_of(name)
    assert (row.name, row.icon) == (name, name)
    assert row.callback == f"/auth/{name}/{'social.example/' * (name == 'mastodon')}callback"
    mark = (ICONS / f"{name}.svg").read_text()
    assert mark.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"')
    assert "currentColor" in mark
    assert len(mark) < 1_000


def test_no_two_rows_share_an_issuer() -> None:
    assert len({row_of(name).issuer for name in PROVIDER_NAMES}) == len(PROVIDER_NAMES)


def test_only_who_checks_addresses_and_says_so_is_believed() -> None:
    """Not Microsoft, Slack or a server of somebody's own, where an administrator may set any address."""
    believed = {name for name in PROVIDER_NAMES if row_of(name).verifies_email}
    assert believed == {"apple", "discord", "github", "google", "linkedin", "patreon", "wordpress"}
    assert {name for name in believed if not row_of(name).fields.email_verified} == set()


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


def test_what_was_configured_is_in_no_repr() -> None:
    assert "do-not-tell" not in repr(known_provider("google", {"id": "x", "secret": "do-not-tell"}))
