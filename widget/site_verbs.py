"""The verbs of sites, as the command line uses them; their units of work are those of `/admin` too."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from widget import ids
from widget.db import Database, Tx
from widget.errors import Conflict, NotFound
from widget.events import SiteChanged
from widget.site_keys import sso_keys
from widget.sites import SETTINGS, check_name, check_origins, parse_settings
from widget.store import actions
from widget.store import sites as store
from widget.store.actions import Line
from widget.store.sites import Site

AT_ONCE = 1_000  # rows that a removal takes in one transaction, so that others get their turn


async def add(db: Database, name: str, origins: Sequence[str], own_origin: str) -> Site:
    """Raises `Invalid` (name, origins) or `Conflict` (the name is taken)."""
    return await db.write(add_site, check_name(name), check_origins(origins, own_origin))


def add_site(tx: Tx, name: str, origins: tuple[str, ...]) -> Site:
    """A former name of another site leads to the new one from now on. Raises `Conflict`."""
    return make_site(tx, ids.new_id(tx.now), name, {"origins": origins})


def make_site(tx: Tx, site_id: int, name: str, columns: dict[str, Any]) -> Site:
    """The same with an id and settings; `columns` are what `parse_changes` gives, origins among them."""
    _check_free(tx, name)
    store.free_name(tx, name)
    store.add_site(tx, site_id, name, columns["origins"])
    if len(columns) > 1:
        store.set_site(tx, site_id, columns)
    tx.events.append(SiteChanged(name))
    return get_site(tx, name)


def _check_free(tx: Tx, name: str) -> None:
    found = store.get_site(tx, name)
    if found is not None and found.name == name:
        raise Conflict(f"There is a site “{name}” already.", code="site_exists")


async def list_all(db: Database) -> list[Site]:
    return await db.read(store.list_sites)


async def change(
    db: Database, name: str, pairs: Mapping[str, str], own_origin: str, offered: Collection[str] = ()
) -> Site:
    """`offered` are the names of the providers that are set up, of which a site may name some.

    Raises `NotFound`, or `Invalid` that names every mistake at once.
    """
    return await db.write(_change, name, await asyncio.to_thread(parse_changes, pairs, own_origin, offered))


def parse_changes(pairs: Mapping[str, str], own_origin: str | None, offered: Collection[str]) -> dict[str, Any]:
    """Columns of a site for settings as they are written; of `origins`, one stands on each line or behind a comma.

    Word lists take time: in a thread.
    """
    values = parse_settings({key: value for key, value in pairs.items() if key != "origins"}, offered)
    if "origins" in pairs:
        values["origins"] = check_origins(pairs["origins"].replace(",", " ").split(), own_origin)
    return values


def _change(tx: Tx, name: str, values: dict[str, Any]) -> Site:
    site = get_site(tx, name)
    set_columns(tx, site, values, None)
    return get_site(tx, name)


def set_columns(tx: Tx, site: Site, values: Mapping[str, Any], person_id: int | None) -> int | None:
    """Change a site, with a line in its log; the deed's id, None where nothing is different."""
    before = {name: getattr(site, name) for name in values if getattr(site, name) != values[name]}
    if not before:
        return None
    after = {name: values[name] for name in before}
    store.set_site(tx, site.id, after)
    tx.events.append(SiteChanged(site.name))
    return actions.add_actions(tx, site.id, person_id, [Line("set", "site", site.id, before, after)])


async def rename(db: Database, name: str, new: str) -> Site:
    """Raises `NotFound`, `Invalid` (no name) or `Conflict` (taken)."""
    return await db.write(_rename, name, check_name(new))


def _rename(tx: Tx, name: str, new: str) -> Site:
    rename_site(tx, get_site(tx, name), new, None)
    return get_site(tx, new)


def rename_site(tx: Tx, site: Site, name: str, person_id: int | None) -> int | None:
    """As `set_columns`; the name until now leads to the site still. Raises `Conflict` (taken)."""
    if name == site.name:
        return None
    give_name(tx, site, name)
    line = Line("rename", "site", site.id, {"name": site.name}, {"name": name})
    return actions.add_actions(tx, site.id, person_id, [line])


def give_name(tx: Tx, site: Site, name: str) -> None:
    _check_free(tx, name)
    store.rename_site(tx, site, name)
    tx.events.extend((SiteChanged(site.name), SiteChanged(name)))


async def sso_key(db: Database, name: str, secret_keys: Sequence[str], *, renew: bool = False) -> str:
    """The key with which the site signs for its own accounts; `renew` makes the earlier one worthless.

    Raises `NotFound`.
    """
    site = await (db.write(_renew_key, name) if renew else db.read(get_site, name))
    return sso_keys(secret_keys, site)[0].decode()


def _renew_key(tx: Tx, name: str) -> Site:
    renew_key(tx, get_site(tx, name), None)
    return get_site(tx, name)


def renew_key(tx: Tx, site: Site, person_id: int | None) -> None:
    """The log keeps the numbers of the keys, from which nobody can make them."""
    store.raise_sso_key(tx, site.id)
    tx.events.append(SiteChanged(site.name))
    line = Line("key", "site", site.id, {"sso_key": site.sso_key}, {"sso_key": site.sso_key + 1})
    actions.add_actions(tx, site.id, person_id, [line])


async def remove(db: Database, name: str) -> None:
    """With all that it has, part by part; nobody can write there meanwhile. Raises `NotFound`."""
    site = await db.write(_close, name)
    while await db.write(store.remove_part, site.id, AT_ONCE):
        pass
    await db.write(_remove, site)


def _close(tx: Tx, name: str) -> Site:
    """No page may show it any more: a site without origins has none."""
    site = get_site(tx, name)
    store.set_site(tx, site.id, {"origins": ()})
    tx.events.append(SiteChanged(site.name))
    return site


def _remove(tx: Tx, site: Site) -> None:
    store.remove_site(tx, site.id)
    tx.events.append(SiteChanged(site.name))


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
    settings = {setting.name: written(getattr(site, setting.name)) for setting in SETTINGS}
    return {"id": ids.encode(site.id), "name": site.name, "origins": list(site.origins), "settings": settings}


def written(value: Any) -> str:
    """A value as `site set` takes it."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
