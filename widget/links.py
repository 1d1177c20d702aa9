"""Which addresses a comment may link to, and where plain text holds one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from widget.names import clean_email, clean_url

MAX_LINK_LENGTH = 30_000  # a comment that is one address of 10,000 bytes, percent-encoded

# Addresses end at blanks, quotes, angle brackets, and East Asian brackets and stops.
_END = r"\s<>\"“”«»\u3000-\u3003\u3008-\u3011！（），．：；？｡"
_HEAD = re.compile(
    rf"(?<![A-Za-z0-9_.@/\\-])(?:https?://|www\.)[^{_END}/?#@:\[\]\\]{{1,253}}+(?::\d{{1,5}}+)?+(?!@)", re.IGNORECASE
)
_REST = re.compile(rf"[/?#][^{_END}]*")
_CLOSING = {")": "(", "]": "[", "}": "{"}
_STOPS = frozenset(".,:;!?'*_~’…")
_LONGEST_ENTITY = 12


@dataclass(frozen=True, slots=True)
class Found:
    """An address in a text and where it links to; the names are those that markdown-it asks for."""

    index: int
    last_index: int
    text: str
    url: str
    schema = "http:"


def link_target(address: str) -> str | None:
    """The address as a comment's link may have it (absolute http, https or mailto), or None."""
    if address[:7].lower() == "mailto:":
        email = clean_email(address[7:].partition("?")[0])
        return email and f"mailto:{email}"
    return clean_url(address, MAX_LINK_LENGTH)


class LinkFinder:
    """Finds http://…, https://… and www.… in text, in linear time.

    It stands where markdown-it expects linkify-it, which takes 4 s for 10 kB of "www." and links "readme.md".
    Trailing punctuation and unbalanced brackets stay outside, as in GitHub Flavored Markdown (6.9, Autolinks).
    """

    def pretest(self, text: str) -> bool:
        return "://" in text or "www." in text.lower()

    test = pretest

    def match(self, text: str) -> list[Found]:
        """All addresses, from left to right."""
        result: list[Found] = []
        if not self.pretest(text):  # as nearly always, and known at a twentieth of the cost
            return result
        position = 0
        while head := _HEAD.search(text, position):
            found, position = _found(text, head)
            if found:
                result.append(found)
        return result

    def match_at(self, text: str, position: int) -> Found | None:
        head = _HEAD.match(text, position)
        return _found(text, head)[0] if head else None


def _found(text: str, head: re.Match[str]) -> tuple[Found | None, int]:
    """What begins at `head`, and where to look for the next."""
    host = _trimmed(head.group())
    bare = host[:4].lower() == "www."
    scheme = "http://" if bare else ""
    if link_target(scheme + host) is None or (bare and "." not in host[4:]):
        return None, head.end()
    rest = _REST.match(text, head.end())
    address = _trimmed(head.group() + (rest.group() if rest else ""))
    target = link_target(scheme + address)
    if target is None:
        return None, rest.end() if rest else head.end()  # what is too long is not tried again from its middle
    end = head.start() + len(address)
    return Found(head.start(), end, address, target), end


def _trimmed(address: str) -> str:
    counts = Counter(address)
    end = len(address)
    while end:
        last = address[end - 1]
        opening = _CLOSING.get(last)
        if last not in _STOPS and (opening is None or counts[opening] >= counts[last]):
            break
        counts[last] -= 1
        end = _without_entity(address, end) if last == ";" else end - 1
    return address[:end]


def _without_entity(address: str, end: int) -> int:
    start = address.rfind("&", max(0, end - _LONGEST_ENTITY), end)
    return start if start >= 0 and address[start + 1 : end - 1].isalnum() else end - 1
