"""What readers see of a site, as files for site generators and archives: no scripts, nothing from elsewhere.

A page is `pages/NAME.html`, and as JSON-LD `pages/NAME.jsonld`; `index.html` and `index.json` name them all. Files are
written only where they differ, and those of pages that show nothing any more are removed.
"""

from __future__ import annotations

import filecmp
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from markupsafe import Markup

from widget import ids
from widget.db import Database
from widget.errors import Invalid
from widget.html import make_environment
from widget.render import author_view, date_of
from widget.sites import badges_of
from widget.store.comments import Comment
from widget.store.site_export import Choice, Row, list_pages
from widget.store.sites import Site
from widget.transfer.export import batches
from widget.transfer.json_ld import JsonLd, encoded
from widget.transfer.reading_order import Placed, in_reading_order
from widget.transfer.xml_text import address_of
from widget.views import CommentView

_OURS = re.compile(r"[a-z0-9-]{1,80}-([0-9a-f]{12})\.(?:html|jsonld)")
_INDEX = ("index.html", "index.json")


class PageFile(NamedTuple):
    """A page as templates and the index have it; `name` is that of its files."""

    name: str
    title: str
    url: str
    comments: int  # 0: not known
    lang: str

    @property
    def data(self) -> str:
        return f"{self.name}.jsonld"


class Snapshot(NamedTuple):
    pages: int
    changed: int  # files that are new, different, or gone


async def write_snapshot(db: Database, site: Site, choice: Choice, folder: Path) -> Snapshot:
    """Raises `Invalid` for a folder that holds something else."""
    writer = _Writer(site, choice, folder)
    names: set[str] = set()
    with writer.file("index.html") as index, writer.file("index.json") as listed:
        index.write(writer.render("index_head", site.name, site.lang))
        listed.write("[")
        async for rows in batches(db, list_pages, site, choice):
            shown = [(row["id"], writer.page_file(row)) for row in rows if row["count"]]
            written = [file for page_id, file in shown if await _write_page(db, writer, page_id, file)]
            index.write(writer.render("index_part", written))
            listed.writelines(("," if names or number else "") + _listed(file) for number, file in enumerate(written))
            names.update(file.name for file in written)
        index.write(writer.render("index_tail"))
        listed.write("\n]\n")
    writer.remove_others(names)
    return Snapshot(len(names), writer.changed)


async def _write_page(db: Database, writer: _Writer, page_id: int, file: PageFile) -> bool:
    """Whether there is something to read on it."""
    site = writer.site
    parts = in_reading_order(db, site, page_id, writer.choice)
    placed = await anext(parts, None)
    if placed is None:
        return False
    data = JsonLd(file.url, file.title, ids.time_of(page_id), file.comments, (site.name, _home(site)))
    html = _Nesting(file.url, badges_of(site))
    with writer.file(f"pages/{file.name}.html") as page, writer.file(f"pages/{file.data}") as linked:
        page.write(writer.render("head", file))
        linked.write(data.head)
        while placed is not None:
            page.write(writer.render("part", [html.row(each) for each in placed]))
            linked.writelines(map(data.part, placed))
            placed = await anext(parts, None)
        page.write(writer.render("tail", html.open))
        linked.write(data.tail)
    return True


def _home(site: Site) -> str:
    return site.origins[0] if site.origins else ""


def _listed(file: PageFile) -> str:
    told: dict[str, Any] = {"url": file.url, "title": file.title, "comments": file.comments}
    files = {"html": f"pages/{file.name}.html", "json_ld": f"pages/{file.data}"}
    return "\n" + encoded({**told, **files})


class _Nesting:
    """Lists within lists, opened and closed as comments come."""

    def __init__(self, url: str, badges: Mapping[str, str]) -> None:
        self.open = 0  # lists
        self._url = url
        self._badges = badges

    def row(self, placed: Placed) -> dict[str, Any]:
        level = placed.level + 1
        closes, opens, before = max(0, self.open - level), level > self.open, self.open
        self.open = level
        view = _view(placed, self._url, self._badges)
        return {"c": view, "closes": closes, "opens": opens, "ends": bool(before) and not opens}


def _view(placed: Placed, url: str, badges: Mapping[str, str]) -> CommentView:
    comment: Comment = placed.comment
    shown, name = comment.status == "approved", ids.encode(comment.id)
    return CommentView(
        id=name,
        status=comment.status,
        author=author_view(comment, badges) if shown else None,
        html=Markup(comment.html) if shown else Markup(),  # noqa: S704  text.py made it
        time=ids.rfc3339(comment.created_at),
        date=date_of(comment.created_at),
        permalink=f"{url}#comment-{name}",
        edited=comment.edited_at is not None,
        likes=comment.likes,
        replies=comment.replies,
        pinned=comment.pinned,
        answers=placed.answers,
    )


class _Writer:
    """The folder, and the templates."""

    def __init__(self, site: Site, choice: Choice, folder: Path) -> None:
        self.site = site
        self.choice = choice
        self._folder = folder
        self._parts: Any = make_environment().get_template("snapshot/_parts.html").module
        self.changed = 0
        if folder.exists() and not folder.is_dir():
            raise Invalid(f"{folder} is no folder.", code="bad_folder")
        there = {path.name for path in folder.iterdir() if path.name[0] != "."} if folder.exists() else set()
        if there and not there >= set(_INDEX):
            raise Invalid(f"{folder} holds something else than a snapshot.", code="bad_folder")
        (folder / "pages").mkdir(parents=True, exist_ok=True)

    def render(self, part: str, *values: Any) -> str:
        return str(getattr(self._parts, part)(*values))

    def page_file(self, row: Row) -> PageFile:
        """Named by its key: readable, and safe on every file system, whatever the address is."""
        words = re.sub("[^a-z0-9]+", "-", row["key"].partition(":")[2].lower())[:80].strip("-") or "page"
        digest = hashlib.sha256(row["key"].encode()).hexdigest()[:12]
        url = address_of(self.site, row["url"], row["key"])
        comments = 0 if self.choice.person_id is not None else row["count"]
        return PageFile(f"{words}-{digest}", row["title"] or url, url, comments, self.site.lang)

    @contextmanager
    def file(self, name: str) -> Iterator[IO[str]]:
        """A file that takes its place when it is whole, and only if it differs."""
        path = self._folder / name
        new = path.with_name(f".{path.name}.new")
        try:
            with new.open("w", encoding="utf-8", newline="\n") as stream:
                yield stream
            if not path.exists() or not filecmp.cmp(new, path, shallow=False):
                new.replace(path)
                self.changed += 1
        finally:
            new.unlink(missing_ok=True)

    def remove_others(self, names: set[str]) -> None:
        for path in (self._folder / "pages").iterdir():
            if _OURS.fullmatch(path.name) and path.stem not in names:
                path.unlink()
                self.changed += 1
