"""What a site allows, as somebody meets it who is writing: a page that closes, an account that is not taken."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.e2e.axe import violations
from tests.e2e.blog import Blog
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.e2e.window import sign_in, who

pytestmark = pytest.mark.browser

TEXT = "Not quite finished."


async def test_page_that_closes_meanwhile_says_so_and_loses_no_text(reader: Reader, blog: Blog, seed: Seed) -> None:
    await seed.add_site("closing", blog.origin, min_seconds="0")
    url = blog.add("closing", tag='data-site="closing"')
    await seed.post(url, "In time.", site="closing")
    await reader.open(url)
    await reader.write(TEXT)
    await reader.be_guest()
    await seed.let_close(url)
    await reader.post()
    await expect(reader.form.get_by_role("alert")).to_have_text("Comments on this page are closed.")
    await expect(reader.text).to_have_value(TEXT)
    closed = reader.thread.locator(".closed")
    async with asyncio.timeout(10):  # what another process wrote, the service may show a second later
        await reader.open(url)
        while not await closed.count():
            await reader.open(url)
    await expect(closed).to_contain_text("Comments are closed. They were open until")
    await expect(reader.form).to_have_count(0)
    await expect(reader.link("Reply")).to_have_count(0)
    assert await violations(await reader.frame()) == []


async def test_reader_by_another_provider_is_told_and_offered_no_other(reader: Reader, blog: Blog, seed: Seed) -> None:
    await seed.add_site("choosy", blog.origin, min_seconds="0")
    url = blog.add("choosy", tag='data-site="choosy"')
    await reader.open(url)
    await sign_in(reader)
    await seed.name_providers("choosy", "gitlab", url)
    await reader.write(TEXT)
    await reader.post()
    told = "Only people who sign in with GitLab take part here. Please change your account."
    await expect(reader.form.get_by_role("alert")).to_have_text(told)
    await expect(reader.text).to_have_value(TEXT)
    await reader.open(url)
    await expect(reader.text).to_have_value(TEXT)
    await reader.text.click()
    await expect(who(reader)).to_contain_text("You are commenting using your Demo account.")
    await expect(who(reader).locator(".icons button")).to_have_count(0)
    assert await violations(await reader.frame()) == []
