"""Teaching a site's classifier by its moderators' decisions. Runs in the unit of work of the decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from widget.db import Tx
from widget.events import Judged
from widget.spam.bayes import tokens_of
from widget.store import spam as store
from widget.store.comments import Comment
from widget.store.sites import Site
from widget.store.spam import ALL, Seen

_AS = {"spam": "spam", "approved": "ham"}


def learn(tx: Tx, site: Site, changes: Iterable[tuple[Comment, str]]) -> None:
    """Comments as they were, each with the status that a moderator gave it (also by undoing).

    What was learned of a comment before is forgotten, exactly: its text is the same, for an edit forgets it too.
    """
    decided = {comment.id: (comment, _AS.get(status, "")) for comment, status in changes}
    before = store.get_learned(tx, site.id, list(decided))
    more: dict[str, Counter[str]] = {"spam": Counter(), "ham": Counter()}
    changed: dict[str, list[int]] = {}
    for comment, now in decided.values():
        was = before.get(comment.id, "")
        if was == now:
            continue
        changed.setdefault(now, []).append(comment.id)
        tokens = (ALL, *tokens_of(comment.text))
        if was:
            more[was].subtract(tokens)
        if now:
            more[now].update(tokens)
    every = more["spam"].keys() | more["ham"].keys()
    store.add_seen(tx, site.id, {token: Seen(more["spam"][token], more["ham"][token]) for token in every})
    for learned, comment_ids in changed.items():
        store.set_learned(tx, site.id, comment_ids, learned)
        if learned:
            tx.events.append(Judged(site.id, tuple(comment_ids), learned == "spam"))


def forget(tx: Tx, site: Site, comment: Comment) -> None:
    """Before its text changes."""
    learn(tx, site, [(comment, "")])
