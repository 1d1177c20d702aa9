"""Exports for WordPress (WXR 1.2), which most other systems read, too: an RSS item for each page with comments.

Source: wp-admin/includes/export.php of WordPress.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from widget.db import Database
from widget.store.site_export import Choice, Row, list_comments_by_page
from widget.store.sites import Site
from widget.transfer.export import batches
from widget.transfer.xml_text import address_of, as_html, cdata, element, escaped, moment, name_of

APPROVED = {"approved": "1", "pending": "0", "spam": "spam", "rejected": "trash", "deleted": "trash"}
DELETED = "[deleted]"
_END_OF_ITEM = "</item>\n"
_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="Palaver" -->
<rss version="2.0"
\txmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
\txmlns:content="http://purl.org/rss/1.0/modules/content/"
\txmlns:wfw="http://wellformedweb.org/CommentAPI/"
\txmlns:dc="http://purl.org/dc/elements/1.1/"
\txmlns:wp="http://wordpress.org/export/1.2/">
<channel>
"""


async def write(db: Database, site: Site, choice: Choice) -> AsyncIterator[bytes]:
    """The export in parts."""
    yield (_HEAD + _channel(site)).encode()
    number, page_id = 0, None
    async for rows in batches(db, list_comments_by_page, site, choice):
        parts: list[str] = []
        for row in rows:
            if row["page_id"] != page_id:
                parts.append((_END_OF_ITEM if number else "") + _item(site, row, number + 1))
                number, page_id = number + 1, row["page_id"]
            parts.append(_comment(row))
        yield "".join(parts).encode()
    yield ((_END_OF_ITEM if number else "") + "</channel>\n</rss>\n").encode()


def _channel(site: Site) -> str:
    home = site.origins[0] if site.origins else ""
    told = {"title": site.name, "link": home, "description": "", "wp:wxr_version": "1.2"}
    told |= {"wp:base_site_url": home, "wp:base_blog_url": home, "language": site.lang}
    return "".join(element(name, text) + "\n" for name, text in told.items())


def _item(site: Site, row: Row, number: int) -> str:
    """The date is that of the first comment: what the page itself says, is not known here."""
    url = address_of(site, row["page_url"], row["page_key"])
    when = moment(row)
    date = when.strftime("%Y-%m-%d %H:%M:%S")
    told = {
        "title": cdata(as_html(row["page_title"] or url)),
        "link": escaped(url),
        "pubDate": when.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "dc:creator": cdata(""),
        "description": "",
        "content:encoded": cdata(""),
        "excerpt:encoded": cdata(""),
        "wp:post_id": str(number),
        "wp:post_date": cdata(date),
        "wp:post_date_gmt": cdata(date),
        "wp:comment_status": cdata("closed" if row["page_locked"] else "open"),
        "wp:ping_status": cdata("closed"),
        "wp:status": cdata("publish"),
        "wp:post_parent": "0",
        "wp:post_type": cdata("post"),
    }
    return "<item>\n" + _elements(told)


def _comment(row: Row) -> str:
    """Of one that was deleted nothing is there but its place, in the bin; some importers fail at an empty text."""
    date = moment(row).strftime("%Y-%m-%d %H:%M:%S")
    told = {
        "id": str(row["id"]),
        "author": cdata(name_of(row)),
        "author_email": cdata(row["person_email"] or ""),
        "author_url": cdata(row["person_url"] or ""),
        "author_IP": cdata(row["address"] or ""),
        "date": cdata(date),
        "date_gmt": cdata(date),
        "content": cdata(_content(row["html"]) or DELETED),
        "approved": cdata(APPROVED[row["status"]]),
        "type": cdata("comment"),
        "parent": str(row["parent_id"] or 0),
        "user_id": "0",
    }
    return "<wp:comment>\n" + _elements({f"wp:comment_{name}": text for name, text in told.items()}) + "</wp:comment>\n"


def _content(html: str) -> str:
    """Paragraphs and breaks as line ends: WordPress lets comments have neither, and makes them of these."""
    for tag, text in (("</p>\n", "</p>"), ("<p>", ""), ("</p>", "\n\n"), ("<br>\n", "<br>"), ("<br>", "\n")):
        html = html.replace(tag, text)
    return html.strip()


def _elements(told: dict[str, str]) -> str:
    return "".join(f"<{name}>{text}</{name}>\n" for name, text in told.items())
