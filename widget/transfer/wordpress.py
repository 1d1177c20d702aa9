"""WordPress exports (WXR 1.0 to 1.2): RSS whose items hold `wp:comment`.

Source: wp-admin/includes/export.php of WordPress, which writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

from widget.names import clean_url
from widget.text import plain_text
from widget.transfer import values
from widget.transfer.containers import Part
from widget.transfer.records import ImportedPage, ImportFailed, Record, Skipped, Status
from widget.transfer.xml import Gatherer, parse, root_name

NAME = "wordpress"
PERMALINK = "comment-([0-9]{1,20})"

_NAMESPACE = "http://wordpress.org/export/"
_ITEM_FIELDS = {"title", "link", "guid", "wp:post_id", "wp:comment_status", "wp:post_date_gmt"}
_COMMENT_FIELDS = {"id", "author", "author_email", "author_url", "author_IP", "date", "date_gmt", "content", "approved"}
_COMMENT_FIELDS = {f"wp:comment_{name}" for name in (*_COMMENT_FIELDS, "type", "parent")}
_STATES: dict[str, Status] = {
    "1": "approved",
    "approved": "approved",
    "0": "pending",
    "hold": "pending",
    "trash": "rejected",
    "post-trashed": "rejected",
    "spam": "spam",
}
_NO_COMMENTS = {
    "pingback": "pingback",
    "trackback": "trackback",
    # WooCommerce keeps what only its staff may see as approved comments.
    "order_note": "private note of a shop",
    "webhook_delivery": "log entry of a shop",
    "action_log": "log entry of a shop",
}


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is one: RSS, for an export without posts names nothing of WordPress."""
    return root_name(head) == "rss"


def read(part: Part) -> Iterator[Record]:
    """Pages that have comments, each before its comments, in the order of the file.

    Raises `ImportFailed`, possibly after some records.
    """
    return parse(part, _Export())


class _Export(Gatherer):
    """Keeps one item's fields and one comment's, never more."""

    def __init__(self) -> None:
        super().__init__()
        self._prefix = "wp:"
        self._depth = 0
        self._item: dict[str, str] | None = None
        self._item_depth = 0
        self._comment: dict[str, str] | None = None
        self._page: ImportedPage | None = None
        self._field_depth = 0
        self._nameless = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1:
            self._start_root(name, attributes)
        if self._field:
            return
        if name.startswith(self._prefix):
            name = f"wp:{name.removeprefix(self._prefix)}"
        below = self._depth - self._item_depth
        if self._item is None:
            if name == "item":
                self._item, self._item_depth, self._page = {}, self._depth, None
        elif name == "wp:comment" and below == 1:
            self._comment = {}
        elif self._comment is None and below == 1 and name in _ITEM_FIELDS:
            self._start_field(name)
        elif self._comment is not None and below == 2 and name in _COMMENT_FIELDS:
            self._start_field(name.removeprefix("wp:comment_"))

    def _start_root(self, name: str, attributes: dict[str, str]) -> None:
        if name != "rss":
            raise ImportFailed(f"no WordPress export begins with <{name[:40]}>.")
        for attribute, value in attributes.items():
            if value.startswith(_NAMESPACE) and not value.endswith("/excerpt/"):
                self._prefix = f"{attribute.removeprefix('xmlns:')}:"

    def _start_field(self, name: str) -> None:
        self._open(name)
        self._field_depth = self._depth

    def end(self) -> None:
        if self._field and self._depth == self._field_depth:
            fields = self._item if self._comment is None else self._comment
            field, value = self._close()
            if fields is not None:
                fields[field] = value
        elif self._item is not None and self._comment is not None and self._depth == self._item_depth + 1:
            self._end_comment(self._item, self._comment)
            self._comment = None
        elif self._depth == self._item_depth:
            self._item = None
        self._depth -= 1

    def _end_comment(self, item: dict[str, str], comment: dict[str, str]) -> None:
        if self._page is None:
            self._page = _page(item)
            self._records.append(self._page)
        source_id = self._source_id(self._page.source_id, comment)
        self._records.append(_record(self._page.source_id, source_id, item, comment))

    def _source_id(self, page_id: str, comment: dict[str, str]) -> str:
        """Of post and comment: exports that were joined by hand use one number on two posts."""
        number = comment.get("id", "")
        if not number:
            self._nameless += 1
            number = f"nameless-{self._nameless}"
        return f"{page_id}:{number}"


def _page(item: dict[str, str]) -> ImportedPage:
    """WordPress keeps titles as HTML."""
    link, guid = item.get("link", ""), item.get("guid", "")
    url = link if clean_url(link) or not clean_url(guid) else guid
    closed = item.get("wp:comment_status") == "closed"
    return values.page(item.get("wp:post_id") or url, url, plain_text(item.get("title", "")), locked=closed)


def _record(page_id: str, source_id: str, item: dict[str, str], comment: dict[str, str]) -> Record:
    """Zeros stand for a date that WordPress does not know."""
    status = _STATES.get(comment.get("approved", ""), "pending")
    if reason := _NO_COMMENTS.get(comment.get("type", "")):
        return Skipped(source_id, reason, status)
    dates = comment.get("date_gmt", ""), comment.get("date", ""), item.get("wp:post_date_gmt", "")
    parent = comment.get("parent", "0")
    name, email, website = (comment.get(f"author{field}", "") for field in ("", "_email", "_url"))
    return values.comment(
        source_id,
        page_id,
        f"{page_id}:{parent}" if parent not in {"", "0"} else None,
        values.Author(unescape(name), email, website),
        next((time for date in dates if (time := values.time(date)) is not None), None),
        status,
        comment.get("content", ""),
        markup="html with line breaks",
        extras=values.Extras(address=comment.get("author_IP", "")),
    )
