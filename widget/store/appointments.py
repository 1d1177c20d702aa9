"""SQL of appointments: roles that wait for whoever signs in with an account."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa

from auth import Member
from widget import ids
from widget.db import Tx
from widget.models import appointments, sites
from widget.store import actions
from widget.store.actions import Line
from widget.store.people import get_person
from widget.store.roles import make_owner, set_role
from widget.store.sites import get_site_by_id

a = appointments.c


class Appointment(NamedTuple):
    provider: str
    account: str  # the provider's id of the person, or (with an “@”) an e-mail address in lower case
    role: str
    site: str | None  # its name; None: of all, an owner


def list_appointments(tx: Tx) -> list[Appointment]:
    query = sa.select(a.provider, a.account, a.role, sites.c.name).outerjoin(sites, sites.c.id == a.site_id)
    return [Appointment(*row) for row in tx.conn.execute(query.order_by(a.id))]


def add_appointment(tx: Tx, provider: str, account: str, role: str, site_id: int | None) -> None:
    """In place of another role there."""
    remove_appointment(tx, provider, account, site_id)
    values = {"provider": provider, "account": account, "role": role, "site_id": site_id, "created_at": tx.now}
    tx.conn.execute(sa.insert(appointments).values(id=ids.new_id(tx.now), **values))


def remove_appointment(tx: Tx, provider: str, account: str, site_id: int | None) -> bool:
    """Whether there was one."""
    where = (a.provider == provider, a.account == account, a.site_id.is_not_distinct_from(site_id))
    return tx.conn.execute(sa.delete(appointments).where(*where)).rowcount > 0


def keep_appointments(tx: Tx, member: Member, person_id: int) -> None:
    """Give the person of an identity what waited for it; on a site that is a line of its log, by the service."""
    waiting = (a.provider == member.provider, a.account.in_(_accounts(member)))
    for role, site_id in tx.conn.execute(sa.delete(appointments).where(*waiting).returning(a.role, a.site_id)).all():
        if site_id is None:
            make_owner(tx, person_id)
            continue
        site, person = get_site_by_id(tx, site_id), get_person(tx, site_id, person_id)
        if site is None or person is None or person.role in (role, "moderator", "owner"):
            continue
        line = Line("role", "person", person_id, {"role": person.role}, {"role": role})
        actions.add_actions(tx, site_id, None, [line], "appointed beforehand")
        set_role(tx, site, person, role)


def _accounts(member: Member) -> list[str]:
    """What an appointment may call them. An address counts only where it is proved; all that are kept are ASCII
    (`names.clean_email`), so lower case makes no two look alike. An id that looks like an address never counts as one.
    """
    accounts = [] if "@" in member.subject else [member.subject]
    if member.email_verified:
        accounts.append(member.email.lower())
    return accounts
