"""The verb that erases an account."""

from __future__ import annotations

from auth import Visitor
from widget.account import check_open
from widget.core import Core
from widget.db import Tx
from widget.errors import Invalid
from widget.events import PageChanged
from widget.store import account, joining, pages, sites
from widget.store import erasing as store
from widget.store.appearance import commented_by, touch_comments
from widget.store.joining import Place

PAGES = 20  # in one unit of work, with
COMMENTS = 500  # on each


async def erase(core: Core, visitor: Visitor, *, keep_comments: bool, sure: bool) -> None:
    """Remove a person and all that is theirs; their comments are deleted, or kept without a name.

    Bounded units of work. The ways to sign in go last, so that whoever is interrupted can go on. Raises `Invalid` for
    somebody who is not sure, and what `check_open` does.
    """
    check_open(core, visitor)
    if not sure:
        raise Invalid("Please tick that you know this cannot be undone.", code="not_sure", fields={"sure": "Needed."})
    await core.db.write(account.end_sessions, visitor.person_id, but=visitor.token_hash)
    while await core.db.write(_erase_some, visitor.person_id, keep_comments):
        pass


def _erase_some(tx: Tx, person_id: int, keep_comments: bool) -> bool:
    """Something of theirs, or in the end themselves; whether there is more to do."""
    places = store.list_places(tx, person_id, PAGES, liked_alone=keep_comments)
    for place in places:
        _erase_on(tx, person_id, place, keep_comments)
    return bool(places) or not _erase_person(tx, person_id, keep_comments)


def _erase_on(tx: Tx, person_id: int, place: Place, keep_comments: bool) -> None:
    page = pages.get_page_by_id(tx, place.site_id, place.page_id, lock=True)
    site = sites.get_site_by_id(tx, place.site_id)
    assert page is not None
    assert site is not None
    store.take_likes(tx, person_id, place)
    seen = 0 if keep_comments else store.delete_comments(tx, person_id, place, COMMENTS)
    version = pages.raise_version(tx, place.site_id, place.page_id, count=-seen)
    tx.events.append(PageChanged(site.name, page.key, version))


def _erase_person(tx: Tx, person_id: int, keep_comments: bool) -> bool:
    """Whether it was done: not while something has come in between."""
    touch_comments(tx, [person_id], commented_by([person_id]))
    account.lock_people(tx, [person_id])
    if store.list_places(tx, person_id, 1, liked_alone=keep_comments):
        return False
    if keep_comments:
        store.make_nameless(tx, person_id)
    joining.remove_unused(tx, [person_id])
    return True
