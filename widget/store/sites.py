"""SQL of sites."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import sqlalchemy as sa

from widget.db import Tx
from widget.models import sites


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


def _site(row: sa.Row[Any]) -> Site:
    values = dict(row._mapping)
    return Site(**{**values, "origins": tuple(json.loads(values["origins"]))})


def get_site(tx: Tx, name: str) -> Site | None:
    row = tx.conn.execute(sa.select(sites).where(sites.c.name == name)).one_or_none()
    return _site(row) if row else None


def get_site_by_id(tx: Tx, site_id: int) -> Site | None:
    row = tx.conn.execute(sa.select(sites).where(sites.c.id == site_id)).one_or_none()
    return _site(row) if row else None


def list_sites(tx: Tx) -> list[Site]:
    return [_site(row) for row in tx.conn.execute(sa.select(sites).order_by(sites.c.name))]


def add_site(tx: Tx, site_id: int, name: str, origins: tuple[str, ...]) -> None:
    """With the settings that the columns have by default."""
    tx.conn.execute(sa.insert(sites).values(id=site_id, name=name, origins=json.dumps(origins)))


def set_site(tx: Tx, site_id: int, values: dict[str, Any]) -> None:
    """Change columns and raise the version, which every cached document of the site has in its key."""
    if "origins" in values:
        values = {**values, "origins": json.dumps(values["origins"])}
    tx.conn.execute(sa.update(sites).where(sites.c.id == site_id).values(**values, version=sites.c.version + 1))


def raise_sso_key(tx: Tx, site_id: int) -> None:
    """Another number, another key; what was signed with the old one counts no more."""
    tx.conn.execute(sa.update(sites).where(sites.c.id == site_id).values(sso_key=sites.c.sso_key + 1))


def remove_site(tx: Tx, site_id: int) -> None:
    tx.conn.execute(sa.delete(sites).where(sites.c.id == site_id))
