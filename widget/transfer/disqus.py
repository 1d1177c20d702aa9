"""Disqus exports: XML of `thread` elements, which are pages, and of `post` elements.

Source: https://help.disqus.com/en/articles/1717164-comments-export, and files as Disqus sent them from 2011 on.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

from widget.names import clean_url
from widget.text import plain_text
from widget.transfer import values
from widget.transfer.containers import Part
from widget.transfer.records import ImportFailed, Record, Status
from widget.transfer.xml import Gatherer, parse, root_name

NAME = "disqus"
PERMALINK = "comment-([0-9]{1,20})"

_THREAD_FIELDS = {"id", "link", "title", "isClosed", "isDeleted"}
_POST_FIELDS = {"id", "message", "createdAt", "isDeleted", "isSpam", "ipAddress"}
_POST_FIELDS |= {f"author/{name}" for name in ("name", "email", "username", "link")}
_FIELDS = {"thread": _THREAD_FIELDS, "post": _POST_FIELDS}


def sniff(head: bytes) -> bool:
    return root_name(head) == "disqus"


def read(part: Part) -> Iterator[Record]:
    """Raises `ImportFailed`, possibly after some records."""
    return parse(part, _Export())


class _Export(Gatherer):
    """Keeps the fields of one thread or post, never more."""

    def __init__(self) -> None:
        super().__init__()
        self._path: list[str] = []  # of the element that is open, from the root
        self._kind = ""  # of the element below the root
        self._fields: dict[str, str] = {}
        self._known: set[str] = set()  # which are kept

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "disqus":
            raise ImportFailed(f"no Disqus export begins with <{name[:40]}>.")
        self._path.append(name)
        depth = len(self._path)
        if depth == 2:
            self._kind, self._fields = name, {"#": _number(attributes)}
            self._known = _FIELDS.get(name, set())
        elif depth == 3 and name in {"thread", "parent"}:
            self._fields[name] = _number(attributes)
        field = "/".join(self._path[2:]) if depth > 3 else name
        self._open(field if depth > 2 and field in self._known else "")

    def end(self) -> None:
        if self._field:
            field, value = self._close()
            self._fields[field] = value
        elif len(self._path) == 2 and self._kind == "thread":
            self._records.append(_page(self._fields))
        elif len(self._path) == 2 and self._kind == "post":
            self._records.append(_post(self._fields))
        self._path.pop()


def _number(attributes: dict[str, str]) -> str:
    """Disqus' own: `dsq:id`, whatever the prefix."""
    return next((value for key, value in attributes.items() if key.endswith(":id")), "")


def _page(fields: dict[str, str]) -> Record:
    """Disqus' own id for the page may be its address; without one and without a link nobody can find it."""
    link, own = fields.get("link", ""), fields.get("id", "")
    url = link if clean_url(link) or not clean_url(own) else own
    gone = values.is_true(fields.get("isDeleted"))
    title = plain_text(fields.get("title", ""))
    return values.page(fields["#"], url, title, locked=gone or values.is_true(fields.get("isClosed")))


def _post(fields: dict[str, str]) -> Record:
    status: Status = "approved"
    if values.is_true(fields.get("isDeleted")):
        status = "deleted"
    elif values.is_true(fields.get("isSpam")):
        status = "spam"
    author = values.Author(
        unescape(fields.get("author/name", "")),
        fields.get("author/email", ""),
        fields.get("author/link", ""),
        fields.get("author/username", ""),
    )
    return values.comment(
        fields["#"] or fields.get("id", ""),
        fields.get("thread", ""),
        fields.get("parent") or None,
        author,
        values.time(fields.get("createdAt")),
        status,
        fields.get("message", ""),
        extras=values.Extras(address=fields.get("ipAddress", "")),
    )
