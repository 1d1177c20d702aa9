"""Nobody is shut out: axe-core finds nothing against WCAG 2.2 AA in any state of the frame."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect

from tests.e2e.axe import violations
from tests.e2e.contexts import NewContext
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser

MARKDOWN = (
    f"Thanks, **Olga**: `code`, a [link](https://rye.example/)\n\n> quoted\n\n```\n{'long ' * 40}\n```\n\n- one\n- two"
)


async def _read(reader: Reader) -> None:
    await expect(reader.comment("Thanks, Olga")).to_be_visible()


async def _open_form(reader: Reader) -> None:
    await reader.text.click()
    await expect(reader.button("Post Comment")).to_be_visible()


async def _reply(reader: Reader) -> None:
    await reader.reply_to("Well said.")
    await reader.text.fill(MARKDOWN)
    await reader.button("Preview").click()
    await expect(reader.thread.get_by_role("region", name="Preview")).to_be_visible()


async def _mistake(reader: Reader) -> None:
    await reader.write("Text.")
    await reader.be_guest(" ", "gwen@localhost")
    await reader.post()
    await expect(reader.form.locator("[aria-invalid]")).to_have_count(2)


async def _be_known(reader: Reader) -> None:
    await reader.post_as_guest("Mine.")
    like = reader.comment("Well said.").get_by_role("button", name="Like")
    await like.click()
    await expect(reader.comment("Well said.").locator(".likers")).to_have_text("Liked by 3 people")
    await _open_form(reader)


async def _like_as_a_stranger(reader: Reader) -> None:
    await reader.comment("Well said.").get_by_role("button", name="Like").click()
    await expect(reader.comment("Well said.").get_by_role("alert")).to_be_visible()


async def _open_names(reader: Reader) -> None:
    await reader.comment("Well said.").get_by_role("link", name="Liked by").click()
    await expect(reader.thread.get_by_role("list", name="Liked by")).to_be_visible()


async def _collapse(reader: Reader) -> None:
    await reader.thread.locator(".fold").click()
    await expect(reader.button("Show 1 reply")).to_be_visible()


async def _hide(reader: Reader) -> None:
    await reader.comment("Well said.").get_by_role("button", name="Hide").click()
    await expect(reader.button("Show again").first).to_be_visible()


async def _edit(reader: Reader) -> None:
    await reader.post_as_guest("Mine.")
    await reader.edit("Mine.")


async def _nearly_delete(reader: Reader) -> None:
    await reader.post_as_guest("Mine.")
    await reader.comment("Mine.").get_by_role("link", name="Delete").click()
    await expect(reader.button("Delete")).to_be_visible()


STATES: dict[str, Callable[[Reader], Awaitable[None]]] = {
    "thread": _read,
    "open form": _open_form,
    "reply": _reply,
    "mistake": _mistake,
    "known guest": _be_known,
    "stranger likes": _like_as_a_stranger,
    "names": _open_names,
    "collapsed": _collapse,
    "hidden": _hide,
    "edit": _edit,
    "confirm": _nearly_delete,
}


@pytest.fixture(params=["light", "dark"])
async def visitor(request: pytest.FixtureRequest, new_context: NewContext) -> Reader:
    """A reader whose system is light or dark, as the blog then is, and its comments."""
    context = await new_context(color_scheme=request.param, reduced_motion="reduce")
    return Reader(await context.new_page())


async def in_frame(reader: Reader) -> list[str]:
    return await violations(await reader.frame(), "target-size")


@pytest.mark.parametrize("state", STATES)
async def test_axe_finds_nothing(visitor: Reader, url: str, seed: Seed, state: str) -> None:
    root = await seed.post(url, "Well said.")
    await seed.post(url, MARKDOWN, parent=root, name="Ned Bramble")
    await seed.like(root, ["Ada Moss", "Kit Larkin"])
    await visitor.open(url)
    await STATES[state](visitor)
    assert await in_frame(visitor) == []


async def test_axe_finds_nothing_on_an_empty_page(visitor: Reader, url: str) -> None:
    await visitor.open(url)
    await expect(visitor.text).to_be_visible()
    assert await in_frame(visitor) == []


async def test_axe_finds_nothing_on_a_closed_page(visitor: Reader, url: str, seed: Seed) -> None:
    root = await seed.post(url, "Well said.")
    await seed.post(url, "Indeed.", parent=root)
    await seed.moderate(root, "rejected")
    await seed.close_page(url)
    await visitor.open(url)
    await expect(visitor.comment("Indeed.")).to_be_visible()
    assert await in_frame(visitor) == []
