"""Random tokens. We keep only their SHA-256: 256 random bits need no slow hash and no salt."""

from __future__ import annotations

import hashlib
import re
import secrets

_TOKEN = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")  # the last of 43 characters carries four bits


def new_token() -> str:
    """256 random bits as 43 characters of base64url without padding."""
    return secrets.token_urlsafe(32)


def new_window_id() -> str:
    """Names a window in its address and its cookie; proves nothing."""
    return secrets.token_hex(8)


def is_token(text: str) -> bool:
    """Whether it is what `new_token` makes, in its one spelling."""
    return _TOKEN.fullmatch(text) is not None


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
