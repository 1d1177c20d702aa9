"""Asking the checks about a comment: what they need is gathered here, and what they say decides on its status."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from widget.db import Tx
from widget.errors import Invalid
from widget.guests import Guest
from widget.policy import is_staff
from widget.spam import bayes, checks
from widget.spam.proof import weigh
from widget.spam.submission import Submission
from widget.spam.verdicts import Verdict, gravest, pack
from widget.store.facts import Facts, New, get_facts
from widget.store.people import Person
from widget.store.sites import Site
from widget.store.spam import Seen, get_seen
from widget.written import Written

_SHADOW = Verdict("spam", "shadow", "a moderator took the author out of sight")
_LINK = re.compile(r'<a href="([^"]*)"')


def is_exempt(person: Person | None) -> bool:
    """Nothing holds what they write."""
    return is_staff(person) or (person is not None and person.trusted)


def known(tx: Tx, site: Site, person: Person | None, comment: Written, new: New | None = None) -> Facts:
    """Of a comment before it is kept; `new` where it is not there yet."""
    author = person.id if person else None
    return get_facts(tx, site.id, author, comment.address_hashes, comment.text_hash, site.trust_after, new)


def screen(
    tx: Tx, site: Site, person: Person | None, author: Guest, comment: Written, facts: Facts
) -> list[Verdict] | None:
    """What the checks say of a comment before it is kept; None for whom they are not asked about.

    Raises `ProofNeeded`.
    """
    if is_exempt(person):
        return None
    submission = Submission(
        comment.text,
        links_of(comment.html),
        author.name,
        author.email,
        author.website,
        address=comment.address,
        approved=facts.approved,
        flagged=facts.by_person or (facts.by_address and not facts.approved),
        copies=facts.copies,
        trap=comment.trap,
        seconds=comment.seconds,
        score=_score(tx, site, comment.text, facts.total),
    )
    shadow = [_SHADOW] if person is not None and person.shadowed else []
    new = person is None or person.kind != "member" or facts.approved < site.trust_after
    return weigh(site, [*shadow, *checks.run(submission, site), *comment.asked], comment.proof, new=new)


def links_of(html: str) -> tuple[str, ...]:
    """The addresses that a comment leads to."""
    return tuple(unescape(link) for link in _LINK.findall(html))


def _score(tx: Tx, site: Site, text: str, total: Seen) -> bayes.Score | None:
    if min(total) < bayes.ENOUGH:
        return None
    return bayes.score(text, get_seen(tx, site.id, bayes.tokens_of(text)), total)


def columns(comment: Written, said: Sequence[Verdict] | None, before: str = "approved") -> dict[str, Any]:
    """A comment as it is kept after these verdicts: the gravest of them, or of what it was before, counts."""
    values = {"text": comment.text, "html": comment.html, "text_hash": comment.text_hash, "status": before}
    if said is not None:
        values |= {"status": gravest([before, *(verdict.status for verdict in said)]), "verdicts": pack(said)}
    return values


def whence(site: Site, comment: Written) -> dict[str, Any]:
    """Where it came from, in the columns that keep that."""
    known = comment.address_hashes
    address = comment.address if site.address_days else ""
    return {"address": address or None, "address_hash": known[0] if known else None}


def let_through(verdicts: Sequence[Verdict]) -> None:
    """Raises `Invalid`, with the reason, where one of them rejects the comment."""
    for verdict in verdicts:
        if verdict.status == "rejected":
            sentence = f"This comment was not published: {verdict.reason}."
            raise Invalid(sentence, code="not_published", fields={"text": sentence})
