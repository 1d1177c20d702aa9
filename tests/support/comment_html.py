"""Reads a comment's HTML as a browser does, with a parser that is not the product's."""

from __future__ import annotations

import re
from typing import Any

import html5lib

from widget.text import ALLOWED, LINK_REL

_BLOCK = re.compile(r"</?(?:p|br|hr|pre|blockquote|ul|ol|li)\b")
_LINK = re.compile(r"(?:https?://[^\s\\@/?#]+|mailto:[^\s\\]+@[^\s\\]+)")


def parse(html: str) -> Any:
    """An ElementTree element that holds the fragment; a comment in it has a function as its tag."""
    return html5lib.parseFragment(html, container="div", namespaceHTMLElements=False)


def visible_text(html: str) -> str:
    """All text of the fragment, blanks and the bounds of blocks as single spaces."""
    return " ".join("".join(parse(_BLOCK.sub(r" \g<0>", html)).itertext()).split())


def offences(html: str) -> list[str]:
    """What is in the fragment and not allowed in a comment."""
    found = []
    for element in list(parse(html).iter())[1:]:
        if element.tag not in ALLOWED:
            found.append(f"element {element.tag!r}")
            continue
        found += [f"attribute {element.tag} {name}" for name in element.attrib if name not in ALLOWED[element.tag]]
        if element.tag == "a":
            found += _link_offences(element.attrib)
        if not element.attrib.get("start", "1").isdecimal():
            found.append(f"start {element.attrib['start']!r}")
    return found


def _link_offences(attributes: dict[str, str]) -> list[str]:
    wanted = {"rel": LINK_REL, "target": "_blank"}
    found = [f"{name} is {attributes.get(name)!r}" for name, value in wanted.items() if attributes.get(name) != value]
    if not _LINK.match(attributes.get("href", "")):
        found.append(f"link to {attributes.get('href')!r}")
    return found
