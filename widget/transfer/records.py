"""What every import format yields: pages and comments as plain values, in the order of the file."""

from __future__ import annotations

from typing import Literal

import msgspec

from widget.errors import PalaverError

Status = Literal["approved", "pending", "rejected", "spam", "deleted"]


class ImportFailed(PalaverError):
    """The file cannot be imported; the message names the line or entry and says what is wrong there."""

    code, status = "import_failed", 422


class ImportedPage(msgspec.Struct, frozen=True):
    """Comes before its comments, once for each part of the export that holds it. `url` is as the file says it."""

    source_id: str
    url: str
    title: str
    locked: bool = False


class ImportedComment(msgspec.Struct, frozen=True):
    """A comment as the file has it: its parent may come later, be missing, stand on another page or lie in a circle.

    `source_id` is the same each time the file is read; `created_at` is in Unix milliseconds, UTC; `html` is sanitised
    and "" where nothing is left to show, `text` is what is visible of it.
    """

    source_id: str
    page_source_id: str
    parent_source_id: str | None
    author_name: str
    author_email: str | None
    author_url: str | None
    created_at: int
    status: Status
    html: str
    text: str


class Skipped(msgspec.Struct, frozen=True):
    """A record that is not taken over; `status` is what the file says of it all the same."""

    source_id: str
    reason: str  # one of a few, to be counted: pingback, trackback …
    status: Status


Record = ImportedPage | ImportedComment | Skipped
