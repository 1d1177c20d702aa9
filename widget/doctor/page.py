"""What a page says of itself, as far as the comments on it care."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

Attributes = dict[str, str]
_SUMMARIES = ("/count.js", "/latest.js")


@dataclass
class Page:
    """A page as it came: `url` is where it was in the end, header names are in lower case."""

    url: str
    headers: Mapping[str, str]
    tags: list[Attributes] = field(default_factory=list)  # the script tags of a loader; `src` is absolute
    summaries: list[str] = field(default_factory=list)  # addresses of scripts that show counts or latest comments
    frames: list[str] = field(default_factory=list)  # addresses of frames written by hand
    canonical: list[str] = field(default_factory=list)
    meta_policies: list[str] = field(default_factory=list)

    @property
    def policies(self) -> list[str]:
        """Several headers of the name come as one, with commas between (RFC 9110, 5.3)."""
        header = self.headers.get("content-security-policy", "")
        return [policy for policy in (*header.split(","), *self.meta_policies) if policy.strip()]


def read_page(url: str, headers: Mapping[str, str], html: str) -> Page:
    page = Page(url, headers)
    reader = _Reader(page)
    reader.feed(html)
    reader.close()
    return page


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._base = page.url
        self._templates = 0  # what stands in <template> is not there yet

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._templates += tag == "template"
        if self._templates:
            return
        if tag == "base" and attributes.get("href"):
            self._base = self._absolute(attributes["href"])
        elif tag == "script":
            self._script(attributes)
        elif tag == "iframe":
            self._page.frames.append(self._absolute(attributes.get("src", "")))
        elif tag == "link" and "canonical" in attributes.get("rel", "").lower().split():
            self._page.canonical.append(self._absolute(attributes.get("href", "")))
        elif tag == "meta" and attributes.get("http-equiv", "").lower() == "content-security-policy":
            self._page.meta_policies.append(attributes.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template" and self._templates > 0

    def _script(self, attributes: Attributes) -> None:
        source = self._absolute(attributes.get("src", ""))
        if urlsplit(source).path.endswith(_SUMMARIES):
            self._page.summaries.append(source)
        elif "data-site" in attributes or urlsplit(source).path.endswith("/embed.js"):
            self._page.tags.append({**attributes, "src": source})

    def _absolute(self, address: str) -> str:
        try:
            return urljoin(self._base, address.strip())
        except ValueError:
            return address
