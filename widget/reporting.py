"""Readers report a comment. Enough reports hold it until a moderator decides."""

from __future__ import annotations

from typing import NamedTuple

from widget import policy
from widget.comments import find
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Invalid
from widget.moderation.deciding import set_statuses
from widget.names import clean_name
from widget.store import actions, reports
from widget.store.actions import Line
from widget.store.comments import Comment
from widget.store.pages import Page
from widget.store.sites import Site

# What readers may say, and how it is offered to them.
REASONS = {
    "spam": "It is spam or an advertisement",
    "abuse": "It insults or threatens somebody",
    "private": "It tells what is private",
    "unlawful": "It is against the law",
    "other": "Something else",
}
MAX_NOTE = 500


class Reported(NamedTuple):
    comment: Comment
    page: Page


async def report(core: Core, site: Site, actor: Actor, comment_id: str, reason: str, note: str = "") -> None:
    """Tell moderators that a comment should not be there; the same reader twice is once.

    Raises `Invalid` (no such reason), `NotFound`, `TooMany`, and what `policy.can_report` raises.
    """
    if reason not in REASONS:
        sentence = "Choose what is wrong with the comment."
        raise Invalid(sentence, code="bad_reason", fields={"reason": sentence})
    await core.limits.check("report", actor.address, core.db.now())
    # A hash, for nobody needs to know who it was, only that it was somebody else; keyed, for addresses are few.
    who = f"report {actor.address if actor.person_id is None else actor.person_id}"
    reporter = core.fingerprints(who.encode())[0].hex()[:32]
    await core.db.write(_report, site, actor, comment_id, reporter, reason, clean_name(note, MAX_NOTE))


def _report(tx: Tx, site: Site, actor: Actor, comment_id: str, reporter: str, reason: str, note: str) -> None:
    comment, _, person = find(tx, site, actor, comment_id)
    policy.can_report(comment, person, tx.now)
    count = reports.add_report(tx, site.id, comment.id, reporter, reason, note)
    enough = site.reports_to_hide and count is not None and count >= site.reports_to_hide
    if enough and comment.author_role not in policy.STAFF:
        line = Line("hold", "comment", comment.id, {"status": comment.status}, {"status": "pending"})
        told = f"{count} readers reported it" if count != 1 else "A reader reported it"
        actions.add_actions(tx, site.id, None, [line], told)
        set_statuses(tx, site, [(comment, "pending")])


async def read_reported(core: Core, site: Site, actor: Actor, comment_id: str) -> Reported:
    """The comment that somebody is about to report. Raises `NotFound`, and what `policy.can_report` raises."""
    return await core.db.read(_read_reported, site, actor, comment_id)


def _read_reported(tx: Tx, site: Site, actor: Actor, comment_id: str) -> Reported:
    comment, page, person = find(tx, site, actor, comment_id, lock=False)
    policy.can_report(comment, person, tx.now)
    return Reported(comment, page)
