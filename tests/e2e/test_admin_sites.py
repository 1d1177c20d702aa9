"""Sites in `/admin` before a browser, with scripts and without: what owners change is what readers then see."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import violations
from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.contexts import NewContext
from tests.e2e.owner import POST, write
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.e2e.site_states import SITE_STATES, send_export
from tests.e2e.states import Scene
from tests.support.wxr import export, item, told
from widget.demo.start import SITE

pytestmark = pytest.mark.browser


async def test_owner_adds_a_site_and_renames_it(moderator: Page, own_demo: Demo) -> None:
    await moderator.get_by_role("link", name="Sites").click()
    await moderator.get_by_label("Name").fill("manual")
    await moderator.get_by_label("Origins of its pages").fill("https://docs.example")
    await moderator.get_by_role("button", name="Add the site").click()
    await expect(moderator.get_by_label("Tag")).to_have_value(
        f'<script async src="{own_demo.home}/embed.js" data-site="manual"></script>\n'
        "<noscript>Please turn JavaScript on to read and write comments here.</noscript>"
    )
    await moderator.get_by_label("a to z, 0 to 9").fill("guide")
    await moderator.get_by_role("button", name="Rename").click()
    await expect(moderator.get_by_role("heading", level=1)).to_have_text("guide")
    await moderator.get_by_role("button", name="Undo").first.click()
    await expect(moderator.get_by_role("heading", level=1)).to_have_text("manual")


async def test_looks_are_previewed_before_readers_see_them(moderator: Page, own_demo: Demo, other: Reader) -> None:
    await moderator.goto(f"{own_demo.home}/admin/sites/{SITE}/looks")
    preview = moderator.frame_locator("#preview")
    await expect(preview.get_by_text("Olga Fern", exact=True)).to_be_visible()
    await moderator.get_by_label("Badge of owners").fill("Baker")
    await moderator.get_by_label("Theme").select_option("dark")
    await moderator.get_by_label("Order").select_option("new")
    button = moderator.get_by_role("button", name="Preview")
    if await button.is_visible():  # with scripts it follows by itself
        await button.click()
    await expect(preview.get_by_text("Baker", exact=True)).to_be_visible()
    await expect(preview.locator("html[data-theme=dark]")).to_have_count(1)
    await other.open(f"{own_demo.blog}{POST}")
    await expect(other.thread.locator("#thread[data-sort=old]")).to_have_count(1)
    await moderator.get_by_role("button", name="Save").click()
    await expect(moderator.locator(".notice[role=status]")).to_contain_text("Order “old” → “new”")
    await other.page.reload()
    await expect(other.thread.locator("#thread[data-sort=new]")).to_have_count(1)


async def test_words_are_tried_then_saved_and_what_is_wrong_is_told(moderator: Page, own_demo: Demo) -> None:
    await write(own_demo, "Buy my casino bread.")
    await moderator.goto(f"{own_demo.home}/admin/sites/{SITE}/spam")
    words = moderator.get_by_label("Words of spam")
    await words.fill("casino\n/(/")
    await moderator.get_by_role("button", name="Try it").click()
    await expect(moderator.get_by_text("is no pattern that can be used")).to_be_visible()
    await expect(words).to_have_value("casino\n/(/")
    await words.fill("casino")
    await moderator.get_by_role("button", name="Try it").click()
    await expect(moderator.get_by_role("article", name="Comment by Gwen Applegarth")).to_contain_text(
        "“casino” is on the list of words that are spam"
    )
    await moderator.get_by_role("button", name="Save").click()
    await expect(moderator.locator(".notice[role=status]")).to_contain_text("Words of spam nothing → “casino”.")
    await moderator.get_by_role("button", name="Undo").click()
    await expect(words).to_have_value("")


async def test_export_is_downloaded_and_the_site_removed(moderator: Page, own_demo: Demo, other: Reader) -> None:
    await moderator.goto(f"{own_demo.home}/admin/sites/{SITE}")
    async with moderator.expect_download() as download:
        await moderator.get_by_role("button", name="Download", exact=True).click()
    assert (await download.value).suggested_filename == f"palaver-{SITE}.jsonl"
    await moderator.get_by_label("To remove the site").fill(SITE)
    await moderator.get_by_role("button", name="Remove for good").click()
    await expect(moderator.get_by_text("There is no site yet.")).to_be_visible()


async def test_file_is_sent_looked_at_and_imported(moderator: Page, own_demo: Demo, other: Reader) -> None:
    await moderator.goto(f"{own_demo.home}/admin/sites/{SITE}")
    link = "https://old.example/posts/slow-bread/"
    await send_export(moderator, export(item(told(1), told(2, parent=1), link=link)))
    mappings = moderator.get_by_label("Where pages are now")
    await expect(mappings).to_have_value(f"https://old.example={own_demo.blog}")
    await moderator.get_by_role("button", name="Import", exact=True).click()
    await expect(moderator.locator("#import .status")).to_have_text("Imported")
    await expect(moderator.locator(".facts div", has_text="Imported")).to_have_text("Imported 2", use_inner_text=True)
    await other.open(f"{own_demo.blog}{POST}")
    await expect(other.thread.get_by_text("Comment 2")).to_be_visible()


async def test_tag_and_key_are_copied(page: Page, demo: Demo, seed: Seed, blog: Blog) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=demo.home)
    await SITE_STATES["admin-site-key"](Scene(Reader(page), blog, seed, "", "copied"))
    for number, field in enumerate(("#key", "#tag")):
        await page.get_by_role("button", name="Copy").first.click()
        await expect(page.get_by_role("button", name="Copied")).to_have_count(number + 1)
        value = await page.locator(field).input_value()
        assert await page.evaluate("navigator.clipboard.readText()") == value


@pytest.mark.parametrize("state", SITE_STATES)
async def test_axe_finds_nothing_and_all_fits_a_narrow_screen(
    new_context: NewContext, blog: Blog, seed: Seed, state: str
) -> None:
    page = await (await new_context(viewport={"width": 360, "height": 740})).new_page()
    await SITE_STATES[state](Scene(Reader(page), blog, seed, "", "axe"))
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert await violations(page) == [], scheme
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
