"""Signing in, from the button in the comment form to the session in its frame."""

from __future__ import annotations

import httpx2

from auth.tokens import new_token
from tests.auth.world import ARTICLE, BLOG, HOME, Browser, Clock, Service, leaves_for, location, query_of


async def test_a_reader_signs_in_and_the_frame_says_who(browser: Browser) -> None:
    assert await browser.who() is None  # sets the probe
    secret = new_token()
    authorize = await browser.to_provider(secret)
    assert await browser.ask(secret) == {"status": "waiting"}
    callback = await browser.choose_person(authorize)
    done = await browser.go(location(await browser.go(callback)))
    assert "You are signed in on <bdi>blog.example</bdi> as <bdi>Mara Lindqvist</bdi>" in done.text
    assert f'href="{ARTICLE}"' in done.text
    assert await browser.ask(secret) == {"status": "done"}  # and no token in the body
    assert await browser.who() == "Mara Lindqvist"
