"""What every import format yields: pages, people and comments as plain values, in the order of the file."""

from __future__ import annotations

from typing import Literal

import msgspec

from widget.errors import PalaverError
from widget.text import render_foreign_markdown, sanitise_html, visible_text

Status = Literal["approved", "pending", "rejected", "spam", "deleted"]
Markup = Literal["html", "html with line breaks", "markdown"]


class ImportFailed(PalaverError):
    """The file cannot be imported; the message names the line or entry and says what is wrong there."""

    code, status = "import_failed", 422


class ImportedPage(msgspec.Struct, frozen=True):
    """Once for each part of the export that holds it. `url` is as the file says it, or a path on the site itself."""

    source_id: str
    url: str
    title: str
    locked: bool = False


class ImportedPerson(msgspec.Struct, frozen=True):
    """An account of the old system, where the file keeps those apart from comments: before them or after."""

    source_id: str
    name: str
    email: str | None
    url: str | None


class ImportedComment(msgspec.Struct, frozen=True):
    """A comment as the file has it: its parent may come later, be missing, stand on another page or lie in a circle.

    `source_id` is the same each time the file is read; times are in Unix milliseconds, UTC. `author_source_id` names
    the account; where an `ImportedPerson` of it is in the file, that says who it is. `body` is as it was written.
    """

    source_id: str
    page_source_id: str
    parent_source_id: str | None
    author_name: str
    author_email: str | None
    author_url: str | None
    created_at: int
    status: Status
    body: str
    markup: Markup = "html"
    author_source_id: str = ""
    edited_at: int | None = None
    likes: int = 0
    score: int = 0
    pinned: bool = False
    address: str = ""  # it came from, as `limits.client_address` gives it

    @property
    def permalink_id(self) -> str:
        """As permalinks of the old system name it: without the page, which stands before what is unique there only."""
        return self.source_id.removeprefix(f"{self.page_source_id}:")

    @property
    def html(self) -> str:
        """Sanitised, "" where nothing is left to show. Costs a tenth of a millisecond, and more for much."""
        if self.markup == "markdown":
            return render_foreign_markdown(self.body)
        return sanitise_html(self.body, line_breaks=self.markup == "html with line breaks")

    @property
    def text(self) -> str:
        """What is visible of it."""
        return visible_text(self.html)


class Skipped(msgspec.Struct, frozen=True):
    """A record that is not taken over; `status` is what the file says of it all the same."""

    source_id: str
    reason: str  # one of a few, to be counted: pingback, trackback …
    status: Status


Record = ImportedPage | ImportedPerson | ImportedComment | Skipped
