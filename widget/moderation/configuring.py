"""Setting up sites: what staff change of them on `/admin`. Every change is a line in the site's log."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from widget import ids, policy, site_verbs
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Conflict, Invalid
from widget.moderation.deciding import moderator_of
from widget.site_keys import sso_keys
from widget.sites import check_name, check_origins
from widget.store import people
from widget.store import sites as store
from widget.store.people import Person
from widget.store.sites import Site


def fingerprint(site: Site, names: Iterable[str]) -> str:
    """The same for as long as nobody changes any of these columns."""
    values = msgspec.json.encode([getattr(site, name) for name in names])
    return hashlib.sha256(values).hexdigest()[:16]


async def add(core: Core, actor: Actor, name: str, origins: str, own_origin: str) -> Site:
    """A new site; origins stand on a line each. Raises `Invalid`, `Conflict` and `Forbidden` (no owner)."""
    listed = check_origins(origins.split(), own_origin)
    return await core.db.write(_add, actor, check_name(name), listed)


def _add(tx: Tx, actor: Actor, name: str, origins: tuple[str, ...]) -> Site:
    policy.can_own(owner=actor.person_id is not None and people.is_owner(tx, actor.person_id))
    return site_verbs.add_site(tx, name, origins)


async def set_up(
    core: Core,
    site: Site,
    actor: Actor,
    pairs: Mapping[str, str],
    seen: str,
    *,
    own_origin: str,
    offered: Collection[str],
) -> str | None:
    """Change settings and `origins`; `seen` is the `fingerprint` of what the form showed, in the order of `pairs`.

    What `undo` takes; None where nothing is different. Raises `Invalid` that names every mistake, `Conflict` where
    somebody changed them meanwhile, and what policy raises.
    """
    values = await asyncio.to_thread(site_verbs.parse_changes, pairs, own_origin, offered)
    return await core.db.write(_set_up, site, actor, values, tuple(pairs), seen)


def _set_up(tx: Tx, site: Site, actor: Actor, values: dict[str, Any], names: Sequence[str], seen: str) -> str | None:
    moderator, site = _set_up_by(tx, site, actor, names)
    if seen != fingerprint(site, names):
        raise Conflict(
            "Somebody changed these settings meanwhile. What you typed stands here: look through it, and save again.",
            code="changed_meanwhile",
        )
    return _batch(site_verbs.set_columns(tx, site, values, moderator.id))


async def rename(core: Core, site: Site, actor: Actor, name: str) -> str | None:
    """As `set_up`; tags and addresses with the former name lead to the site still."""
    return await core.db.write(_rename, site, actor, check_name(name))


def _rename(tx: Tx, site: Site, actor: Actor, name: str) -> str | None:
    moderator, site = _set_up_by(tx, site, actor, ["name"])
    return _batch(site_verbs.rename_site(tx, site, name, moderator.id))


async def show_key(core: Core, site: Site, actor: Actor, *, renew: bool = False) -> str:
    """The key with which the site signs for its own accounts; `renew` makes the earlier one worthless."""
    site = await core.db.write(_key, site, actor, renew)
    return sso_keys(core.secret_keys, site)[0].decode()


def _key(tx: Tx, site: Site, actor: Actor, renew: bool) -> Site:
    owner, site = _set_up_by(tx, site, actor, ["sso_key"])
    if renew:
        site_verbs.renew_key(tx, site, owner.id)
    return site_verbs.get_site(tx, site.name)


async def remove(core: Core, site: Site, actor: Actor, typed: str) -> None:
    """With all that it has; `typed` is its name, as a sign that it is meant. Raises `Invalid` and `Forbidden`."""
    await core.db.write(_check_removal, site, actor, typed.strip())
    await site_verbs.remove(core.db, site.name)


def _check_removal(tx: Tx, site: Site, actor: Actor, typed: str) -> None:
    _set_up_by(tx, site, actor, ["name"])
    if typed != site.name:
        sentence = f"Type the name of the site, “{site.name}”, to remove it."
        raise Invalid(sentence, code="not_meant", fields={"typed": sentence})


def _set_up_by(tx: Tx, site: Site, actor: Actor, names: Iterable[str]) -> tuple[Person, Site]:
    """Who changes these columns, and the site as it is now, locked."""
    moderator = moderator_of(tx, site, actor)
    policy.can_set_up(moderator, names)
    found = store.get_site_by_id(tx, site.id, lock=True)
    return moderator, found or site_verbs.get_site(tx, site.name)


def _batch(action_id: int | None) -> str | None:
    return ids.encode(action_id) if action_id is not None else None
