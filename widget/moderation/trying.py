"""Trying rules on comments that are there, before they are saved: what would have become of each.

Settings decide again, on what is known of a comment still. What was found when it came and cannot be asked again counts
as it was found: the hidden field, the time at the form, the classifier, Akismet.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from widget import policy
from widget.core import Actor, Core
from widget.db import Tx
from widget.moderation.deciding import moderator_of
from widget.screening import links_of
from widget.sites import parse_settings
from widget.spam import checks
from widget.spam.submission import Submission
from widget.spam.verdicts import Verdict, gravest, unpack
from widget.store import trials
from widget.store.sites import Site
from widget.store.trials import Tried

TRIED = 1_000
SHOWN = 50
_AGAIN = ("blocked", "words", "hold", "links", "copies", "record")  # checks, by the name in their verdicts


class Caught(NamedTuple):
    comment: Tried
    status: str  # pending, spam, rejected: what it would have become
    verdicts: Sequence[Verdict]


class Trial(NamedTuple):
    tried: int  # comments
    exempt: int  # of these: by people whom nothing holds
    counts: Mapping[str, int]  # what they would have become, by status
    now: Mapping[str, int]  # and by the rules that are saved
    approved: int  # of those caught, a moderator had approved
    published: int  # of the others caught, readers see
    caught: Sequence[Caught]  # up to `SHOWN`, first what a moderator had approved, then what readers see


async def try_rules(core: Core, site: Site, actor: Actor, pairs: Mapping[str, str]) -> Trial:
    """The newest `TRIED` comments under settings as they are written. Raises `Invalid`, and what policy raises."""
    proposed = msgspec.structs.replace(site, **await asyncio.to_thread(parse_settings, pairs))
    found = await core.db.read(_read, site, actor, tuple(pairs))
    return await asyncio.to_thread(_try, site, proposed, found)


def _read(tx: Tx, site: Site, actor: Actor, names: Sequence[str]) -> list[Tried]:
    policy.can_set_up(moderator_of(tx, site, actor), names)
    return trials.list_latest(tx, site.id, TRIED)


def _try(site: Site, proposed: Site, found: Sequence[Tried]) -> Trial:
    checked = [(row, _submission(row)) for row in found if not row.exempt]
    judged = [_judge(proposed, *pair) for pair in checked]
    caught = [row for row in judged if row.status != "approved"]
    caught.sort(key=lambda row: (row.comment.learned != "ham", row.comment.status != "approved"))
    approved = sum(row.comment.learned == "ham" for row in caught)
    return Trial(
        tried=len(found),
        exempt=len(found) - len(checked),
        counts=Counter(row.status for row in judged),
        now=Counter(_judge(site, *pair).status for pair in checked),
        approved=approved,
        published=sum(row.comment.status == "approved" and row.comment.learned != "ham" for row in caught),
        caught=caught[:SHOWN],
    )


def _judge(site: Site, row: Tried, submission: Submission) -> Caught:
    recorded = [verdict for verdict in unpack(row.verdicts) if verdict.check not in _AGAIN]
    verdicts = [*checks.run(submission, site), *recorded]
    return Caught(row, gravest(["approved", *(verdict.status for verdict in verdicts)]), verdicts)


def _submission(row: Tried) -> Submission:
    return Submission(
        row.text,
        links_of(row.html),
        row.name or "",
        row.email or "",
        row.website or "",
        address=row.address or "",
        approved=row.approved,
        flagged=row.by_person or (row.by_address and not row.approved),
        copies=row.copies,
    )
