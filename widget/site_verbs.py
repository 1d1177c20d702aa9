"""The verbs of sites, as the command line uses them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from widget import ids
from widget.db import Database, Tx
from widget.errors import Conflict, NotFound
from widget.events import SiteChanged
from widget.site_keys import sso_keys
from widget.sites import SETTINGS, check_name, check_origins, parse_settings
from widget.store import sites as store
from widget.store.sites import Site


async def add(db: Database, name: str, origins: Sequence[str], own_origin: str) -> Site:
    """Raises `Invalid` (name, origins) or `Conflict` (the name is taken)."""
    return await db.write(_add, check_name(name), check_origins(origins, own_origin))


def _add(tx: Tx, name: str, origins: tuple[str, ...]) -> Site:
    if store.get_site(tx, name) is not None:
        raise Conflict(f"There is a site “{name}” already; `palaver site set {name} …` changes it.", code="site_exists")
    store.add_site(tx, ids.new_id(tx.now), name, origins)
    return get_site(tx, name)


async def list_all(db: Database) -> list[Site]:
    return await db.read(store.list_sites)


async def change(
    db: Database, name: str, pairs: Mapping[str, str], own_origin: str, offered: Collection[str] = ()
) -> Site:
    """`offered` are the names of the providers that are set up, of which a site may name some.

    Raises `NotFound`, or `Invalid` that names every mistake at once.
    """
    settings = {key: value for key, value in pairs.items() if key != "origins"}
    values = parse_settings(settings, offered)
    if "origins" in pairs:
        values["origins"] = check_origins([part for part in pairs["origins"].split(",") if part.strip()], own_origin)
    return await db.write(_change, name, values)


def _change(tx: Tx, name: str, values: dict[str, Any]) -> Site:
    store.set_site(tx, get_site(tx, name).id, values)
    tx.events.append(SiteChanged(name))
    return get_site(tx, name)


async def sso_key(db: Database, name: str, secret_keys: Sequence[str], *, renew: bool = False) -> str:
    """The key with which the site signs for its own accounts; `renew` makes the earlier one worthless.

    Raises `NotFound`.
    """
    site = await (db.write(_renew_key, name) if renew else db.read(get_site, name))
    return sso_keys(secret_keys, site)[0].decode()


def _renew_key(tx: Tx, name: str) -> Site:
    store.raise_sso_key(tx, get_site(tx, name).id)
    tx.events.append(SiteChanged(name))
    return get_site(tx, name)


async def remove(db: Database, name: str) -> None:
    """Raises `NotFound`."""
    await db.write(_remove, name)


def _remove(tx: Tx, name: str) -> None:
    store.remove_site(tx, get_site(tx, name).id)
    tx.events.append(SiteChanged(name))


def get_site(tx: Tx, name: str) -> Site:
    """Raises `NotFound`."""
    site = store.get_site(tx, name)
    if site is None:
        raise NotFound(f"There is no site “{name}”; `palaver site list` shows all.", code="unknown_site")
    return site


def tag(site: Site, own_origin: str) -> str:
    """What a site owner pastes where the comments shall be."""
    return (
        f'<script async src="{own_origin}/embed.js" data-site="{site.name}"></script>\n'
        "<noscript>Please turn JavaScript on to read and write comments here.</noscript>"
    )


def described(site: Site) -> dict[str, Any]:
    """A site as JSON: name, origins, and its settings as `site set` takes them."""
    settings = {setting.name: _written(getattr(site, setting.name)) for setting in SETTINGS}
    return {"id": ids.encode(site.id), "name": site.name, "origins": list(site.origins), "settings": settings}


def _written(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
