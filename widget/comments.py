"""The verbs of comments: post, edit, delete. Policy, limits and all writing of one deed in one unit of work."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import msgspec

from auth import new_frame_session
from widget import ids, policy
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Conflict, Invalid, NotFound
from widget.events import PageChanged
from widget.guests import ANONYMOUS, Guest, check_guest
from widget.names import clean_name, clean_text
from widget.page_key import PageKey
from widget.store import comments as store
from widget.store import idempotency, likes, pages, people, sessions
from widget.store.appearance import set_appearance
from widget.store.comments import Comment, Double
from widget.store.pages import Page
from widget.store.people import Person
from widget.store.sites import Site
from widget.text import MAX_TEXT_BYTES, plain_text, render_markdown

MAX_LEVELS = 320  # ids in a path: PostgreSQL's index row holds 2,704 bytes
MAX_TITLE = 300
MAX_KEY = 200
SAME_WITHIN = 60_000  # ms


class Draft(msgspec.Struct, frozen=True):
    """A comment as somebody wants it posted. `key` is the idempotency key, "" for none."""

    page: PageKey
    title: str
    parent_id: str
    text: str
    guest: Guest | None
    key: str


class Posted(NamedTuple):
    comment: Comment
    page: Page
    session: str | None  # the token of a new guest session


async def post(core: Core, site: Site, actor: Actor, draft: Draft) -> Posted:
    """Save a comment; the same again for the same idempotency key, or the same words within a minute.

    Raises `Invalid` (empty, too long, unknown parent, guest fields, reused key), what `policy.can_post` raises, and
    `TooMany`.
    """
    text = check_text(draft.text)
    if len(draft.key) > MAX_KEY or not (draft.key.isascii() and draft.key.isprintable()):
        raise Invalid(f"An Idempotency-Key has at most {MAX_KEY} visible characters of ASCII.", code="bad_key")
    core.limits.check("post", actor.address, core.db.now())
    html = await render(text)
    # Not who asks: an answer lost after its cookie arrived is asked again with a session.
    body = msgspec.msgpack.encode((draft.page.key, draft.parent_id, text, draft.guest))
    return await core.db.write(_post, site, actor, draft, text, html, core.fingerprints(body))


def check_text(text: str) -> str:
    """The text as it will be kept. Raises `Invalid` where nothing is left, or more than the limit."""
    cleaned = clean_text(text) if len(text) < 10 * MAX_TEXT_BYTES else text
    if not cleaned:
        raise _empty()
    size = len(cleaned.encode(errors="replace"))
    if size > MAX_TEXT_BYTES:
        sentence = f"A comment may have {MAX_TEXT_BYTES:,} bytes; this one has {size:,}."
        raise Invalid(sentence, code="text_too_long", fields={"text": sentence})
    return cleaned


async def render(text: str) -> str:
    """The HTML of a checked text. Raises `Invalid` where nothing of it would be seen (a lone “#”)."""
    return await asyncio.to_thread(_render, text)


def _render(text: str) -> str:
    html = render_markdown(text)
    if not plain_text(html):
        raise _empty()
    return html


def _empty() -> Invalid:
    return Invalid("Write something first.", code="empty_text", fields={"text": "Write something first."})


def _post(tx: Tx, site: Site, actor: Actor, draft: Draft, text: str, html: str, fingerprints: list[bytes]) -> Posted:
    person = people.get_person(tx, site.id, actor.person_id) if actor.person_id is not None else None
    page = pages.get_page(tx, site.id, draft.page.key, lock=True) or _new_page(tx, site, draft)
    earlier = _earlier(tx, site, draft.key, fingerprints)
    if earlier is not None:
        return _again(tx, site, actor, earlier)
    parent = _parent(tx, site, page, draft.parent_id)
    policy.can_post(site, page, parent, person, tx.now)
    guest = None if person is not None and person.kind == "member" else _guest(tx, site, draft, person)
    double = Double(page.id, parent.id if parent else None, text, actor.person_id, *(guest[:2] if guest else ()))
    same = store.get_double(tx, site.id, double, tx.now - SAME_WITHIN)
    if same is not None:
        return Posted(_comment(tx, site, same), page, None)

    person_id, session = _author(tx, site, person, guest)
    status = policy.status_of_new(site, person)
    values = {
        "page_id": page.id,
        "parent_id": parent.id if parent else None,
        "person_id": person_id,
        "provider": actor.provider,
        "status": status,
        "text": text,
        "html": html,
    }
    parent_path = parent.path[: MAX_LEVELS * 8] if parent else b""
    comment_id = store.add_comment(tx, site.id, tx.now, values, parent_path)
    comment = _comment(tx, site, comment_id)
    if draft.key and not idempotency.add_key(tx, site.id, draft.key, fingerprints[0], comment_id):
        raise _key_reused()
    changed(tx, site, page, comment, "", status)
    return Posted(comment, page, session)


def _guest(tx: Tx, site: Site, draft: Draft, person: Person | None) -> Guest:
    """Who a guest says they are. Raises `Invalid`, also for a name that is taken."""
    guest = check_guest(site, draft.guest, person)
    if guest.name != ANONYMOUS:
        policy.can_be_called(guest.name, taken=people.has_namesake(tx, site.id, guest.name))
    return guest


def _new_page(tx: Tx, site: Site, draft: Draft) -> Page:
    """Made first, so that two first comments at once wait for each other; whatever is refused rolls it back."""
    return pages.add_page(tx, site.id, draft.page.key, draft.page.url, clean_name(draft.title, MAX_TITLE))


def _earlier(tx: Tx, site: Site, key: str, fingerprints: list[bytes]) -> int | None:
    used = idempotency.get_key(tx, site.id, key) if key else None
    if used is None:
        return None
    if used.body_hash not in fingerprints:
        raise _key_reused()
    return used.comment_id


def _key_reused() -> Invalid:
    return Invalid("This Idempotency-Key was used for another comment. Send a new one.", code="key_reused")


def _again(tx: Tx, site: Site, actor: Actor, comment_id: int) -> Posted:
    """The answer to a repeated request: the comment, and for a guest who never got one a session again."""
    comment = _comment(tx, site, comment_id)
    page = _page(tx, site, comment, lock=False)
    author = people.get_person(tx, site.id, comment.person_id) if comment.person_id is not None else None
    lost = actor.person_id is None and author is not None and author.kind == "guest"
    return Posted(comment, page, _add_session(tx, site, author.id) if lost and author else None)


def _parent(tx: Tx, site: Site, page: Page, parent_id: str) -> Comment | None:
    if not parent_id:
        return None
    identifier = ids.decode(parent_id)
    parent = store.get_comment(tx, site.id, identifier) if identifier is not None else None
    if parent is None:
        raise Invalid("The comment you answer does not exist.", code="unknown_parent", fields={"parent_id": "Unknown."})
    if parent.page_id != page.id:
        sentence = "The comment you answer is on another page."
        raise Invalid(sentence, code="parent_elsewhere", fields={"parent_id": sentence})
    return parent


def _author(tx: Tx, site: Site, person: Person | None, guest: Guest | None) -> tuple[int, str | None]:
    """The author's person id, and the token of a session where a guest gets a new one."""
    if person is None:
        assert guest is not None
        person_id = people.add_person(tx, "guest", guest.name, guest.website, guest.email)
        return person_id, _add_session(tx, site, person_id)
    if guest is not None and guest != Guest(person.name, person.email, person.url):
        people.set_person(tx, person.id, email=guest.email)
        set_appearance(tx, person.id, name=guest.name, url=guest.website)
    return person.id, None


def _add_session(tx: Tx, site: Site, person_id: int) -> str:
    token, session = new_frame_session(person_id, site.id, "", tx.now)
    sessions.add_session(tx, session)
    return token


class Changed(NamedTuple):
    comment: Comment
    page: Page


async def edit(core: Core, site: Site, actor: Actor, comment_id: str, text: str) -> Changed:
    """Replace the text. Raises `Invalid`, `NotFound`, and what `policy.can_edit` raises."""
    cleaned = check_text(text)
    core.limits.check("edit", actor.address, core.db.now())
    html = await render(cleaned)
    return await core.db.write(_edit, site, actor, comment_id, cleaned, html)


def _edit(tx: Tx, site: Site, actor: Actor, comment_id: str, text: str, html: str) -> Changed:
    comment, page, person = find(tx, site, actor, comment_id)
    policy.can_edit(site, page, comment, person, tx.now)
    status = policy.status_of_edited(site, comment, person)
    if text != comment.text or status != comment.status:
        store.set_comment(tx, site.id, comment.id, text=text, html=html, edited_at=tx.now, status=status)
        changed(tx, site, page, comment, comment.status, status)
    return Changed(_comment(tx, site, comment.id), page)


async def delete(core: Core, site: Site, actor: Actor, comment_id: str) -> Changed:
    """Erase text and author (by the author), or reject (by a moderator). Its place stays while replies stand.

    Raises `NotFound` and what `policy.can_delete` raises.
    """
    core.limits.check("edit", actor.address, core.db.now())
    return await core.db.write(_delete, site, actor, comment_id)


def _delete(tx: Tx, site: Site, actor: Actor, comment_id: str) -> Changed:
    comment, page, person = find(tx, site, actor, comment_id)
    policy.can_delete(site, page, comment, person, tx.now)
    if comment.person_id == actor.person_id:
        likes.remove_likes(tx, site.id, comment.id)
        erased = {"text": "", "html": "", "person_id": None, "provider": "", "likes": 0, "score": 0}
        store.set_comment(tx, site.id, comment.id, status="deleted", **erased)
    else:
        store.set_comment(tx, site.id, comment.id, status="rejected")
    changed(tx, site, page, comment, comment.status, "rejected")
    return Changed(_comment(tx, site, comment.id), page)


def find(tx: Tx, site: Site, actor: Actor, comment_id: str) -> tuple[Comment, Page, Person | None]:
    """A comment to be changed, its page (locked for writing), and who asks. Raises `NotFound`.

    Read again once the page is locked, so that no other writer comes between.
    """
    identifier = ids.decode(comment_id)
    comment = store.get_comment(tx, site.id, identifier) if identifier is not None else None
    if comment is None:
        raise unknown_comment()
    page = _page(tx, site, comment, lock=True)
    person = people.get_person(tx, site.id, actor.person_id) if actor.person_id is not None else None
    return _comment(tx, site, comment.id), page, person


def unknown_comment() -> NotFound:
    return NotFound("There is no such comment.", code="unknown_comment")


def _comment(tx: Tx, site: Site, comment_id: int) -> Comment:
    comment = store.get_comment(tx, site.id, comment_id)
    if comment is None:
        raise Conflict("This comment was removed meanwhile.", code="comment_gone")
    return comment


def _page(tx: Tx, site: Site, comment: Comment, *, lock: bool) -> Page:
    page = pages.get_page_by_id(tx, site.id, comment.page_id, lock=lock)
    if page is None:
        raise unknown_comment()
    return page


def changed(tx: Tx, site: Site, page: Page, comment: Comment, before: str, after: str) -> None:
    """Count what readers now see more or less, and tell them; nothing, where they never saw the comment."""
    if "approved" not in (before, after):
        return
    shown = int(after == "approved") - int(before == "approved")
    if shown:
        store.raise_replies(tx, site.id, comment.path, shown)
    version = pages.raise_version(tx, site.id, page.id, count=shown)
    tx.events.append(PageChanged(site.name, page.key, version))
