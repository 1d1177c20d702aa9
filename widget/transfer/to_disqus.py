"""Exports as Disqus writes them: all threads, which are pages, then all posts.

Source: https://help.disqus.com/en/articles/1717164-comments-export, and files as Disqus sent them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from widget import ids
from widget.db import Database
from widget.store.site_export import Choice, Row, list_comments, list_pages
from widget.store.sites import Site
from widget.transfer.export import batches
from widget.transfer.xml_text import address_of, as_html, cdata, element, moment, name_of

_HEAD = """<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals"
\txmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
\txsi:schemaLocation="http://disqus.com/api/schemas/1.0/disqus.xsd http://disqus.com/api/schemas/1.0/disqus-internals.xsd">
"""


async def write(db: Database, site: Site, choice: Choice) -> AsyncIterator[bytes]:
    """The export in parts."""
    title = element("title", "General")
    yield (
        f'{_HEAD}<category dsq:id="1">{element("forum", site.name)}{title}<isDefault>true</isDefault></category>\n'
    ).encode()
    async for rows in batches(db, list_pages, site, choice):
        yield "".join(_thread(site, row) for row in rows if row["merged_into"] is None).encode()
    async for rows in batches(db, list_comments, site, choice):
        yield "".join(map(_post, rows)).encode()
    yield b"</disqus>\n"


def _thread(site: Site, row: Row) -> str:
    return (
        f'<thread dsq:id="{row["id"]}">\n'
        f'{element("id", row["key"])}{element("forum", site.name)}<category dsq:id="1"/>\n'
        f"{element('link', address_of(site, row['url'], row['key']))}\n"
        f"<title>{cdata(as_html(row['title']))}</title><message></message>\n"
        f"{element('createdAt', _time(row))}{_flag('isClosed', row['locked'])}{_flag('isDeleted', False)}\n"
        "</thread>\n"
    )


def _post(row: Row) -> str:
    """Disqus knows no comment that waits: it is spam there, which is kept and not shown. Nor does it know likes."""
    status, person = row["status"], row["person_id"]
    member = row["person_kind"] == "member"
    username = element("username", ids.encode(person)) if member else ""
    parent = f'<parent dsq:id="{row["parent_id"]}"/>\n' if row["parent_id"] else ""
    return (
        f'<post dsq:id="{row["id"]}">\n<id>{ids.encode(row["id"])}</id>\n'
        f"<message>{cdata(row['html'])}</message>\n"
        f"{element('createdAt', _time(row))}{_flag('isDeleted', status in ('deleted', 'rejected'))}"
        f"{_flag('isSpam', status in ('spam', 'pending'))}\n"
        f"<author>{element('email', row['person_email'] or '')}<name>{cdata(name_of(row))}</name>"
        f"{_flag('isAnonymous', not member)}{username}</author>\n"
        f'{element("ipAddress", row["address"] or "")}<thread dsq:id="{row["page_id"]}"/>\n{parent}</post>\n'
    )


def _time(row: Row) -> str:
    return moment(row).strftime("%Y-%m-%dT%H:%M:%SZ")


def _flag(name: str, value: bool) -> str:
    return element(name, "true" if value else "false")
