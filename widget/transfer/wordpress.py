"""WordPress exports (WXR 1.0 to 1.2): RSS whose items hold `wp:comment`.

Element names are compared as written (`wp:…`): every export uses this prefix, whatever version its namespace names.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from widget.names import clean_email, clean_name, clean_url
from widget.text import plain_text, sanitise_html
from widget.transfer.containers import Part
from widget.transfer.records import ImportedComment, ImportedPage, Record, Skipped
from widget.transfer.xml import parse

NAME = "wordpress"
NAMELESS = "Anonymous"
_STATES = {
    "1": "approved",
    "approved": "approved",
    "0": "pending",
    "hold": "pending",
    "trash": "rejected",
    "post-trashed": "rejected",
    "spam": "spam",
}
_NO_COMMENTS = ("pingback", "trackback")


def sniff(head: bytes) -> bool:
    """Whether a file that begins so is one: RSS, for an export without posts names nothing of WordPress."""
    return b"<rss" in head


def read(part: Part) -> Iterator[Record]:
    """Pages, each before its comments, in the order of the file. Raises `ImportFailed`."""
    handler = _Handler()
    return parse(part.name, part.chunks(), handler, handler)


class _Handler(ContentHandler):
    """Keeps one item's fields and one comment's, never more."""

    def __init__(self) -> None:
        super().__init__()
        self._records: list[Record] = []
        self._item: dict[str, str] | None = None
        self._comment: dict[str, str] | None = None
        self._depth = 0  # below the item or the comment
        self._text: list[str] = []
        self._page_told = False
        self._nameless = 0

    def take(self) -> list[Record]:
        taken, self._records = self._records, []
        return taken

    def startElement(self, name: str, _attrs: AttributesImpl) -> None:  # noqa: N802  (SAX)
        if name == "item" and self._item is None:
            self._item, self._page_told, self._depth = {}, False, 0
        elif name == "wp:comment" and self._item is not None and self._comment is None:
            self._comment, self._depth = {}, 0
        elif self._item is not None:
            self._depth += 1
            if self._depth == 1:
                self._text = []

    def characters(self, content: str) -> None:
        if self._depth == 1:
            self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802  (SAX)
        if self._item is None:
            return
        if name == "wp:comment" and self._depth == 0 and self._comment is not None:
            self._end_comment(self._item, self._comment)
            self._comment = None
        elif name == "item" and self._depth == 0:
            self._item = None
        else:
            if self._depth == 1:
                fields = self._item if self._comment is None else self._comment
                fields.setdefault(name.removeprefix("wp:"), "".join(self._text).strip())
            self._depth -= 1

    def _end_comment(self, item: dict[str, str], comment: dict[str, str]) -> None:
        page_id = item.get("post_id") or item.get("link", "")
        if not self._page_told:
            self._page_told = True
            locked = item.get("comment_status", "open") == "closed"
            self._records.append(ImportedPage(page_id, item.get("link", ""), unescape(item.get("title", "")), locked))
        self._records.append(_record(page_id, self._source_id(page_id, comment), comment))

    def _source_id(self, page_id: str, comment: dict[str, str]) -> str:
        """Of post and comment: exports that were joined by hand use one number on two posts."""
        number = comment.get("comment_id", "")
        if not number:
            self._nameless += 1
            number = f"nameless-{self._nameless}"
        return f"{page_id}:{number}"


def _record(page_id: str, source_id: str, comment: dict[str, str]) -> ImportedComment | Skipped:
    status = _STATES.get(comment.get("comment_approved", ""), "pending")
    kind = comment.get("comment_type", "")
    if kind in _NO_COMMENTS:
        return Skipped(source_id, kind, status)
    html = sanitise_html(comment.get("comment_content", ""), line_breaks=True)
    parent = comment.get("comment_parent", "0")
    return ImportedComment(
        source_id=source_id,
        page_source_id=page_id,
        parent_source_id=f"{page_id}:{parent}" if parent not in ("", "0") else None,
        author_name=clean_name(unescape(comment.get("comment_author", ""))) or NAMELESS,
        author_email=clean_email(comment.get("comment_author_email", "")),
        author_url=clean_url(unescape(comment.get("comment_author_url", ""))),
        created_at=_time(comment.get("comment_date_gmt", "")) or _time(comment.get("comment_date", "")) or 0,
        status=status,
        html=html,
        text=plain_text(html),
    )


def _time(value: str) -> int | None:
    """Unix milliseconds; WordPress writes zeros where it does not know."""
    try:
        moment = datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp() * 1000)
