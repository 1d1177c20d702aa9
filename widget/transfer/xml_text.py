"""Text on its way into an XML export: escaped once, and fit for what other systems do with it."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape, unescape
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape as escape_xml

from widget import ids
from widget.store.sites import Site

NAMELESS = "Anonymous"


def cdata(text: str) -> str:
    """A "]]>" in it is split, as WordPress does; characters that XML does not have are not in what we keep."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def escaped(text: str) -> str:
    return escape_xml(text)


def element(name: str, text: str) -> str:
    return f"<{name}>{escaped(text)}</{name}>"


def as_html(text: str) -> str:
    """A title: they keep those as HTML."""
    return escape(text, quote=False)


def name_of(row: dict[str, Any]) -> str:
    """The author's name, which they take for HTML: escaped only where that makes a difference, for some show it raw."""
    name = row["person_name"] or NAMELESS
    return name if unescape(name) == name else escape(name, quote=False)


def moment(row: dict[str, Any]) -> datetime:
    """When it was written."""
    return datetime.fromtimestamp(ids.time_of(row["id"]) / 1000, UTC)


def address_of(site: Site, url: str, key: str) -> str:
    """Of a page; where only an id is known of it, that as a path."""
    return url or f"{site.origins[0] if site.origins else ''}/{quote(key.removeprefix('id:'), safe='')}"
