"""SQL of giving roles. A badge stands beside each comment of its bearer."""

from __future__ import annotations

from widget.db import Tx
from widget.store.appearance import commented_by, touch_comments
from widget.store.people import Person, set_owner, set_standing
from widget.store.sites import Site


def set_role(tx: Tx, site: Site, person: Person, role: str) -> None:
    """A role on the site, or `owner`, of all sites; what an owner was on the site before is kept beside that."""
    if "owner" in (role, person.role):
        set_owner(tx, person.id, owner=role == "owner")
    if role != "owner":
        set_standing(tx, site.id, person.id, role=role)
    touch_comments(tx, [person.id], commented_by([person.id]))


def make_owner(tx: Tx, person_id: int) -> None:
    set_owner(tx, person_id, owner=True)
    touch_comments(tx, [person_id], commented_by([person_id]))
