"""What is wrong with a page is said, and only that."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest

from tests.support.service import HOME, World
from tests.support.sites import make_site
from widget.doctor.checks import Case, check_page
from widget.doctor.csp import forbidding
from widget.doctor.examine import examine, places_here
from widget.doctor.findings import Finding
from widget.doctor.page import read_page
from widget.doctor.service import check_clock
from widget.store.sites import list_sites

SERVICE = "https://comments.example"
PAGE = "https://blog.example/posts/bread"
TAG = f'<script async src="{SERVICE}/embed.js" data-site="blog"></script>'
BLOG = make_site()


def found(html: str, url: str = PAGE, **headers: str) -> list[Finding]:
    page = read_page(url, {name.replace("_", "-"): value for name, value in headers.items()}, html)
    named = page.tags[-1].get("data-site") if page.tags else None
    return list(check_page(Case(page, SERVICE, {"blog": BLOG}, BLOG if named == "blog" else None)))


def wrong(html: str, url: str = PAGE, **headers: str) -> list[str]:
    return [finding.what for finding in found(html, url, **headers) if finding.level != "ok"]


def test_right_page_has_nothing_wrong() -> None:
    html = f'<link rel="canonical" href="/posts/bread"><p>Bread</p>{TAG}'
    assert wrong(html) == []
    assert [finding.what for finding in found(html)] == [
        "The tag loads https://comments.example/embed.js.",
        "The page belongs to the site “blog”.",
        "Its thread is “url:blog.example/posts/bread”.",
    ]


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ("<p>Nothing.</p>", "There is no tag of the comments in the page as it comes from the server."),
        (f"<template>{TAG}</template>", "There is no tag of the comments in the page as it comes from the server."),
        (f"<!-- {TAG} -->", "There is no tag of the comments in the page as it comes from the server."),
        (TAG + TAG, "The tag is there 2 times; only the last one counts."),
        (
            TAG.replace("comments.", "old."),
            "The tag loads https://old.example/embed.js, which is not this service.",
        ),
        (TAG.replace(' data-site="blog"', ""), "The tag has no data-site."),
        (TAG.replace("blog", "bolg"), "There is no site “bolg” here."),
        (TAG.replace("async", 'data-page-id="undefined"'), "The page's id is empty or says that there is none."),
        (
            TAG.replace("async", 'data-url="https://shop.example/x"'),
            "shop.example is not an address of this site: its owner can add it to the site's origins.",
        ),
        (
            f'<link rel="canonical" href="https://blog.example/">{TAG}',
            "The page says that its address is https://blog.example/; every page that says so has the same comments.",
        ),
        (
            f'<link rel="canonical" href="https://medium.example/p/1">{TAG}',
            "The canonical link leads to another host (https://medium.example/p/1), so it does not say which thread "
            "this is.",
        ),
        (
            f'<link rel="canonical" href="/posts/bread"><link rel="canonical" href="/">{TAG}',
            "The page has several canonical links; the first one counts.",
        ),
        (
            f"<meta http-equiv=Content-Security-Policy content=\"script-src 'self'\">{TAG}",
            "The page's Content-Security-Policy keeps the script out: script-src 'self'",
        ),
    ],
)
def test_what_a_page_says_wrongly_is_named(html: str, what: str) -> None:
    assert wrong(html) == [what]


def test_page_of_an_origin_that_is_not_listed_is_told_the_command() -> None:
    [bad] = [finding for finding in found(TAG, "https://new.example:8443/a") if finding.level == "problem"]
    assert bad.what.startswith("https://new.example:8443 is no origin of the site “blog”")
    assert bad.remedy == "palaver site set blog origins=https://blog.example,https://new.example:8443"


def test_frame_written_by_hand_needs_no_tag() -> None:
    assert wrong(f'<iframe src="{SERVICE}/embed/blog?url={PAGE}"></iframe>') == []


def test_page_without_encryption_is_warned() -> None:
    assert any("without encryption" in what for what in wrong(TAG, PAGE.replace("https", "http")))
    assert not any("without encryption" in what for what in wrong(TAG, "http://localhost:8000/"))


def test_scripts_of_counts_and_latest_comments_are_no_second_tag() -> None:
    scripts = "".join(f'<script src="{SERVICE}/{name}.js" data-site="blog"></script>' for name in ("count", "latest"))
    assert wrong(TAG + scripts) == []
    policy = f"default-src 'none'; script-src {SERVICE}; frame-src {SERVICE}"
    assert wrong(TAG, content_security_policy=policy) == []
    [told] = wrong(TAG + scripts, content_security_policy=policy)
    assert told.endswith("lets no script ask for counts or latest comments: default-src 'none'")


def test_isolated_page_is_told_that_it_works() -> None:
    isolated = found(TAG, cross_origin_embedder_policy="require-corp", cross_origin_opener_policy="same-origin")
    assert [finding.level for finding in isolated] == ["ok"] * 5


FORBIDDEN = [
    ("default-src 'self'", "script-src-elem", "default-src 'self'"),
    ("default-src 'none'; script-src https://comments.example", "frame-src", "default-src 'none'"),
    ("script-src 'self' https://other.example", "script-src-elem", "script-src 'self' https://other.example"),
    (
        "script-src 'nonce-abc' 'strict-dynamic' https:",
        "script-src-elem",
        "script-src 'nonce-abc' 'strict-dynamic' https:",
    ),
    ("frame-src *.example", "script-src-elem", ""),
    ("child-src 'self'", "frame-src", "child-src 'self'"),
    (
        "script-src-elem https://comments.example:8443",
        "script-src-elem",
        "script-src-elem https://comments.example:8443",
    ),
    ("script-src http://comments.example", "script-src-elem", ""),
    ("script-src comments.example/other/", "script-src-elem", "script-src comments.example/other/"),
    ("script-src", "script-src-elem", "script-src"),
    ("script-src *; script-src 'none'", "script-src-elem", ""),
    ("SCRIPT-SRC HTTPS://COMMENTS.EXAMPLE", "script-src-elem", ""),
    ("script-src *.comments.example", "script-src-elem", "script-src *.comments.example"),
    ("script-src *.example", "script-src-elem", ""),
    ("script-src https:", "script-src-elem", ""),
    ("img-src 'none'", "script-src-elem", ""),
    ("", "frame-src", ""),
]


@pytest.mark.parametrize(("policy", "directive", "by"), FORBIDDEN)
def test_policy_is_read_as_browsers_do(policy: str, directive: str, by: str) -> None:
    assert forbidding([policy], directive, f"{SERVICE}/embed.js", page=PAGE) == by


def test_script_with_the_nonce_is_let_in() -> None:
    policy = ["script-src 'nonce-AbC' 'strict-dynamic'"]
    assert forbidding(policy, "script-src-elem", f"{SERVICE}/embed.js", page=PAGE, nonces=["AbC"]) == ""
    assert forbidding(policy, "script-src-elem", f"{SERVICE}/embed.js", page=PAGE, nonces=["abc"]) != ""


def test_every_policy_must_let_the_frame_in() -> None:
    header = f"frame-src {SERVICE}, frame-src 'none'"
    assert wrong(TAG, content_security_policy=header) == [
        "The page's Content-Security-Policy keeps the frame out: frame-src 'none'"
    ]


def test_clock_that_is_off_is_told() -> None:
    headers = {"date": "Tue, 24 Nov 2026 10:00:00 GMT"}
    right = 1_795_514_400_000
    assert list(check_clock(headers, right + 59_000)) == []
    [bad] = check_clock(headers, right - 90_000)
    assert "90 seconds apart" in bad.what
    assert list(check_clock({}, right)) == list(check_clock({"date": "tomorrow"}, right)) == []


def test_only_an_owner_on_loopback_looks_at_pages_on_loopback() -> None:
    assert places_here("http://127.0.0.1:8000/posts/", HOME) == {"127.0.0.1": ("127.0.0.1", 8000)}
    assert places_here("http://127.0.0.1:8000/posts/", SERVICE) == {}
    assert places_here("http://192.168.1.1/", HOME) == {}
    assert places_here("rubbish", HOME) == {}


@contextlib.asynccontextmanager
async def examined(world: World, page: httpx2.Response | Exception, **changed: str) -> AsyncIterator[list[Finding]]:
    """A page that answers so, before the real service, whose headers something on the way may have changed."""

    def blog(_request: httpx2.Request) -> httpx2.Response:
        if isinstance(page, Exception):
            raise page
        return page

    async def proxied(request: httpx2.Request) -> httpx2.Response:
        answer = await world.client.send(request)
        headers = {**answer.headers, **changed}
        headers = {name: value for name, value in headers.items() if value and name != "content-encoding"}
        return httpx2.Response(answer.status_code, headers=headers, content=answer.content)

    async with (
        httpx2.AsyncClient(transport=httpx2.MockTransport(proxied)) as http,
        httpx2.AsyncClient(transport=httpx2.MockTransport(blog)) as public_http,
    ):
        known = await world.db.read(list_sites)
        yield await examine(PAGE, HOME, known, {}, http=http, public_http=public_http)


def page_with(tag: str, **headers: str) -> httpx2.Response:
    return httpx2.Response(200, headers={"content-type": "text/html", **headers}, text=tag.replace(SERVICE, HOME))


def problems(findings: list[Finding]) -> Iterator[str]:
    return (finding.what for finding in findings if finding.level == "problem")


async def test_page_and_service_that_are_right_have_no_problem(world: World) -> None:
    async with examined(world, page_with(TAG)) as findings:
        assert list(problems(findings)) == []
        assert "Browsers may show the frame on https://blog.example." in [finding.what for finding in findings]
        assert [finding.what for finding in findings if finding.level == "warning"] == [
            "No provider has keys, so readers comment as guests only."
        ]


async def test_nobody_can_comment_without_guests_and_providers(world: World) -> None:
    await world.set_site("blog", guests="off")
    async with examined(world, page_with(TAG)) as findings:
        assert list(problems(findings)) == ["Nobody can comment: guests may not, and no provider has keys."]


async def test_what_a_proxy_adds_to_the_frame_is_found(world: World) -> None:
    async with examined(world, page_with(TAG), **{"x-frame-options": "SAMEORIGIN"}) as findings:
        assert list(problems(findings)) == ["Something before the service adds X-Frame-Options to the frame."]
    async with examined(world, page_with(TAG), **{"content-security-policy": ""}) as findings:
        assert list(problems(findings)) == [
            "The frame may not be shown on https://blog.example: its frame-ancestors are missing."
        ]


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (httpx2.ConnectError("the name has no address"), "cannot be read from here: the name has no address."),
        (httpx2.Response(404, text="no"), "is no page: status 404, text/plain; charset=utf-8."),
        (httpx2.Response(200, json={}), "is no page: status 200, application/json."),
    ],
)
async def test_page_that_is_none_is_told(world: World, answer: Any, what: str) -> None:
    async with examined(world, answer) as findings:
        assert list(problems(findings)) == [f"{PAGE} {what}"]
