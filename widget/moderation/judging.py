"""What people are on a site: banned or not, trusted, their role, and a note about them."""

from __future__ import annotations

from typing import Any, NamedTuple

from widget import ids, policy
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Invalid, NotFound
from widget.moderation.deciding import MAX_REASON, moderator_of
from widget.names import clean_name, clean_text
from widget.store import actions, people
from widget.store.actions import Line
from widget.store.people import Person
from widget.store.roles import set_role
from widget.store.sites import Site

MAX_NOTE = 2_000  # characters
FOR_GOOD = ids.MAX_TIME  # Unix ms
DAY = 86_400_000  # ms
BANS = {"1": "1 day", "7": "1 week", "30": "30 days", "good": "For good"}  # what forms offer


class Judged(NamedTuple):
    """`batch` is what `undo` takes; None where nothing changed."""

    batch: str | None
    person: Person


def end_of_ban(chosen: str, now: int) -> int:
    """By one of `BANS`, in Unix ms. Raises `Invalid`."""
    if chosen not in BANS:
        raise Invalid("Choose how long the ban lasts.", code="bad_until")
    return FOR_GOOD if chosen == "good" else now + int(chosen) * DAY


async def ban(core: Core, site: Site, actor: Actor, person_id: str, until: int, reason: str = "") -> Judged:
    """Keep somebody from writing and liking until a time (Unix ms), or `FOR_GOOD`; they read the reason.

    Raises `NotFound`, `Invalid` (a time that is over), and what `policy.can_judge` raises.
    """
    if until <= core.db.now():
        raise Invalid("The end of a ban lies in the future.", code="bad_until", fields={"until": "In the future."})
    told = clean_name(reason, MAX_REASON)
    return await _judge(core, site, actor, person_id, "ban", {"banned_until": until, "ban_reason": told}, told)


async def unban(core: Core, site: Site, actor: Actor, person_id: str, reason: str = "") -> Judged:
    changes = {"banned_until": 0, "ban_reason": "", "shadowed": False}
    return await _judge(core, site, actor, person_id, "unban", changes, reason)


async def shadow(core: Core, site: Site, actor: Actor, person_id: str, reason: str = "") -> Judged:
    """From now on nobody else sees what they write, and nothing tells them."""
    return await _judge(core, site, actor, person_id, "shadow", {"shadowed": True}, reason)


async def trust(core: Core, site: Site, actor: Actor, person_id: str, *, trusted: bool) -> Judged:
    """No check holds what a trusted person writes."""
    return await _judge(core, site, actor, person_id, "trust" if trusted else "untrust", {"trusted": trusted}, "")


async def note(core: Core, site: Site, actor: Actor, person_id: str, text: str) -> Judged:
    """What moderators should know of somebody; nobody else sees it. Raises `Invalid` for a note that is too long."""
    cleaned = clean_text(text)
    if len(cleaned) > MAX_NOTE:
        sentence = f"A note has at most {MAX_NOTE:,} characters."
        raise Invalid(sentence, code="note_too_long", fields={"note": sentence})
    return await _judge(core, site, actor, person_id, "note", {"note": cleaned}, "")


async def give_role(core: Core, site: Site, actor: Actor, person_id: str, role: str) -> Judged:
    """On the site, or `owner`, of all. Raises `NotFound`, `Invalid` (no role), and what `policy.can_judge` raises."""
    if role not in policy.ROLES:
        raise Invalid(f"A role is one of {', '.join(policy.ROLES)}.", code="bad_role")
    return await _judge(core, site, actor, person_id, "role", {"role": role}, "")


async def _judge(
    core: Core, site: Site, actor: Actor, person_id: str, verb: str, changes: dict[str, Any], reason: str
) -> Judged:
    return await core.db.write(_set, site, actor, person_id, verb, changes, clean_name(reason, MAX_REASON))


def _set(tx: Tx, site: Site, actor: Actor, person_id: str, verb: str, changes: dict[str, Any], reason: str) -> Judged:
    moderator = moderator_of(tx, site, actor)
    person = find_person(tx, site, ids.decode(person_id))
    policy.can_judge(moderator, person, verb)
    before = {name: getattr(person, name) for name in changes if getattr(person, name) != changes[name]}
    if not before:
        return Judged(None, person)
    line = Line(verb, "person", person.id, before, {name: changes[name] for name in before})
    batch = actions.add_actions(tx, site.id, moderator.id, [line], reason)
    set_standing(tx, site, person, changes)
    return Judged(ids.encode(batch), find_person(tx, site, person.id))


def set_standing(tx: Tx, site: Site, person: Person, changes: dict[str, Any]) -> None:
    """Change some of what somebody is on a site."""
    if "role" in changes:
        set_role(tx, site, person, changes["role"])
    columns = {name: value for name, value in changes.items() if name != "role"}
    if columns:
        people.set_standing(tx, site.id, person.id, **columns)


def find_person(tx: Tx, site: Site, person_id: int | None) -> Person:
    """Raises `NotFound`."""
    person = people.get_person(tx, site.id, person_id) if person_id is not None else None
    if person is None:
        raise NotFound("There is no such person.", code="unknown_person")
    return person
