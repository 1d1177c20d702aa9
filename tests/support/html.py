"""Documents as a browser reads them, and a reader who has scripts turned off."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib
import httpx2

from tests.support.service import HOME


class Html:
    """A parsed document or fragment. Paths are ElementPath's: `.//form[@class='write']`."""

    def __init__(self, text: str) -> None:
        self.root: Element = html5lib.parse(text, namespaceHTMLElements=False)

    def all(self, path: str) -> list[Element]:
        return self.root.findall(path)

    def one(self, path: str) -> Element:
        found = self.all(path)
        assert len(found) == 1, f"{len(found)} of {path}"
        return found[0]

    def text(self, path: str = ".") -> str:
        return text_of(self.one(path))

    def link(self, label: str) -> str:
        """The address of the one link with this text."""
        found = [link.get("href", "") for link in self.all(".//a") if text_of(link) == label]
        assert len(found) == 1, f"{len(found)} links “{label}”"
        return found[0]

    def has_link(self, label: str) -> bool:
        return any(text_of(link) == label for link in self.all(".//a"))

    def comments(self) -> list[str]:
        """The ids of the comments, in the order in which they stand."""
        return [item.get("id", "").removeprefix("comment-") for item in self.all(".//li[@id]")]

    def comment(self, comment_id: str) -> Element:
        return self.one(f".//li[@id='comment-{comment_id}']")


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def fields_of(form: Element) -> dict[str, str]:
    """What a browser would send of it, but for the button."""
    fields = {field.get("name", ""): field.get("value", "") for field in form.iter("input")}
    areas = {area.get("name", ""): "".join(area.itertext()) for area in form.iter("textarea")}
    return {**fields, **areas}


class Reader:
    """A browser without scripts that shows the frame: it keeps cookies and says where requests come from."""

    def __init__(self, client: httpx2.AsyncClient, **cookies: str) -> None:
        self._client = client
        self.cookies = cookies
        self.address = HOME
        self.answer: httpx2.Response
        self.page: Html

    async def open(self, address: str, site: str = "same-origin") -> Html:
        """Go to an address: by a link of ours, or (`cross-site`) because the host page frames it."""
        return await self._go("GET", address, {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"})

    async def follow(self, label: str) -> Html:
        return await self.open(self.page.link(label))

    async def press(self, form: Element, action: str, **fields: str) -> Html:
        """Send a form by its button `action`, to the document's own address, as a form without `action` does."""
        body = {**fields_of(form), **fields, "action": action}
        return await self.send(body)

    async def send(self, body: dict[str, str], **headers: str) -> Html:
        own = {"Origin": HOME, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", **headers}
        return await self._go("POST", self.address, own, data=body)

    async def _go(self, method: str, address: str, headers: dict[str, str], **options: Any) -> Html:
        self.address = urljoin(self.address, address)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = self.address.partition("#")[0]
        self.answer = await self._client.request(method, sent, headers=headers, **options)
        for cookie in self.answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value:
                self.cookies[name] = value
        if self.answer.status_code == 303:
            return await self.open(self.answer.headers["location"])
        self.page = Html(self.answer.text)
        return self.page
