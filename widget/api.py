"""The shapes of the JSON interface (`/api/v1`): what is taken and what is answered. OpenAPI is generated from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from auth import SSO
from widget import ids
from widget.page_key import PageKey
from widget.render import author_view
from widget.store.comments import Comment
from widget.store.likes import DISLIKE, LIKE
from widget.store.pages import Page
from widget.threads import Reader, Thread
from widget.views import AuthorView

Status = Literal["approved", "pending", "rejected", "spam"]
Reason = Literal["spam", "abuse", "private", "unlawful", "other"]
MAX_BAN = 3_650  # days; or for good


class _Taken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent to us: unknown fields are refused."""


class GuestIn(_Taken, frozen=True):
    name: str = ""
    email: str = ""
    website: str = ""


class CommentIn(_Taken, frozen=True):
    url: str
    text: str
    id: str | None = None
    title: str = ""
    parent_id: str | None = None
    guest: GuestIn | None = None
    proof: str | None = None  # of work: a solution, or "" to be given a challenge where one is needed


class TextIn(_Taken, frozen=True):
    text: str


class StatusIn(_Taken, frozen=True):
    status: Status
    seen: Status | None = None  # what it was when you decided: where it is something else by now, it stays so
    reason: str = ""


class ReportIn(_Taken, frozen=True):
    reason: Reason
    note: str = ""  # what else moderators should know


class UndoIn(_Taken, frozen=True):
    id: str  # the `undo` of an answer


class BanIn(_Taken, frozen=True):
    days: Annotated[int, msgspec.Meta(ge=1, le=MAX_BAN)] | None  # null: for good
    reason: str = ""  # which the banned person reads


class AuthorOut(msgspec.Struct, frozen=True):
    name: str
    url: str | None
    provider: str  # "" for a guest
    role: str  # "", author, moderator or owner
    avatar: str | None  # the address of their picture at the service; null: drawn from the name


class CommentOut(msgspec.Struct, frozen=True):
    id: str
    parent_id: str | None
    depth: int  # 0 for a root
    author: AuthorOut | None
    html: str
    created_at: str
    edited_at: str | None
    likes: int
    score: int
    replies: int  # approved descendants
    status: str
    pinned: bool  # stands before all others, whatever the order
    next_replies: str | None = None  # of a root: the cursor of its further replies


class PageOut(msgspec.Struct, frozen=True):
    key: str
    url: str
    title: str
    count: int
    locked: bool  # by a moderator, or by its age


class ThreadOut(msgspec.Struct, frozen=True):
    page: PageOut
    comments: list[CommentOut]
    next: str | None


class RepliesOut(msgspec.Struct, frozen=True):
    comments: list[CommentOut]
    next: str | None


class PersonOut(msgspec.Struct, frozen=True):
    name: str
    url: str | None = None


class LikersOut(msgspec.Struct, frozen=True):
    people: list[PersonOut]
    next: str | None


class LikedOut(msgspec.Struct, frozen=True):
    likes: int
    score: int  # likes, less dislikes
    liked: bool
    disliked: bool


class HtmlOut(msgspec.Struct, frozen=True):
    html: str


class CountsOut(msgspec.Struct, frozen=True):
    counts: dict[str, int]  # by URL or id, as sent


class LatestCommentOut(msgspec.Struct, frozen=True):
    id: str
    url: str  # where it stands on its page
    title: str  # of the page; "" where it has none
    author: AuthorOut | None
    excerpt: str  # plain text, at most 200 characters
    created_at: str


class LatestOut(msgspec.Struct, frozen=True):
    comments: list[LatestCommentOut]


class ReaderOut(msgspec.Struct, frozen=True):
    name: str
    provider: str  # the provider's label; "" for a guest
    guest: bool
    sso: bool  # by an account of the site itself
    url: str | None


class OwnOut(msgspec.Struct, frozen=True):
    id: str
    text: str
    edit_until: str


