"""Sites and their settings to views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from widget import ids
from widget.admin_views.addresses import person_address
from widget.admin_views.words import date
from widget.labels import provider_label
from widget.moderation.overview import Overview
from widget.policy import MODERATORS_SET
from widget.site_verbs import written
from widget.sites import GROUPS, SETTINGS, Setting, badges_of
from widget.store.sites import Site
from widget.views import ProviderView


class FieldView(msgspec.Struct, frozen=True):
    """A setting in a form; `control` is flag, choice, number, lines or text."""

    name: str
    label: str
    help: str
    control: str
    value: str
    choices: Sequence[str]
    low: int
    high: int
    error: str  # a sentence, or ""


class TabView(msgspec.Struct, frozen=True):
    label: str
    url: str
    current: bool


class UseView(msgspec.Struct, frozen=True):
    """A provider that is set up, or that somebody used."""

    label: str
    people: int
    date: str
    time: str
    offered: bool


class BadgedView(msgspec.Struct, frozen=True):
    name: str
    url: str  # their page; "" for an owner who never was on the site
    role: str
    badge: str


def site_address(site: str, *parts: str) -> str:
    return "/".join(("/admin/sites", site, *parts))


def tabs(site: Site, here: str) -> list[TabView]:
    """The pages of a site: about it, and its groups of settings. `here` is one of them, "" the first."""
    named = {"": "About", **GROUPS}
    return [
        TabView(label, site_address(site.name, *([group] if group else [])), group == here)
        for group, label in named.items()
    ]


def names_of(group: str) -> list[str]:
    return [setting.name for setting in SETTINGS if setting.group == group]


def field_views(
    site: Site, group: str, typed: Mapping[str, str] = {}, mistakes: Mapping[str, str] = {}
) -> list[FieldView]:
    """The settings of a group as they are, or as they were typed."""
    return [_field(site, setting, typed, mistakes) for setting in SETTINGS if setting.group == group]


def _field(site: Site, setting: Setting, typed: Mapping[str, str], mistakes: Mapping[str, str]) -> FieldView:
    kind = setting.kind
    return FieldView(
        name=setting.name,
        label=setting.label,
        help=setting.help,
        control=kind.control,
        value=typed.get(setting.name, written(getattr(site, setting.name))),
        choices=kind.choices,
        low=kind.low,
        high=kind.high,
        error=mistakes.get(setting.name, ""),
    )


def may_set(group: str, *, owner: bool) -> bool:
    return owner or MODERATORS_SET.issuperset(names_of(group))


def use_views(found: Overview, providers: Sequence[ProviderView]) -> list[UseView]:
    """The last used first; those that nobody used yet stand at the end."""
    site = found.at.site
    offered = {provider.name for provider in providers}
    used = [
        UseView(
            label=provider_label(site, use.provider, providers) or "Guests",
            people=use.people,
            date=date(ids.time_of(use.comment_id)),
            time=ids.rfc3339(ids.time_of(use.comment_id)),
            offered=use.provider in offered or (site.guests if not use.provider else False),
        )
        for use in found.uses
    ]
    seen = {use.provider for use in found.uses}
    unused = [row.label for row in providers if row.name not in seen]
    if site.guests and "" not in seen:
        unused.insert(0, "Guests")
    return used + [UseView(label, 0, "", "", offered=True) for label in unused]


def badged_views(found: Overview) -> list[BadgedView]:
    site = found.at.site
    badges = badges_of(site)
    return [
        BadgedView(row.name, person_address(site.name, row.id) if row.known else "", row.role, badges[row.role])
        for row in found.badged
    ]
