"""Providers that answer wrongly: nobody is signed in, the window and the frame say why, and nothing hangs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from auth import outbound
from auth.discovery import KEPT_MS, KEYS_AGAIN_MS
from auth.tokens import new_token
from tests.auth.issuer import ISSUER, Issuer
from tests.auth.world import Browser, Clock, location

UNPROVEN = "The answer that came from Id &amp; Co. could not be verified, so nobody was signed in."
UNREADABLE = "Id &amp; Co. answered with something that could not be understood."
UNREACHABLE = "Id &amp; Co. did not answer."
REJECTED = "Id &amp; Co. refused to complete the sign-in."
NAMELESS = "Id &amp; Co. did not say who you are"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind will do: nothing here depends on it."""
    return sqlite_url


async def _fails(browser: Browser, issuer: Issuer, sentence: str, **agree: Any) -> None:
    """Signing in with the bent issuer ends in that sentence, in the window and in the frame."""
    secret = new_token()
    page = await browser.go(location(await browser.open_window(secret, "idp")))
    if page.status_code == 200:
        authorize = _leaves_for(page.text)
        answer = await browser.go(issuer.agree(authorize, **agree), site="cross-site")
        assert "set-cookie" not in answer.headers
        page = answer
    shown = await browser.go(location(page))
    assert sentence in shown.text
    told = await browser.ask(secret)
    assert told["status"] == "cancelled"
    assert told["message"].replace("&", "&amp;") in shown.text
    assert await browser.who() is None
    assert (await browser.go("/me")).json()["name"] is None


def _leaves_for(text: str) -> str:
    return text.split("0; url=")[1].split('"', maxsplit=1)[0].replace("&amp;", "&")


def _json(body: Any, status: int = 200, content_type: str = "application/json") -> Callable[[Request], Response]:
    return lambda _request: Response(json.dumps(body), status, media_type=content_type)


def _raw(body: bytes, content_type: str | None = "application/json", **headers: str) -> Callable[[Request], Response]:
    sent = {**({"content-type": content_type} if content_type else {}), **headers}
    return lambda _request: Response(body, headers=sent)


async def test_the_right_answer_signs_in(browser: Browser, issuer: Issuer) -> None:
    authorize = await browser.to_provider(secret := new_token(), "idp")
    await browser.go(issuer.agree(authorize), site="cross-site")
    assert (await browser.ask(secret))["status"] == "done"
    assert await browser.who() == "Jane Doe"


WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "somebody-else"},
    "another audience, our azp": {"aud": "somebody-else", "azp": "palaver-client"},
    "our audience among others, their azp": {"aud": ["palaver-client", "x"], "azp": "x"},
    "no audience": {"aud": None},
    "no audience in a list": {"aud": []},
    "another issuer": {"iss": "https://evil.example"},
    "our issuer with a slash": {"iss": f"{ISSUER}/"},
    "no issuer": {"iss": None},
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "expired": {"exp": 1_789_999_000},
    "no expiry": {"exp": None},
    "an expiry that is text": {"exp": "never"},
    "from the future": {"iat": 1_790_009_999},
    "not valid yet": {"nbf": 1_790_009_999},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is a number": {"sub": 5},
    "another access token's hash": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS.keys())
async def test_an_id_token_with_wrong_claims_is_refused(
    browser: Browser, issuer: Issuer, claims: dict[str, Any]
) -> None:
    issuer.claims = claims
    await _fails(browser, issuer, UNPROVEN)


async def test_an_id_token_without_signature_is_refused(browser: Browser, issuer: Issuer) -> None:
    issuer.header = {"alg": "none"}
    issuer.document = {"id_token_signing_alg_values_supported": ["none", "RS256"]}
    await _fails(browser, issuer, UNPROVEN)


async def test_an_issuer_that_only_knows_unsafe_algorithms_is_refused(browser: Browser, issuer: Issuer) -> None:
    issuer.document = {"id_token_signing_alg_values_supported": ["none", "HS256"]}
    await _fails(browser, issuer, UNPROVEN)


async def test_an_id_token_signed_with_the_public_key_as_a_secret_is_refused(browser: Browser, issuer: Issuer) -> None:
    issuer.header = {"alg": "HS256"}
    issuer.document = {"id_token_signing_alg_values_supported": ["HS256", "RS256"]}
    await _fails(browser, issuer, UNPROVEN)


async def test_an_id_token_of_an_algorithm_that_was_not_announced_is_refused(browser: Browser, issuer: Issuer) -> None:
    issuer.header = {"alg": "RS512"}
    await _fails(browser, issuer, UNPROVEN)


async def test_an_id_token_of_another_key_under_a_known_name_is_refused(browser: Browser, issuer: Issuer) -> None:
    issuer.key, issuer.header = issuer.another_key(), {"kid": issuer.public_keys[0].kid}
    await _fails(browser, issuer, UNPROVEN)


