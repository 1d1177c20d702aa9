"""What happened, told after the commit to those who asked (`app.py` subscribes them)."""

from __future__ import annotations

from typing import NamedTuple


class PageChanged(NamedTuple):
    """Something that readers of the page see is different; `version` is the page's new one."""

    site_name: str
    page_key: str
    version: int


class SiteChanged(NamedTuple):
    """A site's settings are different."""

    site_name: str


class SignedUp(NamedTuple):
    """Somebody signed in for the first time; `picture` is the address that the provider told, or ""."""

    person_id: int
    picture: str


class Judged(NamedTuple):
    """A moderator decided that comments of a site are spam, or that they are not."""

    site_id: int
    comment_ids: tuple[int, ...]
    spam: bool


Event = PageChanged | SiteChanged | SignedUp | Judged
