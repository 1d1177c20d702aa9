"""What moderators are given in the thread, as views."""

from __future__ import annotations

from widget import ids
from widget.admin_views.addresses import comment_address, inbox_address
from widget.admin_views.log import deed_sentence
from widget.admin_views.rows import LABELS, LEADS_TO
from widget.admin_views.words import comments
from widget.moderation.in_thread import Tools
from widget.moderation.judging import BANS
from widget.policy import is_staff
from widget.store.comments import Comment
from widget.store.deeds import Deed
from widget.store.people import Person
from widget.store.sites import Site
from widget.threads import Reader, Thread
from widget.views import DeskView, ToldView, ToolsView


def tools_view(site: Site, tools: Tools, now: int) -> ToolsView | None:
    """`now` is in Unix ms. None for a comment that is gone."""
    comment, author = tools.comment, tools.author
    if comment is None or comment.status == "deleted":
        return None
    banned = author is not None and author.banned_until > now
    return ToolsView(
        seen=comment.status,
        deeds=_deeds(comment),
        url=comment_address(site.name, comment.id),
        person=_person(author),
        name=author.name if author else "",
        banned=banned,
        bans=BANS,
    )


def _deeds(comment: Comment) -> dict[str, str]:
    deeds = {verb: label for verb, label in LABELS.items() if LEADS_TO[verb] != comment.status}
    if comment.pinned:
        return {**deeds, "unpin": "Unpin"}
    return {**deeds, "pin": "Pin"} if comment.status == "approved" and not comment.depth else deeds


def _person(author: Person | None) -> str:
    return "" if author is None or is_staff(author) else ids.encode(author.id)


def told_view(deed: Deed | None, comment_id: str) -> ToldView | None:
    if deed is None:
        return None
    return ToldView(f"{deed_sentence(deed)}.", ids.encode(deed.id) if deed.undone < deed.lines else "", comment_id)


def desk_view(site: Site, thread: Thread, reader: Reader, told: ToldView | None) -> DeskView | None:
    """None for who does not moderate, and where nobody has commented yet."""
    if not reader.moderates or thread.page is None:
        return None
    number = len(reader.pending)
    waiting = f"{comments(number)} {'waits' if number == 1 else 'wait'} here." if number else ""
    if reader.more_pending:
        waiting = f"More than {comments(number)} wait here; the newest {number:,} are shown."
    url = inbox_address(tab="all", site=site.name, page=ids.encode(thread.page.id))
    return DeskView(waiting, url, thread.page.locked, told)
