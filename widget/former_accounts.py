"""Who somebody was in another system: what an import made of them is known again by the same way to sign in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from widget import ids

REMARK42 = "remark42"


def person_id(site_id: int, source_format: str, account: str) -> int:
    """Of the person that an import into a site makes of an account of the old system."""
    return ids.hashed_id(ids.encode(site_id), source_format, account)


def remark42_accounts(ways: Iterable[tuple[str, str]], emails: Iterable[str]) -> list[str]:
    """Remark42's ids of somebody who signs in so: provider and its id of them, or a proved address.

    Source: provider/providers.go and verify.go of github.com/go-pkgz/auth. It takes another id at GitHub (the login)
    and at Microsoft, and Facebook's ids differ from app to app: those who came that way are not found.
    """
    return [f"{way}_{_sha1(value)}" for way, value in (*ways, *(("email", email) for email in emails))]


def _sha1(value: str) -> str:
    return hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest()
