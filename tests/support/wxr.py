"""WordPress exports as a test wants them, written as WordPress writes them."""

from __future__ import annotations

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<!-- This is a WordPress eXtended RSS file. Tools & imports -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
	xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>A &#38; B</title><wp:wxr_version>1.2</wp:wxr_version>
"""
TAIL = "</channel></rss>\n"
POST = "https://blog.example/7/"  # where an item of the number 7 is


def cdata(text: str) -> str:
    """As WordPress' wxr_cdata writes it."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def comment(number: int = 1, content: str = "Hello", fields: dict[str, str] | None = None, **more: str) -> str:
    values = {
        "id": str(number),
        "author": cdata("Ada"),
        "author_email": cdata("ada@example.org"),
        "author_url": "",
        "date": cdata("2020-01-02 04:04:05"),
        "date_gmt": cdata("2020-01-02 03:04:05"),
        "content": cdata(content),
        "approved": cdata("1"),
        "type": cdata("comment"),
        "parent": "0",
        **(fields or {}),
        **more,
    }
    inner = "".join(f"<wp:comment_{name}>{value}</wp:comment_{name}>\n" for name, value in values.items())
    meta = (
        "<wp:commentmeta><wp:meta_key>comment_content</wp:meta_key><wp:meta_value>no</wp:meta_value></wp:commentmeta>"
    )
    return f"<wp:comment>{inner}{meta}</wp:comment>\n"


def item(*comments: str, number: int = 7, fields: dict[str, str] | None = None, **more: str) -> str:
    values = {
        "title": cdata("A &amp; <em>B</em>"),
        "link": f"https://blog.example/{number}/",
        "guid": f"https://blog.example/?p={number}",
        "content:encoded": cdata("<p>post & text</p>"),
        "wp:post_id": str(number),
        "wp:comment_status": cdata("open"),
        **(fields or {}),
        **more,
    }
    inner = "".join(f"<{name}>{value}</{name}>\n" for name, value in values.items())
    return f"<item>\n{inner}{''.join(comments)}</item>\n"


def export(*items: str) -> bytes:
    return (HEAD + "".join(items) + TAIL).encode()


def told(number: int, parent: int = 0, **fields: str) -> str:
    """A comment that says its number, written so many seconds after three o'clock."""
    date = cdata(f"2020-01-02 03:{number // 60:02}:{number % 60:02}")
    return comment(number, f"Comment {number}", {"date_gmt": date, "parent": str(parent), **fields})
