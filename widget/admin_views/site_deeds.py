"""What was done to a site, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from widget.admin_views.words import comments
from widget.site_verbs import written
from widget.sites import SETTINGS

_LABELS = {"origins": "Origins", **{setting.name: setting.label for setting in SETTINGS}}


def site_sentence(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What became of the columns that a line of the log names."""
    if "name" in after:
        return f"Site “{before['name']}” renamed “{after['name']}”"
    if "imported" in after:
        return f"{comments(after['imported'])} imported ({after['format']})"
    if "sso_key" in after:
        return "New key for the site’s own accounts"
    changes = (f"{_LABELS[name]} {_short(before[name])} → {_short(after[name])}" for name in after)
    return f"Settings changed: {', '.join(changes)}"


def _short(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else written(value)
    lines = text.count("\n") + 1
    if lines > 1:
        return f"{lines} lines"
    return f"“{text}”" if text else "nothing"
