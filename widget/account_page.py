"""Accounts to views: what the templates of `/account` are given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from markupsafe import Markup

from widget import ids
from widget.account import Account
from widget.faces import Face, face_of
from widget.joining import Half
from widget.store.account import AccountSession, GuestPage, IdentityRow
from widget.store.joining import Place
from widget.views import ProviderView

HERE = "this service"
# What is said after a deed, by the code in the address: nothing from an address is ever shown.
TOLD = {
    "renamed": "Your name is changed, on all your comments.",
    "picture": "Your picture is changed.",
    "linked": "The account is linked to yours. You can sign in with it from now on.",
    "unlinked": "The account is no longer linked to yours.",
    "joined": "The two accounts are one.",
    "claimed": "The comments are yours.",
    "ended": "The session has ended.",
    "ended_others": "All other sessions have ended.",
}


class IdentityView(msgspec.Struct, frozen=True):
    handle: str
    label: str
    icon: Markup
    name: str
    email: str
    proved: bool  # the address counts as theirs
    since: str
    has_picture: bool  # that could be used
    other_name: bool  # than the one that is shown


class SessionView(msgspec.Struct, frozen=True):
    handle: str
    device: str
    where: str
    since: str
    seen: str
    current: bool


class GuestPageView(msgspec.Struct, frozen=True):
    place: str
    site: str
    url: str
    title: str
    comments: int


class Said(msgspec.Struct, frozen=True):
    """What is said of a deed."""

    notice: str = ""
    error: str = ""
    fields: dict[str, str] = {}  # field name → sentence
    typed: str | None = None  # a name that was refused


NOTHING = Said()


class AccountView(msgspec.Struct, frozen=True):
    name: str
    face: Face
    renamed: bool
    comments: int
    identities: list[IdentityView]
    providers: Sequence[ProviderView]  # those that may be linked
    guest_pages: list[GuestPageView]
    sessions: list[SessionView]
    typed: str  # into the field of the name
    said: Said


class HalfView(msgspec.Struct, frozen=True):
    """One of two accounts that may be joined."""

    name: str
    labels: str
    comments: int


def account_view(
    account: Account,
    providers: Sequence[ProviderView],
    token_hash: bytes,
    said: Said,
    *,
    pictures: bool,
) -> AccountView:
    """`token_hash` is of the session that asks; `pictures`: whether any may be fetched."""
    person = account.person
    return AccountView(
        name=person.name,
        face=face_of(person.name, person.avatar),
        renamed=person.renamed,
        comments=account.comments,
        identities=[_identity(row, person.name, providers, pictures=pictures) for row in account.identities],
        providers=providers,
        guest_pages=[_guest_page(page) for page in account.guest_pages],
        sessions=[_session(row, token_hash) for row in account.sessions],
        typed=person.name if said.typed is None else said.typed,
        said=said,
    )


def half_view(half: Half, providers: Sequence[ProviderView]) -> HalfView:
    person = half.person
    labels = ", ".join(dict.fromkeys(_label(provider, providers) for provider in half.providers))
    return HalfView(person.name, labels, half.comments)


def read_place(text: str) -> Place | None:
    """The page that `GuestPageView.place` names."""
    found = [ids.decode(part) for part in text.split(".")]
    return Place(found[0], found[1]) if len(found) == 2 and found[0] is not None and found[1] is not None else None


def _identity(row: IdentityRow, shown: str, providers: Sequence[ProviderView], *, pictures: bool) -> IdentityView:
    return IdentityView(
        handle=row.handle,
        label=_label(row.provider, providers),
        icon=next((provider.icon for provider in providers if provider.name == row.provider), Markup()),
        name=row.name,
        email=row.email,
        proved=row.email_verified,
        since=_day(row.created_at),
        has_picture=pictures and bool(row.avatar),
        other_name=bool(row.name) and row.name != shown,
    )


def _session(row: AccountSession, current: bytes) -> SessionView:
    return SessionView(
        handle=row.handle,
        device=row.device or "An unknown browser",
        where=row.site_name or HERE,
        since=_day(row.created_at),
        seen=_day(row.seen_at),
        current=row.token_hash == current,
    )


def _guest_page(page: GuestPage) -> GuestPageView:
    place = f"{ids.encode(page.site_id)}.{ids.encode(page.page_id)}"
    return GuestPageView(place, page.site_name, page.url, page.title or page.url, page.comments)


def _label(provider: str, providers: Sequence[ProviderView]) -> str:
    return next((row.label for row in providers if row.name == provider), provider)


def _day(time: int) -> str:
    moment = datetime.fromtimestamp(time / 1000, UTC)
    return f"{moment.day} {moment:%B %Y}"
