"""Akismet: what it is asked and told, and that a comment is never lost for its sake."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.spam.test_learning import decide
from tests.spam.test_screening import row_of
from tests.support.akismet import KEY, AkismetServer, running_akismet
from tests.support.cast import Cast, make_cast
from tests.support.service import BLOG, HOME, PAGE, Clock, World, open_world
from widget.spam.akismet import Akismet, Question
from widget.spam.verdicts import Verdict, unpack

SPAMMER = {"name": "viagra-test-123", "email": "v@example.org", "website": "https://v.example/"}
QUESTION = Question(BLOG, "203.0.113.7", "Hello.")


@pytest.fixture
async def akismet() -> AsyncIterator[AkismetServer]:
    async with running_akismet() as server:
        yield server


@pytest.fixture
async def world(sqlite_url: str, clock: Clock, akismet: AkismetServer) -> AsyncIterator[World]:
    async with open_world(sqlite_url, clock, akismet_key=KEY, akismet_url=akismet.url) as opened:
        yield opened


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient() as client:
        yield client


async def verdict_of(world: World, posted: dict[str, Any]) -> tuple[str, Verdict]:
    row = await row_of(world, posted["id"])
    (verdict,) = unpack(row.verdicts)
    return row.status, verdict


async def test_akismet_is_told_all_that_helps(world: World, akismet: AkismetServer) -> None:
    world.client.headers["User-Agent"] = "Firefox"
    await world.post("Bread at https://a.example", guest=SPAMMER)
    assert await akismet.next("comment-check") == {
        "api_key": KEY,
        "key": KEY,
        "blog": BLOG,
        "blog_charset": "UTF-8",
        "user_ip": "127.0.0.1",
        "user_agent": "Firefox",
        "permalink": PAGE,
        "comment_type": "comment",
        "comment_author": "viagra-test-123",
        "comment_author_email": "v@example.org",
        "comment_author_url": "https://v.example/",
        "comment_content": "Bread at https://a.example",
    }


async def test_akismet_is_told_page_and_browser_of_an_edit_too(
    world: World, cast: Cast, akismet: AkismetServer
) -> None:
    world.client.headers["User-Agent"] = "Firefox"
    posted = await world.post("Bread.", headers=cast.alice)
    await akismet.next("comment-check")
    await world.client.patch(f"/api/v1/blog/comments/{posted['id']}", json={"text": "Rye."}, headers=cast.alice)
    told = await akismet.next("comment-check")
    assert (told["comment_content"], told["permalink"], told["user_agent"]) == ("Rye.", PAGE, "Firefox")


async def test_what_akismet_says_is_kept_with_the_comment(world: World) -> None:
    ham = await world.post()
    assert ham["status"] == "approved"
    assert await verdict_of(world, ham) == (
        "approved",
        Verdict("approved", "akismet", "Akismet has nothing against it"),
    )
    spam = await world.post("Buy this.", guest=SPAMMER)
    assert spam["status"] == "pending"
    assert await verdict_of(world, spam) == ("spam", Verdict("spam", "akismet", "Akismet takes it for spam"))


async def test_worst_spam_is_kept_too(world: World) -> None:
    row = await row_of(world, (await world.post("Please discard.", guest=SPAMMER))["id"])
    assert (row.status, "Akismet is sure that it is spam" in row.verdicts) == ("spam", True)


async def test_comment_waits_while_akismet_is_broken(world: World, akismet: AkismetServer) -> None:
    akismet.broken = True
    posted = await world.post()
    assert posted["status"] == "pending"
    assert await verdict_of(world, posted) == (
        "pending",
        Verdict("pending", "akismet", "Akismet could not be reached"),
    )


async def test_comment_waits_where_nobody_answers(sqlite_url: str, clock: Clock) -> None:
    async with open_world(sqlite_url, clock, akismet_key=KEY, akismet_url="http://127.0.0.1:9") as world:
        posted = await world.post()
        assert (await verdict_of(world, posted))[1].reason == "Akismet could not be reached"


async def test_comment_waits_where_the_key_is_none(
    sqlite_url: str, clock: Clock, akismet: AkismetServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_world(sqlite_url, clock, akismet_key="wrong", akismet_url=akismet.url) as world:
        assert (await akismet.next("verify-key"))["blog"] == HOME
        with caplog.at_level(logging.WARNING, "palaver.akismet"):
            posted = await world.post()
        assert (await verdict_of(world, posted))[1].reason == "Akismet did not answer the question"
        assert "We were unable to parse your key." in caplog.text
        assert "wrong" not in caplog.text


async def test_slow_akismet_is_given_up(http: httpx2.AsyncClient, akismet: AkismetServer) -> None:
    akismet.silent.set()
    verdict = await Akismet(http, akismet.url, KEY, seconds=0.05).check(QUESTION)
    assert verdict == Verdict("pending", "akismet", "Akismet could not be reached")


async def test_key_is_verified(http: httpx2.AsyncClient, akismet: AkismetServer) -> None:
    assert await Akismet(http, akismet.url, KEY).verify(BLOG) is True
    assert await Akismet(http, akismet.url, "other").verify(BLOG) is False
    akismet.broken = True
    assert await Akismet(http, akismet.url, KEY).verify(BLOG) is None


async def test_moderators_are_not_asked_about(world: World, akismet: AkismetServer) -> None:
    cast: Cast = await make_cast(world)
    await akismet.next("verify-key")
    await world.post(headers=cast.bob)
    assert akismet.calls() == []
    await world.post(headers=cast.alice)
    assert akismet.calls() == ["comment-check"]


async def test_akismet_learns_where_moderators_decide_otherwise(world: World, akismet: AkismetServer) -> None:
    caught, missed = await world.post("Bread.", guest=SPAMMER), await world.post("Buy this.")
    await decide(world, "approved", caught)
    ham = await akismet.next("submit-ham")
    assert (ham["comment_content"], ham["comment_author"]) == ("Bread.", "viagra-test-123")
    assert (ham["blog"], ham["user_ip"]) == (BLOG, "127.0.0.1")
    assert ham["permalink"] == f"{PAGE}#comment-{caught['id']}"
    await decide(world, "spam", missed)
    assert (await akismet.next("submit-spam"))["comment_content"] == "Buy this."


async def test_akismet_is_not_told_what_it_knows(world: World, akismet: AkismetServer) -> None:
    spam, ham, last = await world.post("Buy.", guest=SPAMMER), await world.post("Bread."), await world.post("Butter.")
    await decide(world, "spam", spam)
    await decide(world, "approved", ham)
    await decide(world, "spam", last)
    assert (await akismet.next("submit-spam"))["comment_content"] == "Butter."
    assert akismet.calls() == []
