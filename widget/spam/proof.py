"""Proof of work: whom a site asks for it, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from widget.errors import Forbidden
from widget.spam.verdicts import Verdict, gravest
from widget.store.sites import Site

CHECK = "proof"
# Checks that doubt that a person is writing. All others say what an owner wants to see first, or what is known.
DOUBTS = ("speed", "copies", "classifier")


class Proof(NamedTuple):
    """What came with a comment. `challenge` is for who is `able` to do the work and has not done it yet."""

    state: Literal["none", "able", "good", "bad"]
    challenge: Mapping[str, Any] | None = None


class ProofNeeded(Forbidden):
    """Nothing was written: the same request counts once it brings the solved `challenge`."""

    code = "proof_needed"

    def __init__(self, challenge: Mapping[str, Any] | None) -> None:
        super().__init__("This site asks your browser for a short calculation, to keep machines out.")
        self.challenge = challenge


def weigh(site: Site, verdicts: Sequence[Verdict], proof: Proof | None, *, new: bool) -> list[Verdict]:
    """The verdicts with that of the proof; `new` says whether the author is.

    With `all`, what a new author sends without one is held. With `unsure`, one clears a comment of what is only doubt.
    Raises `ProofNeeded`.
    """
    kept = list(verdicts)
    if proof is None or not (new if site.proof_of_work == "all" else _is_only_doubted(kept)):
        return kept
    if proof.state == "able":
        raise ProofNeeded(proof.challenge)
    if proof.state == "good":
        if site.proof_of_work == "unsure":
            kept = [verdict._replace(status="approved") for verdict in kept]
        return [*kept, Verdict("approved", CHECK, "the browser did its proof of work")]
    why = "no proof of work was sent" if proof.state == "none" else "its proof of work is wrong, or too old"
    return [*kept, Verdict("pending", CHECK, why)]


def _is_only_doubted(verdicts: Sequence[Verdict]) -> bool:
    against = [verdict for verdict in verdicts if verdict.status != "approved"]
    return (
        bool(against)
        and gravest(verdict.status for verdict in against) == "pending"
        and all(verdict.check in DOUBTS for verdict in against)
    )
