"""Challenges for proofs of work, and their solutions: PoW v2 of ALTCHA, with PBKDF2, which every browser has built in.

A challenge is signed, and bound to a site and to the idempotency key of one comment. That key is used up with the
comment, in its transaction, so a solution counts once.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from widget.core import Core
from widget.errors import Invalid
from widget.spam.proof import Proof
from widget.store.sites import Site

ALGORITHM = "PBKDF2/SHA-256"
COST = 10_000  # iterations of a try, and 256 tries are needed on average: half a second on a small machine
LIFE = 600_000  # ms
MAX_PROOF = 4_000  # characters


async def prove(core: Core, site: Site, key: str, proof: str | None) -> Proof | None:
    """What a proof is worth that came with an idempotency key; None where the site asks for none.

    `proof` is a solution, "" from who can solve a challenge, and None from who cannot. Raises `Invalid` for one without
    a key.
    """
    if site.proof_of_work == "off":
        return None
    if proof is None:
        return Proof("none")
    if not key:
        raise Invalid("A proof of work needs an Idempotency-Key to belong to.", code="key_needed")
    if not proof:
        return Proof("able", challenge(core.secret_keys, site, key, core.db.now()))
    good = await asyncio.to_thread(is_good, core.secret_keys, site, key, proof, core.db.now())
    return Proof("good" if good else "bad")


def challenge(secret_keys: Sequence[str], site: Site, key: str, now: int) -> Mapping[str, Any]:
    from altcha import create_challenge  # noqa: PLC0415 - most sites never need it

    made = create_challenge(
        ALGORITHM, COST, data={"key": key, "until": now + LIFE}, hmac_secret=_secret(secret_keys[0], site)
    )
    return made.to_dict()


def is_good(secret_keys: Sequence[str], site: Site, key: str, proof: str, now: int) -> bool:
    """Whether a challenge of ours for that key is solved, in time."""
    from altcha import Payload, verify_solution  # noqa: PLC0415

    if len(proof) > MAX_PROOF or not any(verify_solution(proof, _secret(each, site)).verified for each in secret_keys):
        return False
    data = Payload.from_base64(proof).challenge.parameters.data or {}
    return bool(data["key"] == key and now < data["until"])


def _secret(secret_key: str, site: Site) -> bytes:
    return hmac.digest(secret_key.encode(), f"proof:{site.id}".encode(), hashlib.sha256)
