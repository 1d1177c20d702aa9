"""Asking Akismet about a comment before it is written, and telling it where moderators decided otherwise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from widget import ids
from widget.background import Background
from widget.core import Actor, Core
from widget.errors import PalaverError
from widget.events import Event, Judged
from widget.guests import Guest, author_of
from widget.names import clean_email, clean_name, clean_url
from widget.screening import is_exempt
from widget.spam.akismet import CHECK, Akismet, Question
from widget.spam.verdicts import Verdict, unpack
from widget.store import pages, people
from widget.store import spam as store
from widget.store.sites import Site

logger = logging.getLogger("palaver.akismet")
MAX_NAME = 200
WAITING = 1_000  # comments that are still to be told; beyond that, Akismet learns of fewer


async def ask(
    core: Core,
    site: Site,
    actor: Actor,
    text: str,
    *,
    guest: Guest | None = None,
    page_url: str = "",
    comment_id: str = "",
    agent: str = "",
) -> Sequence[Verdict]:
    """What Akismet says of a comment of this author; nothing where it is not set up, or need not be asked.

    One that is there already (`comment_id`) says itself on what page.
    """
    if core.akismet is None or not site.origins:
        return ()
    person = None
    if actor.person_id is not None:
        person = await core.db.read(people.get_person, site.id, actor.person_id)
    if is_exempt(person):
        return ()
    if comment_id:
        page_url = await core.db.read(pages.get_url_of_comment, site.id, ids.decode(comment_id) or 0)
    name, email, website = guest or author_of(person)
    question = Question(
        blog=site.origins[0],
        user_ip=_one(actor.address),
        comment_content=text,
        comment_author=clean_name(name, MAX_NAME),
        comment_author_email=clean_email(email) or "",
        comment_author_url=clean_url(website) or "",
        permalink=page_url,
        user_agent=agent[:500],
    )
    return [await core.akismet.check(question)]


def _one(address: str) -> str:
    """Of a network of IPv6, which is what is counted and kept, its first address."""
    return address.partition("/")[0]


async def verify_key(core: Core, blog: str) -> None:
    """Say in the log where the key is none of Akismet's: until it is, every comment waits for a moderator."""
    if core.akismet is not None and await core.akismet.verify(blog) is False:
        logger.error("Akismet does not know this key (akismet_key); every comment will wait for a moderator")


class Teacher(Background):
    """Tells Akismet what moderators decided otherwise, after they have been answered."""

    def __init__(self, core: Core) -> None:
        super().__init__()
        self._core = core
        self._one_at_a_time = asyncio.Semaphore(1)
        self._waiting = 0

    def hear(self, event: Event) -> None:
        if self._core.akismet is not None and isinstance(event, Judged) and self._waiting < WAITING:
            self._waiting += len(event.comment_ids)
            self.start(self._tell(self._core.akismet, event))

    async def _tell(self, akismet: Akismet, event: Judged) -> None:
        try:
            async with self._one_at_a_time:
                for asked in await self._core.db.read(store.list_asked, event.site_id, event.comment_ids):
                    said = next((verdict.status for verdict in unpack(asked.verdicts) if verdict.check == CHECK), "")
                    if said == ("approved" if event.spam else "spam"):
                        await akismet.submit(_question(asked), spam=event.spam)
        except PalaverError as error:
            logger.warning("Akismet was not told what moderators decided: %s", error.code)
        finally:
            self._waiting -= len(event.comment_ids)


def _question(asked: store.Asked) -> Question:
    return Question(
        blog=asked.origins[0] if asked.origins else asked.page_url,
        user_ip=_one(asked.address or ""),
        comment_content=asked.text,
        comment_author=asked.name or "",
        comment_author_email=asked.email or "",
        comment_author_url=asked.url or "",
        permalink=f"{asked.page_url}#comment-{ids.encode(asked.id)}",
    )
