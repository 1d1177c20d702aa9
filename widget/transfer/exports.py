"""What can be exported, and in which formats. To add one, add its module here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from widget import ids
from widget.db import Database, Tx
from widget.errors import Invalid, NotFound
from widget.page_key import SiteAddress, page_key
from widget.site_verbs import get_site
from widget.store import identities, pages, people
from widget.store.site_export import Choice
from widget.store.sites import Site
from widget.transfer import to_disqus, to_wordpress
from widget.transfer.export import export_lines
from widget.transfer.snapshot import Snapshot, write_snapshot

Write = Callable[[Database, Site, Choice], AsyncIterator[bytes]]


class Format(NamedTuple):
    label: str
    write: Write
    media_type: str
    ending: str


FORMATS: Mapping[str, Format] = {
    "jsonl": Format("Everything, as JSON Lines", export_lines, "application/jsonl", "jsonl"),
    "wxr": Format("Comments for WordPress (WXR)", to_wordpress.write, "application/rss+xml", "xml"),
    "disqus": Format("Comments as Disqus writes them", to_disqus.write, "application/xml", "xml"),
}
EVERYTHING = "jsonl"
SNAPSHOT = "html"  # is many files, not one


async def open_export(
    db: Database, site_name: str, name: str = EVERYTHING, *, page: str = "", person: str = ""
) -> tuple[Site, AsyncIterator[bytes]]:
    """The site and the parts of its export: all of it, or what is on a page (its address), or what one person wrote.

    Raises `NotFound` or `Invalid` before the first part.
    """
    if name not in FORMATS:
        raise Invalid(f"There is no such export; there are: {', '.join(FORMATS)}.", code="bad_format")
    site, choice = await db.read(_choose, site_name, page, person)
    return site, FORMATS[name].write(db, site, choice)


async def open_snapshot(db: Database, site_name: str, folder: Path, *, page: str = "", person: str = "") -> Snapshot:
    """Write what readers see to a folder. Raises as `open_export`, and `Invalid` for a folder of something else."""
    site, choice = await db.read(_choose, site_name, page, person)
    return await write_snapshot(db, site, choice, folder)


def _choose(tx: Tx, site_name: str, page: str, person: str) -> tuple[Site, Choice]:
    site = get_site(tx, site_name)
    return site, Choice(_page_id(tx, site, page) if page else None, _person_id(tx, site, person) if person else None)


def _page_id(tx: Tx, site: Site, url: str) -> int:
    """Of the page that has the comments of this address."""
    address = SiteAddress(site.origins, site.keep_query, site.hash_routes)
    found = pages.get_page(tx, site.id, page_key(url, None, address).key)
    if found is None:
        raise NotFound(f"There are no comments on {url}.", code="unknown_page")
    return found.id


def _person_id(tx: Tx, site: Site, named: str) -> int:
    """By id, or by provider and account: its id there, or an address that it proved."""
    provider, colon, account = named.partition(":")
    number = identities.get_person_of(tx, provider, account) if colon else ids.decode(named)
    if number is None and not colon:
        raise Invalid(f"“{named}” is no id of a person, nor PROVIDER:ACCOUNT.", code="bad_person")
    if number is None or people.get_person(tx, site.id, number) is None:
        raise NotFound("There is no such person; `palaver people list` shows all.", code="unknown_person")
    return number
