"""States of `/admin`: each has a site of its own, with all kinds of comments, before somebody who moderates it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple
from urllib.parse import quote

from playwright.async_api import Locator, Page, expect

from tests.e2e.states import LONG_WORDS, Scene, State
from tests.e2e.window import MARA

RYE, RYE_TOO, SPELT = "/rye-in-three-days/", "/rye-in-three-days.html", "/spelt/"
SAID = (  # path, author, words
    (RYE, "Ada Moss", "Three days is long. Mine was sour after **two**, in a warm kitchen."),
    (RYE, "Ned Bramble", "Buy my rye at https://rye.example/ and https://more-rye.example/, the best there is!"),
    (RYE, "Olga Fern", LONG_WORDS),
    (RYE_TOO, "Ida Thorn", "I came by an old link, and found nobody here."),
    (SPELT, "Ned Bramble", "casino casino casino"),
    (SPELT, "Jo Alder", "You cannot bake, and you cannot write either."),
    (SPELT, "Una Birch", "Spelt wants less water than one thinks."),
)


class Desk(NamedTuple):
    site: str
    page: Page
    home: str  # of the service

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self.home}/admin{path}{'&' if '?' in path else '?'}site={self.site}")

    async def decide(self, words: str, button: str) -> None:
        await self.open("?tab=all")
        await self.item(words).get_by_role("button", name=f"{button}: comment").click()
        await self.told()

    def item(self, words: str) -> Locator:
        return self.page.locator(".item", has_text=words)

    async def told(self) -> None:
        await expect(self.page.locator(".notice[role=status]")).to_be_visible()

    async def open_page(self, title: str) -> None:
        await self.open(f"/pages?q={quote(title)}")
        await self.page.locator(".pagelist b a").first.click()
        await expect(self.page.get_by_role("heading", level=1)).to_be_visible()


async def _desk(scene: Scene, state: str) -> Desk:
    site = f"{state}-{scene.name}"
    await scene.seed.add_site(
        site, scene.blog.origin, min_seconds="0", max_links="1", words_spam="casino", max_copies="9"
    )
    posted = [await scene.seed.post(scene.blog.origin + path, text, name=name, site=site) for path, name, text in SAID]
    for reason, note in (("abuse", "This is not how we talk to each other."), ("other", "")):
        await scene.seed.report(site, posted[5], reason, note)
    await scene.page.goto(f"{scene.blog.home}/admin")
    await scene.page.get_by_role("button", name="Demo", exact=True).click()
    await scene.page.get_by_role("button", name=MARA).click()
    await expect(scene.page.get_by_role("heading", level=1)).to_be_attached()
    await scene.seed.set_standing(site, MARA, role="moderator")
    return Desk(site, scene.page, scene.blog.home)


def at(path: str) -> Callable[[Desk], Awaitable[None]]:
    async def lead(desk: Desk) -> None:
        await desk.open(path)

    return lead


async def undoing(desk: Desk) -> None:
    """What is said after a deed."""
    await desk.decide("Three days is long", "Delete")


async def ticked(desk: Desk) -> None:
    await desk.open("?tab=all")
    await desk.page.get_by_role("button", name="Tick all").click()
    await desk.page.get_by_label("Reason, kept in the log").fill("An advertisement, again.")


async def refused(desk: Desk) -> None:
    await desk.open("?tab=all")
    await desk.page.locator(".bulk").get_by_role("button", name="Spam").click()
    await expect(desk.page.get_by_role("alert")).to_be_visible()


async def comment(desk: Desk) -> None:
    await desk.decide("You cannot bake", "Approve")
    await desk.open("?tab=all")
    await desk.item("You cannot bake").locator("a.when").click()
    await expect(desk.page.get_by_role("heading", name="What was done")).to_be_visible()


async def person(desk: Desk) -> None:
    await desk.open("?tab=all")
    await desk.item("Buy my rye").locator("header b a").click()
    await desk.page.get_by_label("Reason, which they will read").fill("No advertisements, please.")
    await desk.page.get_by_role("button", name="Ban", exact=True).click()
    await desk.told()


async def log(desk: Desk) -> None:
    """Lines of many kinds, one of them undone."""
    await desk.decide("Three days is long", "Spam")
    await desk.page.get_by_role("button", name="Undo").click()
    await desk.decide("You cannot bake", "Keep")
    await person(desk)
    await page(desk)
    await merged(desk)
    await desk.open("/log")


async def page(desk: Desk) -> None:
    await desk.open_page("spelt")
    await desk.page.get_by_label("As moderators and mails call it").fill("Spelt, and how much water it wants")
    await desk.page.get_by_role("button", name="Save the title").click()
    await desk.told()
    await desk.page.get_by_label("never", exact=True).check()
    await desk.page.get_by_role("button", name="Save", exact=True).click()
    await desk.told()


async def merge(desk: Desk) -> None:
    """What will be, before it is done."""
    await desk.open("/pages/alike")
    await desk.page.get_by_role("link", name="Merge").click()
    await expect(desk.page.get_by_role("heading", name="Merge two pages")).to_be_visible()


async def merged(desk: Desk) -> None:
    await merge(desk)
    await desk.page.get_by_role("button", name="Merge").click()
    await desk.told()
    await desk.page.locator("main .notice a").click()
    await expect(desk.page.get_by_role("button", name="Split")).to_be_visible()


async def examined(desk: Desk) -> None:
    await desk.open("/doctor")
    await desk.page.get_by_label("Address of the page").fill(f"{desk.home}/")
    await desk.page.get_by_role("button", name="Look at it").click()


async def sign_in(scene: Scene) -> Page:
    await scene.page.goto(f"{scene.blog.home}/admin/pages?q=rye")
    return scene.page


def _state(name: str, lead: Callable[[Desk], Awaitable[None]]) -> State:
    async def state(scene: Scene) -> Page:
        desk = await _desk(scene, name)
        await lead(desk)
        return desk.page

    return state


_AT_DESK: dict[str, Callable[[Desk], Awaitable[None]]] = {
    "admin-pending": at(""),
    "admin-reported": at("?tab=reported"),
    "admin-spam": at("?tab=spam"),
    "admin-all": at("?tab=all"),
    "admin-nothing": at("?tab=all&q=sourdough"),
    "admin-undo": undoing,
    "admin-ticked": ticked,
    "admin-refused": refused,
    "admin-comment": comment,
    "admin-people": at("/people"),
    "admin-person": person,
    "admin-log": log,
    "admin-pages": at("/pages"),
    "admin-page": page,
    "admin-alike": at("/pages/alike"),
    "admin-merge": merge,
    "admin-merged": merged,
    "admin-numbers": at("/numbers?for=day"),
    "admin-doctor": at("/doctor"),
    "admin-doctor-refused": examined,
}
ADMIN_STATES: dict[str, State] = {
    "admin-sign-in": sign_in,
    **{name: _state(name, lead) for name, lead in _AT_DESK.items()},
}
