"""What becomes of a comment by the reader's own hand: edit, delete. All writing of one deed in one unit of work."""

from __future__ import annotations

from typing import NamedTuple

from widget import ids, learning, policy, screening
from widget.asking import ask
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Conflict, NotFound
from widget.events import PageChanged
from widget.guests import author_of
from widget.moderation.deciding import write_decision
from widget.store import comments as store
from widget.store import likes, pages, people
from widget.store.changes import is_seen, seen_at
from widget.store.comments import Comment
from widget.store.pages import Page
from widget.store.people import Person
from widget.store.sites import Site
from widget.written import Written, check_text, write


class Changed(NamedTuple):
    comment: Comment
    page: Page


async def edit(core: Core, site: Site, actor: Actor, comment_id: str, text: str, agent: str = "") -> Changed:
    """Replace the text; `agent` is the browser's User-Agent.

    Raises `Invalid` (not published, too: the text stays), `NotFound`, and what `policy.can_edit` raises.
    """
    cleaned = check_text(text)
    await core.limits.check("edit", actor.address, core.db.now())
    written = await write(core, actor, cleaned)
    written = written._replace(asked=await ask(core, site, actor, cleaned, comment_id=comment_id, agent=agent))
    return await core.db.write(_edit, site, actor, comment_id, written)


def _edit(tx: Tx, site: Site, actor: Actor, comment_id: str, written: Written) -> Changed:
    comment, page, person = find(tx, site, actor, comment_id)
    policy.can_edit(site, page, comment, person, tx.now)
    said = screening.screen(tx, site, person, author_of(person), written, screening.known(tx, site, person, written))
    screening.let_through(said or ())
    values = screening.columns(written, said, comment.status)
    if written.text != comment.text or values["status"] != comment.status:
        learning.forget(tx, site, comment)
        values |= seen_at(page, comment.status, values["status"], comment.replies)
        store.set_comment(tx, site.id, comment.id, **values, edited_at=tx.now)
        changed(tx, site, page, comment, comment.status, values["status"])
    edited = get_comment(tx, site, comment.id)
    return Changed(edited.told if comment.person_id == actor.person_id else edited, page)


async def delete(core: Core, site: Site, actor: Actor, comment_id: str) -> Changed:
    """Erase text and author (by the author), or reject (by a moderator). Its place stays while replies stand.

    Raises `NotFound` and what `policy.can_delete` raises.
    """
    await core.limits.check("edit", actor.address, core.db.now())
    return await core.db.write(_delete, site, actor, comment_id)


def _delete(tx: Tx, site: Site, actor: Actor, comment_id: str) -> Changed:
    comment, page, person = find(tx, site, actor, comment_id)
    policy.can_delete(site, page, comment, person, tx.now)
    if comment.person_id == actor.person_id:
        likes.remove_likes(tx, site.id, comment.id)
        seen = seen_at(page, comment.status, "deleted", comment.replies)
        store.set_comment(tx, site.id, comment.id, **store.GONE, **seen)
        changed(tx, site, page, comment, comment.status, "deleted")
    elif comment.status != "rejected":
        write_decision(tx, site, actor.person_id, [comment], "reject")
    return Changed(get_comment(tx, site, comment.id), page)


def find(
    tx: Tx, site: Site, actor: Actor, comment_id: str, *, lock: bool = True
) -> tuple[Comment, Page, Person | None]:
    """A comment to be changed, its page (locked for writing), and who asks. Raises `NotFound`.

    Read again once the page is locked, so that no other writer comes between.
    """
    identifier = ids.decode(comment_id)
    comment = store.get_comment(tx, site.id, identifier) if identifier is not None else None
    if comment is None:
        raise unknown_comment()
    page = get_page(tx, site, comment, lock=lock)
    while (comment := get_comment(tx, site, comment.id)).page_id != page.id:  # merged or split while this waited
        page = get_page(tx, site, comment, lock=lock)
    person = people.get_person(tx, site.id, actor.person_id) if actor.person_id is not None else None
    return comment, page, person


def unknown_comment() -> NotFound:
    return NotFound("There is no such comment.", code="unknown_comment")


def get_comment(tx: Tx, site: Site, comment_id: int) -> Comment:
    comment = store.get_comment(tx, site.id, comment_id)
    if comment is None:
        raise Conflict("This comment was removed meanwhile.", code="comment_gone")
    return comment


def get_page(tx: Tx, site: Site, comment: Comment, *, lock: bool) -> Page:
    page = pages.get_page_by_id(tx, site.id, comment.page_id, lock=lock)
    if page is None:
        raise unknown_comment()
    return page


def changed(tx: Tx, site: Site, page: Page, comment: Comment, before: str, after: str) -> None:
    """Count what readers now see more or less, and tell them; nothing, where they see nothing of it."""
    if not is_seen(before, after, comment.replies):
        return
    shown = int(after == "approved") - int(before == "approved")
    if shown:
        store.raise_replies(tx, site.id, comment.path, shown)
    version = pages.raise_version(tx, site.id, page.id, count=shown)
    tx.events.append(PageChanged(site.name, page.key, version))
