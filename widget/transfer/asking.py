"""What owners ask of imports on `/admin`: a file is looked at first, then imported. `working.py` does it."""

from __future__ import annotations

from typing import NamedTuple

from auth import Visitor
from widget import ids, policy
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Conflict, NotFound
from widget.mapping import parse_mapping
from widget.moderation.deciding import moderator_of
from widget.moderation.overview import SiteAt, read_site
from widget.names import clean_name
from widget.store import imports as store
from widget.store.imports import OPEN, Import
from widget.store.sites import Site, get_site_by_id

SHOWN = 50  # of a site
MAX_FILE_NAME = 200
MAX_MAPPINGS = 500


class Imports(NamedTuple):
    at: SiteAt
    imports: list[Import]  # the newest first


class ImportAt(NamedTuple):
    at: SiteAt
    found: Import


async def read_imports(core: Core, visitor: Visitor, site_name: str) -> Imports:
    """Of a site. Raises `Forbidden` and `NotFound`."""
    at = await _read_own(core, visitor, site_name)
    return Imports(at, await core.db.read(store.list_imports, at.site.id, SHOWN))


async def read_import(core: Core, visitor: Visitor, site_name: str, import_id: str) -> ImportAt:
    """Raises `Forbidden` and `NotFound`."""
    at = await _read_own(core, visitor, site_name)
    return ImportAt(at, await core.db.read(_find, at.site, import_id))


async def _read_own(core: Core, visitor: Visitor, site_name: str) -> SiteAt:
    at = await read_site(core, visitor, site_name)
    policy.can_own(owner=at.owner)
    return at


async def check_free(core: Core, site: Site, actor: Actor) -> None:
    """Asked before a file is taken. Raises `Forbidden`, and `Conflict` while another is at work."""
    await core.db.read(_check_free, site, actor)


def _check_free(tx: Tx, site: Site, actor: Actor) -> None:
    policy.can_own(owner=moderator_of(tx, site, actor).role == "owner")
    if store.get_open(tx, site.id) is not None:
        raise Conflict("Another import of this site is not at its end yet. Finish it, or stop it.", code="import_open")


async def add(core: Core, site: Site, actor: Actor, import_id: int, file_name: str) -> None:
    """A file that was taken under this id is to be looked at. Raises what `check_free` raises."""
    await core.db.write(_add, site, actor, import_id, clean_name(file_name, MAX_FILE_NAME) or "a file")


def _add(tx: Tx, site: Site, actor: Actor, import_id: int, file_name: str) -> None:
    get_site_by_id(tx, site.id, lock=True)  # two who come at once come one after the other
    _check_free(tx, site, actor)
    store.add_import(tx, site.id, import_id, actor.person_id, file_name)


async def proceed(
    core: Core, site: Site, actor: Actor, import_id: str, state: str, mappings: str, *, any_host: bool
) -> None:
    """Look at the file again (`looking`), or import it (`importing`), with these mappings, OLD=NEW on a line each.

    Raises `Invalid` (a mapping), `Conflict` where the file is gone or somebody is at work on it, and `Forbidden`.
    """
    lines = [line.strip() for line in mappings.splitlines() if line.strip()][:MAX_MAPPINGS]
    for line in lines:
        parse_mapping(line)
    await core.db.write(_proceed, site, actor, import_id, state, "\n".join(lines), any_host)


def _proceed(tx: Tx, site: Site, actor: Actor, import_id: str, state: str, mappings: str, any_host: bool) -> None:
    found = _find_own(tx, site, actor, import_id)
    changes = {"state": state, "mappings": mappings, "any_host": any_host, "done": 0, "total": None, "told_at": 0}
    if found.state != "looked" or not store.set_import(tx, found, changes):
        raise Conflict("Somebody has decided on this file meanwhile: see below.", code="changed_meanwhile")


async def stop(core: Core, site: Site, actor: Actor, import_id: str) -> Import:
    """What was written stays. The import whose file nobody needs any more. Raises `Conflict` and `Forbidden`."""
    return await core.db.write(_stop, site, actor, import_id)


def _stop(tx: Tx, site: Site, actor: Actor, import_id: str) -> Import:
    found = _find_own(tx, site, actor, import_id)
    if found.state not in OPEN or not store.set_import(tx, found, {"state": "stopped"}):
        raise Conflict("This import is at its end.", code="import_ended")
    return found


def _find_own(tx: Tx, site: Site, actor: Actor, import_id: str) -> Import:
    policy.can_own(owner=moderator_of(tx, site, actor).role == "owner")
    return _find(tx, site, import_id)


def _find(tx: Tx, site: Site, import_id: str) -> Import:
    found = store.get_import(tx, site.id, ids.decode(import_id) or 0)
    if found is None:
        raise NotFound("There is no such import on this site.", code="unknown_import")
    return found