async def test_an_id_token_of_an_unknown_key_is_refused(browser: Browser, issuer: Issuer) -> None:
    issuer.key = issuer.another_key()
    await _fails(browser, issuer, UNPROVEN)


async def test_an_issuer_may_change_its_keys(browser: Browser, issuer: Issuer, clock: Clock) -> None:
    await test_the_right_answer_signs_in(browser, issuer)
    issuer.key = issuer.another_key()
    issuer.public_keys = [issuer.key, {"kty": "EC", "crv": "P-unknown"}, {"kty": "new"}, "rubbish"]
    issuer.bent["/jwks"] = _json({"keys": [issuer.key.as_dict(private=False), *issuer.public_keys[1:]]})
    clock.forward(minutes=KEYS_AGAIN_MS / 60_000)
    authorize = await browser.to_provider(secret := new_token(), "idp", choose="1")
    await browser.go(issuer.agree(authorize), site="cross-site")
    assert (await browser.ask(secret))["status"] == "done"


async def test_discovery_and_keys_are_asked_for_once_an_hour(browser: Browser, issuer: Issuer, clock: Clock) -> None:
    for _ in range(2):
        await browser.to_provider(new_token(), "idp")
    assert issuer.asked == ["/.well-known/openid-configuration"]
    clock.forward(minutes=KEPT_MS / 60_000)
    await browser.to_provider(new_token(), "idp")
    assert len(issuer.asked) == 2


@pytest.mark.parametrize("text", [5, None, "", "a.b", "a.b.c", "..", "é.é.é", "e30.e30.e30", "A" * 200_000])
async def test_what_is_no_id_token_is_refused(browser: Browser, issuer: Issuer, text: Any) -> None:
    issuer.bent["/token"] = _json({"access_token": "access", "token_type": "Bearer", "id_token": text})
    await _fails(browser, issuer, UNPROVEN)


async def test_an_answer_that_names_another_issuer_is_refused(browser: Browser, issuer: Issuer) -> None:
    await _fails(browser, issuer, UNPROVEN, iss="https://evil.example")
    assert "/token" not in issuer.asked


async def test_an_answer_without_the_promised_issuer_is_refused(browser: Browser, issuer: Issuer) -> None:
    await _fails(browser, issuer, UNPROVEN, iss=None)
    assert "/token" not in issuer.asked


async def test_an_issuer_that_promised_nothing_may_leave_its_name_out_but_not_lie(
    browser: Browser, issuer: Issuer
) -> None:
    issuer.document = {"authorization_response_iss_parameter_supported": None}
    await _fails(browser, issuer, UNPROVEN, iss="https://evil.example")
    authorize = await browser.to_provider(secret := new_token(), "idp")
    await browser.go(issuer.agree(authorize, iss=None), site="cross-site")
    assert (await browser.ask(secret))["status"] == "done"


async def test_userinfo_about_somebody_else_is_refused(browser: Browser, issuer: Issuer) -> None:
    issuer.userinfo["sub"] = "somebody else"
    await _fails(browser, issuer, UNPROVEN)


async def test_an_error_at_the_callback_is_told(browser: Browser, issuer: Issuer) -> None:
    await _fails(browser, issuer, "You did not agree at Id &amp; Co.", code="", error="access_denied")
    await _fails(browser, issuer, REJECTED, code="", error="server_error")
    await _fails(browser, issuer, UNREADABLE, code="")


WRONG_ANSWERS: dict[str, tuple[Callable[[Request], Response], str]] = {
    "status 500": (_json({}, 500), UNREACHABLE),
    "status 400": (_json({"error": "invalid_grant"}, 400), REJECTED),
    "status 200 with an error": (_json({"error": "bad_verification_code"}), REJECTED),
    "an error that is an object": (_json({"error": {"message": "no"}}), REJECTED),
    "a page": (_raw(b"<html>Welcome to our proxy</html>", "text/html"), UNREADABLE),
    "JSON called a page": (_raw(b'{"access_token": "access"}', "text/html"), UNREADABLE),
    "no content type": (_raw(b"{}", None), UNREADABLE),
    "unknown content type": (_raw(b"{}", "application/octet-stream"), UNREADABLE),
    "no JSON": (_raw(b"access"), UNREADABLE),
    "half of it": (_raw(b'{"access_token": "acc'), UNREADABLE),
    "nothing": (_raw(b""), UNREADABLE),
    "a list": (_json([]), UNREADABLE),
    "no UTF-8": (_raw(b'{"access_token": "\xff"}'), UNREADABLE),
    "a lone surrogate": (_raw(b'{"access_token": "\\ud800"}'), UNREADABLE),
    "very deep": (_raw(b"[" * 200_000), UNREADABLE),
    "very long": (_raw(b'{"access_token": "' + b"a" * outbound.MAX_BYTES + b'"}'), UNREADABLE),
    "compressed, not asked for": (_raw(b"\x1f\x8b", **{"content-encoding": "gzip"}), UNREADABLE),
    "a redirect": (lambda _request: RedirectResponse("https://evil.example/", 302), UNREADABLE),
    "a redirect with JSON": (
        lambda _request: Response(
            '{"access_token": "access"}',
            307,
            {"location": "https://evil.example/", "content-type": "application/json"},
        ),
        REJECTED,
    ),
    "status 204": (lambda _request: Response(status_code=204), UNREADABLE),
    "no access token": (_json({"token_type": "Bearer"}), UNREADABLE),
    "an access token that is a number": (_json({"access_token": 5}), UNREADABLE),
    "an access token that breaks the header": (_json({"access_token": "a\r\nX: y"}), UNREADABLE),
    "another kind of token": (_json({"access_token": "access", "token_type": "mac"}), UNREADABLE),
    "plain text": (lambda _request: PlainTextResponse("slow down"), UNREADABLE),
}


