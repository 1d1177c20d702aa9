"""What every import format yields: pages and comments as plain values, in the order of the file."""

from __future__ import annotations

import msgspec

from widget.errors import PalaverError


class ImportFailed(PalaverError):
    """The file cannot be imported; the message names the line or entry and says what is wrong there."""

    code, status = "import_failed", 422


class ImportedPage(msgspec.Struct, frozen=True):
    """Comes before its comments. `url` is as the file says it."""

    source_id: str
    url: str
    title: str
    locked: bool = False


class ImportedComment(msgspec.Struct, frozen=True):
    """`created_at` is Unix milliseconds; `status` one of ours; `html` is sanitised, `text` what is visible of it."""

    source_id: str
    page_source_id: str
    parent_source_id: str | None
    author_name: str
    author_email: str | None
    author_url: str | None
    created_at: int
    status: str
    html: str
    text: str


class Skipped(msgspec.Struct, frozen=True):
    """A record that is no comment; `status` is what the file says of it all the same."""

    source_id: str
    reason: str  # pingback, trackback …
    status: str


Record = ImportedPage | ImportedComment | Skipped
