"""Queue, people and log to views: what the templates of `/admin` are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

import msgspec
from markupsafe import Markup

from widget import ids
from widget.faces import Face, face_of
from widget.moderation.deciding import Missed
from widget.moderation.judging import FOR_GOOD
from widget.moderation.queue import Done, InPlace, Record
from widget.spam.verdicts import unpack
from widget.store.comments import Comment
from widget.store.deeds import Deed
from widget.store.queue import Queued
from widget.views import ProviderView

LABELS = {"approve": "Approve", "spam": "Spam", "reject": "Delete", "hold": "Hold"}
LEADS_TO = {"approve": "approved", "spam": "spam", "reject": "rejected", "hold": "pending"}
_BECAUSE = {"pending": "Held because", "spam": "Spam because", "rejected": "Refused because"}
_TOLD = {
    "approve": "approved",
    "hold": "held",
    "reject": "deleted",
    "spam": "marked as spam",
    "unban": "no longer banned",
    "shadow": "banned without being told",
    "trust": "trusted",
    "untrust": "no longer trusted",
    "pin": "pinned",
    "unpin": "no longer pinned",
    "note": "described in a note",
    "merge": "merged into another page",
    "lock": "closed",
    "unlock": "opened again",
}


class ButtonView(msgspec.Struct, frozen=True):
    verb: str
    label: str
    value: str  # of the field `do`


class RowView(msgspec.Struct, frozen=True):
    """A comment as moderators see it. `choice` is what its checkbox says: which it is, and as what it was seen."""

    id: str
    choice: str
    url: str
    site: str
    author: str
    author_url: str  # their page here; "" for nobody
    face: Face
    tags: list[str]  # what the author is: guest, moderator, banned, …
    status: str
    html: Markup
    long: bool
    reasons: list[str]
    time: str
    date: str
    edited: bool
    reply: bool
    page: str
    page_url: str  # the comment, on the page itself
    same_page_url: str  # the inbox, with comments of that page alone
    buttons: list[ButtonView]


class NearView(msgspec.Struct, frozen=True):
    """A comment near the one that is looked at."""

    url: str
    author: str
    status: str
    html: Markup
    date: str
    time: str


class DeedView(msgspec.Struct, frozen=True):
    """A deed of the log; `undo` is the button's value, "" where there is nothing left to undo."""

    sentence: str
    url: str
    by: str
    site: str
    time: str
    date: str
    reason: str
    undo: str
    undone: bool


class DoneView(msgspec.Struct, frozen=True):
    """What is said after a deed."""

    sentences: list[str]
    undo: str
    missed: list[str]


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


def row_view(row: Queued, now: int) -> RowView:
    identifier = ids.encode(row.id)
    choice = f"{row.site_name}.{identifier}.{row.status}"
    return RowView(
        id=identifier,
        choice=choice,
        url=comment_address(row.site_name, row.id),
        site=row.site_name,
        author=row.name or "Nobody any more",
        author_url=person_address(row.site_name, row.person_id) if row.person_id is not None else "",
        face=face_of(row.name or "?", row.avatar or ""),
        tags=_tags(row.kind, row.role, banned=row.banned_until > now, shadowed=row.shadowed, trusted=row.trusted),
        status=row.status,
        html=Markup(row.html),  # noqa: S704  made by text.py
        long=len(row.html) > 1_500,
        reasons=_reasons(row),
        time=ids.rfc3339(row.created_at),
        date=date(row.created_at),
        edited=row.edited_at is not None,
        reply=row.parent_id is not None,
        page=row.page_title or row.page_url,
        page_url=f"{row.page_url}#comment-{identifier}",
        same_page_url=inbox_address(tab="all", site=row.site_name, page=ids.encode(row.page_id)),
        buttons=[
            ButtonView(verb, label, f"{verb} {choice}")
            for verb, label in LABELS.items()
            if LEADS_TO[verb] != row.status and row.status != "deleted"
        ],
    )


def _reasons(row: Queued) -> list[str]:
    """What the checks said against it; nothing once it is approved, for a moderator saw that."""
    said = unpack(row.verdicts) if row.status != "approved" else ()
    return [f"{_BECAUSE[verdict.status]} {verdict.reason}." for verdict in said if verdict.status in _BECAUSE]


def near_views(found: InPlace, rows: Iterable[Comment]) -> list[NearView]:
    site = found.comment.site_name
    return [
        NearView(
            url=comment_address(site, row.id),
            author=row.author_name or "Nobody any more",
            status=row.status,
            html=Markup(row.html),  # noqa: S704  made by text.py
            date=date(row.created_at),
            time=ids.rfc3339(row.created_at),
        )
        for row in rows
    ]


