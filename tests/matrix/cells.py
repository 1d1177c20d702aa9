"""The cells: six browsers, each before every page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.matrix import chromium, firefox, webkit
from tests.matrix.certificates import Certificate
from tests.matrix.display import Display
from tests.matrix.servers import Names
from tests.matrix.webdriver import WebDriver


class Control(NamedTuple):
    """Where an ordinary third-party cookie, set from the frame, is sent to us afterwards."""

    in_frame: bool
    in_window: bool


EVERYWHERE = Control(in_frame=True, in_window=True)
OWN_JAR = Control(in_frame=True, in_window=False)
NOWHERE = Control(in_frame=False, in_window=False)


class Browser(NamedTuple):
    name: str
    title: str
    programs: tuple[str, ...]
    start: Callable[[Path, Display, Certificate], AbstractAsyncContextManager[WebDriver]]
    control: Control  # what its policy is known to do; where it does otherwise, a run is no evidence
    session: str  # where a frame can keep its session: "cookie", "storage", or "memory" where nothing lasts
    sees_one_site: bool = True  # in two names under home.localhost


class Page(NamedTuple):
    name: str
    title: str
    blog_policy: str = ""  # Cross-Origin-Opener-Policy
    provider_policy: str = ""
    same_site: bool = False  # as Palaver

    @property
    def names(self) -> Names:
        return ONE_SITE if self.same_site else Names()


class Cell(NamedTuple):
    browser: Browser
    page: Page

    @property
    def name(self) -> str:
        return f"{self.browser.name}/{self.page.name}"

    @property
    def control(self) -> Control:
        return EVERYWHERE if self.page.same_site else self.browser.control

    @property
    def session(self) -> str:
        return "cookie" if self.page.same_site else self.browser.session


ONE_SITE = Names("blog.home.localhost", "comments.home.localhost")
BROWSERS = (
    Browser(
        "chromium-allowing",
        "Chromium {version}, third-party cookies allowed",
        chromium.PROGRAMS,
        partial(chromium.start, cookie_controls_mode=2),
        EVERYWHERE,
        "cookie",
    ),
    Browser(
        "chromium-blocking",
        "Chromium {version}, third-party cookies blocked",
        chromium.PROGRAMS,
        partial(chromium.start, cookie_controls_mode=1),
        NOWHERE,
        "cookie",
    ),
    Browser("firefox", "Firefox ESR {version} as it comes", firefox.PROGRAMS, firefox.start, OWN_JAR, "cookie"),
    Browser(
        "firefox-blocking",
        "Firefox ESR {version}, all cross-site storage blocked",
        firefox.PROGRAMS,
        partial(firefox.start, cookie_behavior=1),
        NOWHERE,
        "memory",
    ),
    Browser(
        "webkit",
        "WebKitGTK {version} as it comes",
        webkit.PROGRAMS,
        webkit.start,
        NOWHERE,
        "storage",
        sees_one_site=False,
    ),
    Browser(
        "webkit-itp",
        "WebKitGTK {version} with `--enable-itp`",
        webkit.PROGRAMS,
        partial(webkit.start, flags=("--enable-itp",)),
        NOWHERE,
        "storage",
    ),
)
PAGES = (
    Page("plain", "no COOP"),
    Page("page-isolated", "page: COOP same-origin", blog_policy="same-origin"),
    Page("provider-isolated", "provider: COOP same-origin", provider_policy="same-origin"),
)
FURTHER_PAGES = (
    Page("provider-pop-ups", "provider: COOP same-origin-allow-popups", provider_policy="same-origin-allow-popups"),
    Page("same-site", "page and Palaver on one site", same_site=True),
)
CELLS = tuple(
    Cell(browser, page)
    for page in (*PAGES, *FURTHER_PAGES)
    for browser in BROWSERS
    if browser.sees_one_site or not page.same_site
)
HOSTS = sorted({*Names(), *ONE_SITE})
