"""Who may do what: pure decisions, asked inside the verbs. Each raises what the person is told, or returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from auth import SSO, Visitor, provider_label
from widget import ids
from widget.errors import Conflict, Forbidden, Invalid, PalaverError, Unauthorised
from widget.sites import SETTINGS
from widget.store.comments import Comment
from widget.store.page_list import Listed
from widget.store.pages import Page
from widget.store.people import Person
from widget.store.sites import Site

SITE_ROLES = ("reader", "author", "moderator")  # each may what those before it may
ROLES = (*SITE_ROLES, "owner")  # of the service: of every site
STAFF = ("moderator", "owner")
MODERATORS_SET = frozenset(setting.name for setting in SETTINGS if setting.group == "spam")
DAY = 86_400_000  # ms


def is_staff(person: Person | None) -> bool:
    return person is not None and person.role in STAFF


def closes_at(site: Site, page: Page | Listed | None) -> int | None:
    """When a page closes by itself (Unix ms): when a moderator chose, else so many days after its first comment as the
    site says; None: never.
    """
    if page is None:
        return None
    if page.closes_at is not None:
        return page.closes_at or None
    return ids.time_of(page.id) + site.close_after * DAY if site.close_after else None


def is_closed(site: Site, page: Page | Listed | None, now: int) -> bool:
    """By a moderator, or by its age; who moderates may write there still."""
    end = closes_at(site, page)
    return page is not None and (page.locked or (end is not None and now >= end))


def may_use(site: Site, provider: str) -> bool:
    """Whether people may take part on the site who signed in with that provider, or with the site's own account."""
    if provider == SSO:
        return site.sso
    return not site.providers or provider in site.providers.split()


def can_post(
    site: Site, page: Page | None, parent: Comment | None, person: Person | None, provider: str, now: int
) -> None:
    """Raises `Unauthorised` (guests not allowed), `Forbidden` (by another provider than the site names, banned) or
    `Conflict` (closed, parent gone). `provider` is the one they signed in with.
    """
    _not_closed(site, page, person, now)
    _may_take_part(site, person, provider)
    _not_banned(person, now)
    if parent is not None and parent.status != "approved":
        raise Conflict("The comment you answer is no longer there. Your text is kept.", code="parent_gone")


def can_be_called(name: str, *, taken: bool) -> None:
    """A guest by a name; `taken` where it can be taken for that of staff or of a known reader. Raises `Invalid`."""
    if taken:
        sentence = f"“{name}” is, or looks like, the name of somebody who signs in here. Sign in, or choose another."
        raise Invalid(sentence, code="name_taken", fields={"name": sentence})


def can_edit(site: Site, page: Page, comment: Comment, person: Person | None, now: int) -> None:
    """The author within the site's edit window; moderators always."""
    _may_change(site, page, comment, person, now, "edit")


def can_delete(site: Site, page: Page, comment: Comment, person: Person | None, now: int) -> None:
    """The author within the site's edit window; moderators always."""
    _may_change(site, page, comment, person, now, "delete")


def can_like_on(site: Site, page: Page, person: Person | None, provider: str, now: int) -> None:
    """Any comment of the page: who may post may like."""
    _not_closed(site, page, person, now)
    if person is None:
        raise Unauthorised("Sign in, or comment first, to like comments.", code="sign_in_first")
    _may_take_part(site, person, provider)
    _not_banned(person, now)


def can_like(site: Site, page: Page, comment: Comment, person: Person | None, provider: str, now: int) -> None:
    can_like_on(site, page, person, provider, now)
    if comment.status != "approved":
        raise Conflict("This comment is no longer there.", code="comment_gone")


def can_dislike(site: Site) -> None:
    """Where one may like; what was disliked may be taken back anywhere."""
    if site.votes != "both":
        raise Forbidden("Comments cannot be disliked on this site.", code="no_dislikes")


def can_report(comment: Comment, person: Person | None, now: int) -> None:
    """What everybody sees, by anybody who is not banned."""
    _not_banned(person, now)
    if comment.status != "approved":
        raise Conflict("This comment is no longer there.", code="comment_gone")


def can_moderate(person: Person | None) -> Person:
    """Decide on comments, close pages, undo: who may, is given back."""
    if person is None:
        raise Unauthorised("Please sign in as a moderator of this site.", code="sign_in_first")
    if not is_staff(person):
        raise Forbidden("Only moderators of this site may do that.", code="moderators_only")
    return person


def can_pin(comment: Comment) -> None:
    """A root that everybody sees."""
    if comment.depth:
        raise Invalid("Only a comment that answers no other can be pinned.", code="not_a_root")
    if comment.status != "approved":
        raise Conflict("This comment is no longer there.", code="comment_gone")


def can_own(*, owner: bool) -> None:
    """Add and remove sites, and what else is the owners' alone."""
    if not owner:
        raise Forbidden("Only owners may do that.", code="owners_only")


def can_set_up(person: Person, names: Iterable[str]) -> None:
    """What of a site somebody may change: moderators what is held and what is spam, owners all."""
    if not MODERATORS_SET.issuperset(names):
        can_own(owner=person.role == "owner")


def can_judge(moderator: Person, person: Person, verb: str) -> None:
    """Ban, trust or note readers and authors; roles are the owners' to give."""
    if verb == "role":
        _can_give_role(moderator, person)
    elif verb != "note" and is_staff(person):
        raise Forbidden(f"{person.name} is a moderator here. Take the role first.", code="is_staff")


