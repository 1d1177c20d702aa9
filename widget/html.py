"""Views to HTML: the template environment and the headers that go with each kind of document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jinja2
from markupsafe import Markup

from auth import Provider
from widget.assets import Assets
from widget.resources import folder
from widget.store.sites import Site
from widget.views import ProviderView, ThreadView

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
_ALL = {
    "Content-Type": "text/html; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    # With no-referrer a frame's form POST would carry `Origin: null`.
    "Referrer-Policy": "same-origin",
}
# Our own pages: never in a frame, never with a handle for who opened them.
PAGE_HEADERS = {
    **_ALL,
    "Content-Security-Policy": _POLICY + "'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
# Why a tag does not work, told to people and the loader on whatever page it stands: nothing of the site is in it, and
# nothing can be pressed.
WRONG_TAG_HEADERS = {
    **PAGE_HEADERS,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
# A page of ours that shows another in a frame, and that other: no script runs in it, and no form is sent.
FRAMING_HEADERS = {**PAGE_HEADERS, "Content-Security-Policy": f"{_POLICY}'none'; frame-src 'self'"}
PREVIEW_HEADERS = {
    **PAGE_HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
}


def make_environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder("templates")),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
    )


class Html:
    def __init__(self, assets: Assets) -> None:
        self.environment = make_environment()
        self.environment.globals["asset"] = assets.path

    def document(self, thread: ThreadView) -> str:
        return self.render("thread.html" if thread.first_party else "embed.html", thread=thread)

    def fragment(self, part: str, **values: Any) -> str:
        return self.render("fragments.html", part=part, **values)

    def render(self, template: str, **values: Any) -> str:
        return self.environment.get_template(template).render(**values)


BRIEF = "public, max-age=0, s-maxage=1"
LASTING = f"{BRIEF}, stale-while-revalidate=30"
STALE = 31_000  # ms after which no cache on the way shows a document any more: s-maxage and stale-while-revalidate


def frame_headers(site: Site, *, personal: bool, lasting: bool = True) -> dict[str, str]:
    """For `/embed`: framed by the site's pages and nobody else; with no page on the list, by none.

    What is not `lasting` is another document before `STALE` is over: nobody may show it while asking for the new one.
    """
    hosts = {form: None for origin in site.origins for form in _with_and_without_www(origin)}
    return {
        **_ALL,
        "Content-Security-Policy": _POLICY + (" ".join(hosts) or "'none'"),
        # A host page that isolates itself still gets the frame.
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "private, no-store" if personal else LASTING if lasting else BRIEF,
    }


def _with_and_without_www(origin: str) -> tuple[str, str]:
    scheme, _, host = origin.partition("://")
    bare = host.removeprefix("www.")
    return f"{scheme}://{bare}", f"{scheme}://www.{bare}"


def provider_views(providers: Sequence[Provider]) -> list[ProviderView]:
    icons = folder("static") / "icons"
    return [
        ProviderView(provider.name, provider.label, Markup((icons / f"{provider.icon}.svg").read_text()))  # noqa: S704  ours
        for provider in providers
    ]
