"""The comments look like a part of the page: its font, colours, direction and height, read well enough by everybody."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Route, expect

from tests.e2e.blog import Blog
from tests.e2e.conftest import Demo
from tests.e2e.contexts import NewContext
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser

AA = 4.5  # WCAG 2.2, 1.4.3
INSIDE = """() => {
    const css = (node) => getComputedStyle(node);
    const {fontFamily, fontSize, lineHeight, color, backgroundColor, direction} = css(document.body);
    return {fontFamily, fontSize, lineHeight, color, backgroundColor, direction,
        link: css(document.querySelector(".body a")).color, muted: css(document.querySelector(".when")).color,
        code: css(document.querySelector(".body code")).backgroundColor};
}"""
TEXT = "With `code` and <https://example.org/>."


def style(css: str) -> str:
    return f"<style>{css}</style>"


async def looks(reader: Reader, url: str, seed: Seed) -> dict[str, Any]:
    """Computed styles inside the frame, of a page with a comment in it."""
    await seed.post(url, TEXT)
    await reader.open(url)
    await expect(reader.comment("With code")).to_be_visible()
    found: dict[str, Any] = await (await reader.frame()).evaluate(INSIDE)
    return found


def rgb(colour: str) -> tuple[float, ...]:
    return tuple(float(part) for part in re.findall(r"[\d.]+", colour)[:3])


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, of two computed colours."""

    def luminance(colour: str) -> float:
        parts = [value / 255 for value in rgb(colour)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)) + 0.05

    low, high = sorted((luminance(one), luminance(other)))
    return high / low


