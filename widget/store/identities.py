"""SQL of identities: what proves who somebody is, and whose it is."""

from __future__ import annotations

import sqlalchemy as sa

from auth import NAMELESS, Member
from widget.db import Tx, add_unless_there
from widget.events import SignedUp
from widget.models import identities, people
from widget.store.appearance import set_appearance
from widget.store.people import add_person, set_person


def person_of(tx: Tx, now: int, member: Member) -> int:
    """The person of an identity, made unless there. Their name and address follow the provider's, unless they chose a
    name themselves.
    """
    person_id = owner_of(tx, now, member)
    if person_id is not None:
        _follow(tx, person_id, member)
        return person_id
    person_id = add_person(tx, "member", member.name or NAMELESS, "", member.email)
    if add_identity(tx, now, member, person_id):
        tx.events.append(SignedUp(person_id, member.avatar))
        return person_id
    tx.conn.execute(sa.delete(people).where(people.c.id == person_id))  # two windows at once: the other was first
    first = owner_of(tx, now, member)
    assert first is not None
    return first


def owner_of(tx: Tx, now: int, member: Member) -> int | None:
    """Whose identity it is; what the provider says of them is kept with it."""
    key = (identities.c.issuer == member.issuer, identities.c.subject == member.subject)
    known = sa.update(identities).where(*key).values(**_said(now, member)).returning(identities.c.person_id)
    person_id: int | None = tx.conn.execute(known).scalar_one_or_none()
    return person_id


def _said(now: int, member: Member) -> dict[str, object]:
    return {
        **({"name": member.name} if member.name else {}),
        "email": member.email,
        "email_verified": member.email_verified,
        "avatar": member.avatar,
        "used_at": now,
    }


def add_identity(tx: Tx, now: int, member: Member, person_id: int) -> bool:
    values = {
        "issuer": member.issuer,
        "subject": member.subject,
        "provider": member.provider,
        "person_id": person_id,
        "created_at": now,
        **_said(now, member),
    }
    return add_unless_there(tx, identities, values, index=("issuer", "subject"))


def _follow(tx: Tx, person_id: int, member: Member) -> None:
    if member.email:
        set_person(tx, person_id, email=member.email)
    renamed = sa.select(people.c.renamed).where(people.c.id == person_id)
    if member.name and not tx.conn.execute(renamed).scalar_one():
        set_appearance(tx, person_id, name=member.name)
