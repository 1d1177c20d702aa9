"""What a failed sign-in leaves in the log: why, under the number of its request, and nothing of what was answered."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.tokens import new_token
from tests.auth.issuer import Issuer
from tests.auth.world import Browser, Service, query_of
from tests.support.logs import logged
from widget.logs import RequestLog

SECRET = "n1ghtingale"


async def test_failed_sign_in_says_why_and_repeats_no_answer(service: Service, issuer: Issuer) -> None:
    def answer(_request: Request) -> Response:
        return JSONResponse({"error": "invalid_grant", "error_description": f"{SECRET} of janedoe@example.com"}, 400)

    issuer.bent["/token"] = answer
    browser = Browser(RequestLog(service, ()))
    with logged() as log:
        callback = issuer.agree(await browser.to_provider(new_token(), "idp"), code=SECRET)
        failed = await browser.go(callback, site="cross-site")
        await browser.go(callback.replace("state=", f"state={SECRET}"), site="cross-site")
    (line,) = (line for line in log.lines if line["message"].startswith("sign-in failed: "))
    assert line["message"] == "sign-in failed: rejected: status 400, error invalid_grant at https://idp.example/token"
    assert line["request_id"] == failed.headers["x-request-id"]
    assert [secret for secret in (SECRET, "janedoe", query_of(callback)["state"]) if secret in log.text] == []
