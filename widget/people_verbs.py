"""The verbs of people, as the command line uses them."""

from __future__ import annotations

from typing import Any

from widget import ids
from widget.db import Database, Tx
from widget.errors import Invalid, NotFound
from widget.policy import ROLES
from widget.site_verbs import get_site
from widget.store import people as store
from widget.store import roles
from widget.store.people import SiteMember


async def list_members(db: Database, site_name: str, name: str = "") -> list[SiteMember]:
    """Who signed in and wrote on a site or has a role there, at most a hundred. Raises `NotFound`."""
    return await db.read(_list_members, site_name, name)


def _list_members(tx: Tx, site_name: str, name: str) -> list[SiteMember]:
    return store.list_members(tx, get_site(tx, site_name).id, name)


def described(member: SiteMember) -> dict[str, Any]:
    return {**member._asdict(), "id": ids.encode(member.id)}


async def set_role(db: Database, site_name: str, person_id: str, role: str) -> str:
    """The person's name. Raises `NotFound`, or `Invalid` for a role that is none or a person who never signed in."""
    if role not in ROLES:
        raise Invalid(f"A role is one of {', '.join(ROLES)}.", code="bad_role")
    return await db.write(_set_role, site_name, person_id, role)


def _set_role(tx: Tx, site_name: str, person_id: str, role: str) -> str:
    site = get_site(tx, site_name)
    identifier = ids.decode(person_id)
    person = store.get_person(tx, site.id, identifier) if identifier is not None else None
    if person is None:
        raise NotFound("There is no such person; `palaver people list` shows all.", code="unknown_person")
    if person.kind != "member":
        raise Invalid(f"{person.name} never signed in, so nobody could know them again.", code="not_a_member")
    roles.set_role(tx, site, person, role)
    return person.name
