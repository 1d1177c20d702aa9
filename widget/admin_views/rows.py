"""Comments as moderators see them: with their buttons, why they were held, and what readers say against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from markupsafe import Markup

from widget import ids
from widget.admin_views.addresses import comment_address, inbox_address, page_address, person_address
from widget.admin_views.words import date, readers, tags_of
from widget.faces import Face, face_of
from widget.moderation.queue import InPlace
from widget.reporting import REASONS
from widget.spam.verdicts import unpack
from widget.store.comments import Comment
from widget.store.queue import Place, Queued
from widget.store.reports import Report

LABELS = {"approve": "Approve", "spam": "Spam", "reject": "Delete", "hold": "Hold"}
LEADS_TO = {"approve": "approved", "spam": "spam", "reject": "rejected", "hold": "pending"}
_BECAUSE = {"pending": "Held because", "spam": "Spam because", "rejected": "Refused because"}


class ButtonView(msgspec.Struct, frozen=True):
    verb: str
    label: str
    value: str  # of the field `do`


class ReportsView(msgspec.Struct, frozen=True):
    """What readers say against a comment."""

    sentences: list[str]  # a reason, and of how many readers
    notes: list[str]


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
    about_page_url: str  # the page, here
    same_page_url: str  # the inbox, with comments of that page alone
    address: str  # it came from; "" once that is forgotten
    same_address_url: str  # the inbox, with all that came from there; "" where nothing is known
    reports: ReportsView | None  # those that no moderator has looked at
    buttons: list[ButtonView]


class NearView(msgspec.Struct, frozen=True):
    """A comment near the one that is looked at."""

    url: str
    author: str
    status: str
    html: Markup
    date: str
    time: str


def row_views(rows: Iterable[Queued], reports: Sequence[Report], now: int) -> list[RowView]:
    by_comment: dict[Place, list[Report]] = {}
    for report in reports:
        by_comment.setdefault(report.place, []).append(report)
    return [row_view(row, by_comment.get(row.place, []), now) for row in rows]


def row_view(row: Queued, reports: Sequence[Report], now: int) -> RowView:
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
        tags=tags_of(row.kind, row.role, banned=row.banned_until > now, shadowed=row.shadowed, trusted=row.trusted),
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
        about_page_url=page_address(row.site_name, row.page_id),
        same_page_url=inbox_address(tab="all", site=row.site_name, page=ids.encode(row.page_id)),
        address=row.address or "",
        same_address_url=inbox_address(tab="all", site=row.site_name, address=row.address_hash or "")
        if row.address_hash
        else "",
        reports=reports_view(reports[: row.reports]),  # the newest: those before are settled
        buttons=[ButtonView(verb, label, f"{verb} {choice}") for verb, label in _verbs(row)],
    )


def _verbs(row: Queued) -> list[tuple[str, str]]:
    """A reported comment can also be kept as it is, which settles what was said."""
    if row.status == "deleted":
        return []
    kept = {verb: "Keep" for verb, status in LEADS_TO.items() if status == row.status}
    labels = {**LABELS, **kept} if row.reports else LABELS
    return [(verb, label) for verb, label in labels.items() if row.reports or verb not in kept]


def reports_view(reports: Sequence[Report]) -> ReportsView | None:
    if not reports:
        return None
    said = Counter(report.reason for report in reports)
    sentences = [f"{REASONS.get(reason, reason)}: {readers(number)}" for reason, number in said.most_common()]
    return ReportsView(sentences, [report.note for report in reports if report.note])


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
