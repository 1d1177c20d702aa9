"""Deeds as the log tells them, and what is said after one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from widget import ids
from widget.admin_views.addresses import comment_address, page_address, person_address
from widget.admin_views.site_deeds import site_sentence
from widget.admin_views.words import closing, comments, date, until
from widget.moderation.deciding import Missed
from widget.moderation.queue import Done
from widget.moderation.undoing import FINAL
from widget.store.deeds import Deed

_TOLD = {
    "approve": "approved",
    "hold": "held",
    "reject": "deleted",
    "spam": "marked as spam",
    "keep": "kept, though reported",
    "unban": "no longer banned",
    "shadow": "banned without being told",
    "trust": "trusted",
    "untrust": "no longer trusted",
    "pin": "pinned",
    "unpin": "no longer pinned",
    "note": "described in a note",
    "merge": "merged into another page",
    "move": "has another address",
    "differ": "told apart from another page that looks like it",
    "lock": "closed",
    "unlock": "opened again",
    "pages": "moved to other addresses",
}


class DeedView(msgspec.Struct, frozen=True):
    """A deed of the log; `undo` is the button's value, "" where there is nothing left to undo."""

    sentence: str
    url: str
    by: str
    site: str
    time: str
    date: str
    reason: str
    undo: str
    undone: bool


class DoneView(msgspec.Struct, frozen=True):
    """What is said after a deed."""

    sentences: list[str]
    undo: str
    missed: list[str]


def deed_view(deed: Deed) -> DeedView:
    return DeedView(
        sentence=deed_sentence(deed),
        url=_target_address(deed),
        by=deed.name or "the service",
        site=deed.site_name,
        time=ids.rfc3339(deed.at),
        date=date(deed.at),
        reason=deed.reason,
        undo=_undo([deed]),
        undone=deed.undone == deed.lines,
    )


def done_view(done: Done) -> DoneView:
    told: Counter[str] = Counter()
    for deed in done.deeds:  # those of one click that sound the same are told as one
        told[deed_sentence(deed._replace(lines=0) if deed.target == "comment" else deed)] += deed.lines
    sentences = [sentence.replace("0 comments", comments(number)) for sentence, number in told.items()]
    return DoneView([f"{sentence}." for sentence in sentences], _undo(done.deeds), _missed(done.missed))


def _missed(missed: Sequence[Missed]) -> list[str]:
    alike = Counter(row._replace(comment_id="") for row in missed)
    return [row.sentence if number == 1 else f"{number} times: {row.sentence}" for row, number in alike.items()]


def _undo(deeds: Iterable[Deed]) -> str:
    open_deeds = (deed for deed in deeds if deed.undone < deed.lines and deed.verb not in FINAL)
    left = [f"{deed.site_name}.{ids.encode(deed.id)}" for deed in open_deeds]
    return " ".join(["undo", *left]) if left else ""


def deed_sentence(deed: Deed) -> str:
    verb = deed.undoes or deed.verb
    if deed.target == "site":
        told = site_sentence(*((deed.after, deed.before) if deed.undoes else (deed.before, deed.after)))
        return f"Undone: {told}" if deed.undoes else told
    target = deed.target_name or f"A {deed.target}"
    what = comments(deed.lines) if deed.target == "comment" else target
    if deed.target == "page" and deed.lines > 1:  # by a command
        what, verb = f"{deed.lines:,} pages", "pages"
    after = deed.before if deed.undoes else deed.after
    if verb == "ban":
        told = f"banned {until(after.get('banned_until', 0))}"
    elif verb == "role":
        told = f"made {after.get('role', '')}"
    elif verb == "close":
        told = closing(after["closes_at"])
    elif verb == "title":
        what, told = "A page", f"called “{after['title']}”"
    else:
        told = _TOLD.get(verb, verb)
    if deed.undoes == "undo":
        return f"Done again: {what}"
    return f"Undone: {what} {told}" if deed.undoes else f"{what} {told}"


def _target_address(deed: Deed) -> str:
    if deed.target == "person":
        return person_address(deed.site_name, deed.target_id)
    if deed.target == "comment" and deed.lines == 1:
        return comment_address(deed.site_name, deed.target_id)
    if deed.target == "page":
        return page_address(deed.site_name, deed.target_id)
    return ""
