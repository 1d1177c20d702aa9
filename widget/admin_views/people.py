"""People as moderators see them: in the list, and one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from widget import ids
from widget.admin_views.addresses import inbox_address, person_address
from widget.admin_views.sites import site_address
from widget.admin_views.words import comments, date, tags_of, until
from widget.faces import Face, face_of
from widget.moderation.queue import Record
from widget.store.people_list import Listed
from widget.views import ProviderView


class ListedView(msgspec.Struct, frozen=True):
    name: str
    face: Face
    tags: list[str]
    url: str  # their page here
    note: str
    comments: str
    comments_url: str
    newest: str  # "" where there is none
    newest_time: str


class IdentityView(msgspec.Struct, frozen=True):
    label: str
    name: str
    email: str
    proved: bool


class PersonView(msgspec.Struct, frozen=True):
    name: str
    face: Face
    tags: list[str]
    email: str
    url: str
    identities: list[IdentityView]
    role: str
    banned: str  # "until 3 May 2027" | "for good" | ""
    ban_reason: str
    shadowed: bool
    trusted: bool
    note: str
    is_staff: bool
    may_have_role: bool  # signed in, and an owner looks
    export_url: str  # of what they wrote, where an owner looks; else ""


def listed_view(site: str, person: Listed) -> ListedView:
    newest = ids.time_of(person.newest) if person.newest else 0
    return ListedView(
        name=person.name,
        face=face_of(person.name, person.avatar),
        tags=tags_of(person.kind, person.role, banned=person.banned, shadowed=person.shadowed, trusted=person.trusted),
        url=person_address(site, person.id),
        note=person.note,
        comments=comments(person.comments),
        comments_url=inbox_address(tab="all", site=site, person=ids.encode(person.id)),
        newest=date(newest) if newest else "",
        newest_time=ids.rfc3339(newest) if newest else "",
    )


def person_view(site: str, record: Record, providers: Sequence[ProviderView], now: int) -> PersonView:
    person = record.person
    banned = person.banned_until > now
    owner = record.moderator.role == "owner"
    labels = {provider.name: provider.label for provider in providers}
    return PersonView(
        name=person.name,
        face=face_of(person.name, record.rows[0].avatar or "" if record.rows else ""),
        tags=tags_of(person.kind, person.role, banned=banned, shadowed=person.shadowed, trusted=person.trusted),
        email=person.email,
        url=person.url,
        identities=[
            IdentityView(labels.get(row.provider, row.provider), row.name, row.email, row.email_verified)
            for row in record.identities
        ],
        role=person.role,
        banned=until(person.banned_until) if banned else "",
        ban_reason=person.ban_reason if banned else "",
        shadowed=person.shadowed,
        trusted=person.trusted,
        note=person.note,
        is_staff=person.role in ("moderator", "owner"),
        may_have_role=owner and person.kind == "member" and person.role != "owner",
        export_url=site_address(site, f"export?person={ids.encode(person.id)}") if owner else "",
    )
