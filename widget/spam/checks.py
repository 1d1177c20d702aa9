"""The checks, in the order in which their reasons are read. Each looks at one thing and says nothing where all is well.

To add one, write a function and put it into `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable

from widget.spam import addresses, bayes, words
from widget.spam.submission import Submission
from widget.spam.verdicts import Status, Verdict
from widget.store.sites import Site

SAME_LENGTH = 20  # characters below which many write the same (“Thank you!”)

Check = Callable[[Submission, Site], Verdict | None]


def trap(submission: Submission, _site: Site) -> Verdict | None:
    if not submission.trap:
        return None
    return Verdict("spam", "trap", "a field that people do not see was filled in")


def speed(submission: Submission, site: Site) -> Verdict | None:
    seconds = submission.seconds
    if seconds is None or seconds >= site.min_seconds:
        return None
    return Verdict("pending", "speed", f"it was sent {seconds:.1f} seconds after the form was opened")


def blocked(submission: Submission, site: Site) -> Verdict | None:
    found = addresses.find(site.blocked.splitlines(), submission)
    return Verdict("spam", "blocked", f"{found} is on the list of blocked addresses") if found else None


def words_reject(submission: Submission, site: Site) -> Verdict | None:
    return _words(submission, site.words_reject, "rejected", "are refused")


def words_spam(submission: Submission, site: Site) -> Verdict | None:
    return _words(submission, site.words_spam, "spam", "are spam")


def words_hold(submission: Submission, site: Site) -> Verdict | None:
    return _words(submission, site.words_hold, "pending", "are held")


def _words(submission: Submission, listed: str, status: Status, what: str) -> Verdict | None:
    found = words.find(listed.splitlines(), submission.all_words)
    return Verdict(status, "words", f"“{found}” is on the list of words that {what}") if found else None


def hold(submission: Submission, site: Site) -> Verdict | None:
    if site.hold == "all":
        return Verdict("pending", "hold", "the site looks at every comment first")
    if site.hold == "new" and submission.approved < site.trust_after:
        many = "one approved comment" if site.trust_after == 1 else f"{site.trust_after} approved comments"
        return Verdict("pending", "hold", f"the author has not had {many} here yet")
    return None


def links(submission: Submission, site: Site) -> Verdict | None:
    number = len(submission.links)
    if number <= site.max_links:
        return None
    has = "a link" if number == 1 else f"{number} links"
    return Verdict("pending", "links", f"it has {has}, and the site lets {site.max_links or 'none'} through unseen")


def copies(submission: Submission, site: Site) -> Verdict | None:
    if submission.copies <= site.max_copies or len(submission.text) < SAME_LENGTH:
        return None
    others = "somebody else" if submission.copies == 1 else f"{submission.copies} others"
    return Verdict("pending", "copies", f"{others} wrote the same within a day")


def record(submission: Submission, _site: Site) -> Verdict | None:
    if not submission.flagged:
        return None
    return Verdict("pending", "record", "a comment of the author or from this address was spam within a month")


def classifier(submission: Submission, _site: Site) -> Verdict | None:
    score = submission.score
    if score is None or score.spam < bayes.UNSURE:
        return None
    strongest = ", ".join(f"“{token}”" for token, says in score.words if says > 0.5)
    status: Status = "spam" if score.spam >= bayes.SPAM else "pending"
    return Verdict(status, "classifier", f"it looks like this site’s spam, by {strongest}")


CHECKS: tuple[Check, ...] = (
    trap,
    speed,
    blocked,
    words_reject,
    words_spam,
    words_hold,
    hold,
    links,
    copies,
    record,
    classifier,
)


def run(submission: Submission, site: Site) -> list[Verdict]:
    """What each check has to say, in their order."""
    return [verdict for check in CHECKS if (verdict := check(submission, site)) is not None]
