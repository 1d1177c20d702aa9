"""A site as pure code is given it."""

from __future__ import annotations

from typing import Any

from widget.sites import SETTINGS
from widget.store.sites import Site


def make_site(**changes: Any) -> Site:
    """The site `blog` with the settings that a new one has, but for `changes`."""
    settings = {setting.name: setting.kind.parse(setting.default) for setting in SETTINGS}
    values = {"id": 1, "name": "blog", "origins": ("https://blog.example",), "version": 1, "sso_key": 1, **settings}
    return Site(**{**values, **changes})
