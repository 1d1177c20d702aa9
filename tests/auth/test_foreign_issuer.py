"""Signing in with an issuer that nobody here wrote: npm's oidc-provider, over HTTP, with PKCE required."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urljoin

import httpx2
import pytest

from auth import Provider, openid_provider
from auth.tokens import new_token
from tests.auth.world import HOME, Browser, Clock, location, query_of
from tests.support.require import require
from widget.db import unix_ms

TOOLS = Path(__file__).parents[1] / "tools"
CLIENT = ("palaver:1", "a secret/with+signs %")  # must be encoded on their way (RFC 6749, 2.3.1)
CALLBACK = f"{HOME}/auth/npm/callback"


@pytest.fixture(scope="module")
def issuer_url() -> Iterator[str]:
    node = shutil.which("node")
    require(node is not None, "Node")
    require((TOOLS / "node_modules" / "oidc-provider").is_dir(), "npm's oidc-provider (make tools)")
    assert node is not None
    command = [node, str(TOOLS / "issuer.mjs"), *CLIENT, CALLBACK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), "the issuer did not start"
        yield url
        process.terminate()


@pytest.fixture
def providers(issuer_url: str) -> dict[str, Provider]:
    return {"npm": openid_provider("npm", issuer_url, *CLIENT)}


@pytest.fixture
def clock() -> Clock:
    """Its clock is the real one, and its tokens' times are checked."""
    clock = Clock()
    clock.ms = unix_ms()
    return clock


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def test_a_reader_signs_in_with_it(browser: Browser) -> None:
    assert await browser.who() is None
    authorize = await browser.to_provider(secret := new_token(), "npm")
    callback = await _person(authorize, "ada")
    assert {"code", "state", "iss"} <= set(query_of(callback))
    done = await browser.go(location(await browser.go(callback, site="cross-site")))
    assert "as <bdi>Person ada</bdi>" in done.text
    assert await browser.ask(secret) == {"status": "done"}
    assert await browser.who() == "Person ada"


async def test_a_reader_who_aborts_there_is_told_so(browser: Browser) -> None:
    authorize = await browser.to_provider(secret := new_token(), "npm")
    callback = await _person(authorize, None)
    await browser.go(callback, site="cross-site")
    assert (await browser.ask(secret))["message"] == "You did not agree at Npm, so nobody was signed in."


async def test_its_code_is_worth_nothing_in_another_browser(browser: Browser, other_browser: Browser) -> None:
    authorize = await browser.to_provider(new_token(), "npm")
    callback = await _person(authorize, "ada")
    assert location(await other_browser.go(callback, site="cross-site")) == "/auth/refused?why=wrong_window"


async def test_it_does_require_pkce(issuer_url: str) -> None:
    """The control: what the test above proves depends on it."""
    query = {"client_id": CLIENT[0], "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "state": "s"}
    async with httpx2.AsyncClient() as http:
        answer = await http.get(f"{issuer_url}/auth?{urlencode(query)}")
    assert query_of(answer.headers["location"])["error"] == "invalid_request"


async def _person(authorize_url: str, login: str | None) -> str:
    """Somebody in front of its pages: log in and agree, or abort (None). Where they are sent back to."""
    async with httpx2.AsyncClient() as http:
        answer = await http.get(authorize_url)
        for _ in range(20):
            if answer.has_redirect_location:
                target = urljoin(str(answer.url), answer.headers["location"])
                if target.startswith(HOME):
                    return target
                answer = await http.get(target)
            elif login is None:
                abort = re.search(r'href="([^"]+/abort)"', answer.text)
                assert abort, answer.text
                answer = await http.get(urljoin(str(answer.url), abort[1]))
            else:
                action, prompt = re.search(r'action="([^"]+)"', answer.text), re.search(r'value="(\w+)"', answer.text)
                assert action, answer.text
                assert prompt
                form = {"prompt": prompt[1], "login": login, "password": "any"}
                answer = await http.post(urljoin(str(answer.url), action[1]), data=form)
    raise AssertionError("its pages go round in circles")
