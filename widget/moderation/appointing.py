"""Appointing: staff named by their account at a provider before they come. The role is theirs once they sign in."""

from __future__ import annotations

from collections.abc import Mapping

from auth import Provider
from widget.db import Database, Tx
from widget.errors import Invalid, NotFound
from widget.names import clean_email
from widget.site_verbs import get_site
from widget.store import appointments as store
from widget.store.appointments import Appointment

SITE_ROLES = ("author", "moderator")
OWNER = "owner"


async def appoint(db: Database, named: str, offered: Mapping[str, Provider], role: str, site_name: str = "") -> None:
    """Let whoever signs in as `named` (PROVIDER:ACCOUNT) have a role on a site, or be an owner of all.

    Raises `Invalid` (no such provider, an account that proves nobody, no such role) and `NotFound`.
    """
    if role not in (SITE_ROLES if site_name else (OWNER,)):
        raise Invalid(f"A role on a site is one of {', '.join(SITE_ROLES)}.", code="bad_role")
    provider, account = _read(named, offered)
    await db.write(_appoint, provider, account, role, site_name)


def _appoint(tx: Tx, provider: str, account: str, role: str, site_name: str) -> None:
    store.add_appointment(tx, provider, account, role, _site_id(tx, site_name))


async def list_all(db: Database) -> list[Appointment]:
    return await db.read(store.list_appointments)


async def dismiss(db: Database, named: str, site_name: str = "") -> None:
    """Take back what still waits. Raises `NotFound`."""
    provider, _, account = named.partition(":")
    await db.write(_dismiss, provider, account.lower() if "@" in account else account, site_name)


def _dismiss(tx: Tx, provider: str, account: str, site_name: str) -> None:
    if not store.remove_appointment(tx, provider, account, _site_id(tx, site_name)):
        sentence = f"Nothing waits for {provider}:{account} there; `palaver admin appointments` shows all that does."
        raise NotFound(sentence, code="unknown_appointment")


def _site_id(tx: Tx, name: str) -> int | None:
    return get_site(tx, name).id if name else None


def _read(named: str, offered: Mapping[str, Provider]) -> tuple[str, str]:
    name, _, account = named.partition(":")
    provider = offered.get(name)
    if provider is None:
        raise Invalid(
            f"“{name}” is no provider that is set up here; there are: {', '.join(offered)}.", code="bad_account"
        )
    if provider.way == "mastodon":
        raise Invalid("On each Mastodon server an id is somebody else's. Name another account.", code="bad_account")
    if "@" not in account:
        if not account or not account.isprintable():
            raise Invalid("An account is PROVIDER:ID or PROVIDER:ADDRESS.", code="bad_account")
        return name, account
    if not provider.verifies_email:
        sentence = f"{provider.label} proves no e-mail addresses. Name the account by its id there."
        raise Invalid(sentence, code="unproved")
    address = clean_email(account)
    if address is None:
        raise Invalid(f"“{account}” is no e-mail address in plain letters.", code="bad_account")
    return name, address.lower()
