"""Every state that a reader meets, each brought about in a fresh browser, for pictures of it (`screenshots.py`).

A state is a function that leads a `Scene` there and returns the page to be pictured.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.e2e.blog import Blog
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed
from tests.e2e.window import MARA, choose, open_window, sign_in

OWN_WORDS = "Mine went in **cold**, and came out better for it."
SERIF = """<style>
body { background: #14110d; color: #d9cdb8; font: 20px/1.7 "Noto Serif", Georgia, serif; max-width: 46rem }
a { color: #d4a24c }
</style>"""
LONG_WORDS = f"""A word of a chemist: {"methionylthreonylthreonylglutaminylarginyl" * 5}, and an address:
https://example.org/{"very-long-path/" * 12}?{"q" * 60}

```
def fold(dough: Dough, times: int = 4, every: timedelta = timedelta(minutes=30)) -> Dough:  # wider than any column
    return dough if not times else fold(dough.folded(), times - 1, every)
```

> Quoted: *slow* is not the same as **late**, says `nan`.

1. Mix
2. Wait
   - a night
   - or two"""


@dataclass(frozen=True)
class Scene:
    reader: Reader
    blog: Blog
    seed: Seed
    bread: str  # the post with many comments
    name: str  # of the picture: its host pages are its own

    @property
    def page(self) -> Page:
        return self.reader.page

    @property
    def context(self) -> BrowserContext:
        return self.reader.page.context

    def add(self, title: str, *, tag: str = 'data-site="demo"', head: str = "", root: str = "") -> str:
        """A host page; its address."""
        return self.blog.add(f"{title} {self.name}", tag=tag, head=head, root=root)

    async def read(self) -> Reader:
        """Open the post with many comments."""
        await self.reader.open(self.bread)
        await self.page.locator(".comments").evaluate("element => element.scrollIntoView()")
        return self.reader


async def reach(locator: Locator) -> None:
    """Scroll at once: a frame out of sight draws nothing, so waiting for it to be still would never end."""
    await locator.evaluate("element => element.scrollIntoView({block: 'center'})")


async def thread(scene: Scene) -> Page:
    await scene.read()
    return scene.page


async def nested(scene: Scene) -> Page:
    reader = await scene.read()
    await reach(reader.thread.locator("li li li li li").last)
    return scene.page


async def empty(scene: Scene) -> Page:
    await scene.reader.open(scene.bread.replace("slow-bread", "empty-page"))
    await reach(scene.reader.text)
    return scene.page


async def guest(scene: Scene) -> Page:
    reader = await scene.read()
    await reader.text.click()
    await reach(reader.form.get_by_label("Email"))
    return scene.page


async def reply(scene: Scene) -> Page:
    reader = await scene.read()
    await reader.reply_to("Coat on is the highest mark")
    await reader.text.fill(OWN_WORDS)
    await reach(reader.form)
    return scene.page


async def preview(scene: Scene) -> Page:
    await reply(scene)
    await scene.reader.button("Preview").click()
    await expect(scene.reader.thread.get_by_role("region", name="Preview")).to_be_visible()
    await reach(scene.reader.thread.locator(".seen"))
    return scene.page


async def error(scene: Scene) -> Page:
    reader = await scene.read()
    await reader.write("What about rye?")
    await reader.be_guest("   ", "nobody@example.org")
    await reader.post()
    await expect(reader.form.get_by_text("Please tell your name")).to_be_visible()
    await reach(reader.form.get_by_label("Name"))
    return scene.page


async def connecting(scene: Scene) -> Page:
    await provider(scene)
    await scene.page.bring_to_front()
    await expect(scene.reader.form.get_by_text("Connecting to")).to_be_visible()
    await reach(scene.reader.form)
    return scene.page


async def provider(scene: Scene) -> Page:
    reader = await scene.read()
    await reader.text.click()
    window = await open_window(reader)
    await expect(window.get_by_role("button").first).to_be_visible()
    return window


async def refused(scene: Scene) -> Page:
    window = await provider(scene)
    await window.get_by_role("button", name="Say no").click()
    await expect(window.get_by_role("heading", name="Not signed in")).to_be_visible()
    return window


async def done(scene: Scene) -> Page:
    """Opened by hand, for a window that a page has opened closes itself."""
    window = await provider(scene)
    addresses: list[str] = []
    window.on("framenavigated", lambda frame: addresses.append(frame.url))
    await choose(window, MARA)
    other = await scene.context.new_page()
    await other.goto(next(address for address in addresses if "/auth/done" in address))
    return other


async def signed_in(scene: Scene) -> Page:
    reader = await scene.read()
    await sign_in(reader)
    await scene.page.bring_to_front()
    await reader.text.fill("A first loaf from this recipe is in the oven as I write.")
    await reach(reader.form)
    return scene.page


async def continue_(scene: Scene) -> Page:
    """Signed in on the thread's own page, not yet in the frame."""
    await scene.page.goto(f"{scene.blog.home}/thread/demo?url={scene.bread}")
    await scene.page.get_by_label("Comment").click()
    await scene.page.get_by_role("button", name="Log in with Demo").click()
    await scene.page.get_by_role("button", name=MARA).click()
    await scene.page.get_by_label("Comment").click()
    await expect(scene.page.get_by_text("Log Out")).to_be_visible()
    window = await provider(scene)
    await expect(window.get_by_role("button", name="Continue as")).to_be_enabled()
    return window


async def likers(scene: Scene) -> Page:
    reader = await scene.read()
    await reader.link("Liked by 3 people").first.click()
    await expect(reader.thread.get_by_role("list", name="Liked by").first).to_be_visible()
    return scene.page


async def own(scene: Scene) -> Locator:
    """A comment of one's own under another's; its article."""
    url = scene.add("Yeast")
    await scene.seed.post(url, "Half a gram of yeast, and a night in the cold. Nothing else.")
    await scene.reader.open(url)
    return await scene.reader.post_as_guest("I use a whole gram and regret nothing.")


async def edit(scene: Scene) -> Page:
    await own(scene)
    await scene.reader.edit("I use a whole gram")
    return scene.page


async def delete(scene: Scene) -> Page:
    article = await own(scene)
    await article.get_by_role("link", name="Delete").click()
    await expect(article.get_by_role("button", name="Delete")).to_be_visible()
    return scene.page


async def held(scene: Scene) -> Page:
    site = f"held-{scene.name}"
    await scene.seed.add_site(site, scene.blog.origin, hold="all")
    await scene.reader.open(scene.add("Held", tag=f'data-site="{site}"'))
    article = await scene.reader.post_as_guest("May I say that?")
    await expect(article.get_by_text("Waits for a moderator")).to_be_visible()
    return scene.page


async def hidden(scene: Scene) -> Page:
    reader = await scene.read()
    await reader.comment("With respect, I don't believe").get_by_role("button", name="Hide").click()
    await expect(reader.button("Show again").first).to_be_visible()
    await scene.page.locator(".comments").evaluate("element => element.scrollIntoView()")
    return scene.page


async def news(scene: Scene, title: str = "News", sort: str = "old", root: str = "") -> Page:
    """Others wrote while it was read: a reply, and more."""
    url = scene.add(title, tag=f'data-site="demo" data-sort="{sort}"', root=root)
    first = await scene.seed.post(url, "Mine rose twice as high as the tin. What did I do wrong?")
    second = await scene.seed.post(url, "Too warm, too long, or both.", parent=first, name="Ned Bramble")
    await scene.seed.post(url, "And the tin was too small.", name="Pavel Hruška")
    async with scene.page.expect_request(lambda request: "/live/" in request.url):
        await scene.reader.open(url)
    await scene.seed.post(url, "Both, I fear.", parent=second)
    for words in ("The same here.", "A bigger tin, then."):
        await scene.seed.post(url, words, name="Hanna Weller")
    await expect(scene.reader.button("2 new comments")).to_be_visible()
    await expect(scene.reader.button("1 new comment")).to_be_visible()
    await reach(scene.reader.button("2 new comments"))
    return scene.page


async def news_right_to_left(scene: Scene) -> Page:
    """The newest first: they will stand above the list."""
    return await news(scene, "جديد", "new", 'dir="rtl"')


async def closed(scene: Scene) -> Page:
    """With a comment that its author deleted, under which somebody had answered."""
    url = scene.add("Closed")
    root = await scene.seed.post(url, "The first word.")
    gone = await scene.seed.post(url, "A word too many.", name="Ned Bramble")
    await scene.seed.post(url, "I saw that.", parent=gone)
    await scene.seed.moderate(gone, "rejected")
    await scene.seed.like(root, ["Ada Moss"])
    await scene.seed.close_page(url)
    await scene.reader.open(url)
    return scene.page


async def serif(scene: Scene) -> Page:
    """A host page with a dark design of its own."""
    url = scene.add("Serif", head=SERIF)
    root = await scene.seed.post(url, "It reads as if it belonged here. [Even the link](https://example.org/).")
    await scene.seed.post(url, "And `code`, too.", parent=root, name="Pavel Hruška")
    await scene.reader.open(url)
    await scene.reader.text.click()
    await reach(scene.reader.form.get_by_label("Name"))
    return scene.page


async def right_to_left(scene: Scene) -> Page:
    url = scene.add("خبز", root='dir="rtl"')
    root = await scene.seed.post(url, "جرّبت الوصفة أمس، والنتيجة رائعة!", name="Layla ليلى حداد")
    await scene.seed.post(url, "The same here, in English.", parent=root, name="Hanna Weller")
    await scene.seed.like(root, ["Ada Moss", "Bo Birch"])
    await scene.reader.open(url)
    await scene.reader.text.click()
    await reach(scene.reader.form.get_by_label("Name"))
    return scene.page


async def long_words(scene: Scene) -> Page:
    url = scene.add("Long words")
    root = await scene.seed.post(url, LONG_WORDS, name="Hubert " + "Wolfeschlegelsteinhausenbergerdorff" * 2)
    await scene.seed.post(url, LONG_WORDS, parent=root)
    await scene.reader.open(url)
    return scene.page


async def late(scene: Scene) -> Page:
    """The frame does not come."""
    await scene.page.clock.install()
    await scene.context.route("**/embed/demo?**", lambda route: route.abort())
    await scene.page.goto(scene.bread)
    await expect(scene.page.locator(".palaver iframe")).to_be_attached()
    await scene.page.clock.fast_forward(15_000)
    await reach(scene.page.get_by_text("The comments did not load."))
    return scene.page


async def thread_page(scene: Scene) -> Page:
    await scene.page.goto(f"{scene.blog.home}/thread/demo?url={scene.bread}")
    return scene.page


async def no_scripts(scene: Scene) -> Page:
    """The frame's document made for one reader, as it is with scripts off, and a reply under way in it."""
    await scene.page.goto(scene.blog.frame_address(scene.bread, own="1"))
    await scene.page.get_by_role("link", name="Reply").nth(1).click()
    await reach(scene.page.locator("form.write"))
    return scene.page


async def error_page(scene: Scene) -> Page:
    await scene.page.goto(f"{scene.blog.home}/thread/nobody?url={scene.bread}")
    return scene.page


async def privacy(scene: Scene) -> Page:
    await scene.page.goto(f"{scene.blog.home}/privacy")
    return scene.page


async def home(scene: Scene) -> Page:
    await scene.page.goto(scene.blog.home)
    return scene.page


State = Callable[[Scene], Awaitable[Page]]
STATES: dict[str, State] = {
    "thread": thread,
    "nested": nested,
    "empty": empty,
    "guest": guest,
    "reply": reply,
    "preview": preview,
    "error": error,
    "connecting": connecting,
    "provider": provider,
    "refused": refused,
    "done": done,
    "signed-in": signed_in,
    "continue": continue_,
    "likers": likers,
    "edit": edit,
    "delete": delete,
    "held": held,
    "hidden": hidden,
    "news": news,
    "news-right-to-left": news_right_to_left,
    "closed": closed,
    "serif": serif,
    "right-to-left": right_to_left,
    "long-words": long_words,
    "late": late,
    "thread-page": thread_page,
    "no-scripts": no_scripts,
    "error-page": error_page,
    "privacy": privacy,
    "home": home,
}
