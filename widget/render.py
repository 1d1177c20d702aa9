"""Threads to views: what the templates are given, with every address in it made here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

import msgspec
from markupsafe import Markup

from auth import SSO
from widget import ids, policy
from widget.documents import FIRST_PARTY, FRAME, Document
from widget.faces import face_of
from widget.labels import accounts_view, provider_label
from widget.pending import with_pending
from widget.sites import SORTS, badges_of
from widget.store.comments import Comment
from widget.threads import NOBODY, Reader, Thread
from widget.tools import desk_view
from widget.tree import Node, build
from widget.views import (
    AuthorView,
    CommentView,
    FormView,
    GuestFields,
    PageView,
    PersonView,
    ProviderView,
    SortView,
    ThreadView,
    ToldView,
    ToolsView,
)
from widget.written import new_key

SORT_LABELS = {"old": "Oldest", "new": "Newest", "best": "Best"}


class Wanted(msgspec.Struct, frozen=True):
    """What else this reader asked to see; ids as sent. Nothing of it is ever cached."""

    reply: str = ""
    edit: str = ""
    delete: str = ""
    likes: str = ""
    likers: Sequence[str] = ()
    likers_cursor: str = ""
    moderate: str = ""
    tools: ToolsView | None = None  # for the comment `moderate`
    told: ToldView | None = None  # what a moderator just did
    form: FormView | None = None  # a form that comes back with an error or a preview
    notice: str = ""
    error: str = ""

    def elsewhere(self) -> Wanted:
        """The same form, not at the comment that it was for."""
        return msgspec.structs.replace(self, reply="", edit="", delete="")


NOTHING = Wanted()


def thread_view(
    document: Document,
    thread: Thread,
    providers: Sequence[ProviderView],
    now: int,
    reader: Reader | None = None,
    wanted: Wanted = NOTHING,
) -> ThreadView:
    """Everything `embed.html` and `thread.html` need at that time (Unix ms); for everybody where `reader` is None, else
    for that one.
    """
    maker = _Maker(document, thread, providers, now, reader, wanted)
    site, page = document.site, thread.page
    comments = [
        maker.comment(node) for node in build(with_pending(thread, maker.reader, document.sort), site.visible_depth)
    ]
    return ThreadView(
        site=site.name,
        page=PageView(
            key=document.page.key,
            url=maker.page_url,
            title=page.title if page else "",
            count=page.count if page else 0,
            version=page.version if page else 0,
            closed=maker.closed,
            closed_on=maker.closed_on(now),
        ),
        lang=document.lang,
        theme=document.theme,
        sort=document.sort,
        sorts=[
            SortView(sort, SORT_LABELS[sort], maker.address(document._replace(sort=sort)), sort == document.sort)
            for sort in SORTS
        ],
        comments=comments,
        next_url=maker.address(cursor=thread.next) if thread.next else None,
        earlier_url=maker.address(cursor="") if thread.earlier else None,  # a cached address knows no fragments
        address=document.address(),
        own_address=document.address(own="1"),
        origins=list(site.origins),
        form=maker.form(),
        providers=[provider for provider in providers if policy.may_use(site, provider.name)],
        accounts=accounts_view(site) if site.sso else None,
        guests=site.guests,
        guest_fields=maker.guest_fields(),
        dislikes=site.votes == "both",
        live=site.live and document.base == FRAME,
        proof=site.proof_of_work != "off",
        privacy_url=site.privacy_url or "/privacy",
        me=maker.me(),
        desk=desk_view(site, thread, maker.reader, maker.told),
        own=reader is not None,
        first_party=document.base == FIRST_PARTY,
        notice=wanted.notice,
        error=wanted.error,
    )


class _Maker:
    """Makes the views of one thread."""

    def __init__(
        self,
        document: Document,
        thread: Thread,
        providers: Sequence[ProviderView],
        now: int,
        reader: Reader | None,
        wanted: Wanted,
    ) -> None:
        self.document = document
        self.thread = thread
        self.providers = providers
        self.wanted = wanted
        self.reader = reader or NOBODY
        self.page_url = thread.page.url if thread.page else document.page.url
        self.closed = policy.is_closed(document.site, thread.page, now)
        self._own_address = document.address(own="1")
        self._extra = {"own": "1"} if reader is not None and document.base == FRAME else {}
        self._names = {comment.id: comment.author_name or "" for comment in thread.comments}
        self._likes = self.reader.likes
        self._badges = badges_of(document.site)
        self._editable = {comment.id for comment in self.reader.editable}
        self._pending = {comment.id for comment in self.reader.pending}
        self.told = wanted.told  # until it is told at a comment
        self._form_placed = False
        # Nobody's own in a shared document
        self._key = new_key(secrets.token_urlsafe(16), now) if reader is not None else ""

    def address(self, document: Document | None = None, **extra: str) -> str:
        """Inside a document for one reader, links lead to documents for that reader."""
        return (document or self.document).address(**self._extra, **extra)

    def me(self) -> PersonView | None:
        person = self.reader.person
        if person is None:
            return None
        if person.kind != "member":
            return PersonView(person.name, "", person.url)
        label = provider_label(self.document.site, self.reader.provider, self.providers)
        return PersonView(person.name, label, account=self.reader.provider != SSO)

    def closed_on(self, now: int) -> str:
        """When it became too old; "" where it is open, or a moderator closed it."""
        end = policy.closes_at(self.document.site, self.thread.page)
        return date_of(end) if end is not None and now >= end else ""

    def form(self) -> FormView | None:
        """The form at the thread's own place: not while one stands in a comment, nor on a closed page.

        A form that comes back for a comment that is not shown stands here, so that no text is lost; an answer can
        then be posted as a comment of its own.
        """
        if self._form_placed:
            return None
        if self.wanted.form is not None:
            self.wanted.form.parent = ""
            return self.wanted.form
        return None if self.closed else self._new_form()

    def guest_fields(self) -> GuestFields:
        """A guest who returns need not repeat the e-mail address, which is not shown even to them."""
        site, person = self.document.site, self.reader.person
        known = person is not None and person.email and site.guest_email == "required"
        return GuestFields(site.guest_name, "optional" if known else site.guest_email, site.guest_website)

    def _new_form(self) -> FormView:
        person = self.reader.person
        if person is None or person.kind == "member":
            return FormView(key=self._key)
        return FormView(key=self._key, name=person.name, website=person.url)

    def comment(self, node: Node) -> CommentView:
        comment, own = node.comment, node.comment.id in self._editable
        name = ids.encode(comment.id)
        view = CommentView(
            id=name,
            status=comment.status,
            author=author_view(comment, self._badges),
            html=Markup(comment.html) if self._readable(comment) else Markup(),  # noqa: S704  text.py made it
            time=ids.rfc3339(comment.created_at),
            date=date_of(comment.created_at),
            permalink=f"{self.page_url}#comment-{name}",
            edited=comment.edited_at is not None,
            likes=comment.likes,
            replies=comment.replies,
            answers=self._names.get(comment.parent_id or 0, "") if node.flattened else "",
            pinned=comment.pinned,
            dislikes=comment.likes - comment.score,
            liked=self._likes.get(comment.id, 0),
            mine=own,
            focused=comment.id == self.thread.focus,
        )
        if not self._readable(comment):
            view.author = None
        self._add_addresses(view, comment)
        self._add_wanted(view, comment)
        view.children = [self.comment(child) for child in node.children]
        return view

    def _readable(self, comment: Comment) -> bool:
        return comment.status == "approved" or (comment.status == "pending" and comment.id in self._pending)

    def _add_addresses(self, view: CommentView, comment: Comment) -> None:
        if comment.id in self.thread.more:
            view.more_url = self.address(replies=view.id, cursor=self.thread.more[comment.id])
        if self.thread.earlier_replies and not comment.depth and comment.id == self._focused_root():
            view.earlier_url = self.address(replies=view.id)
        own = self._own_address
        if self.reader.moderates and comment.status != "deleted":
            view.moderate_url = f"{own}&moderate={view.id}#comment-{view.id}"
        if comment.status != "approved" and not view.mine:
            return
        # Ids need no quoting, and building each address anew took a third of a page's time.
        view.likes_url = f"{own}&likes={view.id}"
        view.reply_url = "" if self.closed or comment.status != "approved" else f"{own}&reply={view.id}"
        if view.mine:
            view.edit_url = f"{own}&edit={view.id}"
            view.delete_url = f"{own}&delete={view.id}"

    def _focused_root(self) -> int | None:
        return next((comment.root_id for comment in self.thread.comments if comment.id == self.thread.focus), None)

    def _add_wanted(self, view: CommentView, comment: Comment) -> None:
        wanted, form = self.wanted, self.wanted.form
        if wanted.likes == view.id:
            view.likers = list(wanted.likers)
            if wanted.likers_cursor:
                view.likers_url = self.document.address(own="1", likes=view.id, cursor=wanted.likers_cursor)
        if wanted.moderate == view.id:
            view.tools, view.told, self.told = wanted.tools, self.told, None
        if wanted.delete == view.id and view.mine:
            view.deleting = True
        if wanted.edit == view.id and view.mine:
            view.editing = form or FormView(action="edit", text=comment.text)
            view.editing.comment = view.id
            view.editing.cancel_url = f"{self.address()}#comment-{view.id}"
            self._form_placed = True
        if wanted.reply == view.id and comment.status == "approved" and (form or not self.closed):
            view.replying = form or self._new_form()
            view.replying.parent = view.id
            view.replying.parent_name = view.author.name if view.author else ""
            view.replying.cancel_url = f"{self.address()}#comment-{view.id}"
            self._form_placed = True


def author_view(comment: Comment, badges: Mapping[str, str] = MappingProxyType({})) -> AuthorView | None:
    """`badges` are what the site calls each role."""
    if comment.author_name is None:
        return None
    name = comment.author_name
    role = comment.author_role if comment.author_role != "reader" else ""
    face = face_of(name, comment.author_avatar or "")
    return AuthorView(name, comment.author_url or None, comment.provider, role or "", face, badges.get(role or "", ""))


def date_of(time: int) -> str:
    """As people read it; `time` is in Unix ms."""
    moment = datetime.fromtimestamp(time / 1000, UTC)
    return f"{moment.day} {moment:%B %Y at %H:%M} UTC"
