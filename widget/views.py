"""What the templates are given: plain values, every address already made, nothing left to decide."""

from __future__ import annotations

import msgspec
from markupsafe import Markup

from widget.faces import Face


class AuthorView(msgspec.Struct, frozen=True):
    name: str
    url: str | None  # their website, http(s)
    provider: str  # "" for a guest
    role: str  # "" | "author" | "moderator" | "owner"
    face: Face
    badge: str = ""  # the role as the site calls it; "" for none


class CommentView(msgspec.Struct):
    """One comment, or the place of one that vanished (`author` is None, `html` is empty)."""

    id: str
    status: str  # approved | pending | rejected | spam | deleted
    author: AuthorView | None
    html: Markup
    time: str  # RFC 3339
    date: str  # "23 November 2026 at 14:05 UTC"
    permalink: str  # the host page's URL with #comment-ID
    edited: bool
    likes: int
    replies: int  # approved descendants
    pinned: bool = False  # stands before all others
    dislikes: int = 0
    answers: str = ""  # whom it answers, said where nesting is no longer shown
    children: list[CommentView] = []
    parent: str = ""  # in fragments: the comment in whose list of replies it stands; "" at the top
    more_url: str | None = None  # further replies of this root
    more: int = 0  # how many there are behind `more_url`; 0 where that is not known
    earlier_url: str | None = None  # replies before the ones shown (opened by a permalink)
    reply_url: str = ""
    likes_url: str = ""  # "Liked by N people" → the names
    # For this reader; always off in the cached document
    liked: int = 0  # 1; -1: disliked
    mine: bool = False  # may be edited and deleted now
    edit_url: str = ""
    delete_url: str = ""
    likers: list[str] | None = None  # names, when asked for
    likers_url: str | None = None  # further names
    editing: FormView | None = None  # the edit form stands in the body's place
    replying: FormView | None = None  # the reply form stands under it
    deleting: bool = False  # "Delete this comment?" stands under it
    moderate_url: str = ""  # for moderators
    tools: ToolsView | None = None  # stand under it
    told: ToldView | None = None  # stands before them
    focused: bool = False  # the one a permalink names


class LatestCommentView(msgspec.Struct, frozen=True):
    """One of the newest comments of a site, anywhere but on its page."""

    id: str
    url: str  # where it stands
    title: str  # of its page; "" where it has none
    author: AuthorView | None
    excerpt: str  # plain text
    time: str  # RFC 3339
    date: str


class ToldView(msgspec.Struct, frozen=True):
    """What a moderator just did; `undo` is what takes it back, "" where nothing does."""

    sentence: str
    undo: str
    comment: str  # that it was done at; "" for the page


class ToolsView(msgspec.Struct, frozen=True):
    """What a moderator can do about a comment and its author."""

    seen: str  # the comment's status
    deeds: dict[str, str]  # the field `action` → label
    url: str  # the comment in /admin
    person: str  # id of the author; "" for one who is gone, or is staff
    name: str
    banned: bool
    bans: dict[str, str]  # how long → label


class DeskView(msgspec.Struct, frozen=True):
    """What a moderator is told of the whole page."""

    waiting: str  # a sentence; "" where nothing waits
    url: str  # the page's comments in /admin
    locked: bool
    told: ToldView | None  # where it is not told at a comment


class ProviderView(msgspec.Struct, frozen=True):
    name: str  # google, github, demo, …
    label: str  # Google, GitHub, Demo
    icon: Markup  # inline SVG


class AccountsView(msgspec.Struct, frozen=True):
    """The site's own accounts: `label` is its host, `url` its log-in page ("" where the site has told none)."""

    label: str
    url: str


class PersonView(msgspec.Struct, frozen=True):
    name: str
    provider: str  # label of the provider; "" for a guest
    url: str = ""  # a guest's own, to fill their form in again
    account: bool = False  # has one of this service, whose page they may open


class GuestFields(msgspec.Struct, frozen=True):
    """required | optional | hidden, each."""

    name: str
    email: str
    website: str


class FormView(msgspec.Struct):
    """The comment form; `action` is the field of that name: post or edit."""

    action: str = "post"
    comment: str = ""  # id being edited
    parent: str = ""  # in fragments: the comment in whose list of replies it stands; "" at the top
    parent_name: str = ""  # "Leave a Reply to NAME"
    cancel_url: str = ""
    text: str = ""
    name: str = ""
    email: str = ""
    website: str = ""
    key: str = ""  # idempotency key
    error: str = ""  # a sentence
    fields: dict[str, str] = {}  # field name → sentence
    preview: Markup | None = None


class SortView(msgspec.Struct, frozen=True):
    name: str  # old | new | best
    label: str
    url: str
    current: bool


class PageView(msgspec.Struct, frozen=True):
    key: str
    url: str
    title: str
    count: int
    version: int  # what is told live comes after it
    closed: bool
    closed_on: str  # the date, where it closed by its age


class ThreadView(msgspec.Struct):
    """Everything `embed.html` and `thread.html` need."""

    site: str
    page: PageView
    lang: str
    theme: str  # auto | light | dark
    sort: str
    sorts: list[SortView]
    comments: list[CommentView]
    next_url: str | None  # further roots
    earlier_url: str | None  # roots before the ones shown (opened by a permalink)
    address: str  # the document's own address, for forms and "back"
    own_address: str  # the same with own=1, for <noscript>
    form: FormView | None  # the form at the thread's own place; None where replying or editing, or closed
    providers: list[ProviderView]
    accounts: AccountsView | None  # where the site has accounts of its own
    guests: bool  # may guests post?
    guest_fields: GuestFields
    dislikes: bool  # may comments be disliked?
    live: bool  # is it told what changes?
    proof: bool  # may a proof of work be asked for?
    privacy_url: str
    origins: list[str]  # whom the frame may talk to: exactly the list of `frame-ancestors`
    me: PersonView | None = None
    desk: DeskView | None = None  # for moderators
    own: bool = False  # rendered for this reader
    first_party: bool = False  # /thread: a page of its own
    notice: str = ""  # a sentence after an action: "Your comment waits for a moderator."
    error: str = ""
