"""States of the page for one's own account."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.e2e.states import Scene, State
from tests.e2e.window import MARA, TOMAS, sign_in


async def account_sign_in(scene: Scene) -> Page:
    await scene.page.goto(f"{scene.blog.home}/account")
    return scene.page


async def account(scene: Scene) -> Page:
    """With comments written as a guest, and a session elsewhere."""
    url = scene.add("Guest")
    for words in ("I had no account yet.", "And none the day after."):
        await scene.seed.post(url, words, name="Mara Lindqvist")
    await scene.read()
    await sign_in(scene.reader)
    await scene.page.goto(f"{scene.blog.home}/account")
    await expect(scene.page.get_by_role("heading", name="Your account")).to_be_visible()
    return scene.page


async def account_refused(scene: Scene) -> Page:
    await account(scene)
    await scene.page.get_by_label("Shown with your comments").fill("\u200b")
    await scene.page.get_by_role("button", name="Save").click()
    await expect(scene.page.get_by_text("Please tell the name")).to_be_visible()
    return scene.page


async def account_join(scene: Scene) -> Page:
    """Tomás, who is known already, is one of Mara's accounts too."""
    demo = scene.page.get_by_role("button", name="Demo", exact=True)
    await account_sign_in(scene)
    for name in (TOMAS, MARA, TOMAS):
        await demo.click()
        await scene.page.get_by_role("button", name=name).click()
        if name == TOMAS and await scene.page.get_by_role("button", name="Log out", exact=True).is_visible():
            await scene.page.context.clear_cookies()
            await account_sign_in(scene)
    await expect(scene.page.get_by_role("heading", name="These are two accounts")).to_be_visible()
    return scene.page


async def account_erase(scene: Scene) -> Page:
    await account(scene)
    await scene.page.get_by_role("link", name="Erase your account").click()
    await expect(scene.page.get_by_role("heading", name="Erase your account?")).to_be_visible()
    return scene.page


async def account_erased(scene: Scene) -> Page:
    await scene.page.goto(f"{scene.blog.home}/account/erased")
    return scene.page


ACCOUNT_STATES: dict[str, State] = {
    "account-sign-in": account_sign_in,
    "account": account,
    "account-refused": account_refused,
    "account-join": account_join,
    "account-erase": account_erase,
    "account-erased": account_erased,
}
