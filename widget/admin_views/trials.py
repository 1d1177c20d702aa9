"""What rules would have done to comments, to views."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from widget import ids
from widget.admin_views.addresses import comment_address
from widget.admin_views.words import comments, date
from widget.moderation.trying import Caught, Trial

_BECOMES = {"pending": "Held", "spam": "Spam", "rejected": "Refused"}


class CaughtView(msgspec.Struct, frozen=True):
    url: str
    author: str
    status: str  # as it is
    becomes: str  # Held, Spam or Refused
    approved: bool  # by a moderator
    html: Markup
    reasons: Sequence[str]
    date: str
    time: str


class TrialView(msgspec.Struct, frozen=True):
    sentence: str
    rows: Sequence[tuple[str, int, int]]  # what becomes of how many: by these rules, by those that are saved
    caught: Sequence[CaughtView]
    more: int  # that are not shown


def trial_view(site: str, trial: Trial) -> TrialView:
    number = sum(trial.counts[status] for status in _BECOMES)
    return TrialView(
        sentence=_sentence(trial, number),
        rows=[(label, trial.counts[status], trial.now[status]) for status, label in _BECOMES.items()],
        caught=[_caught(site, row) for row in trial.caught],
        more=number - len(trial.caught),
    )


def _sentence(trial: Trial, number: int) -> str:
    exempt = f" ({trial.exempt:,} by staff and trusted people, which nothing holds)" if trial.exempt else ""
    would = f"{number:,} would not have been published at once"
    of_these = f": a moderator had approved {trial.approved:,} of them, and readers see {trial.published:,} more."
    return f"Of the last {comments(trial.tried)}{exempt}, {would}{of_these if number else '.'}"


def _caught(site: str, row: Caught) -> CaughtView:
    comment = row.comment
    return CaughtView(
        url=comment_address(site, comment.id),
        author=comment.name or "Nobody any more",
        status=comment.status,
        becomes=_BECOMES[row.status],
        approved=comment.learned == "ham",
        html=Markup(comment.html),  # noqa: S704  made by text.py
        reasons=[f"{_BECOMES[verdict.status]}: {verdict.reason}." for verdict in row.verdicts],
        date=date(ids.time_of(comment.id)),
        time=ids.rfc3339(ids.time_of(comment.id)),
    )
