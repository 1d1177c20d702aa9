"""SQL of sites."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import sqlalchemy as sa

from widget.db import Tx
from widget.models import actions, comments, pages, site_aliases, sites, spam_tokens


class Site(msgspec.Struct, frozen=True):
    id: int
    name: str
    origins: tuple[str, ...]
    version: int
    guests: bool
    guest_name: str
    guest_email: str
    guest_website: str
    hold: str
    trust_after: int
    max_links: int
    max_copies: int
    min_seconds: int
    words_hold: str
    words_spam: str
    words_reject: str
    blocked: str
    reports_to_hide: int
    address_days: int
    sort: str
    theme: str
    lang: str
    visible_depth: int
    edit_window: int
    privacy_url: str
    keep_query: bool
    hash_routes: bool
    sso: bool
    sso_url: str
    sso_key: int
    providers: str = ""
    votes: str = "up"
    close_after: int = 0
    proof_of_work: str = "off"
    badge_author: str = "Author"
    badge_moderator: str = "Moderator"
    badge_owner: str = "Owner"
    live: bool = True
    former_names: tuple[str, ...] = ()  # which lead to it still


_FORMER = (
    sa.select(sa.func.coalesce(sa.func.aggregate_strings(site_aliases.c.name, " "), ""))
    .where(site_aliases.c.site_id == sites.c.id)
    .scalar_subquery()
)
_SITES = sa.select(sites, _FORMER.label("former_names"))
_CALLED = sa.select(site_aliases.c.site_id).where(site_aliases.c.name == sa.bindparam("name")).scalar_subquery()
_VERSION = sa.select(sites.c.version).where(sites.c.id == sa.bindparam("site"))
_BY_ID = _SITES.where(sites.c.id == sa.bindparam("site"))
_BY_ID_LOCKED = _BY_ID.with_for_update(of=sites)
_BY_NAME = _SITES.where(sa.or_(sites.c.name == sa.bindparam("name"), sites.c.id == _CALLED))


def _site(row: sa.Row[Any]) -> Site:
    values = dict(row._mapping)
    lists = {"origins": tuple(json.loads(values["origins"])), "former_names": tuple(values["former_names"].split())}
    return Site(**{**values, **lists})


def get_version(tx: Tx, site_id: int) -> int | None:
    """It rises with every setting; None for a site that is gone."""
    return tx.conn.execute(_VERSION, {"site": site_id}).scalar_one_or_none()


def get_site(tx: Tx, name: str) -> Site | None:
    """By its name, or by one that it had before: no site bears the former name of another."""
    row = tx.conn.execute(_BY_NAME, {"name": name}).one_or_none()
    return _site(row) if row else None


def get_site_by_id(tx: Tx, site_id: int, *, lock: bool = False) -> Site | None:
    """`lock` keeps others who change the site waiting until this transaction ends."""
    row = tx.conn.execute(_BY_ID_LOCKED if lock else _BY_ID, {"site": site_id}).one_or_none()
    return _site(row) if row else None


def list_sites(tx: Tx) -> list[Site]:
    return [_site(row) for row in tx.conn.execute(_SITES.order_by(sites.c.name))]


def list_site_ids(tx: Tx) -> list[int]:
    return list(tx.conn.execute(sa.select(sites.c.id)).scalars())


def add_site(tx: Tx, site_id: int, name: str, origins: tuple[str, ...]) -> None:
    """With the settings that the columns have by default."""
    tx.conn.execute(sa.insert(sites).values(id=site_id, name=name, origins=json.dumps(origins)))


def set_site(tx: Tx, site_id: int, values: dict[str, Any]) -> None:
    """Change columns and raise the version, which every cached document of the site has in its key."""
    if "origins" in values:
        values = {**values, "origins": json.dumps(values["origins"])}
    tx.conn.execute(sa.update(sites).where(sites.c.id == site_id).values(**values, version=sites.c.version + 1))


def free_name(tx: Tx, name: str) -> None:
    """Let a name lead to no site any more that had it before."""
    tx.conn.execute(sa.delete(site_aliases).where(site_aliases.c.name == name))


def rename_site(tx: Tx, site: Site, name: str) -> None:
    """The name until now leads to the site still."""
    free_name(tx, name)
    set_site(tx, site.id, {"name": name})
    tx.conn.execute(sa.insert(site_aliases).values(name=site.name, site_id=site.id))


def raise_sso_key(tx: Tx, site_id: int) -> None:
    """Another number, another key; what was signed with the old one counts no more."""
    tx.conn.execute(sa.update(sites).where(sites.c.id == site_id).values(sso_key=sites.c.sso_key + 1))


_MANY = tuple(  # what a site has many of, in the order in which it goes: comments take likes and reports along
    (table, table.c[key]) for table, key in ((comments, "id"), (pages, "id"), (actions, "id"), (spam_tokens, "token"))
)


def remove_part(tx: Tx, site_id: int, limit: int) -> bool:
    """Up to `limit` rows of what the site has most of; whether there may be more."""
    for table, key in _MANY:
        some = sa.select(key).where(table.c.site_id == site_id).limit(limit)
        if tx.conn.execute(sa.delete(table).where(table.c.site_id == site_id, key.in_(some))).rowcount:
            return True
    return False


def remove_site(tx: Tx, site_id: int) -> None:
    """With all that it has; of much of that, `remove_part` first."""
    tx.conn.execute(sa.delete(sites).where(sites.c.id == site_id))
