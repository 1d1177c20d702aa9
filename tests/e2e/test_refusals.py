"""What is refused: a sentence at the place it is about, and nothing of what was written is lost."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.async_api import Request, Route, expect

from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from widget.text import MAX_TEXT_BYTES

pytestmark = pytest.mark.browser

TEXT = "What about rye?"
MISTAKES = {
    "blank text": ("Comment", " \n ", "Write something first."),
    "long text": ("Comment", "é" * (MAX_TEXT_BYTES // 2 + 1), "A comment may have 10,000 bytes; this one has 10,002."),
    "blank name": ("Name", "   ", "Please tell your name."),
    "invisible name": ("Name", "\N{HANGUL FILLER}", "Please tell your name."),
    "no such host": ("Email", "gwen@localhost", "That is not an e-mail address."),
    "script": ("Website", "javascript:alert(1)", "A website begins with https:// or http://."),
}


async def written(reader: Reader, url: str) -> None:
    await reader.open(url)
    await reader.write(TEXT)
    await reader.be_guest()


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_mistake_is_told_at_its_field(reader: Reader, url: str, seed: Seed, mistake: str) -> None:
    label, value, sentence = MISTAKES[mistake]
    await written(reader, url)
    field = reader.form.get_by_label(label)
    right = await field.input_value()
    await field.fill(value)
    await reader.post()
    await expect(reader.form.locator("[aria-invalid]")).to_have_count(1)
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_have_accessible_name(re.compile(re.escape(sentence) + "$"))
    await expect(field).to_be_focused()
    await expect(field).to_have_value(value)
    assert await reader.form.evaluate("form => form.scrollWidth <= form.clientWidth")
    assert await seed.count(url) == 0
    await field.fill(right)
    await reader.post()
    await expect(reader.comment(TEXT)).to_be_visible()
    await expect(reader.form.locator("[aria-invalid], label em")).to_have_count(0)


async def test_several_mistakes_are_told_at_once_and_the_first_has_the_focus(reader: Reader, url: str) -> None:
    await written(reader, url)
    await reader.be_guest(" ", "gwen@localhost")
    await reader.post()
    await expect(reader.form.locator("label em")).to_have_text(
        ["That is not an e-mail address.", "Please tell your name."]
    )
    await expect(reader.form.get_by_label("Email")).to_be_focused()
    await expect(reader.form.get_by_role("alert")).to_have_count(0)
    await expect(reader.text).to_have_value(TEXT)


@pytest.mark.parametrize("label", ["Comment", "Email", "Name"])
async def test_empty_field_is_not_even_sent(reader: Reader, url: str, label: str) -> None:
    await written(reader, url)
    posts: list[Request] = []
    reader.page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    await reader.form.get_by_label(label).fill("")
    await reader.post()
    await expect(reader.form.get_by_label(label)).to_be_focused()
    await reader.form.get_by_label(label).fill("gwen@example.org")
    await reader.post()
    await expect(reader.status).to_have_text("Your comment was posted.")
    assert len(posts) == 1


async def test_guest_is_told_that_the_page_was_closed_meanwhile(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "The last word.")
    await written(reader, url)
    await seed.close_page(url)
    await reader.post()
    await expect(reader.form.get_by_role("alert")).to_have_text("Comments on this page are closed.")
    await expect(reader.text).to_have_value(TEXT)
    assert await seed.count(url) == 1


async def test_guest_is_told_that_the_comment_they_answer_is_gone(reader: Reader, url: str, seed: Seed) -> None:
    asked = await seed.post(url, "A question.")
    await reader.open(url)
    await reader.reply_to("A question.")
    await reader.text.fill(TEXT)
    await reader.be_guest()
    await seed.moderate(asked, "rejected")
    await reader.post()
    await expect(reader.form.get_by_role("alert")).to_have_text(
        "The comment you answer is no longer there. Your text is kept."
    )
    await expect(reader.text).to_have_value(TEXT)


LIMIT = {"error": {"code": "too_many", "message": "That was too fast. Please wait a minute."}}
ANSWERS: dict[str, tuple[dict[str, Any], str]] = {
    "limit": ({"status": 429, "headers": {"Retry-After": "60"}, "json": LIMIT}, LIMIT["error"]["message"]),
    "proxy": (
        {"status": 503, "content_type": "text/html", "body": "<h1>Maintenance</h1>"},
        "That did not work. Please try again.",
    ),
    "too large": ({"status": 413, "content_type": "text/html", "body": ""}, "That did not work. Please try again."),
}


@pytest.mark.parametrize("answer", ANSWERS)
async def test_server_that_cannot_now_is_asked_again_by_the_same_button(
    reader: Reader, url: str, seed: Seed, answer: str
) -> None:
    options, sentence = ANSWERS[answer]
    await written(reader, url)
    keys: list[str] = []

    async def refuse_once(route: Route) -> None:
        keys.extend(parse_qs(route.request.post_data)["key"])
        await (route.fulfill(**options) if len(keys) == 1 else route.continue_())

    await reader.page.route("**/embed/demo?*", refuse_once)
    await reader.post()
    await expect(reader.form.get_by_role("alert")).to_have_text(sentence)
    await expect(reader.text).to_have_value(TEXT)
    await reader.post()
    await expect(reader.comment(TEXT)).to_be_visible()
    await expect(reader.form.get_by_role("alert")).to_have_count(0)
    assert keys[0] == keys[1]
    assert await seed.count(url) == 1