def _can_give_role(moderator: Person, person: Person) -> None:
    if moderator.role != "owner":
        raise Forbidden("Only owners give roles.", code="owners_only")
    if person.role == "owner":
        raise Forbidden(f"{person.name} owns every site here.", code="is_owner")
    if person.kind != "member":
        raise Invalid(f"{person.name} never signed in, so nobody could know them again.", code="not_a_member")


def can_undo_judgement(moderator: Person, person: Person, column: str, after: object) -> None:
    """By what it changed, to `after`: an undo of an undo gives a role, too. Who was made an owner may be unmade that
    way, by another owner.
    """
    if (column, after, person.role) != ("role", "owner", "owner"):
        can_judge(moderator, person, column)
        return
    can_own(owner=moderator.role == "owner")
    if moderator.id == person.id:
        raise Forbidden("Another owner has to undo that.", code="own_role")


def can_open_account(visitor: Visitor | None, now: int) -> None:
    """Somebody with a first-party session who proved who they are within ten minutes."""
    if visitor is None or visitor.bearer or visitor.provider in ("", SSO) or not visitor.is_fresh(now):
        raise sign_in_again()


def sign_in_again() -> Unauthorised:
    return Unauthorised("That needs a sign-in of the last ten minutes. Please sign in again.", code="sign_in_again")


def can_be_renamed(name: str, *, taken: bool) -> None:
    """A reader to a name of their own; `taken` where it can be taken for that of staff. Raises `Invalid`."""
    if taken:
        sentence = f"“{name}” is, or looks like, the name of somebody who looks after comments here. Choose another."
        raise Invalid(sentence, code="name_taken", fields={"name": sentence})


def can_unlink(*, left: int) -> None:
    """A way to sign in; `left` are those that could still be used."""
    if not left:
        raise Conflict("This is the only way you can sign in. Link another account first.", code="last_identity")


def can_join(*, of_a_site: bool) -> None:
    """Two persons; `of_a_site` where one is an account of a site's own."""
    if of_a_site:
        raise Forbidden("An account of a site's own cannot be joined with others.", code="site_account")


def list_allowed(site: Site, page: Page | None, person: Person | None, provider: str, now: int) -> list[str]:
    """What the person may do on the page at all: of post, like, moderate."""
    checks: dict[str, Callable[[], None]] = {"post": lambda: can_post(site, page, None, person, provider, now)}
    if page is not None:
        checks["like"] = lambda: can_like_on(site, page, person, provider, now)
    allowed = [verb for verb, check in checks.items() if _lets_through(check)]
    return [*allowed, "moderate"] if is_staff(person) else allowed


def _lets_through(check: Callable[[], None]) -> bool:
    try:
        check()
    except PalaverError:
        return False
    return True


def status_of_new(site: Site, person: Person | None) -> str:
    return "pending" if site.hold == "all" and not is_staff(person) else "approved"


def status_of_edited(site: Site, comment: Comment, person: Person | None) -> str:
    """Where a moderator looks first, an edit is looked at again."""
    return status_of_new(site, person) if comment.status == "approved" else comment.status


def editable_until(site: Site, comment: Comment) -> int:
    """Unix milliseconds up to which the author may change it."""
    return comment.created_at + site.edit_window * 1000


def editable_since(site: Site, now: int) -> int:
    """Comments made since then (Unix ms) may still be changed by their authors."""
    return now - site.edit_window * 1000 + 1  # at the window's end it is too late


def _may_change(site: Site, page: Page, comment: Comment, person: Person | None, now: int, verb: str) -> None:
    _not_closed(site, page, person, now)
    if person is None:
        raise Unauthorised(f"Sign in to {verb} your comment.", code="sign_in_first")
    if is_staff(person):
        if comment.status == "deleted":
            raise Conflict("Its author deleted this comment.", code="comment_gone")
        return
    if comment.person_id != person.id:
        raise Forbidden(f"Only its author can {verb} this comment.", code="not_yours")
    _not_banned(person, now)
    if comment.told.status not in ("approved", "pending"):
        raise Conflict("This comment is no longer there.", code="comment_gone")
    if now >= editable_until(site, comment):
        raise Forbidden(f"The time to {verb} this comment is over.", code="too_late")


def _may_take_part(site: Site, person: Person | None, provider: str) -> None:
    if is_staff(person):
        return
    if person is None or person.kind != "member":
        if not site.guests:
            raise Unauthorised("Please sign in to comment here.", code="sign_in_first")
    elif not may_use(site, provider):
        ways = [provider_label(name) for name in site.providers.split()] + ["an account of the site"] * site.sso
        sentence = f"Only people who sign in with {' or '.join(ways)} take part here. Please change your account."
        raise Forbidden(sentence, code="other_account")


def _not_banned(person: Person | None, now: int) -> None:
    if person is not None and person.banned_until > now:
        until = "" if person.banned_until >= ids.MAX_TIME else f" until {_day(person.banned_until)}"
        why = f": {person.ban_reason}" if person.ban_reason else "."
        raise Forbidden(f"You cannot take part on this site{until}{why}", code="banned")


def _day(time: int) -> str:
    """As people write it, in UTC."""
    return f"{datetime.fromtimestamp(time / 1000, UTC):%d %B %Y}".removeprefix("0")


def _not_closed(site: Site, page: Page | None, person: Person | None, now: int) -> None:
    """Asked first: nobody should sign in only to be told that the page is closed."""
    if is_closed(site, page, now) and not is_staff(person):
        raise Conflict("Comments on this page are closed.", code="locked")
