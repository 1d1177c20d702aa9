"""The key with which a site signs for its own accounts (`auth/sso.py`): derived, so that nothing secret is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from widget.store.sites import Site


def sso_keys(secret_keys: Sequence[str], site: Site) -> tuple[bytes, ...]:
    """A key for each of our secret keys, the first to be handed out, as the 43 characters that the owner copies."""
    return tuple(_derived(secret, site) for secret in secret_keys)


def _derived(secret: str, site: Site) -> bytes:
    digest = hmac.digest(secret.encode(), f"sso:{site.id}:{site.sso_key}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=")
