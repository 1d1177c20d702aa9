"""Attack strings as comments, names, websites and titles, in a real Chromium: nothing of them runs or becomes markup.

The page's own policy would stop a script that got in, so every string is also shown with the policy switched off.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from playwright.async_api import ConsoleMessage, Dialog, Frame, Request, expect

from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.contexts import NewContext
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.support.files import json_lines
from tests.support.require import fixtures
from widget.db import Database, Tx
from widget.demo.start import SITE
from widget.documents import read_page_key
from widget.names import clean_name, clean_text, clean_url
from widget.store import comments, pages, people
from widget.store.sites import get_site
from widget.text import ALLOWED, MAX_TEXT_BYTES, plain_text, render_markdown, sanitise_html

pytestmark = pytest.mark.browser

BATCH = 100  # half of it in the document, half added by the script
POLICIES = pytest.mark.parametrize("bypass_csp", [False, True], ids=["policy", "no-policy"])
REPORT = """document.addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI}) =>
    console.error("violation", violatedDirective, blockedURI));"""
OFFENCES = """(allowed) => {
    const found = [];
    const nodes = document.createTreeWalker(document.getElementById("list"), NodeFilter.SHOW_ALL);
    while (nodes.nextNode()) {
        const node = nodes.currentNode;
        if (node.nodeType === Node.TEXT_NODE) continue;
        if (!(node instanceof HTMLElement)) found.push(node.nodeName);
        else if (node.parentElement.closest(".body"))
            for (const name of ["", ...node.getAttributeNames()])
                if (!allowed[node.localName]?.includes(name)) found.push(`${node.localName} ${name}`);
        for (const name of ["href", "src", "formAction"])
            if (node[name] && !/^(https?|mailto):/.test(node[name])) found.push(`${name} ${node[name]}`);
    }
    return found;
}"""
SHAPE = """[...document.querySelectorAll("#list *")].filter((node) => !node.parentElement.closest(".body"))
    .flatMap((node) => ["", ...node.getAttributeNames()].map((name) => `${node.localName} ${name}`))"""
BAD = '<img src="data:," onerror="alert(1)"><a href="javascript:alert(2)" id="bad">Bad</a><svg></svg><!-- bad -->'


class Attack(NamedTuple):
    name: str
    website: str
    text: str
    readings: list[str]  # HTML: of Markdown, and of an export's HTML


HARMLESS = Attack("Olga Fern", "https://example.org/", "A.", ["<p>A.</p>", "<p>B.</p>", "<p>C.</p>"])


def attack_of(payload: str) -> Attack:
    text = clean_text(payload).encode()[:MAX_TEXT_BYTES].decode(errors="ignore")
    readings = (render_markdown(text), sanitise_html(payload), sanitise_html(payload, line_breaks=True))
    shown = [html for html in dict.fromkeys(readings) if plain_text(html)]
    return Attack(clean_name(payload) or "Guest", clean_url(payload) or "", text, shown or ["<p>Nothing.</p>"])


def batches() -> Iterator[list[Attack]]:
    vectors = json_lines(fixtures() / "xss" / "vectors.jsonl")
    attacks = (attack_of(vector["payload"]) for vector in vectors)
    while batch := list(itertools.islice(attacks, BATCH)):
        yield batch


def add_thread(tx: Tx, url: str, attacks: list[Attack]) -> None:
    """A page with a root for each attack, and its further readings as replies."""
    site = get_site(tx, SITE)
    assert site is not None
    page = pages.add_page(tx, site.id, read_page_key(site, url, None).key, url, attacks[0].name)
    for attack in attacks:
        person_id = people.add_person(tx, "guest", attack.name, attack.website, "")
        root: int | None = None
        for html in attack.readings:
            values = {"page_id": page.id, "person_id": person_id, "provider": "", "status": "approved"}
            values |= {"parent_id": root, "text": attack.text, "html": html}
            above = root.to_bytes(8, "big") if root else b""
            comment_id = comments.add_comment(tx, site.id, tx.now, values, above)
            comments.raise_replies(tx, site.id, above + comment_id.to_bytes(8, "big"), 1)
            root = root or comment_id
    pages.raise_version(tx, site.id, page.id, count=sum(len(attack.readings) for attack in attacks))


class Watch:
    """A reader, and what happens that must not: dialogs, broken policies, errors, foreign requests."""

    def __init__(self, reader: Reader, own: tuple[str, ...]) -> None:
        self.reader = reader
        self.seen: list[str] = []
        self.first = asyncio.Event()
        self._own = own
        context = reader.page.context
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._see(f"error {error.error}"))
        reader.page.on("dialog", self._on_dialog)

    def _see(self, what: str) -> None:
        self.seen.append(what)
        self.first.set()

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith(self._own):
            self._see(f"request {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if not message.location["url"].endswith("/favicon.ico"):
            self._see(message.text)

    async def _on_dialog(self, dialog: Dialog) -> None:
        self._see(f"dialog {dialog.message}")
        await dialog.dismiss()


@pytest.fixture
async def watch(new_context: NewContext, blog: Blog, demo: Demo, bypass_csp: bool) -> Watch:
    context = await new_context(bypass_csp=bypass_csp)
    await context.add_init_script(REPORT)
    return Watch(Reader(await context.new_page()), (blog.origin, demo.blog, demo.home))


async def shape(frame: Frame) -> set[str]:
    """Elements with their attributes, outside the bodies of comments."""
    return set(await frame.evaluate(SHAPE))


async def offences(frame: Frame) -> list[str]:
    """What the live document has in a comment and must not; the script lets keys reach what scrolls."""
    allowed = {tag: ["", *names, *(["tabindex"] if tag == "pre" else [])] for tag, names in ALLOWED.items()}
    found: list[str] = await frame.evaluate(OFFENCES, allowed)
    return found


@POLICIES
async def test_no_attack_string_runs_or_becomes_markup(
    watch: Watch, blog: Blog, database: Database, bypass_csp: bool
) -> None:
    reader, usual = watch.reader, set[str]()
    for number, attacks in enumerate([[HARMLESS] * BATCH, *batches()]):
        url = blog.add(f"attacks-{number}-{bypass_csp}")
        await database.write(add_thread, url, attacks)
        await reader.open(url)
        if len(attacks) > BATCH // 2:
            await reader.link("Show more").click()
        await expect(reader.thread.locator("#list .body")).to_have_count(
            sum(len(attack.readings) for attack in attacks)
        )
        frame = await reader.frame()
        usual = usual or await shape(frame)
        assert await offences(frame) == [], number
        assert await shape(frame) - usual == set(), number
        await reader.page.goto(f"{blog.home}/thread/{SITE}?{urlencode({'url': url})}")
        await expect(reader.page.get_by_role("heading", level=1)).to_have_text(attacks[0].name)
        assert await offences(reader.page.main_frame) == [], number
        assert watch.seen == [], number
    assert number > 30


@POLICIES
async def test_what_did_get_in_would_be_noticed(watch: Watch, url: str, seed: Seed, bypass_csp: bool) -> None:
    await seed.post(url, "Harmless.")
    await watch.reader.open(url)
    frame = await watch.reader.frame()
    assert await offences(frame) == []
    assert watch.seen == []
    await frame.locator(".body").evaluate("(body, html) => body.insertAdjacentHTML('beforeend', html)", BAD)
    assert {"img src", "img onerror", "a id", "href javascript:alert(2)", "svg", "#comment"} <= set(
        await offences(frame)
    )
    await asyncio.wait_for(watch.first.wait(), 8)
    assert watch.seen[0].startswith("dialog 1" if bypass_csp else ("violation script-src", "Executing inline"))
