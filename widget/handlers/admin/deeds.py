"""What the buttons at comments and at deeds do. Each says in the field `do` what, and to which; without which, those
that are ticked.
"""

from __future__ import annotations

from collections.abc import Sequence

from widget.errors import Invalid, PalaverError
from widget.handlers.admin.desk import Desk, Outcome, unpack
from widget.moderation.deciding import VERBS, Choice, decide
from widget.moderation.queue import Ref
from widget.moderation.undoing import undo


async def act(desk: Desk) -> Outcome:
    """`do` is `approve`, `hold`, `reject` or `spam`, alone or with `site.id.seen`; or `undo` with `site.id …`."""
    verb, _, which = desk.form.get("do", "").partition(" ")
    if verb == "undo":
        return await _undo(desk, unpack(which))
    if verb not in VERBS:
        raise Invalid("This form says nothing that can be done here.", code="bad_action")
    ticked = [value for name, value in desk.fields if name == "c"]
    return await _decide(desk, verb, [_ref(choice) for choice in ([which] if which else ticked)])


def _ref(choice: str) -> Ref:
    parts = choice.split(".")
    if len(parts) != 3:
        raise Invalid("This form names no comment.", code="bad_choice")
    return Ref(*parts)


async def _decide(desk: Desk, verb: str, chosen: Sequence[Ref]) -> Outcome:
    if not chosen:
        raise Invalid("Choose a comment first.", code="nothing_chosen")
    done, missed = list[Ref](), list[Ref]()
    for name in dict.fromkeys(ref.site for ref in chosen):
        site = await desk.service.sites.get(name)
        choices = [Choice(ref.id, ref.seen) for ref in chosen if ref.site == name]
        decided = await decide(desk.core, site, desk.actor, choices, verb, desk.form.get("reason", ""))
        done += [Ref(name, decided.batch)] if decided.batch else []
        missed += [Ref(name, row.comment_id) for row in decided.missed]
    return Outcome(done, missed)


async def _undo(desk: Desk, deeds: Sequence[Ref]) -> Outcome:
    """What can be; raises where nothing can."""
    done, refused = list[Ref](), Invalid("This form names no deed.", code="bad_deed")
    failed: PalaverError = refused
    for ref in deeds:
        site = await desk.service.sites.get(ref.site)
        try:
            undone = await undo(desk.core, site, desk.actor, ref.id)
            named = await desk.service.sites.get(ref.site)  # anew, where a former name was given back
            done.append(Ref(named.name, undone.batch))
        except PalaverError as error:
            failed = error
    if not done:
        raise failed
    return Outcome(done)
