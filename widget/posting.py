"""The verb that posts a comment: policy, limits, checks and all writing in one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from auth import new_frame_session
from widget import ids, policy, screening
from widget.asking import ask
from widget.comments import changed, get_comment, get_page
from widget.core import Actor, Core
from widget.db import Tx
from widget.errors import Invalid
from widget.guests import ANONYMOUS, Guest, author_of, check_guest
from widget.names import clean_name
from widget.page_key import PageKey
from widget.proving import prove
from widget.spam.verdicts import Verdict
from widget.store import comments as store
from widget.store import idempotency, pages, people, sessions
from widget.store.appearance import set_appearance
from widget.store.changes import seen_at
from widget.store.comments import Comment
from widget.store.facts import New
from widget.store.pages import Page
from widget.store.people import Person
from widget.store.sites import Site
from widget.written import Written, check_text, seconds_open, write

MAX_LEVELS = 320  # ids in a path: PostgreSQL's index row holds 2,704 bytes
MAX_TITLE, MAX_KEY = 300, 200  # characters


class Draft(msgspec.Struct, frozen=True):
    """A comment as somebody wants it posted. `key` is the idempotency key, "" for none; people leave `trap` empty."""

    page: PageKey
    title: str
    parent_id: str
    text: str
    guest: Guest | None
    key: str
    trap: str = ""
    agent: str = ""  # the browser's User-Agent
    proof: str | None = None  # of work (`proving.prove`)


class Posted(NamedTuple):
    """The comment as its writer sees it."""

    comment: Comment
    page: Page
    session: str | None = None  # the token of a new guest session
    verdicts: Sequence[Verdict] = ()


async def post(core: Core, site: Site, actor: Actor, draft: Draft) -> Posted:
    """Save a comment; the same again for the same idempotency key, or the same words within a minute.

    Raises `Invalid` (empty, too long, unknown parent, guest fields, reused key; not published, though it is kept for
    moderators), what `policy.can_post` raises, `ProofNeeded`, and `TooMany`.
    """
    text = check_text(draft.text)
    if len(draft.key) > MAX_KEY or not (draft.key.isascii() and draft.key.isprintable()):
        raise Invalid(f"An Idempotency-Key has at most {MAX_KEY} visible characters of ASCII.", code="bad_key")
    await _limit(core, site, actor, draft)
    written = (await write(core, actor, text))._replace(
        trap=draft.trap,
        seconds=seconds_open(draft.key, core.db.now()),
        asked=await ask(core, site, actor, text, guest=draft.guest, page_url=draft.page.url, agent=draft.agent),
        proof=await prove(core, site, draft.key, draft.proof),
    )
    # Not who asks: an answer lost after its cookie arrived is asked again with a session.
    body = msgspec.msgpack.encode((draft.page.key, draft.parent_id, text, draft.guest))
    fingerprints = core.fingerprints(body) if draft.key else []
    posted = await core.db.write(_post, site, actor, draft, written, fingerprints)
    screening.let_through(posted.verdicts)
    return posted._replace(comment=posted.comment.told)


async def _limit(core: Core, site: Site, actor: Actor, draft: Draft) -> None:
    """Raises `TooMany`."""
    keys = {"post": actor.address, "post on page": f"{site.id} {draft.page.key}", "post on site": str(site.id)}
    if actor.person_id is not None:
        keys["post as"] = str(actor.person_id)
    for rule, key in keys.items():
        await core.limits.check(rule, key, core.db.now())


def _post(tx: Tx, site: Site, actor: Actor, draft: Draft, written: Written, fingerprints: list[bytes]) -> Posted:
    person = people.get_person(tx, site.id, actor.person_id) if actor.person_id is not None else None
    page = pages.get_page(tx, site.id, draft.page.key, lock=True) or _new_page(tx, site, draft)
    earlier = _earlier(tx, site, draft.key, fingerprints)
    if earlier is not None:
        return _again(tx, site, actor, earlier)
    parent = _parent(tx, site, page, draft.parent_id)
    policy.can_post(site, page, parent, person, actor.provider, tx.now)
    guest = None if person is not None and person.kind == "member" else check_guest(site, draft.guest, person)
    new = New(page.id, parent and parent.id, written.text, *(guest[:2] if guest else ()))
    facts = screening.known(tx, site, person, written, new)
    if guest is not None and guest.name != ANONYMOUS:
        policy.can_be_called(guest.name, taken=facts.taken)
    if facts.double is not None and (comment := get_comment(tx, site, facts.double)).status != "rejected":
        return Posted(comment, page)
    said = screening.screen(tx, site, person, guest or author_of(person), written, facts)
    person_id, session = _author(tx, site, person, guest)
    values = {
        **screening.columns(written, said),
        **screening.whence(site, written),
        "page_id": page.id,
        "merged_from": _merged_from(tx, site, page, draft.page.key, parent),
        "parent_id": parent.id if parent else None,
        "person_id": person_id,
        "provider": actor.provider,
    }
    values |= seen_at(page, "", values["status"])
    above = parent.path[: MAX_LEVELS * 8] if parent else b""
    comment_id = store.add_comment(tx, site.id, tx.now, values, above)
    if person is None and guest is not None:
        comment = store.as_added(store.NewComment(comment_id, above, values), guest.name, guest.website)
    else:
        comment = get_comment(tx, site, comment_id)
    # Whoever is refused may send the same form again, with other words.
    kept = draft.key and comment.status != "rejected"
    if kept and not idempotency.add_key(tx, site.id, draft.key, fingerprints[0], comment_id):
        raise _key_reused()
    changed(tx, site, page, comment, "", comment.status)
    return Posted(comment, page, session, said or ())


def _merged_from(tx: Tx, site: Site, page: Page, key: str, parent: Comment | None) -> int | None:
    """Where a comment goes when merged pages are split: with what it answers, or to the page it was written on."""
    if parent is not None:
        return parent.merged_from
    return None if page.key == key else pages.get_own_id(tx, site.id, key)


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
    comment = get_comment(tx, site, comment_id)
    page = get_page(tx, site, comment, lock=False)
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
