"""Signing in with two more issuers that nobody here wrote: npm's oauth2-mock-server and PyPI's oidc-provider-mock."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx2
import pytest

from auth import Provider, openid_provider
from auth.tokens import new_token
from tests.auth.test_foreign_issuer import TOOLS
from tests.auth.world import Browser, Clock, location, query_of
from tests.support.require import require
from widget.db import unix_ms

ADA = {"sub": "ada", "name": "Ada Moss", "email": "ada@example.org"}


@contextlib.contextmanager
def running(command: Sequence[str]) -> Iterator[str]:
    """A program that names its address once it listens; the address."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(found[0] for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line)))
        finally:
            process.kill()


@pytest.fixture(scope="module")
def npm_url() -> Iterator[str]:
    node = shutil.which("node")
    require(node is not None, "Node")
    require((TOOLS / "node_modules" / "oauth2-mock-server").is_dir(), "npm's oauth2-mock-server (make tools)")
    assert node is not None
    with running([node, str(TOOLS / "bent-issuer.mjs"), "John Doe"]) as url:
        yield url


@pytest.fixture(scope="module")
def pypi_url() -> Iterator[str]:
    program = Path(sys.executable).with_name("oidc-provider-mock")
    with running([str(program), "--port", "0", "--require-nonce", "true", "--user-claims", json.dumps(ADA)]) as url:
        yield url


@pytest.fixture
def providers(npm_url: str, pypi_url: str) -> dict[str, Provider]:
    return {
        "npm": openid_provider("npm", npm_url, "palaver", "secret"),
        "pypi": openid_provider("pypi", pypi_url, "palaver", "secret"),
    }


@pytest.fixture
def clock() -> Clock:
    """Their clocks are the real one, and their tokens' times are checked."""
    clock = Clock()
    clock.ms = unix_ms()
    return clock


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def test_a_reader_signs_in_with_oauth2_mock_server(browser: Browser) -> None:
    await browser.who()
    authorize = await browser.to_provider(secret := new_token(), "npm")
    async with httpx2.AsyncClient() as http:
        callback = (await http.get(authorize)).headers["location"]
    done = await browser.go(location(await browser.go(callback, site="cross-site")))
    assert "as <bdi>John Doe</bdi>" in done.text
    assert await browser.ask(secret) == {"status": "done"}
    assert await browser.who() == "John Doe"


async def test_a_reader_signs_in_with_oidc_provider_mock(browser: Browser) -> None:
    await browser.who()
    authorize = await browser.to_provider(secret := new_token(), "pypi")
    done = await browser.go(location(await browser.go(await answered(authorize, sub="ada"), site="cross-site")))
    assert "as <bdi>Ada Moss</bdi>" in done.text
    assert await browser.ask(secret) == {"status": "done"}
    assert await browser.who() == "Ada Moss"


async def test_a_no_that_comes_back_without_its_state_is_told_in_the_window_and_cancelled_in_the_form(
    browser: Browser,
) -> None:
    """RFC 6749 (4.1.2.1) demands the state; this one leaves it out, so nobody can know whose sign-in it was."""
    authorize = await browser.to_provider(secret := new_token(), "pypi")
    callback = await answered(authorize, action="deny")
    assert query_of(callback).keys() == {"error", "error_description"}
    refused = await browser.go(location(await browser.go(callback, site="cross-site")))
    assert "This sign-in is over or was already used." in refused.text
    assert (await browser.ask(secret))["status"] == "waiting"
    assert (await browser.ask(secret, path="/auth/cancel"))["status"] == "cancelled"


async def test_an_answer_of_one_issuer_is_nothing_at_anothers_callback(browser: Browser) -> None:
    """Mixed up (RFC 9207): a code of the one, with the state of a sign-in with the other."""
    wanted = await browser.to_provider(new_token(), "npm")
    own = await answered(await browser.to_provider(new_token(), "pypi"), sub="ada")
    mixed = f"/auth/npm/callback?code={query_of(own)['code']}&state={query_of(wanted)['state']}"
    refused = await browser.go(location(await browser.go(mixed, site="cross-site")))
    assert refused.status_code == 403
    assert "Ada Moss" not in refused.text


async def answered(authorize_url: str, **form: str) -> str:
    """Somebody in front of its page; where they are sent back to."""
    async with httpx2.AsyncClient() as http:
        answer = await http.post(authorize_url, data=form)
    assert answer.has_redirect_location, answer.text
    return str(answer.headers["location"])