def person_view(record: Record, providers: Sequence[ProviderView], now: int) -> PersonView:
    person = record.person
    banned = person.banned_until > now
    labels = {provider.name: provider.label for provider in providers}
    return PersonView(
        name=person.name,
        face=face_of(person.name, record.rows[0].avatar or "" if record.rows else ""),
        tags=_tags(person.kind, person.role, banned=banned, shadowed=person.shadowed, trusted=person.trusted),
        email=person.email,
        url=person.url,
        identities=[
            IdentityView(labels.get(row.provider, row.provider), row.name, row.email, row.email_verified)
            for row in record.identities
        ],
        role=person.role,
        banned=_until(person.banned_until) if banned else "",
        ban_reason=person.ban_reason if banned else "",
        shadowed=person.shadowed,
        trusted=person.trusted,
        note=person.note,
        is_staff=person.role in ("moderator", "owner"),
        may_have_role=record.moderator.role == "owner" and person.kind == "member" and person.role != "owner",
    )


def deed_view(deed: Deed) -> DeedView:
    return DeedView(
        sentence=deed_sentence(deed),
        url=_target_address(deed),
        by=deed.name or "the service",
        site=deed.site_name,
        time=ids.rfc3339(deed.at),
        date=date(deed.at),
        reason=deed.reason,
        undo=_undo([deed]),
        undone=deed.undone == deed.lines,
    )


def done_view(done: Done) -> DoneView:
    told: Counter[str] = Counter()
    for deed in done.deeds:  # those of one click that sound the same are told as one
        told[deed_sentence(deed._replace(lines=0))] += deed.lines
    sentences = [sentence.replace("0 comments", comments(number)) for sentence, number in told.items()]
    return DoneView([f"{sentence}." for sentence in sentences], _undo(done.deeds), _missed(done.missed))


def _missed(missed: Sequence[Missed]) -> list[str]:
    alike = Counter(row._replace(comment_id="") for row in missed)
    return [row.sentence if number == 1 else f"{number} times: {row.sentence}" for row, number in alike.items()]


def _undo(deeds: Iterable[Deed]) -> str:
    left = [f"{deed.site_name}.{ids.encode(deed.id)}" for deed in deeds if deed.undone < deed.lines]
    return " ".join(["undo", *left]) if left else ""


def deed_sentence(deed: Deed) -> str:
    verb = deed.undoes or deed.verb
    target = deed.target_name or f"A {deed.target}"
    what = comments(deed.lines) if deed.target == "comment" else target
    after = deed.before if deed.undoes else deed.after
    if verb == "ban":
        told = f"banned {_until(after.get('banned_until', 0))}"
    elif verb == "role":
        told = f"made {after.get('role', '')}"
    else:
        told = _TOLD.get(verb, verb)
    return f"Undone: {what} {told}" if deed.undoes else f"{what} {told}"


def _target_address(deed: Deed) -> str:
    if deed.target == "person":
        return person_address(deed.site_name, deed.target_id)
    if deed.target == "comment" and deed.lines == 1:
        return comment_address(deed.site_name, deed.target_id)
    if deed.target == "page":
        return inbox_address(tab="all", site=deed.site_name, page=ids.encode(deed.target_id))
    return ""


def _tags(kind: str | None, role: str, *, banned: bool, shadowed: bool, trusted: bool) -> list[str]:
    known = {
        kind or "": kind in ("guest", "imported"),
        role: role != "reader",
        "trusted": trusted,
        "banned": banned,
        "shadow-banned": shadowed,
    }
    return [tag for tag, holds in known.items() if holds]


def comments(number: int) -> str:
    return f"{number:,} comment" if number == 1 else f"{number:,} comments"


def inbox_address(**query: str) -> str:
    given = urlencode({name: value for name, value in query.items() if value})
    return f"/admin?{given}" if given else "/admin"


def comment_address(site: str, comment_id: int) -> str:
    return f"/admin/comments/{site}/{ids.encode(comment_id)}"


def person_address(site: str, person_id: int) -> str:
    return f"/admin/people/{site}/{ids.encode(person_id)}"


def _until(time: int) -> str:
    return "for good" if time >= FOR_GOOD else f"until {date(time)}"


def date(time: int) -> str:
    moment = datetime.fromtimestamp(time / 1000, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
