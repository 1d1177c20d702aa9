"""States of threads on sites with policies of their own."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.e2e.proof import make_endless
from tests.e2e.states import Scene, State, reach
from widget.store.likes import DISLIKE


async def dislikes(scene: Scene) -> Page:
    """On a site that has them, one of them the reader's own."""
    site = f"dislikes-{scene.name}"
    await scene.seed.add_site(site, scene.blog.origin, votes="both", min_seconds="0")
    url = scene.add("Dislikes", tag=f'data-site="{site}"')
    comment = await scene.seed.post(url, "Wheat is for cakes. Bread is rye.", site=site)
    await scene.seed.like(comment, ["Ada Moss", "Tom Reed"])
    await scene.seed.like(comment, ["Ivo Lind", "Ann Reed"], DISLIKE)
    await scene.reader.open(url)
    await scene.reader.post_as_guest("Mine went in cold.")
    await scene.reader.item(comment).get_by_role("button", name="Dislike").click()
    await expect(scene.reader.item(comment).locator(".dislikes")).to_have_text("3 dislikes")
    await reach(scene.reader.item(comment))
    return scene.page


async def too_old(scene: Scene) -> Page:
    """A page that closed by its age."""
    site = f"old-{scene.name}"
    await scene.seed.add_site(site, scene.blog.origin, min_seconds="0")
    url = scene.add("Old news", tag=f'data-site="{site}"')
    await scene.seed.post(url, "I still have questions.", site=site)
    await scene.seed.let_close(url)
    await scene.reader.open(url)
    await expect(scene.reader.thread.locator(".closed")).to_contain_text("They were open until")
    return scene.page


async def proof(scene: Scene) -> Page:
    """While the browser does its proof of work, which never ends here."""
    site = f"proof-{scene.name}"
    await scene.seed.add_site(site, scene.blog.origin, proof_of_work="all", min_seconds="0")
    await scene.reader.open(scene.add("Proof", tag=f'data-site="{site}"'))
    await scene.page.route("**/embed/proof-*", make_endless)
    await scene.reader.write("Mine went in cold.")
    await scene.reader.be_guest()
    await scene.reader.post()
    await expect(scene.reader.form.locator(".told")).to_be_visible()
    return scene.page


POLICY_STATES: dict[str, State] = {"dislikes": dislikes, "too-old": too_old, "proof": proof}