class MeOut(msgspec.Struct, frozen=True):
    person: ReaderOut | None
    liked: list[str]
    disliked: list[str]
    own: list[OwnOut]  # what may still be edited and deleted
    pending: list[CommentOut]  # one's own; for moderators those of all, the newest 200
    more_pending: bool  # more wait on the page than are told
    can: list[str]  # post, like, moderate


class DecidedOut(msgspec.Struct, frozen=True):
    comment: CommentOut
    person_id: str | None  # its author, for a ban
    undo: str | None  # what takes it back; null where nothing changed, here and below


class UndoneOut(msgspec.Struct, frozen=True):
    undone: int
    kept: int  # what was changed again since, and stays
    undo: str


class BannedOut(msgspec.Struct, frozen=True):
    banned: bool
    until: str | None  # null: for good, or not banned
    undo: str | None


class PinnedOut(msgspec.Struct, frozen=True):
    pinned: bool
    undo: str | None


class LockedOut(msgspec.Struct, frozen=True):
    locked: bool
    undo: str | None


class ErrorDetail(msgspec.Struct, frozen=True, omit_defaults=True):
    code: str
    message: str
    fields: dict[str, str] = {}
    challenge: dict[str, Any] = {}  # with `proof_needed`


class ErrorOut(msgspec.Struct, frozen=True):
    error: ErrorDetail


def comment_out(comment: Comment, next_replies: str | None = None, *, own: bool = False) -> CommentOut:
    """A comment as everybody sees it; a vanished one keeps only its place. `own` shows a pending one to its author."""
    readable = comment.status == "approved" or (own and comment.status == "pending")
    author = _author_out(comment) if readable else None
    return CommentOut(
        id=ids.encode(comment.id),
        parent_id=ids.encode(comment.parent_id) if comment.parent_id is not None else None,
        depth=comment.depth,
        author=author,
        html=comment.html if readable else "",
        created_at=ids.rfc3339(comment.created_at),
        edited_at=ids.rfc3339(comment.edited_at) if comment.edited_at is not None else None,
        likes=comment.likes,
        score=comment.score,
        replies=comment.replies,
        status=comment.status,
        pinned=comment.pinned,
        next_replies=next_replies,
    )


def _author_out(comment: Comment) -> AuthorOut | None:
    author = author_view(comment)
    return author_out(author) if author is not None else None


def author_out(author: AuthorView) -> AuthorOut:
    return AuthorOut(author.name, author.url, author.provider, author.role, author.face.picture or None)


def page_out(page: Page | None, key: PageKey, *, closed: bool) -> PageOut:
    if page is None:
        return PageOut(key.key, key.url, "", 0, False)
    return PageOut(page.key, page.url, page.title, page.count, closed)


def thread_out(thread: Thread, key: PageKey, *, closed: bool) -> ThreadOut:
    comments = [comment_out(comment, thread.more.get(comment.id)) for comment in thread.comments]
    return ThreadOut(page_out(thread.page, key, closed=closed), comments, thread.next)


def me_out(reader: Reader, label: str, edit_window: int) -> MeOut:
    """`edit_window` is in seconds, `label` the provider's."""
    person = reader.person
    if person is None:
        return MeOut(None, [], [], [], [], more_pending=False, can=list(reader.can))
    own = [
        OwnOut(ids.encode(comment.id), comment.text, ids.rfc3339(comment.created_at + edit_window * 1000))
        for comment in reader.editable
    ]
    who = ReaderOut(person.name, label, person.kind != "member", reader.provider == SSO, person.url or None)
    pending = [comment_out(comment, own=True) for comment in reader.pending]
    liked, disliked = (
        [ids.encode(comment_id) for comment_id, value in reader.likes.items() if value == wanted]
        for wanted in (LIKE, DISLIKE)
    )
    return MeOut(who, liked, disliked, own, pending, reader.more_pending, list(reader.can))
