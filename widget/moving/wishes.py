"""Which address became which, as it was said: by a pair, a CSV file, or a mapping of all that begin alike."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from widget.db import Database
from widget.errors import Invalid
from widget.mapping import Mapping, Mappings, is_path, normal_address
from widget.store.page_list import Listed, list_after
from widget.store.sites import Site

AT_ONCE = 1_000  # pages in a unit of work


class Wish(NamedTuple):
    """`page` is the page where it is known already, and not only by its address."""

    old: str
    new: str
    page: Listed | None = None


def of_pair(old: str, new: str, site: Site) -> Wish:
    """A path alone is one of the site's first origin."""
    old, new = (site.origins[0] + address if is_path(address) and site.origins else address for address in (old, new))
    return Wish(old, new)


def of_csv(path: Path, site: Site) -> list[Wish]:
    """Two columns, the old and the new address of a page (RFC 4180, UTF-8); a first line of titles is left out.

    Raises `Invalid`, which names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(path, csv.reader(file, strict=True), site))
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.", code="bad_csv") from error
    except (csv.Error, UnicodeError) as error:
        raise Invalid(f"{path} is not CSV in UTF-8: {error}.", code="bad_csv") from error


def _rows(path: Path, rows: Iterable[list[str]], site: Site) -> Iterator[Wish]:
    for number, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and not _is_address(cells[0])):
            continue
        if len(cells) != 2 or not all(map(_is_address, cells)):
            sentence = f"{path}, row {number}: needed are two addresses (https://… or /…), the old and the new one."
            raise Invalid(sentence, code="bad_csv")
        yield of_pair(cells[0], cells[1], site)


def _is_address(text: str) -> bool:
    return is_path(text) or text.lower().startswith(("https://", "http://"))


async def of_mappings(db: Database, site: Site, mappings: Sequence[Mapping]) -> tuple[list[Wish], list[Mapping]]:
    """Of all pages that a mapping moves, and the mappings that moved none.

    Where NEW begins with OLD, a page that begins with NEW is there already.
    """
    found, following = list[Wish](), Mappings(mappings)
    there = [Mappings([Mapping(each.new, "/")]) for each in mappings if each.new.startswith(each.old)]
    async for page in list_whole(db, site):
        if page.url:
            address = normal_address(page.url)
            moved = following.moved(address)
            if moved != address and all(each.moved(address) == address for each in there):
                found.append(Wish(page.url, moved, page))
    return found, following.unused()


async def list_whole(db: Database, site: Site) -> AsyncIterator[Listed]:
    """Every page of a site that is no part of another."""
    after = 0
    while pages := await db.read(list_after, site.id, after, AT_ONCE):
        for page in pages:
            if page.shown_as is None:
                yield page
        after = pages[-1].id
