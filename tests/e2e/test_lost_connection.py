"""A guest posts while the network or the server is in trouble: nothing is lost, nothing appears twice."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from playwright.async_api import BrowserContext, Route, expect

from tests.e2e.network import hold_back
from tests.e2e.reader import Reader
from tests.e2e.seed import Seed

pytestmark = pytest.mark.browser

EMBED = "**/embed/demo?*"
LOST = "The connection was lost. Your comment is kept and is being sent again; it will not appear twice."


class Line:
    """What becomes of the posts that go over it: each entry of `fates` is one; after them all go through."""

    def __init__(self, *fates: str) -> None:
        self.fates = list(fates)
        self.keys: list[str] = []

    async def __call__(self, route: Route) -> None:
        if route.request.method != "POST":
            await route.continue_()
            return
        self.keys += parse_qs(route.request.post_data)["key"]
        fate = self.fates.pop(0) if self.fates else ""
        if fate == "lost on the way back":
            await route.fetch()
        if fate.startswith("lost"):
            await route.abort("connectionreset")
        elif fate:
            await route.fulfill(status=int(fate), content_type="text/html", body="<h1>Bad gateway</h1>")
        else:
            await route.continue_()


async def write(reader: Reader, url: str, text: str) -> None:
    await reader.open(url)
    await reader.write(text)
    await reader.be_guest()


async def test_comment_written_offline_is_sent_when_the_network_is_back(
    reader: Reader, url: str, seed: Seed, context: BrowserContext
) -> None:
    await write(reader, url, "From the train.")
    await context.set_offline(True)
    await reader.post()
    await expect(reader.form.get_by_role("alert")).to_have_text(LOST)
    await expect(reader.text).to_have_value("From the train.")
    await context.set_offline(False)
    await expect(reader.comment("From the train.")).to_be_visible()
    await expect(reader.form.get_by_role("alert")).to_have_count(0)
    assert await seed.count(url) == 1


@pytest.mark.parametrize("fate", ["lost on the way there", "lost on the way back", "502", "504"])
async def test_post_that_got_lost_is_tried_again_and_is_one_comment(
    reader: Reader, url: str, seed: Seed, fate: str
) -> None:
    line = Line(fate)
    await reader.page.route(EMBED, line)
    await write(reader, url, "Once is enough.")
    await reader.post()
    await expect(reader.form.get_by_role("alert")).to_have_text(LOST)
    await expect(reader.comment("Once is enough.")).to_be_visible()
    await expect(reader.comment("Once is enough.").get_by_role("link", name="Edit")).to_be_visible()
    assert len(line.keys) == 2
    assert len(set(line.keys)) == 1
    assert await seed.count(url) == 1


async def test_post_whose_answer_got_lost_before_a_reload_is_one_comment(reader: Reader, url: str, seed: Seed) -> None:
    line = Line(*["lost on the way back"] * 9)
    await reader.page.route(EMBED, line)
    await write(reader, url, "Did you get this?")
    await reader.post()
    await expect(reader.form.get_by_role("alert")).to_have_text(LOST)
    await reader.open(url)
    line.fates.clear()
    await expect(reader.comment("Did you get this?")).to_be_visible()
    await expect(reader.text).to_have_value("Did you get this?")
    await reader.post()
    await expect(reader.status).to_have_text("Your comment was posted.")
    await expect(reader.comment("Did you get this?")).to_have_count(1)
    await expect(reader.thread.locator("h2")).to_have_text("1 comment")
    assert len(set(line.keys)) == 1
    assert await seed.count(url) == 1


async def test_double_click_on_post_makes_one_comment(reader: Reader, url: str, seed: Seed) -> None:
    line = Line()
    await reader.page.route(EMBED, line)
    await write(reader, url, "Impatient.")
    await reader.button("Post Comment").dblclick()
    await expect(reader.status).to_have_text("Your comment was posted.")
    await expect(reader.comment("Impatient.")).to_have_count(1)
    assert len(line.keys) == 1
    assert await seed.count(url) == 1


async def test_form_waits_while_a_comment_is_being_sent(reader: Reader, url: str, seed: Seed) -> None:
    await seed.post(url, "A question.")
    await write(reader, url, " ")
    await reader.post()
    await expect(reader.form.locator("[aria-invalid]")).to_have_count(1)
    await reader.text.fill("Slowly.")
    released = await hold_back(reader.page, EMBED)
    await reader.post()
    await expect(reader.form).to_have_attribute("aria-busy", "true")
    await expect(reader.form.locator("[aria-invalid], label em")).to_have_count(0)
    await expect(reader.text).not_to_be_editable()
    await reader.comment("A question.").get_by_role("link", name="Reply").click()
    await expect(reader.status).to_have_text("Your comment is being sent.")
    released.set()
    await expect(reader.comment("Slowly.")).to_be_focused()
    await reader.reply_to("A question.")
    await expect(reader.text).to_be_editable()
    await expect(reader.text).to_have_value("")


async def test_guest_writes_where_the_form_s_script_does_not_load(reader: Reader, url: str, seed: Seed) -> None:
    await reader.page.route("**/composer*.js*", lambda route: route.abort())
    await reader.open(url)
    await reader.text.click()
    await reader.text.fill("The plain way.")
    await reader.be_guest()
    await reader.post()
    await expect(reader.comment("The plain way.")).to_be_visible()
    await expect(reader.comment("The plain way.").get_by_role("link", name="Edit")).to_be_visible()
    assert await seed.count(url) == 1
