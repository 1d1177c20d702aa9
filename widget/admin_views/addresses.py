"""Where the pages of `/admin` are."""

from __future__ import annotations

from urllib.parse import urlencode

from widget import ids


def inbox_address(**query: str) -> str:
    return _address("/admin", query)


def _address(path: str, query: dict[str, str]) -> str:
    given = urlencode({name: value for name, value in query.items() if value})
    return f"{path}?{given}" if given else path


def comment_address(site: str, comment_id: int) -> str:
    return f"/admin/comments/{site}/{ids.encode(comment_id)}"


def page_address(site: str, page_id: int) -> str:
    return f"/admin/pages/{site}/{ids.encode(page_id)}"


def pages_address(**query: str) -> str:
    return _address("/admin/pages", query)


def people_address(**query: str) -> str:
    return _address("/admin/people", query)


def person_address(site: str, person_id: int) -> str:
    return f"/admin/people/{site}/{ids.encode(person_id)}"


def path_of(url: str) -> str:
    """By which a page without a title is called; "" where it has no address."""
    return "/" + url.split("/", 3)[-1] if url else ""
