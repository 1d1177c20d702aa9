"""What the verbs work with, and who asks them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from widget.db import Database
from widget.limits import Limits
from widget.spam.akismet import Akismet


@dataclass(frozen=True, slots=True)
class Core:
    db: Database
    limits: Limits
    secret_keys: Sequence[str]
    akismet: Akismet | None = None  # None: not set up

    def fingerprints(self, data: bytes) -> list[bytes]:
        return fingerprints(self.secret_keys, data)


def fingerprints(secret_keys: Sequence[str], data: bytes) -> list[bytes]:
    """Keyed hashes (HMAC-SHA-256) of `data`, one for each secret key; the first is the one to keep.

    Keyed, because the data may hold an e-mail address that a plain hash would let somebody guess.
    """
    return [hmac.digest(key.encode(), data, hashlib.sha256) for key in secret_keys]


class Actor(NamedTuple):
    """Who asks: a person by a session (`provider` is "" for a guest), or nobody yet; and from where."""

    person_id: int | None
    provider: str
    address: str  # as `limits.client_address` gives it


NOBODY = Actor(None, "", "")