@pytest.mark.parametrize(("bend", "sentence"), WRONG_ANSWERS.values(), ids=WRONG_ANSWERS.keys())
async def test_a_wrong_answer_to_the_code_is_told(
    browser: Browser, issuer: Issuer, bend: Callable[[Request], Response], sentence: str
) -> None:
    issuer.bent["/token"] = bend
    await _fails(browser, issuer, sentence)


@pytest.mark.parametrize(
    "name", ["status 500", "status 400", "a page", "very long", "a redirect", "a list", "very deep"]
)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/userinfo"])
async def test_a_wrong_answer_elsewhere_is_told(browser: Browser, issuer: Issuer, path: str, name: str) -> None:
    issuer.bent[path], sentence = WRONG_ANSWERS[name]
    await _fails(browser, issuer, sentence)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks", "/userinfo"])
async def test_a_provider_that_does_not_answer_is_told(
    browser: Browser, issuer: Issuer, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "TIMEOUT_SECONDS", 0.05)
    issuer.silent_at = path
    await _fails(browser, issuer, UNREACHABLE)


WRONG_DOCUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "another issuer": ({"issuer": "https://evil.example"}, UNPROVEN),
    "no authorization endpoint": ({"authorization_endpoint": None}, UNREADABLE),
    "an endpoint that is a script": ({"authorization_endpoint": "javascript:alert(1)"}, UNREADABLE),
    "an endpoint without encryption": ({"token_endpoint": "http://idp.example/token"}, UNPROVEN),
    "an endpoint on this machine": ({"userinfo_endpoint": "http://127.0.0.1/"}, UNPROVEN),
    "keys at no address": ({"jwks_uri": 5}, UNREADABLE),
    "no keys": ({"jwks_uri": ""}, UNREADABLE),
}


@pytest.mark.parametrize(("document", "sentence"), WRONG_DOCUMENTS.values(), ids=WRONG_DOCUMENTS.keys())
async def test_a_wrong_document_of_an_issuer_is_told(
    browser: Browser, issuer: Issuer, document: dict[str, Any], sentence: str
) -> None:
    issuer.document = document
    await _fails(browser, issuer, sentence)


async def test_an_issuer_whose_document_was_wrong_is_asked_again(browser: Browser, issuer: Issuer) -> None:
    issuer.bent["/.well-known/openid-configuration"] = _json({}, 500)
    await _fails(browser, issuer, UNREACHABLE)
    issuer.bent.clear()
    await test_the_right_answer_signs_in(browser, issuer)


async def test_userinfo_may_be_a_signed_token(browser: Browser, issuer: Issuer) -> None:
    issuer.claims = {"name": "Signed Jane"}
    issuer.bent["/userinfo"] = lambda _request: Response(issuer.id_token(), media_type="application/jwt")
    authorize = await browser.to_provider(secret := new_token(), "idp")
    await browser.go(issuer.agree(authorize), site="cross-site")
    await browser.ask(secret)
    assert await browser.who() == "Signed Jane"


async def test_userinfo_signed_for_somebody_else_is_refused(browser: Browser, issuer: Issuer) -> None:
    def userinfo(_request: Request) -> Response:
        issuer.claims = {"aud": "somebody-else"}
        return Response(issuer.id_token(), media_type="application/jwt")

    issuer.bent["/userinfo"] = userinfo
    await _fails(browser, issuer, UNPROVEN)


@pytest.mark.parametrize("subject", ["x" * 256, "a\nb"])
async def test_a_subject_that_cannot_be_kept_is_refused(browser: Browser, issuer: Issuer, subject: str) -> None:
    issuer.claims = issuer.userinfo = {"sub": subject}
    await _fails(browser, issuer, NAMELESS)
