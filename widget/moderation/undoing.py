"""Taking a deed back: what it changed becomes what it was, unless somebody changed it again since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from widget import ids, policy
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Conflict, NotFound
from widget.events import PageChanged, SiteChanged
from widget.moderation.deciding import lock_comments, moderator_of, set_statuses
from widget.moderation.judging import find_person, set_standing
from widget.moderation.merging import merge_again, split
from widget.moderation.pinning import give_back
from widget.site_verbs import give_name
from widget.store import actions, pages
from widget.store.actions import Action, Line
from widget.store.alike import add_difference, remove_difference
from widget.store.comments import Comment
from widget.store.pages import Page
from widget.store.people import Person
from widget.store.reports import raise_reports
from widget.store.sites import Site, get_site_by_id, set_site

FINAL = {  # verbs that nothing takes back, and why
    "key": "A key that was withdrawn does not count again. Make another.",
    "import": "An import stays. Its comments can be deleted like all others.",
}


class Undone(NamedTuple):
    batch: str  # which can be undone in its turn
    undone: int  # lines
    kept: int  # lines whose target was changed again since, or is gone


async def undo(core: Core, site: Site, actor: Actor, batch_id: str) -> Undone:
    """Take back what a deed did. Raises `NotFound`, `Conflict` (nothing of it can be), and what policy raises."""
    return await core.db.write(_undo, site, actor, batch_id)


def _undo(tx: Tx, site: Site, actor: Actor, batch_id: str) -> Undone:
    moderator = moderator_of(tx, site, actor)
    lines = actions.list_batch(tx, site.id, ids.decode(batch_id) or 0)
    if not lines:
        raise NotFound("There is no such line in the log.", code="unknown_action")
    open_lines = [line for line in lines if line.undone is None]
    if not open_lines:
        raise Conflict("This was undone already.", code="undone")
    taken = [
        *_undo_comments(tx, site, [line for line in open_lines if {"status", "reports"} & line.after.keys()]),
        *_undo_pins(tx, site, [line for line in open_lines if "pinned_at" in line.after]),
        *_undo_people(tx, site, moderator, [line for line in open_lines if line.target == "person"]),
        *_undo_sites(tx, site, moderator, [line for line in open_lines if line.target == "site"]),
        *_undo_pages(tx, site, [line for line in open_lines if line.target == "page"]),
    ]
    if not taken:
        raise Conflict("It was changed again since, so there is nothing to undo here.", code="changed_since")
    batch = actions.add_actions(tx, site.id, moderator.id, [_undoing(line) for line in taken])
    return Undone(ids.encode(batch), len(taken), len(open_lines) - len(taken))


def _undoing(line: Action) -> Line:
    return Line("undo", line.target, line.target_id, line.after, line.before, line.id)


def split_off(tx: Tx, site: Site, page: Page) -> Line:
    """Take back the merge that made this page a part of another: what is to be written into the log.

    Raises `Conflict` where it is none.
    """
    for line in actions.list_actions_on(tx, site.id, "page", [page.id]):
        merged = line.undone is None and line.after.get("merged_into") is not None
        if merged and _undo_pages(tx, site, [line]):
            return _undoing(line)
    raise Conflict(f"{page.url or page.key} was not merged into another page.", code="not_merged")


def _undo_comments(tx: Tx, site: Site, lines: Sequence[Action]) -> list[Action]:
    found = lock_comments(tx, site, [line.target_id for line in lines]) if lines else {}
    still = [line for line in lines if line.target_id in found and _has_status(found[line.target_id], line.after)]
    set_statuses(tx, site, [(found[line.target_id], line.before["status"]) for line in still if "status" in line.after])
    settled = [line for line in still if "reports" in line.after]  # what others said meanwhile counts, too
    raise_reports(tx, site.id, {line.target_id: line.before["reports"] - line.after["reports"] for line in settled})
    return still


def _has_status(comment: Comment, after: dict[str, Any]) -> bool:
    return comment.status != "deleted" and after.get("status", comment.status) == comment.status


def _undo_pins(tx: Tx, site: Site, lines: Sequence[Action]) -> list[Action]:
    found = lock_comments(tx, site, [line.target_id for line in lines]) if lines else {}
    still = []
    for line in sorted(lines, key=lambda line: line.before["pinned_at"] is not None):  # first those that make room
        comment = found.get(line.target_id)
        if comment is not None and _is_as_left(comment, line.after):
            still += [line] if give_back(tx, site, comment, line.before["pinned_at"]) else []
    return still


def _undo_people(tx: Tx, site: Site, moderator: Person, lines: Sequence[Action]) -> list[Action]:
    still = []
    for line in lines:  # one, for nobody judges many at once
        person = find_person(tx, site, line.target_id)
        for column in line.before:
            policy.can_undo_judgement(moderator, person, column, line.after[column])
        if _is_as_left(person, line.after):
            set_standing(tx, site, person, line.before)
            still.append(line)
    return still


def _undo_sites(tx: Tx, site: Site, moderator: Person, lines: Sequence[Action]) -> list[Action]:
    still = []
    for line in lines:  # one, likewise
        policy.can_set_up(moderator, line.before)
        if line.verb in FINAL:
            raise Conflict(FINAL[line.verb], code="final")
        now = get_site_by_id(tx, site.id, lock=True)
        before, after = (_columns(values) for values in (line.before, line.after))
        if now is None or not _is_as_left(now, after):
            continue
        still.append(line)
        if "name" in before:
            give_name(tx, now, before["name"])
        else:
            set_site(tx, site.id, before)
            tx.events.append(SiteChanged(now.name))
    return still


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """As the site has them: the log is JSON, which knows no tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def _undo_pages(tx: Tx, site: Site, lines: Sequence[Action]) -> list[Action]:
    still = []
    for line in lines:  # one, or those that a command moved at once, none of them into another
        if "differs_from" in line.after:
            still += [line] if _undo_difference(tx, site, line) else []
            continue
        page = pages.get_page_by_id(tx, site.id, line.target_id, lock="merged_into" not in line.after)
        if page is None or not _is_as_left(page, line.after):
            continue
        still.append(line)
        if line.after.get("merged_into") is not None:
            split(tx, site, page)
        elif "merged_into" in line.after:
            merge_again(tx, site, page, line.before["merged_into"])
        else:
            pages.set_page(tx, site.id, page.id, **line.before)
            tx.events.append(PageChanged(site.name, page.key, pages.raise_version(tx, site.id, page.id)))
    return still


def _undo_difference(tx: Tx, site: Site, line: Action) -> bool:
    """Two pages that were told apart may look like one again, or the other way round; whether they do."""
    other = line.after["differs_from"]
    if other is not None:
        return remove_difference(tx, site.id, (line.target_id, other))
    return add_difference(tx, site.id, (line.target_id, line.before["differs_from"]))


def _is_as_left(target: Any, after: dict[str, Any]) -> bool:
    return all(getattr(target, name) == value for name, value in after.items())