async def test_comments_take_font_colours_and_links_of_the_page(reader: Reader, blog: Blog, seed: Seed) -> None:
    css = """body { font: 19px/1.9 "Courier Prime", "Courier New", monospace; background: #102030; color: #eeddcc }
        a { color: #ffcc66 }"""
    found = await looks(reader, blog.add("own-looks", head=style(css)), seed)
    assert found["fontFamily"] == '"Courier Prime", "Courier New", monospace, sans-serif'
    assert (found["fontSize"], found["lineHeight"]) == ("19px", "36.1px")
    assert (found["color"], found["link"]) == ("rgb(238, 221, 204)", "rgb(255, 204, 102)")
    assert found["backgroundColor"] == "rgba(0, 0, 0, 0)"
    await expect(reader.thread.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize(
    ("name", "background", "text", "link"),
    [
        ("pale", "#ffffff", "#aaaaaa", "#99ccff"),
        ("gloomy", "#202020", "#555555", "#333399"),
        ("middling", "#777777", "#888888", "#808080"),
        ("modern", "oklch(0.95 0.02 100)", "oklch(0.8 0.05 100)", "lab(80 10 60)"),
        ("see-through", "rgb(255 255 255 / 50%)", "rgb(0 0 0 / 30%)", "rgb(0 0 255 / 20%)"),
    ],
)
async def test_colours_too_faint_to_read_become_strong_enough(
    reader: Reader, blog: Blog, seed: Seed, name: str, background: str, text: str, link: str
) -> None:
    css = f"body {{ background: {background}; color: {text} }} a {{ color: {link} }}"
    found = await looks(reader, blog.add(f"faint-{name}", head=style(css)), seed)
    back = await reader.thread.locator("html").evaluate("node => node.style.getPropertyValue('--back')")
    for ground in (back, found["code"]):
        for colour in (found["color"], found["link"], found["muted"]):
            assert contrast(colour, ground) >= AA, (colour, ground)


async def test_colours_that_read_well_stay_as_they_are(reader: Reader, blog: Blog, seed: Seed) -> None:
    css = "body { background: #ffffff; color: #595959 } a { color: #0000ee }"
    found = await looks(reader, blog.add("good-colours", head=style(css)), seed)
    assert (found["color"], found["link"]) == ("rgb(89, 89, 89)", "rgb(0, 0, 238)")


async def test_comments_run_in_the_direction_of_the_page(reader: Reader, blog: Blog, seed: Seed) -> None:
    url = blog.add("right-to-left", root='dir="rtl"')
    found = await looks(reader, url, seed)
    assert found["direction"] == "rtl"
    picture, name = [await reader.thread.locator(f"article header {part}").bounding_box() for part in (".av", "b")]
    assert picture is not None
    assert name is not None
    assert picture["x"] > name["x"]


async def test_custom_properties_say_otherwise(reader: Reader, blog: Blog, seed: Seed) -> None:
    css = """:root { --palaver-accent: #00558b; --palaver-text: #222222; --palaver-background: #f6f0e0;
        --palaver-font: Georgia, serif; --palaver-size: 21px; --palaver-radius: 12 }"""
    found = await looks(reader, blog.add("custom-properties", head=style(css)), seed)
    assert (found["fontFamily"], found["fontSize"]) == ("Georgia, serif, sans-serif", "21px")
    assert (found["color"], found["link"]) == ("rgb(34, 34, 34)", "rgb(0, 85, 139)")
    assert found["backgroundColor"] == "rgb(246, 240, 224)"
    assert await reader.thread.locator("body").evaluate("node => getComputedStyle(node).borderRadius") == "12px"


async def test_other_theme_than_the_page_stands_on_a_panel(reader: Reader, blog: Blog, seed: Seed) -> None:
    css = "body { background: #fff; color: #222 }"
    url = blog.add("dark-on-light", tag='data-site="demo" data-theme="dark"', head=style(css))
    found = await looks(reader, url, seed)
    assert max(rgb(found["backgroundColor"])) < 60
    assert contrast(found["color"], found["backgroundColor"]) >= AA


async def test_comments_follow_the_page_when_it_changes_its_colours(reader: Reader, blog: Blog, seed: Seed) -> None:
    css = "body { background: #fff; color: #222 } .night body { background: #111; color: #eee }"
    await looks(reader, blog.add("day-and-night", head=style(css)), seed)
    html = reader.thread.locator("html")
    await expect(html).to_have_attribute("data-theme", "light")
    await reader.page.evaluate("document.documentElement.classList.add('night')")
    await expect(html).to_have_attribute("data-theme", "dark")
    await expect(html).to_have_css("color", "rgb(238, 238, 238)")
    await reader.page.evaluate("Palaver.theme('light')")
    await expect(html).to_have_attribute("data-theme", "light")
    await reader.page.evaluate("Palaver.theme('auto')")
    await expect(html).to_have_attribute("data-theme", "dark")


async def test_comments_follow_the_readers_system(new_context: NewContext, demo: Demo) -> None:
    reader = Reader(await (await new_context(color_scheme="dark")).new_page())
    await reader.open(f"{demo.blog}/posts/slow-bread/")
    html = reader.thread.locator("html")
    await expect(html).to_have_attribute("data-theme", "dark")
    settled = "new Promise((go) => setTimeout(go, 1500, true))"  # the loader no longer looks of itself
    await reader.page.wait_for_function(settled)
    await reader.page.emulate_media(color_scheme="light")
    await expect(html).to_have_attribute("data-theme", "light")


async def test_looks_are_values_and_never_css(reader: Reader, blog: Blog, demo: Demo, seed: Seed) -> None:
    await looks(reader, blog.add("hostile-looks"), seed)
    frame = await reader.frame()
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    css = "0,0,0);background:url(https://elsewhere.example/x);--x:("
    look = dict.fromkeys(("back", "text", "accent", "size", "leading", "radius", "dir", "theme"), css)
    look["font"] = "Georgia;} * { display: none } {, url(https://elsewhere.example/font), expression(1), Verdana"
    send = "([home, look]) => frames[0].postMessage({palaver: 1, type: 'look', look}, home)"
    await reader.page.evaluate(send, [demo.home, look])
    await expect(reader.thread.locator("html")).to_have_css("font-family", "Verdana, sans-serif")
    written = await frame.evaluate("document.documentElement.style.cssText")
    assert not re.search("url|elsewhere|display|expression|;}", written)
    await expect(reader.comment("With code")).to_be_visible()
    assert asked == []


@pytest.mark.parametrize("width", [1280, 320])
async def test_frame_is_as_high_as_its_content(new_context: NewContext, url: str, seed: Seed, width: int) -> None:
    reader = Reader(await (await new_context(viewport={"width": width, "height": 800})).new_page())
    await seed.post(url, "Long. " * 300)
    await reader.open(url)
    await expect_fit(reader)
    await reader.write("One more")
    await expect_fit(reader)
    await reader.be_guest()
    await reader.post()
    await expect(reader.comment("One more")).to_be_visible()
    await expect_fit(reader)
    await reader.comment("One more").get_by_role("link", name="Delete").click()
    await reader.comment("One more").get_by_role("button", name="Delete").click()
    await expect(reader.comment("One more")).to_have_count(0)
    await expect_fit(reader)


async def expect_fit(reader: Reader) -> None:
    """Nothing is cut off, nothing scrolls, and what follows on the page comes right after."""
    frame = await reader.frame()
    height = "Math.ceil(document.body.getBoundingClientRect().height)"
    async with asyncio.timeout(8):
        while not await frame.evaluate(f"innerHeight === {height}"):  # its policy forbids the page to evaluate
            await asyncio.sleep(0.02)
    widths = "(({clientWidth, scrollWidth}) => [clientWidth, scrollWidth])(document.documentElement)"
    assert await frame.evaluate(widths) == [await frame.evaluate("innerWidth")] * 2
    box, after = [await reader.page.locator(found).bounding_box() for found in (".palaver iframe", "#after")]
    assert box is not None
    assert after is not None
    assert after["y"] >= box["y"] + box["height"]


async def test_page_whose_style_comes_late_and_is_dark_gets_dark_comments(
    new_context: NewContext, blog: Blog, url: str
) -> None:
    """A frame of another colour scheme than its element is opaque: a box in the page."""
    context = await new_context(color_scheme="dark")
    reader, come = Reader(await context.new_page()), asyncio.Event()

    async def hold(route: Route) -> None:
        await come.wait()
        await route.continue_()

    await reader.page.route("**/blog.css", hold)
    await reader.page.goto(url, wait_until="commit")
    frame, root = reader.page.locator(".palaver iframe"), reader.thread.locator("html")
    await expect(root).to_have_attribute("data-theme", "light")
    come.set()
    await expect(root).to_have_attribute("data-theme", "dark")
    await expect(frame).to_have_css("color-scheme", "dark")
