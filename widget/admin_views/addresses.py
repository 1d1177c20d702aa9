"""Where the pages of `/admin` are."""

from __future__ import annotations

from urllib.parse import urlencode

from widget import ids


def inbox_address(**query: str) -> str:
    given = urlencode({name: value for name, value in query.items() if value})
    return f"/admin?{given}" if given else "/admin"


def comment_address(site: str, comment_id: int) -> str:
    return f"/admin/comments/{site}/{ids.encode(comment_id)}"


def person_address(site: str, person_id: int) -> str:
    return f"/admin/people/{site}/{ids.encode(person_id)}"
