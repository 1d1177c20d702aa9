"""A person before the blog: what they look for and press, in words of the page."""

from __future__ import annotations

import asyncio

from playwright.async_api import Frame, FrameLocator, Locator, Page, expect

GUEST = "Gwen Applegarth"
# The host page scrolls and sizes the frame a moment after a deed: a click would meet what comes to lie under it.
RESTS = """() => new Promise((rests) => {
    const where = () => JSON.stringify(document.querySelector("iframe")?.getBoundingClientRect());
    let before = where(), same = 0;
    const look = () => {
        same = before === (before = where()) ? same + 1 : 0;
        if (same > 3) rests(true);
        else requestAnimationFrame(look);
    };
    look();
})"""


class Reader:
    """Everything is looked for inside the frame; `page` is the host page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.thread: FrameLocator = page.frame_locator('iframe[title="Comments"]')

    async def open(self, url: str) -> None:
        """Go to a host page and wait for its comments."""
        await self.page.goto(url)
        await expect(self.thread.locator("#list")).to_be_attached()

    async def open_with_clock(self, url: str) -> None:
        """With a clock of the test's own, also in the frame.

        A frame of another site may have begun before Playwright gives it that clock, and then keeps the browser's.
        """
        await self.page.clock.install()
        async with asyncio.timeout(10):
            await self.open(url)
            while await (await self.frame()).evaluate("() => /native code/.test(setTimeout)"):
                await self.open(url)

    async def open_when(self, url: str, heading: str) -> None:
        """Open until it says so: what another process wrote, the service may show a second later."""
        async with asyncio.timeout(10):
            await self.open(url)
            while await self.thread.locator("h2").inner_text() != heading:
                await self.open(url)

    async def frame(self) -> Frame:
        """The frame itself, for asking what only a script in it can know."""
        found = await self.page.wait_for_selector('iframe[title="Comments"]')
        frame = await found.content_frame() if found else None
        assert frame is not None
        return frame

    def comment(self, text: str) -> Locator:
        """The article whose own words these are."""
        return self.thread.locator("article", has=self.page.locator(".body", has_text=text))

    def by(self, author: str) -> Locator:
        return self.thread.locator("article", has=self.page.locator("header b", has_text=author))

    def item(self, comment_id: str) -> Locator:
        return self.thread.locator(f"#comment-{comment_id}")

    def branch(self, text: str) -> Locator:
        """The comment and what hangs under it."""
        return self.thread.locator("li", has=self.page.locator(":scope > article .body", has_text=text))

    def button(self, name: str) -> Locator:
        return self.thread.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.thread.get_by_role("link", name=name, exact=True)

    @property
    def status(self) -> Locator:
        """What is announced politely."""
        return self.thread.locator("#status")

    @property
    def focused(self) -> Locator:
        """What has the focus inside the frame; nothing, where it fell back to the body."""
        return self.thread.locator(":focus")

    @property
    def form(self) -> Locator:
        return self.thread.locator("form.write:not(.edit)")

    @property
    def text(self) -> Locator:
        return self.form.get_by_label("Comment")

    async def write(self, text: str) -> None:
        """Into the form, wherever it stands."""
        await self.page.wait_for_function(RESTS)
        await self.text.click()
        await expect(self.form).to_have_class("write open")
        await self.text.fill(text)

    async def be_guest(self, name: str = GUEST, email: str = "gwen@example.org") -> None:
        await self.form.get_by_label("Email").fill(email)
        await self.form.get_by_label("Name").fill(name)

    async def post(self) -> None:
        await self.button("Post Comment").click()

    async def post_as_guest(self, text: str) -> Locator:
        """A comment of one's own; its article."""
        await self.write(text)
        await self.be_guest()
        await self.post()
        await expect(self.comment(text)).to_be_visible()
        return self.comment(text)

    async def reply_to(self, text: str) -> None:
        await self.comment(text).get_by_role("link", name="Reply").click()
        await expect(self.text).to_be_focused()

    @property
    def editor(self) -> Locator:
        """The text of a comment that is being edited."""
        return self.thread.locator("form.edit").get_by_label("Comment")

    async def edit(self, text: str) -> None:
        await self.comment(text).get_by_role("link", name="Edit").click()
        await expect(self.editor).to_be_focused()

    async def delete(self, text: str) -> None:
        """And say yes."""
        await self.comment(text).get_by_role("link", name="Delete").click()
        await self.comment(text).get_by_role("button", name="Delete").click()

    async def id_of(self, text: str) -> str:
        found = await self.branch(text).last.get_attribute("id")
        assert found is not None
        return found.removeprefix("comment-")
