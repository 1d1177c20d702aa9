"""SQL of giving roles. A badge stands beside each comment of its bearer, so every site that shows one is told."""

from __future__ import annotations

from collections.abc import Iterable

from widget.db import Tx
from widget.events import SiteChanged
from widget.store.people import Person, set_owner, set_standing
from widget.store.sites import Site, list_sites, set_site


def set_role(tx: Tx, site: Site, person: Person, role: str) -> None:
    """A role on the site, or `owner`, of all sites; what an owner was on the site before is kept beside that."""
    if "owner" in (role, person.role):
        set_owner(tx, person.id, owner=role == "owner")
    if role != "owner":
        set_standing(tx, site.id, person.id, role=role)
    _tell(tx, list_sites(tx) if "owner" in (role, person.role) else [site])


def make_owner(tx: Tx, person_id: int) -> None:
    set_owner(tx, person_id, owner=True)
    _tell(tx, list_sites(tx))


def _tell(tx: Tx, sites: Iterable[Site]) -> None:
    for site in sites:
        set_site(tx, site.id, {})
        tx.events.append(SiteChanged(site.name))
