"""States of the pages about a site in `/admin`, before an owner; each has a site of its own."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from playwright.async_api import FilePayload, Page, expect

from tests.e2e.states import Scene, State
from tests.support.wxr import export, item, told

SAID = (
    ("Ada Moss", "Three days is long. Mine was sour after **two**, in a warm kitchen."),
    ("Ned Bramble", "The oven matters more than the flour, as the dough knows."),
    ("Una Birch", "Spelt wants less water than one thinks."),
)
Lead = Callable[[Page], Awaitable[None]]


async def _nothing(page: Page) -> None:
    """The page as it opens."""


async def _try(page: Page) -> None:
    await page.get_by_label("Words of spam").fill("oven\ndough")
    await page.get_by_label("Links", exact=True).fill("0")
    await page.get_by_role("button", name="Try it").click()
    await expect(page.get_by_role("heading", name="What these rules would have done")).to_be_visible()


async def _mistake(page: Page) -> None:
    await page.get_by_label("Words of spam").fill("casino\n/(/")
    await page.get_by_label("Links", exact=True).fill("many")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def _change(page: Page) -> None:
    await page.get_by_label("Theme").select_option("dark")
    await page.get_by_label("Badge of owners").fill("Baker")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".notice[role=status]")).to_be_visible()


async def _key(page: Page) -> None:
    await page.get_by_role("button", name="Show the key").click()
    await expect(page.get_by_label("Key", exact=True)).to_be_visible()


async def send_export(page: Page, data: bytes, name: str = "blog.WordPress.2026-11-30.xml") -> None:
    """Give a file to the site that is shown, and wait until it was looked at."""
    file: FilePayload = {"name": name, "mimeType": "text/xml", "buffer": data}
    await page.get_by_label("The file that the other system gave you").set_input_files(file)
    await page.get_by_role("button", name="Send and look at it").click()
    await expect(page.locator("#import .status")).to_have_text(re.compile("Waits for you|Not imported"))


async def _export(page: Page) -> bytes:
    origin = await page.get_by_label("A line each, as https://blog.example").input_value()
    here = (told(number, parent=number - 1) for number in range(1, 9))
    there = (told(11, approved="0"), told(12, approved="spam"), told(13, parent=77))
    return export(item(*here, link=f"{origin}/rye/"), item(*there, number=8, link="https://old.example/spelt/"))


async def _looked(page: Page) -> None:
    await send_export(page, await _export(page))


async def _imported(page: Page) -> None:
    await _looked(page)
    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page.locator("#import .status")).to_have_text("Imported")


async def _broken(page: Page) -> None:
    await send_export(page, (await _export(page))[:-60])


async def _imports(page: Page) -> None:
    site = page.url
    await _broken(page)
    await page.goto(site)
    await _imported(page)
    await page.goto(f"{site}/imports")


def _state(path: str, lead: Lead = _nothing) -> State:
    async def state(scene: Scene) -> Page:
        site, page = f"{path.replace('/', '-')}-{lead.__name__[1:]}-{scene.name}"[-40:].strip("-"), scene.page
        await scene.seed.add_site(site, scene.blog.origin, min_seconds="0")
        for name, text in SAID:
            await scene.seed.post(f"{scene.blog.origin}/rye/", text, name=name, site=site)
        await page.goto(await scene.seed.owner_link())
        await page.get_by_label("Your name").fill("Vera Holt")
        await page.get_by_role("button", name="Go on in this browser").click()
        await page.goto(f"{scene.blog.home}/admin/sites{path and f'/{site}{path[4:]}'}")
        await lead(page)
        return page

    return state


async def _going(page: Page) -> None:
    await _looked(page)


async def _importing(scene: Scene) -> Page:
    """In the middle."""
    page = await _state("site", _going)(scene)
    await scene.seed.set_imports(state="importing", done=402_500, total=1_000_000)
    await page.reload()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    return page


SITE_STATES: dict[str, State] = {
    "admin-sites": _state(""),
    "admin-site": _state("site"),
    "admin-site-key": _state("site", _key),
    "admin-import": _state("site", _looked),
    "admin-import-going": _importing,
    "admin-import-done": _state("site", _imported),
    "admin-import-failed": _state("site", _broken),
    "admin-imports": _state("site", _imports),
    "admin-site-writing": _state("site/writing"),
    "admin-site-spam": _state("site/spam"),
    "admin-site-try": _state("site/spam", _try),
    "admin-site-mistake": _state("site/spam", _mistake),
    "admin-site-looks": _state("site/looks"),
    "admin-site-changed": _state("site/looks", _change),
    "admin-site-privacy": _state("site/privacy"),
    "admin-site-pages": _state("site/pages"),
    "admin-site-accounts": _state("site/accounts"),
}
