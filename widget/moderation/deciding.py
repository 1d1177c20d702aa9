"""Deciding on comments, many at once. What somebody else decided meanwhile is told and never overwritten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from widget import ids, learning, policy
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Invalid
from widget.events import PageChanged
from widget.names import clean_name
from widget.store import actions, comments, pages, people
from widget.store.actions import Line
from widget.store.changes import is_seen
from widget.store.comments import Comment
from widget.store.people import Person
from widget.store.reports import count_reports, settle_reports
from widget.store.sites import Site

VERBS = {"approve": "approved", "hold": "pending", "reject": "rejected", "spam": "spam"}
MAX_AT_ONCE = 200
MAX_REASON = 300


class Choice(NamedTuple):
    """A comment, and the status that the moderator saw; "" for whatever it is."""

    comment_id: str
    seen: str = ""


class Missed(NamedTuple):
    """A comment that was left as it is: gone, or changed by `name` since the moderator looked."""

    comment_id: str
    status: str  # "deleted" for one that is gone
    name: str | None

    @property
    def sentence(self) -> str:
        if self.status == "deleted":
            return "The author deleted this comment meanwhile."
        return f"{self.name or 'Somebody'} changed this comment to “{self.status}” meanwhile."


class Decided(NamedTuple):
    """`batch` is what `undo` takes; None where nothing changed."""

    batch: str | None
    comments: list[Comment]  # as they are now
    missed: list[Missed]


async def decide(
    core: Core, site: Site, actor: Actor, choices: Sequence[Choice], verb: str, reason: str = ""
) -> Decided:
    """Give comments of a site the status that `verb` stands for. Raises `Invalid`, and what `can_moderate` raises."""
    choices = list({choice.comment_id: choice for choice in choices}.values())  # one chosen twice counts once
    if verb not in VERBS:
        raise Invalid(f"A comment can be told to {', '.join(VERBS)}.", code="bad_verb")
    if not choices:
        raise Invalid("Choose a comment first.", code="nothing_chosen")
    if len(choices) > MAX_AT_ONCE:
        raise Invalid(f"At most {MAX_AT_ONCE} comments can be changed at once.", code="too_many")
    return await core.db.write(_decide, site, actor, choices, verb, clean_name(reason, MAX_REASON))


def _decide(tx: Tx, site: Site, actor: Actor, choices: Sequence[Choice], verb: str, reason: str) -> Decided:
    moderator = moderator_of(tx, site, actor)
    found = lock_comments(tx, site, [number for choice in choices if (number := ids.decode(choice.comment_id))])
    status = VERBS[verb]
    missed, chosen, kept = list[Missed](), list[Comment](), list[Comment]()
    for choice in choices:
        comment = found.get(ids.decode(choice.comment_id) or 0)
        if comment is None or comment.status == "deleted":
            missed.append(Missed(choice.comment_id, "deleted", None))
        elif choice.seen not in ("", comment.status):
            missed.append(Missed(choice.comment_id, comment.status, None))
        else:
            (kept if comment.status == status else chosen).append(comment)
    batch = write_decision(tx, site, moderator.id, chosen, verb, reason, kept)
    now = comments.list_comments(tx, site.id, list(found))
    return Decided(ids.encode(batch) if batch else None, now, _with_names(tx, site, missed))


def write_decision(
    tx: Tx,
    site: Site,
    moderator_id: int | None,
    chosen: Sequence[Comment],
    verb: str,
    reason: str = "",
    kept: Sequence[Comment] = (),
) -> int | None:
    """What a moderator decided on comments of locked pages, with its lines in the log; the deed's id, if there is one.

    Readers' reports are answered by it, also by leaving those that are `kept` as they are.
    """
    reported = count_reports(tx, site.id, [comment.id for comment in (*chosen, *kept)])
    settled = {comment_id: ({"reports": number}, {"reports": 0}) for comment_id, number in reported.items()}
    lines = []
    for row in chosen:
        before, after = settled.get(row.id, ({}, {}))
        change = {"status": row.status, **before}, {"status": VERBS[verb], **after}
        lines.append(Line(verb, "comment", row.id, *change))
    lines += [Line("keep", "comment", row.id, *settled[row.id]) for row in kept if row.id in settled]
    if not lines:
        return None
    batch = actions.add_actions(tx, site.id, moderator_id, lines, reason)
    set_statuses(tx, site, [(comment, VERBS[verb]) for comment in chosen])
    settle_reports(tx, site.id, list(reported))
    return batch


def moderator_of(tx: Tx, site: Site, actor: Actor) -> Person:
    """Who asks. Raises what `policy.can_moderate` raises."""
    person = people.get_person(tx, site.id, actor.person_id) if actor.person_id is not None else None
    return policy.can_moderate(person)


def lock_comments(tx: Tx, site: Site, comment_ids: Sequence[int]) -> dict[int, Comment]:
    """Comments by id, read once their pages are locked, so that no other writer comes between."""
    found = comments.list_comments(tx, site.id, comment_ids)
    locked: set[int] = set()
    while not locked >= {comment.page_id for comment in found}:  # again where a merge moved them meanwhile
        locked |= {comment.page_id for comment in found}
        pages.lock_pages(tx, site.id, sorted(locked))
        found = comments.list_comments(tx, site.id, comment_ids)
    return {comment.id: comment for comment in found}


def set_statuses(tx: Tx, site: Site, changes: Sequence[tuple[Comment, str]]) -> None:
    """Give comments of locked pages a new status, learn from it, count what readers see now, and tell them."""
    learning.learn(tx, site, changes)
    chosen: dict[tuple[str, bool], list[int]] = {}
    replies: Counter[int] = Counter()
    shown: Counter[int] = Counter()
    for comment, status in changes:
        seen = is_seen(comment.status, status, comment.replies)
        chosen.setdefault((status, seen), []).append(comment.id)
        if seen:
            more = int(status == "approved") - int(comment.status == "approved")
            shown[comment.page_id] += more
            replies.update(dict.fromkeys(comments.ids_in(comment.path)[:-1], more))
    for (status, seen), comment_ids in chosen.items():
        comments.set_statuses(tx, site.id, comment_ids, status, seen=seen)
    comments.add_replies(tx, site.id, replies)
    tx.events.extend(PageChanged(site.name, *raised) for raised in pages.raise_versions(tx, site.id, shown))


def _with_names(tx: Tx, site: Site, missed: Sequence[Missed]) -> list[Missed]:
    """Each with the moderator who gave it its status; an author's edit may do that too, and is not in the log."""
    statuses = {ids.decode(row.comment_id) or 0: row.status for row in missed if row.status != "deleted"}
    names: dict[int, str | None] = {}
    for action in actions.list_actions_on(tx, site.id, "comment", list(statuses)) if statuses else ():
        if "status" in action.after:
            by_deed = action.after["status"] == statuses[action.target_id]
            names.setdefault(action.target_id, action.name if by_deed else None)
    return [row._replace(name=names.get(ids.decode(row.comment_id) or 0)) for row in missed]
