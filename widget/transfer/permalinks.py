"""Permalinks of the systems that comments came from, and which comments of ours they lead to.

Each format says how its system spells their fragment, as a pattern whose group is the comment's id there (`PERMALINK`;
None where it has none). Nothing is kept for them: an imported comment's own id ends in bits made of its format and that
id, and by these it is found among the ids of its page. So a link whose comment is not there may lead to another one
that ends alike: on a page of 1,000 comments one such link in 2,000.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from widget import ids
from widget.comments import unknown_comment
from widget.core import Core
from widget.db import Tx
from widget.store import comments, imports, pages
from widget.store.sites import Site
from widget.threads import is_shown
from widget.transfer.formats import FORMATS

OWN = "comment-"  # what stands before the id in ours
_PATTERNS = [(known.NAME, re.compile(known.PERMALINK)) for known in FORMATS.values() if known.PERMALINK]


async def follow(core: Core, site: Site, page_key: str, fragment: str, address: str) -> str:
    """The id of the imported comment that the fragment of an old permalink names; "" where there is none: the fragment
    may then name no comment at all, but something else of its page.

    Looks at all ids of the page, so it is counted by address. Raises `TooMany`; `NotFound` for a fragment of ours.
    """
    links = [(name, pattern.fullmatch(fragment)) for name, pattern in _PATTERNS]
    bits = [ids.imported_bits(name, link[1]) for name, link in links if link]
    if bits:
        await core.limits.check("permalink", address, core.db.now())
        found = await core.db.read(_find, site, page_key, bits)
        if found is not None:
            return ids.encode(found)
    if ids.decode(fragment.removeprefix(OWN)) is not None:
        raise unknown_comment()
    return ""


def _find(tx: Tx, site: Site, page_key: str, bits: Sequence[int]) -> int | None:
    """The oldest that readers see."""
    page = pages.get_page(tx, site.id, page_key)
    alike = imports.list_imported(tx, site.id, page.id, bits) if page else ()
    return min(
        (comment.id for comment in comments.list_comments(tx, site.id, alike) if is_shown(comment)), default=None
    )
