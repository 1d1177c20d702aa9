"""A provider is asked, before anybody signs in, whether it would take us: npm's oidc-provider, over HTTP."""

from __future__ import annotations

import httpx2
import pytest

from auth import openid_provider, probe_provider
from tests.auth.test_foreign_issuer import CALLBACK, CLIENT, issuer_url
from tests.auth.world import HOME
from widget.db import unix_ms

__all__ = ["issuer_url"]


async def asked(issuer: str, client_id: str, public_url: str) -> str:
    async with httpx2.AsyncClient() as http:
        return await probe_provider(openid_provider("npm", issuer, client_id, "secret"), public_url, http, unix_ms)


async def test_a_provider_that_knows_us_takes_us(issuer_url: str) -> None:
    assert await asked(issuer_url, CLIENT[0], HOME) == ""


async def test_a_redirect_uri_that_is_not_entered_there_is_told(issuer_url: str) -> None:
    wrong = await asked(issuer_url, CLIENT[0], "https://other.example")
    assert wrong.startswith("Npm refuses the way there (status 400). Are its keys right, and is ")
    assert CALLBACK.replace(HOME, "https://other.example") in wrong


async def test_keys_that_are_wrong_are_told(issuer_url: str) -> None:
    assert "refuses the way there (status 400)" in await asked(issuer_url, "somebody", HOME)


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9", "http://localhost:9"])
async def test_a_provider_that_does_not_answer_is_told(issuer: str) -> None:
    assert await asked(issuer, "us", HOME) == "Npm did not answer. Please try again in a moment."
