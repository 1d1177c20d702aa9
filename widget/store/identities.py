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
    """The person of an identity, made unless there. The name and the address that came from it follow it, unless they
    chose a name themselves.
    """
    key = (identities.c.issuer == member.issuer, identities.c.subject == member.subject)
    before = tx.conn.execute(sa.select(identities.c.name, identities.c.email).where(*key)).one_or_none()
    person_id = owner_of(tx, now, member)
    if before is not None and person_id is not None:
        _follow(tx, person_id, member, name_before=before[0] or NAMELESS, email_before=before[1])
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


def get_person_of(tx: Tx, provider: str, account: str) -> int | None:
    """Whose account it is: by the provider's id of the person, or by an e-mail address that it has verified."""
    i = identities.c
    proved = sa.and_(sa.func.lower(i.email) == account.lower(), i.email_verified)
    mine = sa.select(i.person_id).where(i.provider == provider, proved if "@" in account else i.subject == account)
    return tx.conn.execute(mine.order_by(i.created_at).limit(1)).scalar_one_or_none()


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


def _follow(tx: Tx, person_id: int, member: Member, *, name_before: str, email_before: str) -> None:
    person = sa.select(people.c.name, people.c.email, people.c.renamed).where(people.c.id == person_id)
    name, email, renamed = tx.conn.execute(person).one()
    if member.email and email == email_before:
        set_person(tx, person_id, email=member.email)
    if member.name and name == name_before and not renamed:
        set_appearance(tx, person_id, name=member.name)
