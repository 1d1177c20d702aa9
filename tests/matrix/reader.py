"""What a reader does in a cell, step by step. Written once, for every browser."""

from __future__ import annotations

from dataclasses import dataclass

from tests.matrix.cells import Control
from tests.matrix.display import Display
from tests.matrix.processes import Failure
from tests.matrix.servers import PROVIDER, World
from tests.matrix.webdriver import Place, WebDriver

LOGIN, NAME = "ada", "Person ada"  # at the provider, and as it tells us
FRAME = 'iframe[title="Comments"]'
BUTTON = f'button[formaction="/auth/{PROVIDER}/start"]'
KNOWN = 'return document.querySelector(".who.known .as bdi")?.textContent === args[0]'
UNKNOWN = 'return !!document.querySelector(".write .who:not(.known)")'
ASKED_WHO = """
const asked = performance.getEntriesByType("resource").find(({ name }) => name.includes("/me?"));
return asked?.responseEnd > 0;
"""
STAYS = 'return location.pathname === "/auth/done" && document.readyState === "complete" && !window.closed'
KEPT = """
try {
  return Object.keys(localStorage).some((key) => key.endsWith(":token")) ? "storage" : "cookie";
} catch {
  return "memory";
}
"""


@dataclass
class Findings:
    step: str = "start"  # the last one that was begun
    session: str = ""  # where the frame has it: "cookie", "storage", "memory"
    window_closes: bool = True  # by itself, after a sign-in
    control: Control | None = None


class Reader:
    """`session`: where the frame can keep it. In memory it ends with the document; then one click brings it back."""

    def __init__(self, driver: WebDriver, display: Display, world: World, findings: Findings, session: str) -> None:
        self._driver = driver
        self._display = display
        self._world = world
        self._findings = findings
        self._session = session

    async def walk(self) -> None:
        """All steps. Raises `Failure` or `WebDriverError` at the step that the findings name."""
        for step in (
            self.arrive,
            self.sign_in,
            self.post_a_comment,
            self.reload,
            self.continue_as if self._session == "memory" else self.be_still_signed_in,
            self.post_again,
            self.log_out,
            self.reload,
            self.be_signed_out,
            self.see_no_name_in_a_new_window,
            self.look_at_the_control,
        ):
            self._findings.step = step.__name__.replace("_", " ")
            await step()

    async def arrive(self) -> None:
        """Pop-ups are blocked, and one real click gives the page focus, as a reader's would."""
        self._page = Place((await self._driver.windows())[0])
        self._thread = self._page._replace(frame=FRAME)
        await self._driver.open(self._page, self._world.pop_up)
        if await self._driver.wait_for(self._page, "return document.title") != "blocked":
            raise Failure("The pop-up blocker is off.")
        await self._display.click_in_the_middle()
        await self._driver.wait_for(self._page, "return document.hasFocus()")
        await self._driver.open(self._page, self._world.article)
        await self._driver.wait_for(self._thread, ASKED_WHO)
        await self._driver.ask(self._thread, 'await fetch("/control", { method: "POST" })')

    async def sign_in(self) -> None:
        """And be shown so in the very document from which the window was opened."""
        await self._open_form()
        born = await self._born()
        window = await self._open_window()
        await self._driver.type(window, "input[name=login]", LOGIN)
        await self._driver.type(window, "input[name=password]", "any")
        await self._driver.click(window, "button[type=submit]")
        await self._driver.wait_for(window, 'return !!document.querySelector("input[value=consent]")')
        await self._driver.click(window, "button[type=submit]")
        await self._come_back(window)
        if await self._born() != born:
            raise Failure("The comments were loaded again.")
        self._findings.session = await self._driver.ask(self._thread, KEPT)
        if self._findings.session != self._session:
            raise Failure(f"The session is kept in {self._findings.session}, and could be in {self._session}.")

    async def post_a_comment(self) -> None:
        await self._post("What I said at first.")

    async def reload(self) -> None:
        await self._driver.reload(self._page)
        await self._driver.wait_for(self._thread, ASKED_WHO)

    async def be_still_signed_in(self) -> None:
        await self._open_form()
        await self._driver.wait_for(self._thread, KNOWN, NAME)

    async def continue_as(self) -> None:
        """The form says why they are signed out; one click in the window, and they are back."""
        await self._open_form()
        await self._driver.wait_for(self._thread, UNKNOWN)
        says_why = 'return document.querySelector(".who .told")?.textContent.includes("keeps nothing")'
        await self._driver.wait_for(self._thread, says_why)
        window = await self._open_window()
        offer = 'return document.querySelector("form[data-arm] button:not([aria-disabled=true])")?.textContent'
        if (found := await self._driver.wait_for(window, offer)) != f"Continue as {NAME}":
            raise Failure(f"The window offers {found!r}.")
        await self._driver.click(window, "form[data-arm] button")
        await self._come_back(window)

    async def post_again(self) -> None:
        await self._post("What I said later.")

    async def log_out(self) -> None:
        await self._open_form()
        await self._driver.click(self._thread, ".who .out")
        await self._driver.wait_for(self._thread, UNKNOWN)

    async def be_signed_out(self) -> None:
        await self._open_form()
        await self._driver.wait_for(self._thread, UNKNOWN)

    async def see_no_name_in_a_new_window(self) -> None:
        """It goes straight on to the provider, and rests there."""
        window = await self._open_window()
        await self._driver.wait_for(window, "return location.origin === args[0]", self._world.provider)
        await self._driver.close(window)

    async def look_at_the_control(self) -> None:
        sent = 'return (await fetch("/control")).text()'
        in_frame = await self._driver.ask(self._thread, sent)
        await self._driver.open(self._page, f"{self._world.home}/control")
        in_window = await self._driver.wait_for(self._page, "return document.body.textContent.trim()")
        self._findings.control = Control(in_frame == "yes", in_window == "yes")

    async def _open_form(self) -> None:
        await self._driver.click(self._thread, ".write textarea")

    async def _open_window(self) -> Place:
        known = await self._driver.windows()
        await self._driver.click(self._thread, BUTTON)
        return await self._driver.new_window(known)

    async def _come_back(self, window: Place) -> None:
        """The window closes, or says that it may be closed; then the form knows who they are."""
        if not await self._driver.closes(window, STAYS):
            self._findings.window_closes = False
            await self._driver.close(window)
        await self._driver.wait_for(self._thread, KNOWN, NAME)

    async def _born(self) -> float:
        born: float = await self._driver.ask(self._thread, "return performance.timeOrigin")
        return born

    async def _post(self, text: str) -> None:
        await self._driver.type(self._thread, ".write textarea", text)
        await self._driver.click(self._thread, ".write .post")
        posted = """return [...document.querySelectorAll("#list article")].some((article) =>
            article.querySelector("header b").textContent.trim() === args[0] &&
            article.querySelector(".body").textContent.trim() === args[1]) &&
            document.querySelector("#status").textContent.includes("was posted")"""  # said once it was scrolled to
        await self._driver.wait_for(self._thread, posted, NAME, text)
